"""What a contract promises: every version side by side, a new one, and withdrawing one that has not begun."""

import dataclasses
import uuid
from itertools import pairwise
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import ContractTerms
from hotline.errors import NotFoundError
from hotline.services import directory
from hotline.services.access import Permission
from hotline.services.terms import reading, versions
from hotline.web.pages.admin import words as admin_words
from hotline.web.pages.admin.editing import Work, edit
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.lists.words import day
from hotline.web.pages.site import the_site
from hotline.web.pages.terms import desk, words
from hotline.web.pages.words import gettext, marked


def install(app: Flask) -> None:
    """Give templates what the sentences of a promise need, wherever they stand."""
    app.jinja_env.filters["basis_points"] = words.share
    app.context_processor(lambda: {"stop_names": words.STOPS})


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/contracts/<number>/terms")(terms)
    blueprint.route("/contracts/<number>/terms/new", methods=["GET", "POST"])(new_terms)
    blueprint.route("/contracts/<number>/terms/<uuid:row_id>/change", methods=["GET", "POST"])(change_terms)
    blueprint.post("/contracts/<number>/terms/<uuid:row_id>/withdraw")(withdraw_terms)


@needs(Permission.SEE_CUSTOMERS)
def terms(number: str) -> ResponseReturnValue:
    """Every version of what a contract promises, what changed between them, and what misses cost."""
    with the_site().reading() as op:
        agreed = reading.read(op, number)
    return render_template(
        "terms/terms.html",
        agreed=agreed,
        table=_side_by_side(agreed),
        columns=[desk.column(_heading(one), one.terms) for one in agreed.versions],
        differences=_differences(agreed),
        words=words,
        said=admin_words.said,
        day=day,
    )


@needs(Permission.MANAGE_SERVICE)
def new_terms(number: str) -> ResponseReturnValue:
    """A new version, looked at before it is agreed."""
    return _edit(number, None)


@needs(Permission.MANAGE_SERVICE)
def change_terms(number: str, row_id: uuid.UUID) -> ResponseReturnValue:
    """Another version in the place of one that has not begun."""
    return _edit(number, row_id)


@needs(Permission.MANAGE_SERVICE)
def withdraw_terms(number: str, row_id: uuid.UUID) -> ResponseReturnValue:
    """A version that has not begun is agreed no more."""
    with the_site().reading() as op:
        _require_its_own(reading.read(op, number), row_id, may_be_gone=True)
    me = viewer().id
    try:
        done = the_site().write(lambda op: versions.withdraw(op, me, row_id))
    except directory.InUseError as stays:
        flash(" ".join(admin_words.said(reason) for reason in stays.reasons), "warning")
    else:
        withdrawn_now = marked("Withdrawn. The audit trail has it.")
        flash(gettext(withdrawn_now if done else marked("It was withdrawn already.")), "success")
    return redirect(url_for("pages.terms", number=number), 303)


def _edit(number: str, row_id: uuid.UUID | None) -> ResponseReturnValue:
    home = url_for("pages.terms", number=number)
    with the_site().reading() as op:
        agreed = reading.read(op, number)
        _require_its_own(agreed, row_id)
        contract = agreed.contract
        of = str(contract.id)

    def show(form: Any, change: directory.Change | None) -> dict[str, Any]:
        with the_site().reading() as op:
            found = reading.find(op, number)
            return {
                **desk.beside(op, found, row_id, form, change),
                "words": words,
                "day": day,
            }

    title = marked("Agree on new terms") if row_id is None else marked("Replace terms that have not begun")
    return edit(
        Work(
            dataclasses.replace(desk.TERMS_DESK, show=show),
            row_id,
            gettext(title),
            lambda _row_id: home,
            home,
            of=of,
        )
    )


def _require_its_own(agreed: reading.Agreed, row_id: uuid.UUID | None, *, may_be_gone: bool = False) -> None:
    """The version is of this contract. Raises :class:`NotFoundError`."""
    if row_id is None or any(one.row_id == row_id for one in agreed.versions):
        return
    with the_site().reading() as op:
        is_anothers = op.session.get(ContractTerms, row_id) is not None
    if is_anothers or not may_be_gone:
        raise NotFoundError(marked("There is no such thing."))


def _heading(version: reading.Version) -> str:
    return gettext(marked("Version {version}")).format(version=version.terms.version)


def _side_by_side(agreed: reading.Agreed) -> list[tuple[str, list[tuple[str | None, bool]]]]:
    """Field by field: what each version says, and whether that differs from the version before it."""
    every = [one.facts for one in agreed.versions]
    names = every[0] if every else {}
    return [
        (
            admin_words.field(name),
            [
                (admin_words.value(name, facts[name]), place > 0 and facts[name] != every[place - 1][name])
                for place, facts in enumerate(every)
            ],
        )
        for name in names
    ]


def _differences(agreed: reading.Agreed) -> dict[int, list[admin_words.Difference]]:
    """What each version changed of the one before it, by its number."""
    return {
        after.terms.version: desk.changed_between(before.facts, after.facts)
        for before, after in pairwise(agreed.versions)
    }
