"""What a statement says, gathered once and kept with it: names, evidence, sentences, as they were then.

Everything is a JSON value: amounts are whole minor units, days and instants ISO 8601, instants in UTC.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from hotline.db.chain import FIRST
from hotline.db.models import (
    Contract,
    EntryKind,
    Incident,
    LedgerEntry,
    StatementKind,
    StatementLine,
    User,
)
from hotline.services.ledger import accounts
from hotline.services.operation import Operation
from hotline.services.statements import locales
from hotline.services.statements.periods import Span, month_of, next_span


class Head(NamedTuple):
    """The last entry of a contract's ledger."""

    sequence: int
    hash: str


def head_of(op: Operation, contract: Contract) -> Head:
    """Where a contract's ledger ends; the contract is locked."""
    query = (
        sa.select(LedgerEntry.sequence, LedgerEntry.hash)
        .where(LedgerEntry.contract_id == contract.id)
        .order_by(LedgerEntry.sequence.desc())
        .limit(1)
    )
    found = op.session.execute(query).one_or_none()
    return Head(0, FIRST) if found is None else Head(*found)


def snapshot(
    op: Operation,
    contract: Contract,
    kind: StatementKind,
    currency: str,
    span: Span,
    entries: Sequence[LedgerEntry],
) -> dict[str, Any]:
    """Everything that is printed but the sums, which the statement itself has."""
    customer = contract.customer
    vendor = op.settings
    found: dict[str, Any] = {
        "vendor": {"name": vendor.vendor_name, "address": list(vendor.vendor_address)},
        "customer": customer.name,
        "contract": contract.number,
        "plan": contract.plan,
        "language": locales.language_of(customer),
        "locale": locales.locale_of(customer),
        "zone": customer.time_zone,
        "lines": _lines(op, contract, entries),
        "attainment": _counted(_incidents(op, contract, [span])),
        "disputed": _disputed(op, contract, kind, currency, entries),
    }
    if kind is StatementKind.YEAR:
        found["months"] = _months(op, contract, span, entries)
    return found


def _lines(op: Operation, contract: Contract, entries: Sequence[LedgerEntry]) -> list[dict[str, Any]]:
    incidents = _by_id(op, Incident, [entry.incident_id for entry in entries])
    about = _by_id(op, LedgerEntry, [entry.entry_id for entry in entries])
    people = _by_id(
        op, User, [who for entry in entries for who in (entry.requested_by_id, entry.approved_by_id)]
    )
    disputed = _disputed_ids(op, [entry.id for entry in entries])
    periods = _settled(op, contract, entries)
    lines = []
    for entry in entries:
        line: dict[str, Any] = {
            "sequence": entry.sequence,
            "kind": entry.kind.value,
            "day": entry.day.isoformat(),
            "amount": entry.amount,
            "sentence": entry.sentence,
            "hash": entry.hash,
        }
        if entry.id in disputed:
            line["disputed"] = True
        if entry.reason is not None:
            line["reason"] = entry.reason
        for name, who in (("requested_by", entry.requested_by_id), ("approved_by", entry.approved_by_id)):
            if who is not None:
                line[name] = people[who].name
        if entry.entry_id is not None:
            line["about"] = about[entry.entry_id].sequence
        if entry.incident_id is not None:
            line["incident"] = _evidence(incidents[entry.incident_id], entry)
        if entry.kind is EntryKind.CREDIT:
            line["period"] = periods[entry.id]
        lines.append(line)
    return lines


def _evidence(incident: Incident, entry: LedgerEntry) -> dict[str, Any]:
    """What happened with an incident: who reported how, what was promised, when they were told."""
    return {
        "reference": incident.reference,
        "product": None if incident.product is None else incident.product.name,
        "channel": incident.channel.value,
        "reported_at": _iso(incident.reported_at),
        "respond_by": _iso(incident.respond_by),
        "told_at": _iso(incident.told_at),
        "told_by": None if incident.told_by is None else incident.told_by.value,
        "ordinal": entry.ordinal if entry.kind is EntryKind.FINE else None,
    }


class _Counted(NamedTuple):
    """An incident by the local day of its deadline; ``kept`` is empty while nobody can say."""

    day: date
    reference: str
    kept: bool | None


def _incidents(op: Operation, contract: Contract, spans: Collection[Span]) -> list[_Counted]:
    if not spans:
        return []
    query = (
        sa.select(
            Incident.due_on, Incident.reference, Incident.breached_at, Incident.told_at, Incident.respond_by
        )
        .where(
            Incident.contract_id == contract.id,
            sa.or_(*(Incident.due_on.between(span.starts_on, span.ends_on) for span in spans)),
        )
        .order_by(Incident.respond_by, Incident.reference)
    )
    return [
        _Counted(day, reference, _was_kept(breached_at, told_at, respond_by))
        for day, reference, breached_at, told_at, respond_by in op.session.execute(query)
        if day is not None
    ]


def _was_kept(breached_at: datetime | None, told_at: datetime | None, by: datetime | None) -> bool | None:
    if breached_at is not None:
        return False
    return True if told_at is not None and by is not None and told_at <= by else None


def _counted(incidents: Iterable[_Counted]) -> dict[str, int]:
    ends = [one.kept for one in incidents]
    return {"kept": ends.count(True), "missed": ends.count(False), "open": ends.count(None)}


def _settled(
    op: Operation, contract: Contract, entries: Sequence[LedgerEntry]
) -> Mapping[uuid.UUID, dict[str, Any]]:
    """For each credit the period whose attainment it settles, with that period's incidents."""
    found = {}
    for entry in entries:
        if (
            entry.period_starts_on is None
            or entry.period_ends_on is None
            or entry.kind is not EntryKind.CREDIT
        ):
            continue
        incidents = _incidents(op, contract, [Span(entry.period_starts_on, entry.period_ends_on)])
        found[entry.id] = {
            "starts_on": entry.period_starts_on.isoformat(),
            "ends_on": entry.period_ends_on.isoformat(),
            "revision": entry.ordinal,
            "kept": [one.reference for one in incidents if one.kept],
            "missed": [one.reference for one in incidents if one.kept is False],
        }
    return found


def _months(
    op: Operation, contract: Contract, span: Span, entries: Sequence[LedgerEntry]
) -> list[dict[str, Any]]:
    """The calendar months of a contract year: attainment, and what was charged and taken off by day."""
    incidents = defaultdict(list)
    for one in _incidents(op, contract, [span]):
        incidents[month_of(one.day)].append(one)
    moved: defaultdict[tuple[Span, bool], int] = defaultdict(int)
    for entry in entries:
        moved[month_of(entry.day), entry.kind in accounts.CHARGES] += entry.amount
    months = {month for month, _is_charge in moved}
    month = month_of(span.starts_on)
    while month.starts_on <= span.ends_on:
        months.add(month)
        month = next_span(month_of, month.ends_on)
    return [
        {
            "starts_on": month.starts_on.isoformat(),
            **_counted(incidents[month]),
            "charged": moved[month, True],
            "other": moved[month, False],
        }
        for month in sorted(months, key=lambda month: month.starts_on)
    ]


def _disputed(
    op: Operation, contract: Contract, kind: StatementKind, currency: str, entries: Sequence[LedgerEntry]
) -> int:
    """What is owed of the entries whose dispute is open, by this statement's lines and those before it."""
    here = [entry.id for entry in entries]
    before = sa.exists().where(StatementLine.entry_id == LedgerEntry.id, StatementLine.kind == kind)
    stands = sa.and_(
        LedgerEntry.contract_id == contract.id,
        LedgerEntry.currency == currency,
        sa.or_(LedgerEntry.id.in_(here), before),
    )
    amounts = sa.select(LedgerEntry.amount).where(stands)
    disputed = sa.select(LedgerEntry.id, LedgerEntry.amount).where(stands, accounts.is_disputed())
    found = {row.id: row.amount for row in op.session.execute(disputed)}
    moved = op.session.scalars(amounts.where(LedgerEntry.entry_id.in_(found)))
    return int(sum(found.values()) + sum(moved))


def _disputed_ids(op: Operation, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    query = sa.select(LedgerEntry.id).where(LedgerEntry.id.in_(ids), accounts.is_disputed())
    return set(op.session.scalars(query))


def _by_id(op: Operation, model: type[Any], ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, Any]:
    wanted = {row_id for row_id in ids if row_id is not None}
    return {row.id: row for row in op.session.scalars(sa.select(model).where(model.id.in_(wanted)))}


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()
