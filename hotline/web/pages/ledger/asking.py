"""Asking for an adjustment: type it, see what it changes, then it is written or waits for a second person."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

import sla
from hotline.db.base import new_id
from hotline.db.models import Adjustment, Contract, DisputeOutcome, EntryKind, LedgerEntry, User
from hotline.services.access import Permission
from hotline.services.directory import WrongFieldError
from hotline.services.ledger import accounts, adjustments
from hotline.services.ledger.adjustments import ChangedError
from hotline.services.ledger.checks import Effect, Wanted, effect_of, needs_second
from hotline.services.operation import Operation
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.ledger.approvals import address_of
from hotline.web.pages.ledger.forms import (
    WRITE,
    AmountForm,
    PaymentForm,
    ReasonForm,
    ResolutionForm,
    as_typed,
    example,
    typed_money,
)
from hotline.web.pages.ledger.wording import OUTCOMES, said
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked


@dataclass(frozen=True, slots=True)
class Work:
    """One thing that can be asked: its words, its form, and the signed amount for what was typed."""

    kind: EntryKind
    title: str
    form: type[ReasonForm]
    amount: str = ""
    signed: Callable[[sla.Money, "Subject"], sla.Money] = lambda typed, _subject: typed
    first: Callable[["Subject"], sla.Money | None] = lambda _subject: None


@dataclass(frozen=True, slots=True)
class Subject:
    """What it is about: an entry, or the contract's account in a currency, and what is owed of it now."""

    contract: Contract
    entry: LedgerEntry | None
    currency: str
    owed: sla.Money

    @property
    def is_paid(self) -> bool:
        """Whether it is a payment, whose amounts people type without the minus."""
        return self.entry is not None and self.entry.kind is EntryKind.PAYMENT


def _to_stand_at(typed: sla.Money, subject: Subject) -> sla.Money:
    return (-typed if subject.is_paid else typed) - subject.owed


WORKS: Mapping[str, Work] = {
    "waive": Work(
        EntryKind.WAIVER,
        marked("Waive"),
        AmountForm,
        marked("How much the customer lets go"),
        lambda typed, _subject: -typed,
        lambda subject: subject.owed,
    ),
    "correct": Work(
        EntryKind.CORRECTION, marked("Correct"), AmountForm, marked("What it should stand at"), _to_stand_at
    ),
    "dispute": Work(EntryKind.DISPUTE, marked("Record a dispute"), ReasonForm),
    "resolve": Work(EntryKind.RESOLUTION, marked("End the dispute"), ResolutionForm),
}
PAY = Work(
    EntryKind.PAYMENT,
    marked("Record a payment"),
    PaymentForm,
    marked("How much was paid"),
    lambda typed, _subject: -typed,
    lambda subject: subject.owed,
)


def add_routes(blueprint: Blueprint) -> None:
    methods = ["GET", "POST"]
    blueprint.route("/ledger/<number>/<int:sequence>/<what>", methods=methods)(adjust_entry)
    blueprint.route("/ledger/<number>/pay", methods=methods)(pay)


@needs(Permission.ADJUST_LEDGER)
def adjust_entry(number: str, sequence: int, what: str) -> ResponseReturnValue:
    """Waive or correct an entry, dispute it, or end its dispute."""
    if what not in WORKS:
        abort(404)

    def subject(op: Operation) -> Subject:
        entry = accounts.entry_by(op, number, sequence)
        return Subject(entry.contract, entry, entry.currency, accounts.standing(op, entry).owed)

    return _page(WORKS[what], subject)


@needs(Permission.ADJUST_LEDGER)
def pay(number: str) -> ResponseReturnValue:
    """Record what was paid of what a contract is owed in a currency."""

    def subject(op: Operation) -> Subject:
        contract = accounts.contract_by(op, number)
        balances = dict(accounts.balances(op, contract.id))
        currency = request.args.get("currency", "")
        if currency not in balances:
            abort(404)
        return Subject(contract, None, currency, balances[currency])

    return _page(PAY, subject)


def _page(work: Work, find: Callable[[Operation], Subject]) -> ResponseReturnValue:
    """The form; then what it changes; then the entry, or the request that waits."""
    form: Any = work.form()
    if work.amount:
        form.amount.label.text = work.amount
    with the_site().reading() as op:
        subject = find(op)
        if not form.is_submitted():
            form.new_id.data = str(new_id())
            first = work.first(subject)
            if first is not None:
                form.amount.data = as_typed(first)
            return _form(work, subject, form)
        made = op.session.get(Adjustment, form.request_id())
        if made is not None and made.requested_by_id == viewer().id:
            return _after(made)
        wanted = _wanted(work, subject, form) if form.validate() else None
        effect = None if wanted is None else _judged(op, form, wanted)
        if wanted is None or effect is None or "edit" in request.form:
            return _form(work, subject, form, 422 if "edit" not in request.form else 200)
        if request.form.get("step") != WRITE or form.seen.data != effect.seen:
            is_stale = bool(form.seen.data) and form.seen.data != effect.seen
            return _preview(op, work, subject, form, wanted, effect, is_stale)
    me, seen = viewer().id, effect.seen
    try:
        made = the_site().write(lambda op: adjustments.ask(op, op.session.get_one(User, me), wanted, seen))
    except (ChangedError, WrongFieldError):
        return _again(work, find, form, wanted)
    return _after(made)


def _again(
    work: Work, find: Callable[[Operation], Subject], form: Any, wanted: Wanted
) -> ResponseReturnValue:
    """Somebody changed the account while this was being written: show what it would change now."""
    with the_site().reading() as op:
        subject = find(op)
        effect = _judged(op, form, wanted)
        if effect is None:
            return _form(work, subject, form, 409)
        return _preview(op, work, subject, form, wanted, effect, True)


def _wanted(work: Work, subject: Subject, form: Any) -> Wanted | None:
    """What the form asks for; None, with a word beside the field, for an amount that is none."""
    amount = sla.Money(0, subject.currency)
    if work.amount:
        try:
            amount = work.signed(typed_money(form.amount.data, subject.currency), subject)
        except ValueError:
            text = gettext(marked("Write the amount like {example}.")).format(
                example=example(subject.currency)
            )
            form.amount.errors = [text]
            return None
    wanted = Wanted(
        id=form.request_id(),
        kind=work.kind,
        contract_id=subject.contract.id,
        amount=amount,
        reason=form.reason.data.replace("\r\n", "\n").strip(),
        entry_id=None if subject.entry is None else subject.entry.id,
    )
    if isinstance(form, PaymentForm):
        return dataclasses.replace(wanted, reference=form.reference.data.strip())
    if isinstance(form, ResolutionForm):
        return dataclasses.replace(wanted, outcome=DisputeOutcome(form.outcome.data))
    return wanted


def _judged(op: Operation, form: Any, wanted: Wanted) -> Effect | None:
    """What it would change; None, with the reason beside its field, when it cannot be."""
    try:
        return effect_of(op, wanted)
    except WrongFieldError as refusal:
        why = said(refusal.why)
        if refusal.field in form:
            form[refusal.field].errors = [why]
        else:
            form.form_errors.append(why)
        return None


def _form(work: Work, subject: Subject, form: Any, status: int = 200) -> ResponseReturnValue:
    page = render_template("ledger/form.html", work=work, subject=subject, form=form, example=example)
    return page, status


def _preview(
    op: Operation, work: Work, subject: Subject, form: Any, wanted: Wanted, effect: Effect, is_stale: bool
) -> ResponseReturnValue:
    form.seen.data = effect.seen
    page = render_template(
        "ledger/preview.html",
        work=work,
        subject=subject,
        form=form,
        effect=effect,
        is_for_two=needs_second(op, viewer(), wanted),
        is_stale=is_stale,
        outcomes=OUTCOMES,
    )
    return page, 409 if is_stale else 200


def _after(made: Adjustment) -> ResponseReturnValue:
    """Where a request leads, also for the second tap: its entry, or the page on which it waits."""
    if made.decision is None:
        flash(gettext(marked("It waits for a second person to approve it.")), "success")
    else:
        flash(gettext(marked("It is in the ledger.")), "success")
    return redirect(address_of(made.id), 303)
