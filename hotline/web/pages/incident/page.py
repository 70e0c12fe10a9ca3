"""The page of one incident, read in one transaction."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import ContractTerms, Handover, Incident, User
from hotline.phone_numbers import mask, pretty
from hotline.services import access, reports
from hotline.services.on_call import rosters
from hotline.services.operation import Operation
from hotline.services.response import calling, chasing, handovers, incidents, silence, solved, verifying
from hotline.web.pages import live
from hotline.web.pages.guard import viewer
from hotline.web.pages.incident import bar
from hotline.web.pages.incident.forms import Forms
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, language, marked

_ON_CALL = marked("{name} (on call)")
_FILTERS = {
    None: marked("Everything"),
    reports.Group.CALLS: marked("Calls"),
    reports.Group.MESSAGES: marked("Messages"),
    reports.Group.DECISIONS: marked("Decisions"),
    reports.Group.NOTES: marked("Notes"),
    reports.Group.MONEY: marked("Money"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A hand-over that is not settled: who asked whom, and what for."""

    by: str
    by_id: uuid.UUID
    to: str
    to_id: uuid.UUID
    note: str
    asked_at: datetime
    unanswered_at: datetime | None


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """Everything that can change on the page, without the instant of drawing.

    ``caller`` is the whole number for whoever may see it (``caller_link``), else it is masked.
    ``asked_customer`` is when the customer was asked whether it is solved, the answer and when.
    """

    row: reports.BoardRow
    caller: str
    caller_link: str | None
    summary: str | None
    opened_at: datetime
    verified_at: datetime | None
    callback_requested_at: datetime | None
    dialled: str
    promise: reports.Promise | None
    history: reports.History
    asked: Asked | None
    calling: calling.UnderWay | None
    can_call: bool
    hint: verifying.Hint | None
    colleagues: tuple[tuple[uuid.UUID, str], ...]
    may_work: bool
    may_take_over: bool
    awaited: str | None
    asked_customer: tuple[datetime, str | None, datetime | None] | None
    terms: tuple[str, int] | None


def _caller(phone: str, *, whole: bool) -> str:
    if not phone:
        return "\N{EN DASH}"
    return pretty(phone) if whole else mask(phone)


def show(reference: str, forms: Forms, status: int = 200) -> ResponseReturnValue:
    """The page with these forms. Raises :class:`hotline.errors.NotFoundError`."""
    with the_site().reading() as op:
        incident = incidents.by_reference(op, reference)
        page = read(op, incident, viewer())
        _fill(op, incident, page, forms)
        now = op.now
    return live.answer(page, lambda: _render(page, forms, now), status)


def read(op: Operation, incident: Incident, user: User) -> IncidentPage:
    """What the page shows to ``user``."""
    may_take_over = access.may(user.role, access.Permission.TAKE_OVER)
    is_theirs = incident.owner_id == user.id
    is_number = incident.caller_phone.startswith("+")
    sees_number = is_number and (is_theirs or may_take_over)
    asked = handovers.pending(op, incident)
    return IncidentPage(
        row=reports.row_of(op, incident),
        caller=_caller(incident.caller_phone, whole=sees_number),
        caller_link=f"tel:{incident.caller_phone}" if sees_number else None,
        summary=incident.summary,
        opened_at=incident.opened_at,
        verified_at=incident.verified_at,
        callback_requested_at=incident.callback_requested_at,
        dialled=pretty(incident.service_number.phone),
        promise=reports.promise_of(op, incident),
        history=reports.history(op, incident, language()),
        asked=None if asked is None else _asked(asked),
        calling=calling.under_way(op, incident),
        can_call=calling.is_possible(op, incident),
        hint=None if incident.verified_at or incident.is_finished else verifying.hint(op, incident),
        colleagues=_colleagues(op, incident) if is_theirs and not incident.is_finished else (),
        may_work=access.may(user.role, access.Permission.WORK_ON_INCIDENTS),
        may_take_over=may_take_over,
        awaited=_awaited(op, incident),
        asked_customer=solved.latest(op, incident),
        terms=_terms(op, incident),
    )


def _terms(op: Operation, incident: Incident) -> tuple[str, int] | None:
    """The contract and the version of its terms under which the clock runs."""
    if incident.terms_id is None or incident.contract is None:
        return None
    return incident.contract.number, op.session.get_one(ContractTerms, incident.terms_id).version


def _awaited(op: Operation, incident: Incident) -> str | None:
    """Why a word of the owner is awaited: ``reopened`` or ``silent``; None while it is not."""
    if incident.owner_id is None or incident.is_finished:
        return None
    if silence.waits_for_owner(incident, silence.last_word(op, incident)):
        return "reopened"
    return "silent" if chasing.is_awaited(op, incident) else None


def _asked(row: Handover) -> Asked:
    return Asked(
        row.from_user.name,
        row.from_id,
        row.to_user.name,
        row.to_id,
        row.note,
        row.asked_at,
        row.unanswered_at,
    )


def _colleagues(op: Operation, incident: Incident) -> tuple[tuple[uuid.UUID, str], ...]:
    on_call = {user.id for duty in rosters.duties(op) for user in duty.users}
    found = handovers.to_choose_from(op, incident.owner_id, on_call)
    label = gettext(_ON_CALL)
    return tuple(
        (user.id, label.format(name=user.name) if user.id in on_call else user.name) for user in found
    )


def _fill(op: Operation, incident: Incident, page: IncidentPage, forms: Forms) -> None:
    """Offer the choices, and choose what follows from what is known."""
    forms.hand_over.colleague.choices = [(str(user_id), name) for user_id, name in page.colleagues]
    forms.verify.offer(verifying.products(op))
    if page.hint is not None and not forms.verify.errors:
        forms.verify.contract.data = page.hint.contract
        forms.verify.product.data = page.hint.product


def _render(page: IncidentPage, forms: Forms, now: datetime) -> str:
    chosen = _chosen()
    entries = page.history.entries
    address = url_for("pages.incident", reference=page.row.reference)
    filters = [
        (gettext(label), address if group is None else f"{address}?show={group.value}", group is chosen)
        for group, label in _FILTERS.items()
    ]
    return render_template(
        "incident/incident.html",
        page=page,
        row=page.row,
        forms=forms,
        bar=None if page.promise is None else bar.draw(page.promise, now),
        entries=[entry for entry in entries if chosen is None or entry.group is chosen],
        filters=filters,
        chosen=chosen,
        me=viewer().id,
        is_mine=page.row.owner_id == viewer().id,
        seen=page.history.last_decision.hex if page.history.last_decision else "",
        drawn_at=now,
        live_address=address if chosen is None else f"{address}?show={chosen.value}",
    )


def _chosen() -> reports.Group | None:
    """The kind of entries that the address asks for; anything unknown means all of them."""
    try:
        return reports.Group(request.args.get("show", ""))
    except ValueError:
        return None
