"""Enforcing the promise: warnings before the deadline, and at it one breach and one fine.

Sweeps over due rows. Everything is stamped with the instant at which the rule fired, so a late tick
writes what an early one would have. A breach and its fine are one transaction; unique constraints
refuse a second of either, whatever crashes, repeats or runs beside it.

The misses of a contract are counted under a lock on the contract, in the order of their deadlines,
so the number of a miss is exact with any number of workers.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import joinedload

import sla
from hotline.db.base import Base, new_id
from hotline.db.models import (
    Breach,
    Contract,
    ContractTerms,
    EntryKind,
    Incident,
    IncidentEvent,
    LedgerEntry,
)
from hotline.services.operation import Operation
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
    """Record the breach and the fine of every clock that ran out; returns how many.

    1. The due incidents, the earliest deadline first.
    2. Lock their contracts; leave those to another worker that it has locked already.
    3. Mark the incidents as breached unless the customer was told in time: the database decides.
    4. Price each in the order of the deadlines, and write breaches, entries and events in bulk.

    The news of it goes out by a sweep of its own (``next_news_at``), so that money never waits for it.
    """
    due = _due(op, limit)
    contracts = _lock_contracts(op, due)
    locked = [row for row in due if row.contract_id in contracts]
    terms = _terms(op, locked, contracts)
    missed = _mark(op, [row for row in locked if row.terms_id in terms])
    fines = _price(op, missed, terms)
    _write(op, fines)
    return len(fines)


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


def _due(op: Operation, limit: int) -> Sequence[Due]:
    return [Due(*row) for row in op.session.execute(_DUE, {"now": op.now, "limit": limit})]  # type: ignore[arg-type]


def _lock_contracts(op: Operation, due: Iterable[Due]) -> dict[uuid.UUID, Contract]:
    wanted = {row.contract_id for row in due}
    if not wanted:
        return {}
    query = (
        sa.select(Contract)
        .where(Contract.id.in_(wanted))
        .order_by(Contract.id)
        .options(joinedload(Contract.customer, innerjoin=True))
    )
    rows = op.session.scalars(query.with_for_update(skip_locked=True, of=Contract)).all()
    return {row.id: row for row in rows}


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


_Priced = tuple[Due, sla.Fine]


def _price(
    op: Operation,
    missed: Sequence[Due],
    terms: dict[uuid.UUID, sla.Terms],
) -> list[_Priced]:
    counted = _counted(op, {row.contract_id for row in missed})
    priced: list[_Priced] = []
    for row in missed:
        value = terms[row.terms_id]
        key = (row.contract_id, value.year_of(row.respond_by).number)
        before = counted.get(key, 0)
        priced.append((row, sla.assess(value, row.respond_by, before)))
        counted[key] = before + 1
    return priced


def _counted(op: Operation, contract_ids: Iterable[uuid.UUID]) -> dict[tuple[uuid.UUID, int], int]:
    """The misses so far, by contract and contract year; exact, since the contracts are locked."""
    query = (
        sa.select(LedgerEntry.contract_id, LedgerEntry.contract_year, sa.func.max(LedgerEntry.ordinal))
        .where(LedgerEntry.contract_id.in_(contract_ids))
        .group_by(LedgerEntry.contract_id, LedgerEntry.contract_year)
    )
    return {(contract_id, year): highest for contract_id, year, highest in op.session.execute(query)}


def _terms(
    op: Operation,
    missed: Sequence[Due],
    contracts: dict[uuid.UUID, Contract],
) -> dict[uuid.UUID, sla.Terms]:
    wanted = {row.terms_id for row in missed}
    if not wanted:
        return {}
    found = {}
    for row in op.session.scalars(sa.select(ContractTerms).where(ContractTerms.id.in_(wanted))):
        try:
            found[row.id] = terms_of(row, contracts[row.contract_id])
        except ValueError:  # its own misses wait for somebody to mend it; nobody else's do
            log.exception("terms_unreadable", terms=str(row.id), contract=str(row.contract_id))
    return found


def _write(op: Operation, priced: Sequence[_Priced]) -> None:
    if not priced:
        return
    rows: dict[type[Base], list[dict[str, object]]] = defaultdict(list)
    for row, fine in priced:
        shared = {"incident_id": row.id, "recorded_at": op.now, "at": row.respond_by}
        rows[Breach].append({**shared, "contract_id": row.contract_id})
        rows[LedgerEntry].append({**shared, **_entry(row, fine)})
        rows[IncidentEvent].append(
            {
                **shared,
                "id": new_id(),
                "kind": "breached",
                "data": {"fine": str(fine.amount), "ordinal": fine.ordinal},
            }
        )
    for model, values in rows.items():
        op.session.connection().execute(sa.insert(model.__table__), values)  # type: ignore[arg-type]


def _entry(row: Due, fine: sla.Fine) -> dict[str, object]:
    return {
        "id": new_id(),
        "kind": EntryKind.FINE,
        "contract_id": row.contract_id,
        "contract_year": fine.contract_year.number,
        "ordinal": fine.ordinal,
        "amount": fine.amount.minor,
        "currency": fine.amount.currency,
        "sentence": fine.explanation,
        "record": fine.record,
    }
