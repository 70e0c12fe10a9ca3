"""Facts for machines and for the ledger's page: incidents and entries as JSON values."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

import sla
from hotline.db.models import (
    Contract,
    EntryKind,
    Incident,
    LedgerEntry,
    User,
)
from hotline.services.operation import Operation
from hotline.services.reports.queries import with_names


def incidents(op: Operation) -> list[dict[str, Any]]:
    """JSON-ready facts of every incident, oldest first; instants are ISO 8601 in UTC."""
    is_fine = sa.select(LedgerEntry).where(LedgerEntry.kind == EntryKind.FINE)
    fines = {entry.incident_id: entry for entry in op.session.scalars(is_fine)}
    found = op.session.scalars(with_names().order_by(Incident.reported_at, Incident.id))
    return [_facts(incident, fines.get(incident.id)) for incident in found]


def ledger(op: Operation) -> list[dict[str, Any]]:
    """JSON-ready entries of the ledger in the order in which the promises were broken."""
    to_customer = joinedload(LedgerEntry.contract).joinedload(Contract.customer)
    whole = (to_customer, joinedload(LedgerEntry.incident))
    query = sa.select(LedgerEntry).options(*whole).order_by(LedgerEntry.at, LedgerEntry.id)
    people = op.session.execute(sa.select(User.id, User.name)).all()
    names: dict[uuid.UUID | None, str] = {user.id: user.name for user in people}
    return [_entry(entry, names) for entry in op.session.scalars(query)]


def totals(entries: Iterable[Mapping[str, Any]]) -> list[sla.Money]:
    """The sum of ledger entries in each currency, by its code."""
    amounts = [sla.Money(entry["amount_minor"], entry["currency"]) for entry in entries]
    codes = sorted({amount.currency for amount in amounts})
    return [sla.total((amount for amount in amounts if amount.currency == code), code) for code in codes]


def _facts(incident: Incident, entry: LedgerEntry | None) -> dict[str, Any]:
    contract = incident.contract
    fine = None
    if entry is not None:
        fine = {"amount_minor": entry.amount, "currency": entry.currency, "ordinal": entry.ordinal}
    return {
        "reference": incident.reference,
        "status": incident.status.value,
        "verified": incident.verified_at is not None,
        "customer": None if contract is None else contract.customer.name,
        "contract": None if contract is None else contract.number,
        "product": None if incident.product is None else incident.product.name,
        "channel": incident.channel.value,
        "owner": None if incident.owner is None else incident.owner.name,
        "reported_at": _iso(incident.reported_at),
        "respond_by": _iso(incident.respond_by),
        "accepted_at": _iso(incident.accepted_at),
        "told_at": _iso(incident.told_at),
        "told_by": None if incident.told_by is None else incident.told_by.value,
        "breached_at": _iso(incident.breached_at),
        "finished_at": _iso(incident.finished_at),
        "fine": fine,
    }


def _entry(entry: LedgerEntry, names: Mapping[uuid.UUID | None, str]) -> dict[str, Any]:
    return {
        "reference": None if entry.incident is None else entry.incident.reference,
        "customer": entry.contract.customer.name,
        "contract": entry.contract.number,
        "kind": entry.kind.value,
        "contract_year": entry.contract_year,
        "ordinal": entry.ordinal,
        "amount_minor": entry.amount,
        "currency": entry.currency,
        "amount": str(sla.Money(entry.amount, entry.currency)),
        "at": _iso(entry.at),
        "recorded_at": _iso(entry.recorded_at),
        "day": entry.day.isoformat(),
        "period_starts_on": None if entry.period_starts_on is None else entry.period_starts_on.isoformat(),
        "period_ends_on": None if entry.period_ends_on is None else entry.period_ends_on.isoformat(),
        "sequence": entry.sequence,
        "refers_to": entry.record.get("entry"),
        "requested_by": names.get(entry.requested_by_id),
        "approved_by": names.get(entry.approved_by_id),
        "reason": entry.reason,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
        "sentence": entry.sentence,
        "record": entry.record,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
