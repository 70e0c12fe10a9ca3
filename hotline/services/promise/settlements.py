"""Settling the attainment of periods: planned when a clock starts, recorded when the period is over.

A period is settled once all its incidents are decided. Should one come to it afterwards (a report that is
verified late, a telling that is taken back), it is settled again, and the difference is an entry of its own.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError

import sla
from hotline.db.models import (
    AttainmentPeriod,
    ContractTerms,
    EntryKind,
    Incident,
    LedgerEntry,
)
from hotline.services import rows
from hotline.services.ledger import book
from hotline.services.operation import Operation
from hotline.services.promise import tallies
from hotline.services.promise.promises import attainment_row, versions_of

log = structlog.get_logger()

AGAIN = timedelta(seconds=60)


def _planning(insert: Callable[[type[AttainmentPeriod]], Any]) -> Any:
    table = AttainmentPeriod.__table__.c
    names = ("contract_id", "starts_on", "ends_on", "terms_id", "due_at")
    values = {name: sa.bindparam(name, type_=table[name].type) for name in names}
    statement = insert(AttainmentPeriod).values(values)
    return statement.on_conflict_do_update(
        index_elements=["contract_id", "starts_on", "ends_on"],
        # What was settled already is due again at once; what nobody had to settle is planned anew.
        set_={
            "due_at": sa.case(
                (table.due_at.is_not(None), table.due_at),
                (table.settled_at.is_not(None), sa.bindparam("now", type_=table.due_at.type)),
                else_=statement.excluded.due_at,
            )
        },
    )


_PLAN = rows.on_conflict(_planning)


def plan(op: Operation, contract_id: uuid.UUID, versions: Sequence[ContractTerms], due_on: date) -> None:
    """An incident of the contract has its deadline on ``due_on``: its period will be settled."""
    if all(row.attainment is None for row in versions):
        return
    found = attainment_row(versions, due_on)
    if found is None:
        return
    row, terms, period = found
    rows.run(
        op, _PLAN, contract_id=contract_id, starts_on=period.starts_on, ends_on=period.ends_on,
        terms_id=row.id, due_at=terms.end_of(period.ends_on), now=op.now,
    )  # fmt: skip


def plan_again(
    op: Operation,
    contract_id: uuid.UUID,
    versions: Sequence[ContractTerms],
    since: date,
    until: date = date.max,
) -> None:
    """Other terms were agreed for days on which incidents are due already: their periods will be settled."""
    days = (
        sa.select(Incident.due_on)
        .distinct()
        .where(Incident.contract_id == contract_id, Incident.due_on.between(since, until))
    )
    for due_on in op.session.scalars(days.order_by(Incident.due_on)).all():
        if due_on is not None:
            plan(op, contract_id, versions, due_on)


def settle_again(op: Operation, missed: Iterable[tuple[uuid.UUID, date]]) -> None:
    """Misses were recorded on these days of these contracts: where a period was settled, it is due again."""
    days = set(missed)
    query = sa.select(AttainmentPeriod).where(
        AttainmentPeriod.contract_id.in_({contract_id for contract_id, _day in days}),
        AttainmentPeriod.settled_at.is_not(None),
        AttainmentPeriod.due_at.is_(None),
        AttainmentPeriod.ends_on >= min(day for _contract, day in days),
    )
    for row in op.session.scalars(query):
        if any(
            contract_id == row.contract_id and row.starts_on <= day <= row.ends_on
            for contract_id, day in days
        ):
            row.due_at = op.now
    op.session.flush()
    versions = versions_of(op, {contract_id for contract_id, _day in days})
    for contract_id, day in sorted(days):
        try:  # planned when its clock started, unless attainment was agreed only after that
            plan(op, contract_id, versions[contract_id], day)
        except ValueError:
            log.exception("terms_unreadable", contract=str(contract_id))


class _Standing(NamedTuple):
    """The incidents of a period: kept, missed, and those of which nobody can say yet.

    Of the undecided, the ``overdue`` are missed, but that is not recorded yet.
    """

    tally: sla.Tally
    undecided: int
    overdue: int


def sweep(op: Operation, limit: int = 50) -> int:
    """Settle every period that is due; returns how many were looked at."""
    due = sa.select(AttainmentPeriod.contract_id).where(AttainmentPeriod.due_at <= op.now)
    wanted = set(op.session.scalars(due.order_by(AttainmentPeriod.due_at).limit(limit)))
    locked = tallies.lock_contracts(op, wanted)
    return settle_due(op, dict.fromkeys(locked, op.now), waits=True)


def first_due(op: Operation, contract_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Since when contracts have a period that is due; those that have none are left out."""
    query = sa.select(AttainmentPeriod.contract_id, sa.func.min(AttainmentPeriod.due_at)).where(
        AttainmentPeriod.contract_id.in_(contract_ids), AttainmentPeriod.due_at <= op.now
    )
    found = op.session.execute(query.group_by(AttainmentPeriod.contract_id))
    return {contract_id: due_at for contract_id, due_at in found if due_at is not None}


def settle_due(op: Operation, until: Mapping[uuid.UUID, datetime], *, waits: bool) -> int:
    """Settle what was due by then of contracts that the caller has locked; returns how many were dealt with.

    A period of which an incident is undecided is put off by a minute. If it ``waits``, one whose misses are
    just being recorded (by another worker) stays due instead.
    """
    if not until:
        return 0
    periods = op.session.scalars(
        sa.select(AttainmentPeriod)
        .where(AttainmentPeriod.contract_id.in_(until), AttainmentPeriod.due_at <= op.now)
        .order_by(AttainmentPeriod.contract_id, AttainmentPeriod.due_at, AttainmentPeriod.starts_on)
        # Whoever plans for a period meanwhile waits, and finds it settled.
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    versions = versions_of(op, until)
    done = 0
    for period in periods:
        if period.due_at is None or period.due_at > until[period.contract_id]:
            continue
        try:
            with op.session.begin_nested():
                done += _settle(op, period, versions[period.contract_id], waits=waits)
        except DBAPIError:
            raise
        except Exception as error:  # terms that cannot be read, say: nobody else's credit waits for them
            log.exception("period_broken", contract=str(period.contract_id), error=type(error).__name__)
            period.due_at = op.now + AGAIN
            done += 1
    op.session.flush()
    return done


def _settle(op: Operation, row: AttainmentPeriod, versions: Sequence[ContractTerms], *, waits: bool) -> bool:
    """The contract is locked: its misses and its entries stand still. False if it stays due."""
    found = attainment_row(versions, row.ends_on)
    if found is None or (found[2].starts_on, found[2].ends_on) != (row.starts_on, row.ends_on):
        # An incident came just before terms were agreed that divide its days differently.
        row.due_at = None
        op.session.flush()
        plan_again(op, row.contract_id, versions, row.starts_on, row.ends_on)
        return True
    settling, terms, period = found
    row.terms_id = settling.id
    over_at = terms.end_of(period.ends_on)
    standing = _standing(op, row)
    if op.now < over_at or standing.undecided:
        if op.now >= over_at and waits and standing.undecided == standing.overdue:
            return False
        row.due_at = max(over_at, op.now + AGAIN)
        return True
    before, revision = _credited(op, row, terms.currency)
    others = _charged(op, row, terms, period) - before
    credit = sla.settle(terms, period, standing.tally, others, before)
    if credit.amount != before:
        fired_at = over_at if row.settled_at is None or row.due_at is None else row.due_at
        _write(op, row, credit, before, revision + 1, fired_at)
    row.due_at, row.settled_at = None, op.now
    return True


def _standing(op: Operation, row: AttainmentPeriod) -> _Standing:
    is_missed = Incident.breached_at.is_not(None)
    is_kept = sa.and_(Incident.breached_at.is_(None), Incident.told_at <= Incident.respond_by)
    is_late = sa.or_(Incident.told_at.is_(None), Incident.told_at > Incident.respond_by)
    is_overdue = sa.and_(Incident.breached_at.is_(None), Incident.respond_by <= op.now, is_late)
    query = sa.select(sa.func.count(), *map(_count_of, (is_missed, is_kept, is_overdue))).where(
        Incident.contract_id == row.contract_id, Incident.due_on.between(row.starts_on, row.ends_on)
    )
    every, missed, kept, overdue = (int(count) for count in op.session.execute(query).one())
    return _Standing(sla.Tally(kept, missed), every - missed - kept, overdue)


def _count_of(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _credited(op: Operation, row: AttainmentPeriod, currency: str) -> tuple[sla.Money, int]:
    """What was credited for the period so far, and in how many entries."""
    query = sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount), 0), sa.func.count()).where(
        LedgerEntry.contract_id == row.contract_id,
        LedgerEntry.kind == EntryKind.CREDIT,
        LedgerEntry.period_starts_on == row.starts_on,
        LedgerEntry.period_ends_on == row.ends_on,
    )
    minor, count = op.session.execute(query).one()
    return sla.Money(int(minor), currency), count


def _charged(op: Operation, row: AttainmentPeriod, terms: sla.Terms, period: sla.ContractPeriod) -> sla.Money:
    capped = terms.limits.cap_period(terms.year_starts_on, period.ends_on)
    since = period.starts_on if capped is None else capped.starts_on
    counted = tallies.load(op, [row.contract_id], since)
    if capped is None:  # nothing is capped; only what was credited before matters
        return _credited(op, row, terms.currency)[0]
    return counted.charged_in(row.contract_id, capped, terms.currency)


def _write(
    op: Operation,
    row: AttainmentPeriod,
    credit: sla.Credit,
    before: sla.Money,
    revision: int,
    fired_at: datetime,
) -> None:
    difference = credit.amount - before
    sentence = credit.explanation
    if revision > 1:
        sentence = f"{sentence} {before} was credited before: this entry is the difference, {difference}."
    book.append(
        op,
        [
            book.Draft(
                EntryKind.CREDIT,
                row.contract_id,
                difference,
                day=row.ends_on,
                at=fired_at,
                contract_year=credit.terms.period_of(sla.Period.YEAR, row.ends_on).number,
                sentence=sentence,
                record={**credit.record, "revision": revision, "credited_before_minor": before.minor},
                terms_id=row.terms_id,
                period=credit.period,
                ordinal=revision,
            )
        ],
    )
