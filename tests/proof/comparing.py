"""What stands in the database is what the clerk has: breaches, numbers, amounts, sums and chains."""

from collections import Counter, defaultdict
from datetime import date
from itertools import zip_longest
from typing import Any

import sqlalchemy as sa

from hotline.db.models import (
    AttainmentPeriod,
    Breach,
    Contract,
    ContractTerms,
    EntryKind,
    Incident,
    IncidentEvent,
    LedgerEntry,
)
from hotline.db.session import Database
from hotline.services.auditing.audit import audit
from hotline.services.ledger import verify
from hotline.services.operation import Operation
from tests.hotline.house import make_settings
from tests.proof.clerk import Clerk
from tests.sla.oracle import Entry


def require_same_books(
    database: Database, clerk: Clerk, now: Any, *, is_audited: bool = True
) -> Counter[str]:
    """Everything is compared; returns how much of what there was. AssertionError at the first difference."""
    with database.read() as session:
        contracts = {
            number: contract_id
            for contract_id, number in session.execute(sa.select(Contract.id, Contract.number))
            if number in clerk.oracle.versions
        }
        seen = _breaches(session, clerk)
        for number, contract_id in contracts.items():
            _ledger(session, clerk, number, contract_id, seen)
        op = Operation(session, now, make_settings(str(database.engine.url)))
        chains = {one.contract: one for one in verify.chains(op)}
        for number in contracts:
            faults = chains[number].faults if number in chains else []
            assert not faults, (number, [str(fault) for fault in faults])
    if is_audited:
        for number, contract_id in contracts.items():
            with database.read() as session:
                result = audit(session, contract_id, now)
            assert not result.differences, (number, result.differences)
            assert result.is_whole
    return seen


def _breaches(session: Any, clerk: Clerk) -> Counter[str]:
    clocks = clerk.oracle.clocks
    found = {row.incident_id: row for row in session.scalars(sa.select(Breach)) if row.incident_id in clocks}
    assert set(found) == clerk.oracle.breached()
    told = dict(
        session.execute(
            sa.select(IncidentEvent.incident_id, sa.func.count())
            .where(IncidentEvent.kind == "breached")
            .group_by(IncidentEvent.incident_id)
        ).all()
    )
    for incident in session.scalars(sa.select(Incident)):
        clock = clocks.get(incident.id)
        if clock is None:
            continue
        assert (incident.respond_by, incident.due_on) == (clock.respond_by, clock.due_on)
        assert incident.breached_at == (clock.respond_by if clock.missed else None)
        assert told.get(incident.id, 0) == int(clock.missed)
        if clock.missed:
            assert (found[incident.id].at, found[incident.id].missed_on) == (clock.respond_by, clock.due_on)
    return Counter(incidents=len(clocks), misses=len(found))


def _ledger(session: Any, clerk: Clerk, number: str, contract_id: Any, seen: Counter[str]) -> None:
    versions = dict(
        session.execute(
            sa.select(ContractTerms.id, ContractTerms.version).where(ContractTerms.contract_id == contract_id)
        ).all()
    )
    rows = session.scalars(
        sa.select(LedgerEntry).where(LedgerEntry.contract_id == contract_id).order_by(LedgerEntry.sequence)
    ).all()
    wanted = [entry for entry in clerk.oracle.entries if entry.contract == number]
    written = [_entry(row, number, versions) for row in rows]
    for place, (is_there, should_be) in enumerate(zip_longest(written, wanted), 1):
        assert is_there == should_be, f"entry {place} of {number} is {is_there}, not {should_be}"
    fines = Counter(row.incident_id for row in rows if row.kind is EntryKind.FINE)
    assert set(fines.values()) <= {1}
    assert set(fines) == {
        one
        for one in clerk.oracle.incidents[number]
        if clerk.oracle.clocks[one].missed and clerk.oracle.clocks[one].version["schedule"] is not None
    }
    sums = session.execute(
        sa.select(LedgerEntry.currency, sa.func.sum(LedgerEntry.amount))
        .where(LedgerEntry.contract_id == contract_id)
        .group_by(LedgerEntry.currency)
    )
    assert {currency: int(minor) for currency, minor in sums} == clerk.oracle.owed(number)
    due = {
        (row.starts_on, row.ends_on): row.due_at
        for row in session.scalars(
            sa.select(AttainmentPeriod).where(AttainmentPeriod.contract_id == contract_id)
        )
        if row.due_at is not None
    }
    assert set(due) == {period for contract, period in clerk.due if contract == number}
    _count(rows, seen)


def _entry(row: LedgerEntry, number: str, versions: dict[Any, int]) -> Entry:
    if row.kind is EntryKind.WAIVER:
        return Entry("waiver", number, row.incident_id, date.min, row.amount, row.currency)  # any day is good
    assert row.terms_id is not None
    assert row.period_starts_on is not None
    assert row.period_ends_on is not None
    period = (row.period_starts_on, row.period_ends_on)
    return Entry(
        row.kind.value, number, row.incident_id, row.day, row.amount, row.currency,
        versions[row.terms_id], period, row.ordinal,
    )  # fmt: skip


def _count(rows: Any, seen: Counter[str]) -> None:
    by_kind: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        by_kind[row.kind.value] += 1
        if row.kind is EntryKind.CREDIT and row.ordinal > 1:
            by_kind["revision"] += 1
        if row.kind is EntryKind.CREDIT and row.amount < 0:
            by_kind["taken back"] += 1
        if row.kind is EntryKind.FINE and row.amount == 0:
            by_kind["fine of nothing"] += 1
    seen.update(by_kind)
