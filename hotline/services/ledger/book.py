"""The one place that writes ledger entries: numbered and chained within each contract."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

import sla
from hotline.db.base import new_id
from hotline.db.chain import FIRST
from hotline.db.models import Contract, EntryKind, LedgerEntry
from hotline.services.ledger import chain
from hotline.services.operation import Operation
from hotline.services.statements import planning


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has its place in the chain: see :class:`LedgerEntry` for what each part means."""

    kind: EntryKind
    contract_id: uuid.UUID
    amount: sla.Money
    day: date
    at: datetime
    contract_year: int
    sentence: str
    record: Mapping[str, Any]
    incident_id: uuid.UUID | None = None
    entry_id: uuid.UUID | None = None
    terms_id: uuid.UUID | None = None
    period: sla.ContractPeriod | None = None
    ordinal: int | None = None
    requested_by_id: uuid.UUID | None = None
    approved_by_id: uuid.UUID | None = None
    reason: str | None = None


def append(op: Operation, drafts: Sequence[Draft]) -> list[uuid.UUID]:
    """Write entries after the last of their contracts, in the order given; returns their ids.

    The caller has locked the contracts (``FOR UPDATE``), so nobody writes to their chains meanwhile; the
    unique constraints refuse it otherwise.
    """
    if not drafts:
        return []
    heads = _heads(op, {draft.contract_id for draft in drafts})
    rows = []
    for draft in drafts:
        sequence, previous = heads.get(draft.contract_id, (0, FIRST))
        values = _values(op, draft) | {"sequence": sequence + 1}
        hashed = chain.digest(previous, values)
        rows.append({**values, "previous_hash": previous, "hash": hashed})
        heads[draft.contract_id] = (sequence + 1, hashed)
    op.session.connection().execute(sa.insert(LedgerEntry.__table__), rows)  # type: ignore[arg-type]
    planning.plan(op, [(draft.contract_id, draft.day, draft.at) for draft in drafts])
    return [row["id"] for row in rows]


def _heads(op: Operation, contract_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[int, str]]:
    """The last entry of each contract, found by the index however many there are."""
    own = aliased(LedgerEntry)
    last = (
        sa.select(sa.func.max(own.sequence)).where(own.contract_id == Contract.id).correlate(Contract)
    ).scalar_subquery()
    query = (
        sa.select(LedgerEntry.contract_id, LedgerEntry.sequence, LedgerEntry.hash)
        .join_from(Contract, LedgerEntry, LedgerEntry.contract_id == Contract.id)
        .where(Contract.id.in_(contract_ids), LedgerEntry.sequence == last)
    )
    return {contract_id: (sequence, hashed) for contract_id, sequence, hashed in op.session.execute(query)}


def _values(op: Operation, draft: Draft) -> dict[str, Any]:
    period = draft.period
    return {
        "id": new_id(),
        "kind": draft.kind.value,
        "contract_id": draft.contract_id,
        "incident_id": draft.incident_id,
        "entry_id": draft.entry_id,
        "terms_id": draft.terms_id,
        "contract_year": draft.contract_year,
        "period_starts_on": None if period is None else period.starts_on,
        "period_ends_on": None if period is None else period.ends_on,
        "ordinal": draft.ordinal,
        "amount": draft.amount.minor,
        "currency": draft.amount.currency,
        "day": draft.day,
        "at": draft.at,
        "recorded_at": op.now,
        "requested_by_id": draft.requested_by_id,
        "approved_by_id": draft.approved_by_id,
        "reason": draft.reason,
        "sentence": draft.sentence,
        "record": dict(draft.record),
    }
