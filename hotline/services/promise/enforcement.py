"""Enforcing the promise: warnings before the deadline, and at it one breach and one fine.

Sweeps over due rows. Everything is stamped with the instant at which the rule fired, so a late tick
writes what an early one would have. A breach and its fine are one transaction; unique constraints
refuse a second of either, whatever crashes, repeats or runs beside it.

The misses of a contract are counted under a lock on the contract, in the order of their deadlines,
so the number of a miss is exact with any number of workers. Every miss is a breach; it has a fine where the
terms of its incident have a rising schedule.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import IntegrityError

import sla
from hotline.db.base import new_id
from hotline.db.models import Breach, ContractTerms, EntryKind, Incident, IncidentEvent
from hotline.services.ledger import book
from hotline.services.operation import Operation
from hotline.services.promise import settlements, tallies
from hotline.services.promise.promises import terms_of

log = structlog.get_logger()

BATCH = 1000


class Due(NamedTuple):
    """An incident whose deadline has passed and whose customer had not been told by then."""

    id: uuid.UUID
    contract_id: uuid.UUID
    terms_id: uuid.UUID
    respond_by: datetime


def sweep_deadlines(op: Operation, limit: int = BATCH) -> int:
    """Record the breach and the fine of every clock that ran out; returns how many rules fired.

    1. The due incidents, the earliest deadline first.
    2. Lock their contracts; leave those to another worker that it has locked already.
    3. Mark the incidents as breached unless the customer was told in time: the database decides.
    4. Price each in the order of the deadlines, and write breaches, entries and events in bulk.
    5. What was to be settled before a deadline is settled before it is priced, for a cap counts both; the
       deadline has its turn next.

    The news of it goes out by a sweep of its own (``next_news_at``), so that money never waits for it.
    """
    after: Due | None = None
    passed: set[uuid.UUID] = set()
    while due := _due(op, limit, after):
        done = _sweep(op, [row for row in due if row.contract_id not in passed])
        if done or len(due) < limit:
            return done
        # Nothing could be done about these: they stand in nobody's way but their own contract's, whose
        # misses keep their order.
        after, passed = due[-1], passed | {row.contract_id for row in due}
    return 0


def _sweep(op: Operation, due: Sequence[Due]) -> int:
    contracts = tallies.lock_contracts(op, {row.contract_id for row in due})
    locked = [row for row in due if row.contract_id in contracts]
    terms = _terms(op, locked)
    first = _settled_first(op, locked)
    ready = [
        row for row in locked if row.terms_id in terms and row.respond_by < first.get(row.contract_id, _NEVER)
    ]
    return _record(op, ready, terms) + settlements.settle_due(op, first, waits=False)


def _record(op: Operation, due: Sequence[Due], terms: dict[uuid.UUID, sla.Terms]) -> int:
    """Mark, price and write what was missed; a contract that the database refuses holds up no other."""
    try:
        with op.session.begin_nested():
            missed = _mark(op, due)
            if missed:
                priced = _price(op, missed, terms)
                _write(op, priced)
                settlements.settle_again(op, [(miss.due.contract_id, miss.missed_on) for miss in priced])
            return len(missed)
    except IntegrityError as error:
        by_contract: dict[uuid.UUID, list[Due]] = {}
        for row in due:
            by_contract.setdefault(row.contract_id, []).append(row)
        if len(by_contract) == 1:
            log.exception("contract_broken", contract=str(due[0].contract_id), error=type(error).__name__)
            return 0
    return sum(_record(op, rows, terms) for rows in by_contract.values())


def _settled_first(op: Operation, due: Sequence[Due]) -> dict[uuid.UUID, datetime]:
    """The contracts that had a period to settle before one of the deadlines, and since when."""
    last = {row.contract_id: row.respond_by for row in due}  # they come in the order of the deadlines
    if not last:
        return {}
    since = settlements.first_due(op, last)
    return {contract_id: at for contract_id, at in since.items() if at <= last[contract_id]}


_NEVER = datetime.max.replace(tzinfo=UTC)
# Nobody told the customer, or somebody did, too late, before this sweep came by.
_TOO_LATE = sa.or_(Incident.told_at.is_(None), Incident.told_at > Incident.respond_by)
# What the partial index of running clocks covers, to the letter.
MAY_BREACH = sa.and_(Incident.breached_at.is_(None), Incident.respond_by.is_not(None), _TOO_LATE)
_DUE = (
    sa.select(Incident.id, Incident.contract_id, Incident.terms_id, Incident.respond_by)
    .where(MAY_BREACH, Incident.respond_by <= sa.bindparam("now"))
    .order_by(Incident.respond_by, Incident.id)
    .limit(sa.bindparam("limit"))
)
_DUE_AFTER = _DUE.where(
    sa.or_(
        Incident.respond_by > sa.bindparam("at"),
        sa.and_(Incident.respond_by == sa.bindparam("at"), Incident.id > sa.bindparam("id")),
    )
)


def _due(op: Operation, limit: int, after: Due | None) -> Sequence[Due]:
    values: dict[str, object] = {"now": op.now, "limit": limit}
    if after is None:
        return [Due(*row) for row in op.session.execute(_DUE, values)]  # type: ignore[arg-type]
    values |= {"at": after.respond_by, "id": after.id}
    return [Due(*row) for row in op.session.execute(_DUE_AFTER, values)]  # type: ignore[arg-type]


def _mark(op: Operation, due: Sequence[Due]) -> list[Due]:
    if not due:
        return []
    marked = op.session.execute(
        sa.update(Incident)
        .where(Incident.id.in_([row.id for row in due]), MAY_BREACH)
        .values(breached_at=Incident.respond_by, next_warning_at=None, next_news_at=op.now)
        .returning(Incident.id)
        .execution_options(synchronize_session=False)
    ).scalars()
    won = set(marked)
    return [row for row in due if row.id in won]


class Miss(NamedTuple):
    """A missed deadline with its local day, and its fine if the terms have any."""

    due: Due
    missed_on: date
    fine: sla.Fine | None


def _price(op: Operation, missed: Sequence[Due], terms: dict[uuid.UUID, sla.Terms]) -> list[Miss]:
    days = {row.id: terms[row.terms_id].day_of(row.respond_by) for row in missed}
    since = min(tallies.first_day(terms[row.terms_id], days[row.id]) for row in missed)
    counted = tallies.load(op, {row.contract_id for row in missed}, since)
    priced = []
    for row in missed:
        fine = counted.next_fine(row.contract_id, terms[row.terms_id], row.respond_by)
        counted.add_miss(row.contract_id, days[row.id], fine)
        priced.append(Miss(row, days[row.id], fine))
    return priced


def _terms(op: Operation, missed: Sequence[Due]) -> dict[uuid.UUID, sla.Terms]:
    wanted = {row.terms_id for row in missed}
    if not wanted:
        return {}
    found = {}
    for row in op.session.scalars(sa.select(ContractTerms).where(ContractTerms.id.in_(wanted))):
        try:
            found[row.id] = terms_of(row)
        except ValueError:  # its own misses wait for somebody to mend it; nobody else's do
            log.exception("terms_unreadable", terms=str(row.id), contract=str(row.contract_id))
    return found


def _write(op: Operation, priced: Sequence[Miss]) -> None:
    connection = op.session.connection()
    connection.execute(sa.insert(Breach.__table__), [_breach(op, miss) for miss in priced])  # type: ignore[arg-type]
    book.append(op, [_draft(miss, miss.fine) for miss in priced if miss.fine is not None])
    connection.execute(sa.insert(IncidentEvent.__table__), [_event(op, miss) for miss in priced])  # type: ignore[arg-type]


def _breach(op: Operation, miss: Miss) -> dict[str, object]:
    return {
        "incident_id": miss.due.id,
        "contract_id": miss.due.contract_id,
        "at": miss.due.respond_by,
        "recorded_at": op.now,
        "missed_on": miss.missed_on,
    }


def _event(op: Operation, miss: Miss) -> dict[str, object]:
    fine = miss.fine
    return {
        "id": new_id(),
        "incident_id": miss.due.id,
        "at": miss.due.respond_by,
        "recorded_at": op.now,
        "kind": "breached",
        "data": {} if fine is None else {"fine": str(fine.amount), "ordinal": fine.ordinal},
    }


def _draft(miss: Miss, fine: sla.Fine) -> book.Draft:
    return book.Draft(
        EntryKind.FINE,
        miss.due.contract_id,
        fine.amount,
        day=miss.missed_on,
        at=miss.due.respond_by,
        contract_year=fine.terms.period_of(sla.Period.YEAR, miss.missed_on).number,
        sentence=fine.explanation,
        record=fine.record,
        incident_id=miss.due.id,
        terms_id=miss.due.terms_id,
        period=fine.period,
        ordinal=fine.ordinal,
    )
