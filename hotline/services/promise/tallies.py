"""Tallies: misses, charges and incidents of contracts by their local day, from which periods are added up."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

import sla
from hotline.db.models import Breach, Contract, EntryKind, Incident, LedgerEntry
from hotline.services.operation import Operation

CHARGES = (EntryKind.FINE, EntryKind.CREDIT)  # what counts toward a cap, whatever was waived of it


@dataclass(slots=True)
class Tallies:
    """Counts and sums of some contracts, by contract and day; exact as long as the contracts are locked."""

    misses: defaultdict[uuid.UUID, Counter[date]]
    charges: defaultdict[uuid.UUID, Counter[tuple[date, str]]]

    def misses_in(self, contract_id: uuid.UUID, period: sla.ContractPeriod) -> int:
        """How many deadlines were missed on a day of the period."""
        return sum(count for day, count in self.misses[contract_id].items() if day in period)

    def charged_in(
        self, contract_id: uuid.UUID, period: sla.ContractPeriod | None, currency: str
    ) -> sla.Money:
        """Fines and credits whose day lies in the period of a cap; zero where there is no cap."""
        if period is None:
            return sla.Money(0, currency)
        charges = self.charges[contract_id].items()
        return sla.Money(
            sum(minor for (day, code), minor in charges if code == currency and day in period), currency
        )

    def next_fine(self, contract_id: uuid.UUID, terms: sla.Terms, respond_by: datetime) -> sla.Fine | None:
        """What missing this deadline costs after all that is counted; None where misses cost nothing."""
        if terms.rising is None:
            return None
        day = terms.day_of(respond_by)
        before = self.misses_in(contract_id, terms.period_of(terms.rising.period, day))
        capped = terms.limits.cap_period(terms.year_starts_on, day)
        return sla.assess(terms, respond_by, before, self.charged_in(contract_id, capped, terms.currency))

    def add_miss(self, contract_id: uuid.UUID, day: date, fine: sla.Fine | None) -> None:
        """Count one more miss, and its fine if there is one."""
        self.misses[contract_id][day] += 1
        if fine is not None:
            self.charges[contract_id][day, fine.amount.currency] += fine.amount.minor


def lock_contracts(op: Operation, contract_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Lock contracts until the end of the transaction; those that another worker has locked are left out."""
    if not contract_ids:
        return set()
    query = sa.select(Contract.id).where(Contract.id.in_(contract_ids)).order_by(Contract.id)
    return set(op.session.scalars(query.with_for_update(skip_locked=True, of=Contract)))


def load(op: Operation, contract_ids: Collection[uuid.UUID], since: date) -> Tallies:
    """The tallies of contracts from the day ``since`` on, in two queries."""
    missed = (
        sa.select(Breach.contract_id, Breach.missed_on, sa.func.count())
        .where(Breach.contract_id.in_(contract_ids), Breach.missed_on >= since)
        .group_by(Breach.contract_id, Breach.missed_on)
    )
    charged = (
        sa.select(
            LedgerEntry.contract_id, LedgerEntry.day, LedgerEntry.currency, sa.func.sum(LedgerEntry.amount)
        )
        .where(
            LedgerEntry.contract_id.in_(contract_ids), LedgerEntry.day >= since, LedgerEntry.kind.in_(CHARGES)
        )
        .group_by(LedgerEntry.contract_id, LedgerEntry.day, LedgerEntry.currency)
    )
    found = Tallies(defaultdict(Counter), defaultdict(Counter))
    for contract_id, day, count in op.session.execute(missed):
        found.misses[contract_id][day] = count
    for contract_id, day, currency, minor in op.session.execute(charged):
        found.charges[contract_id][day, currency] = int(minor)
    return found


def incidents_by_day(
    op: Operation, contract_ids: Collection[uuid.UUID], since: date
) -> dict[uuid.UUID, Counter[date]]:
    """How many deadlines contracts have on each day, from ``since`` on."""
    query = (
        sa.select(Incident.contract_id, Incident.due_on, sa.func.count())
        .where(Incident.contract_id.in_(contract_ids), Incident.due_on >= since)
        .group_by(Incident.contract_id, Incident.due_on)
    )
    found: defaultdict[uuid.UUID, Counter[date]] = defaultdict(Counter)
    for contract_id, day, count in op.session.execute(query):
        if contract_id is not None and day is not None:
            found[contract_id][day] = count
    return found


def first_day(terms: sla.Terms, day: date) -> date:
    """From which day on tallies matter to what ``day`` costs: the first of its longest period."""
    schedules = (terms.rising, terms.attainment)
    kinds = [schedule.period for schedule in schedules if schedule is not None]
    if terms.limits.per_period is not None:
        kinds.append(terms.limits.per_period.period)
    return min(terms.period_of(kind, day).starts_on for kind in kinds)
