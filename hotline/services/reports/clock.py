"""Every minute of a clock: from the arrival of the report until the customer was told, without a gap unseen.

It is the incident's history between the two, so what is told here and there is the same. Beside it stands
what both lawyers need: the version of the terms, the deadline, and the ledger's entries with their hashes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

import sla
from hotline.db.models import ContractTerms, Incident, IncidentEvent, LedgerEntry, ReportChannel, ToldBy
from hotline.services.operation import Operation
from hotline.services.promise.promises import terms_of
from hotline.services.reports.history import Entry

# So long nothing may happen before it is said that nothing happened.
SILENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Step:
    """What happened so long after the arrival; or, without an entry, that nothing did for ``span``."""

    at: datetime
    after: timedelta
    entry: Entry | None
    span: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock, told whole. ``stopped_at`` is empty while it runs; ``drawn_at`` is when it was told."""

    reference: str
    customer: str
    contract: str
    product: str
    channel: ReportChannel
    version: int
    time_zone: str
    reported_at: datetime
    started_at: datetime | None
    respond_within: timedelta
    respond_by: datetime
    stops: tuple[str, ...]
    warnings: tuple[tuple[datetime, str], ...]
    stopped_at: datetime | None
    told_by: ToldBy | None
    breached_at: datetime | None
    steps: tuple[Step, ...]
    entries: tuple[dict[str, Any], ...]
    drawn_at: datetime


def clock_of(op: Operation, incident: Incident, entries: Sequence[Entry]) -> Clock | None:
    """The clock of an incident with this history; None while its caller is not verified. Two queries."""
    if incident.terms_id is None or incident.respond_by is None or incident.contract is None:
        return None
    row = op.session.get_one(ContractTerms, incident.terms_id)
    terms = terms_of(row)
    clock = terms.clock(incident.reported_at)
    until = op.now if incident.told_at is None else incident.told_at
    return Clock(
        incident.reference,
        incident.contract.customer.name,
        incident.contract.number,
        "" if incident.product is None else incident.product.name,
        incident.channel,
        row.version,
        terms.time_zone,
        incident.reported_at,
        _started(op, incident),
        terms.respond_within,
        incident.respond_by,
        tuple(sorted(stop.value for stop in terms.stops)),
        tuple((warning.at, str(warning.share)) for warning in clock.warnings),
        incident.told_at,
        incident.told_by,
        incident.breached_at,
        tuple(_steps(entries, incident.reported_at, until)),
        _ledger(op, incident),
        op.now,
    )


def _steps(entries: Sequence[Entry], since: datetime, until: datetime) -> Iterator[Step]:
    """Everything between the two, with every silence; what became of something breaks a silence, too."""
    found = [entry for entry in entries if since <= entry.at <= until or entry.kind == "fined"]
    signs = sorted(
        {at for entry in found for at in (entry.at, entry.settled_at) if at and since <= at <= until}
        | {since, until}
    )
    steps = [Step(entry.at, entry.at - since, entry) for entry in found]
    steps += [
        Step(before, before - since, None, after - before)
        for before, after in pairwise(signs)
        if after - before > SILENCE
    ]
    return iter(sorted(steps, key=lambda step: (step.at, step.entry is None)))


def _started(op: Operation, incident: Incident) -> datetime | None:
    query = sa.select(IncidentEvent.recorded_at).where(
        IncidentEvent.incident_id == incident.id, IncidentEvent.kind == "clock-started"
    )
    return op.session.scalars(query).first()


def _ledger(op: Operation, incident: Incident) -> tuple[dict[str, Any], ...]:
    query = (
        sa.select(LedgerEntry).where(LedgerEntry.incident_id == incident.id).order_by(LedgerEntry.sequence)
    )
    return tuple(
        {
            "sequence": entry.sequence,
            "kind": entry.kind.value,
            "amount": str(sla.Money(entry.amount, entry.currency)),
            "amount_minor": entry.amount,
            "currency": entry.currency,
            "ordinal": entry.ordinal,
            "recorded_at": entry.recorded_at.isoformat(),
            "sentence": entry.sentence,
            "record": entry.record,
            "hash": entry.hash,
        }
        for entry in op.session.scalars(query)
    )
