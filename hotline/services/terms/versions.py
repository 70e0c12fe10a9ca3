"""Versions of what a contract promises: agreed on ahead of their first day, and never edited afterwards.

A version begins after today in its own zone, later than the version before it; the first one alone may
begin in the past, with the contract. Until it begins, and while nothing refers to it, a version may be
replaced or withdrawn. Who agrees on versions of one contract waits for whoever does so just now (the contract
is locked, which a report whose clock starts waits for, too); a unique constraint has the last word.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import sqlalchemy as sa

import sla
from hotline.db.models import AttainmentPeriod, Contract, ContractTerms, Incident, User
from hotline.services import audit
from hotline.services.directory import changes, checks
from hotline.services.directory.kind import (
    Facts,
    InUseError,
    Kind,
    Sentence,
    StaleError,
    Values,
    WrongFieldError,
    sentence,
)
from hotline.services.operation import Operation
from hotline.services.promise.promises import columns_of, terms_of
from hotline.services.reports.words import marked
from hotline.services.terms import typed
from hotline.services.terms.facts import facts_of

_HAS_BEGUN = marked("Version {version} has begun: it stays as it is. Agree on a new one.")
_IS_REFERRED_TO = marked("An incident runs under version {version}: it stays as it is.")


class WrongDayError(WrongFieldError):
    """A version may not begin on the day that was typed; ``next_days`` are the nearest on which it may."""

    def __init__(self, why: Sentence, next_days: Sequence[date] = ()) -> None:
        super().__init__("effective_from", why)
        self.next_days = tuple(next_days)


def called(row: ContractTerms) -> str:
    """A version by its contract and its number, as the audit trail has it."""
    return f"{row.contract.number} v{row.version}"


def has_begun(op: Operation, terms: sla.Terms) -> bool:
    """Whether its first day has begun in its own zone."""
    return terms.effective_from <= terms.day_of(op.now)


def seen_of(rows: Sequence[ContractTerms]) -> str:
    """All versions of a contract as a short text for a form: who sends it has seen them."""
    whole = [facts_of(terms_of(row), row.note) for row in rows]
    return f"{len(rows)}.{hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:24]}"


def locked(op: Operation, contract_id: uuid.UUID) -> tuple[Contract, list[ContractTerms]]:
    """A contract, locked until the end of the transaction, and its versions as they are then."""
    contract = op.session.get_one(Contract, contract_id)
    op.session.refresh(contract, with_for_update=True)
    query = sa.select(ContractTerms).where(ContractTerms.contract_id == contract_id)
    rows = op.session.scalars(query.order_by(ContractTerms.version).execution_options(populate_existing=True))
    return contract, list(rows)


def withdraw(op: Operation, actor_id: uuid.UUID, row_id: uuid.UUID) -> bool:
    """A version that has not begun is agreed no more; False when it was withdrawn already.

    Raises :class:`InUseError` when it has to stay.
    """
    row = op.session.get(ContractTerms, row_id)
    if row is None:
        return False
    _contract, rows = locked(op, row.contract_id)
    if row not in rows:
        return False
    if reasons := holds(op, row, rows):
        raise InUseError(reasons)
    actor = op.session.get_one(User, actor_id)
    audit.record(op, actor, "withdrawn", TERMS.name, row.id, called(row), before=_facts(op, row))
    op.session.delete(row)
    op.session.flush()
    return True


def holds(op: Operation, row: ContractTerms, rows: Sequence[ContractTerms]) -> list[Sentence]:
    """Why a version cannot be withdrawn; ``rows`` are all of its contract."""
    if reasons := stays(op, row):
        return reasons
    before, after = _neighbours([other for other in rows if other is not row], row.version)
    if before is None or after is None:
        return []
    try:
        sla.require_succession(terms_of(before), terms_of(after))
    except sla.SuccessionError:
        return [
            sentence(
                marked("Version {after} could not follow version {before}: withdraw that one first."),
                after=after.version,
                before=before.version,
            )
        ]
    return []


def stays(op: Operation, row: ContractTerms) -> list[Sentence]:
    """Why a version cannot be changed any more."""
    if has_begun(op, terms_of(row)):
        return [sentence(_HAS_BEGUN, version=row.version)]
    for model in (Incident, AttainmentPeriod):
        if op.session.scalar(sa.select(sa.exists().where(model.terms_id == row.id))):
            return [sentence(_IS_REFERRED_TO, version=row.version)]
    return []


def _put(op: Operation, row: ContractTerms, values: Values) -> None:
    is_new = checks.is_new(row)
    if is_new:
        row.contract_id = checks.chosen(op, Contract, values["contract"], "effective_from").id
    contract, rows = locked(op, row.contract_id)
    others = [other for other in rows if other.id != row.id]
    if is_new and values["seen"] != seen_of(rows):
        raise _stale(op, rows, str(values["seen"]))
    if not is_new and (reasons := stays(op, row)):
        raise WrongDayError(reasons[0])
    version = 1 + max((other.version for other in others), default=0) if is_new else row.version
    terms = typed.read(values, version)
    _require_place(op, contract, others, terms)
    _require_unplanned(op, contract, others, terms)
    for name, value in columns_of(terms).items():
        setattr(row, name, value)
    row.note, row.agreed_at, row.agreed_by_id = typed.note(values), op.now, values["by"]


def _stale(op: Operation, rows: Sequence[ContractTerms], seen: str) -> StaleError:
    """Somebody agreed on a version meanwhile, who is named; or one was withdrawn."""
    if rows and not seen.startswith(f"{len(rows)}."):
        return changes.stale(op, TERMS, rows[-1].id, seen_of(rows))
    return StaleError(seen_of(rows), None, None, {}, {})


def _require_place(
    op: Operation, contract: Contract, others: Sequence[ContractTerms], terms: sla.Terms
) -> None:
    """It begins when its place among the versions allows it. Raises :class:`WrongDayError`."""
    day = terms.effective_from
    before, after = _neighbours(others, terms.version)
    if before is None and day < contract.starts_on:
        words = marked("Type a day on or after the contract's first, {day}.")
        raise WrongDayError(sentence(words, day=contract.starts_on.isoformat()))
    if before is not None and has_begun(op, terms):
        words = marked("It begins after today, {day} in {zone}: what is past stays as it was agreed.")
        raise WrongDayError(
            sentence(words, day=terms.day_of(op.now).isoformat(), zone=terms.time_zone),
            _allowed(terms_of(before), terms, terms.day_of(op.now)),
        )
    if before is not None and day <= before.effective_from:
        words = marked("Version {version} begins on {day}: choose a later day, or replace that version.")
        raise WrongDayError(
            sentence(words, version=before.version, day=before.effective_from.isoformat()),
            _allowed(terms_of(before), terms, before.effective_from),
        )
    if after is not None and day >= after.effective_from:
        words = marked("Version {version} begins on {day}: choose an earlier day.")
        raise WrongDayError(sentence(words, version=after.version, day=after.effective_from.isoformat()))
    if before is not None:
        _require_succession(terms_of(before), terms)
    if after is not None:
        _require_follower(terms, terms_of(after))


def _require_succession(before: sla.Terms, terms: sla.Terms) -> None:
    try:
        sla.require_succession(before, terms)
    except sla.SuccessionError as refused:
        words = marked(
            "Attainment is settled by the period: a change of its bands, its period, the contract years or "
            "the zone begins with a period, not on {day}."
        )
        day = terms.effective_from.isoformat()
        raise WrongDayError(sentence(words, day=day), refused.next_days) from None


def _require_follower(terms: sla.Terms, after: sla.Terms) -> None:
    try:
        sla.require_succession(terms, after)
    except sla.SuccessionError:
        words = marked("Version {version} could not follow it on {day}: withdraw that one first.")
        day = after.effective_from.isoformat()
        raise WrongDayError(sentence(words, version=after.version, day=day)) from None


def _require_unplanned(
    op: Operation, contract: Contract, others: Sequence[ContractTerms], terms: sla.Terms
) -> None:
    """No period from its first day on is to be settled by an earlier version already.

    That is so when an incident is open whose deadline lies there, such as after midnight.
    """
    query = sa.select(sa.func.max(AttainmentPeriod.ends_on)).where(
        AttainmentPeriod.contract_id == contract.id,
        AttainmentPeriod.terms_id.in_([other.id for other in others]),
        AttainmentPeriod.starts_on >= terms.effective_from,
    )
    last = op.session.scalar(query)
    before, _after = _neighbours(others, terms.version)
    if last is None or before is None:
        return
    words = marked("A period until {day} holds an incident's deadline already: it keeps its terms.")
    raise WrongDayError(sentence(words, day=last.isoformat()), _allowed(terms_of(before), terms, last))


def _allowed(before: sla.Terms, terms: sla.Terms, day: date) -> tuple[date, ...]:
    """The nearest days after ``day`` on which these terms may follow those before."""
    first = max(day, before.effective_from) + timedelta(days=1)
    try:
        sla.require_succession(before, replace(terms, effective_from=max(first, terms.year_starts_on)))
    except sla.SuccessionError as refused:
        return refused.next_days
    return (max(first, terms.year_starts_on),)


def _neighbours(
    others: Sequence[ContractTerms], version: int
) -> tuple[ContractTerms | None, ContractTerms | None]:
    """The versions just below and just above a number."""
    before = [other for other in others if other.version < version]
    after = [other for other in others if other.version > version]
    return (before[-1] if before else None), (after[0] if after else None)


def _facts(_op: Operation, row: ContractTerms) -> Facts:
    return facts_of(terms_of(row), row.note)


TERMS: Kind[ContractTerms] = Kind("terms", ContractTerms, called=called, facts=_facts, put=_put)
