"""Facts for machines and for the ledger's page: incidents and entries as JSON values."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

import sla
from hotline.db.models import (
    Contract,
    Incident,
    LedgerEntry,
)
from hotline.services.operation import Operation
from hotline.services.reports.queries import with_names


def incidents(op: Operation) -> list[dict[str, Any]]:
    """JSON-ready facts of every incident, oldest first; instants are ISO 8601 in UTC."""
    fines = {entry.incident_id: entry for entry in op.session.scalars(sa.select(LedgerEntry))}
    found = op.session.scalars(with_names().order_by(Incident.reported_at, Incident.id))
    return [_facts(incident, fines.get(incident.id)) for incident in found]


def ledger(op: Operation) -> list[dict[str, Any]]:
    """JSON-ready entries of the ledger in the order in which the promises were broken."""
    to_customer = joinedload(LedgerEntry.incident).joinedload(Incident.contract).joinedload(Contract.customer)
    query = sa.select(LedgerEntry).options(to_customer).order_by(LedgerEntry.at, LedgerEntry.id)
    return [_entry(entry) for entry in op.session.scalars(query)]


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


def _entry(entry: LedgerEntry) -> dict[str, Any]:
    contract = entry.incident.contract
    return {
        "reference": entry.incident.reference,
        "customer": None if contract is None else contract.customer.name,
        "contract": None if contract is None else contract.number,
        "kind": entry.kind.value,
        "contract_year": entry.contract_year,
        "ordinal": entry.ordinal,
        "amount_minor": entry.amount,
        "currency": entry.currency,
        "amount": str(sla.Money(entry.amount, entry.currency)),
        "at": _iso(entry.at),
        "recorded_at": _iso(entry.recorded_at),
        "sentence": entry.sentence,
        "record": entry.record,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
