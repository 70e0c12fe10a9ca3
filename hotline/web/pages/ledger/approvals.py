"""Requests that wait for a second person: the list, one of them with what it changes, and the decision."""

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

import sla
from hotline.db.models import Adjustment, Contract, LedgerEntry, User
from hotline.services.access import Permission
from hotline.services.directory import Sentence, WrongFieldError
from hotline.services.ledger import adjustments
from hotline.services.ledger.adjustments import ChangedError, DecidedError
from hotline.services.ledger.checks import Effect, effect_of
from hotline.services.operation import Operation
from hotline.web.pages.guard import needs, viewer, viewer_may, viewer_or_none
from hotline.web.pages.ledger.wording import OUTCOMES, said
from hotline.web.pages.lists.words import ENTRY_KINDS
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked

LONGEST_NOTE = 1000


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/ledger/approvals")(approvals)
    blueprint.get("/ledger/requests/<uuid:adjustment_id>")(adjustment)
    blueprint.post("/ledger/requests/<uuid:adjustment_id>/approve")(approve_adjustment)
    blueprint.post("/ledger/requests/<uuid:adjustment_id>/reject")(reject_adjustment)
    blueprint.post("/ledger/requests/<uuid:adjustment_id>/withdraw")(withdraw_adjustment)


def waiting_for_viewer() -> int:
    """How many requests wait for the viewer to decide; read once a request, 0 while the database is away."""
    user = viewer_or_none()
    if user is None or not viewer_may(Permission.ADJUST_LEDGER):
        return 0
    if "hotline_waiting" not in g:
        try:
            with the_site().reading() as op:
                g.hotline_waiting = adjustments.count_for(op, user)
        except SQLAlchemyError:
            g.hotline_waiting = 0
    return int(g.hotline_waiting)


@needs(Permission.ADJUST_LEDGER)
def approvals() -> ResponseReturnValue:
    """What waits for the viewer, and what of their own waits for somebody else."""
    with the_site().reading() as op:
        rows = adjustments.waiting(op)
        mine = [row for row in rows if row.requested_by_id == viewer().id]
        others = [row for row in rows if row.requested_by_id != viewer().id]
        return render_template(
            "ledger/approvals.html", mine=mine, others=others, kinds=ENTRY_KINDS, money=money_of
        )


@needs(Permission.SEE_MONEY)
def adjustment(adjustment_id: uuid.UUID) -> ResponseReturnValue:
    """What is asked, by whom and why, what it changes, and what became of it."""
    return _page(adjustment_id)


@needs(Permission.ADJUST_LEDGER)
def approve_adjustment(adjustment_id: uuid.UUID) -> ResponseReturnValue:
    """It becomes an entry, unless the account is not as it was shown."""
    seen = request.form.get("seen") or ""
    done = gettext(marked("Approved. It is in the ledger."))
    return _decide(adjustment_id, lambda op, me: adjustments.approve(op, me, adjustment_id, seen), done)


@needs(Permission.ADJUST_LEDGER)
def reject_adjustment(adjustment_id: uuid.UUID) -> ResponseReturnValue:
    """It never becomes one; the reason is kept."""
    note = request.form.get("note", "")[:LONGEST_NOTE]
    done = gettext(marked("Rejected. Nothing was written into the ledger."))
    return _decide(adjustment_id, lambda op, me: adjustments.reject(op, me, adjustment_id, note), done)


@needs(Permission.ADJUST_LEDGER)
def withdraw_adjustment(adjustment_id: uuid.UUID) -> ResponseReturnValue:
    """Whoever asked takes it back."""
    done = gettext(marked("Withdrawn. Nothing was written into the ledger."))
    return _decide(adjustment_id, lambda op, me: adjustments.withdraw(op, me, adjustment_id), done)


def _decide(
    adjustment_id: uuid.UUID, act: Callable[[Operation, User], Adjustment], done: str
) -> ResponseReturnValue:
    me = viewer().id
    try:
        the_site().write(lambda op: act(op, op.session.get_one(User, me)))
    except ChangedError as changed:
        return _page(adjustment_id, gettext(str(changed)), 409)
    except DecidedError as decided:
        return _page(adjustment_id, said(decided.why), 409)
    except WrongFieldError as refusal:
        return _page(adjustment_id, said(refusal.why), 422)
    flash(done, "success")
    return redirect(address_of(adjustment_id), 303)


def address_of(adjustment_id: uuid.UUID) -> str:
    """Where a request is to be looked at: the entry that it became, else its own page."""
    with the_site().reading() as op:
        row = adjustments.find(op, adjustment_id)
        if row.written is None:
            return url_for("pages.adjustment", adjustment_id=row.id)
        return url_for("pages.ledger_entry", number=row.contract.number, sequence=row.written.sequence)


def _page(adjustment_id: uuid.UUID, refusal: str | None = None, status: int = 200) -> ResponseReturnValue:
    with the_site().reading() as op:
        row = adjustments.find(op, adjustment_id)
        effect, against = _effect(op, row)
        page = render_template(
            "ledger/request.html",
            row=row,
            contract=op.session.get_one(Contract, row.contract_id),
            entry=None if row.entry_id is None else op.session.get_one(LedgerEntry, row.entry_id),
            amount=money_of(row),
            effect=effect,
            against=None if against is None else said(against),
            is_mine=row.requested_by_id == viewer().id,
            refusal=refusal,
            kinds=ENTRY_KINDS,
            outcomes=OUTCOMES,
            longest=LONGEST_NOTE,
        )
    return page, status


def _effect(op: Operation, row: Adjustment) -> tuple[Effect | None, Sentence | None]:
    """What it would change now, or why it cannot be written any more; nothing once it is decided."""
    if row.decision is not None:
        return None, None
    try:
        return effect_of(op, adjustments.wanted_of(row)), None
    except WrongFieldError as refusal:
        return None, refusal.why


def money_of(row: Adjustment) -> sla.Money:
    """What a request moves, signed as the entry would be."""
    return sla.Money(row.amount, row.currency)
