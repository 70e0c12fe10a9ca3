"""``/ledger/discrepancies``: what was recorded beside what the events say, and the form that explains it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from hotline.db.models import Discrepancy, User
from hotline.errors import NotFoundError
from hotline.services.access import Permission
from hotline.services.auditing import discrepancies
from hotline.web.pages.auditing import words
from hotline.web.pages.guard import needs, viewer, viewer_may
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked

_MOST = 500
REFUSALS = frozenset({marked("There is no such discrepancy.")})


class ExplainForm(FlaskForm):  # type: ignore[misc]
    """How a difference came about."""

    words = TextAreaField(
        marked("How this came about, and what was done"),
        [
            DataRequired(marked("Write down how this came about.")),
            Length(max=discrepancies.LONGEST_EXPLANATION, message=marked("That is too long.")),
        ],
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A discrepancy as it is shown. A side is an instant where it reads as one."""

    id: uuid.UUID
    state: str
    title: str
    field: str
    subject: str
    reference: str | None
    sequence: int | None
    customer: str
    contract: str
    expected: datetime | str
    found: datetime | str
    first_seen: datetime
    gone_at: datetime | None
    explained_at: datetime | None
    explained_by: str | None
    explanation: str | None


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/ledger/discrepancies")(discrepancy_list)
    blueprint.post("/ledger/discrepancies/<uuid:discrepancy>/explain")(explain_discrepancy)


@needs(Permission.SEE_MONEY)
def discrepancy_list() -> ResponseReturnValue:
    """Everything that the auditor ever found: what still stands first."""
    return _show(ExplainForm(formdata=None), None)


@needs(Permission.ADJUST_LEDGER)
def explain_discrepancy(discrepancy: uuid.UUID) -> ResponseReturnValue:
    """Write down how it came about; the second tap changes nothing."""
    form, site, me = ExplainForm(), the_site(), viewer().id
    if not form.validate():
        return _show(form, discrepancy, 422)
    try:
        is_new = site.write(
            lambda op: discrepancies.explain(
                op, op.session.get_one(User, me), discrepancy, form.words.data or ""
            )
        )
    except NotFoundError as error:
        flash(gettext(str(error)), "warning")
    else:
        if is_new:
            flash(gettext("Explained. It stays in this list, with your words."), "success")
        else:
            flash(gettext("Somebody has explained this already; your words were not kept."), "warning")
    return redirect(url_for("pages.discrepancy_list"), 303)


def _show(form: ExplainForm, of: uuid.UUID | None, status: int = 200) -> ResponseReturnValue:
    with the_site().reading() as op:
        health = discrepancies.health(op)
        lines = [_line(row) for row in discrepancies.listed(op, _MOST)]
    page = render_template(
        "auditing/discrepancies.html",
        lines=lines,
        health=health,
        form=form,
        of=of,
        may_explain=viewer_may(Permission.ADJUST_LEDGER),
        most=_MOST,
    )
    return page, status


def _line(row: Discrepancy) -> Line:
    return Line(
        row.id,
        "gone" if row.gone_at is not None else "explained" if row.explained_at is not None else "open",
        words.kind(row.kind),
        words.field(row.field),
        row.subject,
        None if row.incident is None else row.incident.reference,
        row.sequence,
        row.contract.customer.name,
        row.contract.number,
        _side(row.expected),
        _side(row.found),
        row.first_seen,
        row.gone_at,
        row.explained_at,
        None if row.explained_by is None else row.explained_by.name,
        row.explanation,
    )


def _side(text: str) -> datetime | str:
    """An instant where it is one, so that it can be shown in the viewer's zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if at.tzinfo is None else at
