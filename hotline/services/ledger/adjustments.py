"""Adjusting the ledger: one person asks, and above a limit a second one approves; then it is an entry.

Every step holds the lock on the contract, so two people who act at once come one after the other, and what
is owed is counted when it is written, not when it was asked for. No adjustment changes a number of a miss or
makes room under a cap.
"""

import uuid
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

import sla
from hotline.db.models import Adjustment, Contract, Decision, LedgerEntry, User
from hotline.errors import ConflictError, NotFoundError
from hotline.services import audit
from hotline.services.directory.kind import Sentence, WrongFieldError, sentence
from hotline.services.ledger import book, wording
from hotline.services.ledger.checks import Effect, Wanted, effect_of, needs_second
from hotline.services.operation import Operation
from hotline.services.promise.promises import in_force
from hotline.services.reports.words import marked


class DecidedError(ConflictError):
    """Somebody has decided already, or may not decide; ``why`` says so."""

    code = "decided"

    def __init__(self, why: Sentence) -> None:
        super().__init__(str(why))
        self.why = why


class ChangedError(ConflictError):
    """The account is not as it was when somebody looked at what their step would change."""

    code = "changed"

    def __init__(self) -> None:
        super().__init__(marked("The account has changed meanwhile. Look again."))


def ask(op: Operation, actor: User, wanted: Wanted, seen: str | None = None) -> Adjustment:
    """Ask for an adjustment; within the limit of one person it is written at once.

    Asking again with the same id gives what the first time made. ``seen`` is :attr:`Effect.seen` as the
    person saw it. Raises :class:`WrongFieldError`, and :class:`ChangedError` if that is not so any more.
    """
    contract = _lock(op, wanted.contract_id)
    existing = op.session.get(Adjustment, wanted.id)
    if existing is not None:
        if existing.requested_by_id != actor.id:
            raise DecidedError(sentence(marked("Somebody else has asked for this.")))
        return existing
    effect = effect_of(op, wanted)
    if seen is not None and seen != effect.seen:
        raise ChangedError
    row = Adjustment(
        id=wanted.id,
        contract_id=wanted.contract_id,
        entry_id=wanted.entry_id,
        kind=wanted.kind,
        amount=wanted.amount.minor,
        currency=wanted.amount.currency,
        reference=wanted.reference,
        outcome=wanted.outcome,
        reason=wanted.reason,
        is_for_two=needs_second(op, actor, wanted),
        requested_by_id=actor.id,
        requested_at=op.now,
    )
    op.session.add(row)
    op.session.flush()
    if row.is_for_two:
        _record(op, actor, "requested", contract, row, effect.entry)
        return row
    _decide(op, actor, row, Decision.APPROVED, None)
    _write(op, row, effect, contract)
    _record(op, actor, "approved alone", contract, row, effect.entry)
    return row


def approve(op: Operation, actor: User, adjustment_id: uuid.UUID, seen: str | None = None) -> Adjustment:
    """A second person approves, and the entry is written. Whoever approved it already approves it once.

    Raises :class:`NotFoundError`, :class:`DecidedError`, :class:`ChangedError` as :func:`ask` does, and
    :class:`WrongFieldError` when the account has changed so that it cannot be written any more; it then still
    waits, and can be rejected.
    """
    row = find(op, adjustment_id)
    contract = _lock(op, row.contract_id)
    op.session.refresh(row)
    if row.decision is Decision.APPROVED and row.decided_by_id == actor.id:
        return row
    _still_open(row)
    if row.requested_by_id == actor.id:
        raise DecidedError(sentence(marked("Whoever asked cannot approve: somebody else has to.")))
    effect = effect_of(op, wanted_of(row))
    if seen is not None and seen != effect.seen:
        raise ChangedError
    _decide(op, actor, row, Decision.APPROVED, None)
    _write(op, row, effect, contract)
    _record(op, actor, "approved", contract, row, effect.entry)
    return row


def reject(op: Operation, actor: User, adjustment_id: uuid.UUID, note: str) -> Adjustment:
    """A second person says no, and why. Raises as :func:`approve` does."""
    if not note.strip():
        raise WrongFieldError("note", sentence(marked("Say why it is rejected.")))
    return _end(op, actor, adjustment_id, Decision.REJECTED, note.strip()[:1000])


def withdraw(op: Operation, actor: User, adjustment_id: uuid.UUID) -> Adjustment:
    """Whoever asked takes it back. Raises :class:`NotFoundError`, :class:`DecidedError`."""
    return _end(op, actor, adjustment_id, Decision.WITHDRAWN, None)


def find(op: Operation, adjustment_id: uuid.UUID) -> Adjustment:
    """A request, decided or not. Raises :class:`NotFoundError`."""
    row = op.session.get(Adjustment, adjustment_id)
    if row is None:
        raise NotFoundError(marked("There is no such request."))
    return row


def waiting(op: Operation, limit: int = 200) -> Sequence[Adjustment]:
    """The requests that wait for a second person, the oldest first, at most ``limit``."""
    query = sa.select(Adjustment).where(Adjustment.decision.is_(None))
    whole = (
        joinedload(Adjustment.contract).joinedload(Contract.customer),
        joinedload(Adjustment.entry),
        joinedload(Adjustment.requested_by),
    )
    return op.session.scalars(query.options(*whole).order_by(Adjustment.requested_at).limit(limit)).all()


def count_for(op: Operation, user: User) -> int:
    """How many requests wait for this person to decide: those of others."""
    query = sa.select(sa.func.count()).where(
        Adjustment.decision.is_(None), Adjustment.requested_by_id != user.id
    )
    return op.session.scalar(query) or 0


def wanted_of(row: Adjustment) -> Wanted:
    """What a request asks for."""
    return Wanted(
        id=row.id,
        kind=row.kind,
        contract_id=row.contract_id,
        amount=sla.Money(row.amount, row.currency),
        reason=row.reason,
        entry_id=row.entry_id,
        reference=row.reference,
        outcome=row.outcome,
    )


def _lock(op: Operation, contract_id: uuid.UUID) -> Contract:
    query = sa.select(Contract).where(Contract.id == contract_id).with_for_update(of=Contract)
    return op.session.scalars(query).one()


def _still_open(row: Adjustment) -> None:
    if row.decision is None:
        return
    texts = {
        Decision.APPROVED: marked("{name} has approved it already."),
        Decision.REJECTED: marked("{name} has rejected it already."),
        Decision.WITHDRAWN: marked("{name} has withdrawn it."),
    }
    name = "" if row.decided_by is None else row.decided_by.name
    raise DecidedError(sentence(texts[row.decision], name=name))


def _end(
    op: Operation, actor: User, adjustment_id: uuid.UUID, decision: Decision, note: str | None
) -> Adjustment:
    row = find(op, adjustment_id)
    contract = _lock(op, row.contract_id)
    op.session.refresh(row)
    if row.decision is decision and row.decided_by_id == actor.id:
        return row
    _still_open(row)
    is_own = row.requested_by_id == actor.id
    if is_own and decision is Decision.REJECTED:
        raise DecidedError(sentence(marked("You asked for this yourself: withdraw it instead.")))
    if not is_own and decision is Decision.WITHDRAWN:
        raise DecidedError(sentence(marked("Only whoever asked can withdraw it. Reject it instead.")))
    _decide(op, actor, row, decision, note)
    _record(op, actor, decision.value, contract, row, row.entry)
    return row


def _decide(op: Operation, actor: User, row: Adjustment, decision: Decision, note: str | None) -> None:
    """The database has the last word: one decision, and not by whoever asked where two are needed."""
    decided = op.session.execute(
        sa.update(Adjustment)
        .where(Adjustment.id == row.id, Adjustment.decision.is_(None))
        .values(decision=decision, decided_by_id=actor.id, decided_at=op.now, note=note)
        .returning(Adjustment.id)
        .execution_options(synchronize_session=False)
    ).first()
    op.session.refresh(row)
    if decided is None:
        _still_open(row)


def _write(op: Operation, row: Adjustment, effect: Effect, contract: Contract) -> None:
    entry, (before, after) = effect.entry, effect.owed or effect.balance
    day, year = _dated(op, contract, entry)
    draft = book.Draft(
        row.kind,
        row.contract_id,
        sla.Money(row.amount, row.currency),
        day=day,
        at=op.now,
        contract_year=year,
        sentence=wording.sentence(row, entry, before, after),
        record=wording.record(row, entry, effect.owed, effect.balance),
        incident_id=None if entry is None else entry.incident_id,
        entry_id=row.entry_id,
        terms_id=None if entry is None else entry.terms_id,
        requested_by_id=row.requested_by_id,
        approved_by_id=row.decided_by_id,
        reason=row.reason,
    )
    (row.written_id,) = book.append(op, [draft])
    op.session.flush()


def _dated(op: Operation, contract: Contract, entry: LedgerEntry | None) -> tuple[date, int]:
    """The local day on which it is written and its contract year, by the terms that are in force then."""
    found = in_force(contract.terms, op.now)
    if found is not None:
        _row, terms = found
        day = terms.day_of(op.now)
        if day >= terms.year_starts_on:
            return day, terms.period_of(sla.Period.YEAR, day).number
    return op.now.date(), 1 if entry is None else entry.contract_year


def _record(
    op: Operation, actor: User, action: str, contract: Contract, row: Adjustment, entry: LedgerEntry | None
) -> None:
    audit.record(
        op,
        actor,
        action,
        "adjustment",
        row.id,
        f"{contract.number}/{entry.sequence}" if entry is not None else contract.number,
        after={
            "adjustment": row.kind.value,
            "amount": str(sla.Money(row.amount, row.currency)),
            "payment_reference": row.reference,
            "reason": row.reason,
            "note": row.note,
        },
    )
