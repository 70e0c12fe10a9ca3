"""What broken promises cost: what the ledger says by month and kind, and what is at risk now.

Amounts of different currencies are never added. The sums are those of the ledger's own entries, so they
agree with the ledger page to the last minor unit.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

import sla
from hotline.db.models import Contract, EntryKind, Incident, LedgerEntry
from hotline.services.operation import Operation
from hotline.services.promise import stakes
from hotline.services.statistics.frames import Frame
from hotline.services.statistics.instants import month_of

CHARGES = (EntryKind.FINE, EntryKind.CREDIT)
GIVEN_BACK = (EntryKind.WAIVER, EntryKind.CORRECTION)


@dataclass(frozen=True, slots=True)
class Account:
    """Entries of one currency added up by kind, in minor units: of a month, or of all months."""

    currency: str
    kinds: Mapping[EntryKind, int]

    def sum_of(self, *kinds: EntryKind) -> sla.Money:
        """What entries of these kinds come to, as signed in the ledger: owed to the customer is positive."""
        return sla.Money(sum(self.kinds.get(kind, 0) for kind in kinds), self.currency)

    @property
    def charged(self) -> sla.Money:
        """Fines and credits, before anything was waived."""
        return self.sum_of(*CHARGES)

    @property
    def given_back(self) -> sla.Money:
        """Waived and corrected: below zero where it makes the charge smaller."""
        return self.sum_of(*GIVEN_BACK)

    @property
    def paid(self) -> sla.Money:
        """What was paid or set off, above zero."""
        return -self.sum_of(EntryKind.PAYMENT)

    @property
    def balance(self) -> sla.Money:
        """What all entries come to: still owed."""
        return self.sum_of(*EntryKind)


def by_month(op: Operation, frame: Frame) -> dict[str, dict[int, Account]]:
    """Every month with entries, by currency; one statement. Months as :func:`month_of` counts them."""
    month = month_of(LedgerEntry.day).label("month")
    query = (
        sa.select(LedgerEntry.currency, month, LedgerEntry.kind, sa.func.sum(LedgerEntry.amount))
        .where(*frame.entries)
        .group_by(LedgerEntry.currency, month, LedgerEntry.kind)
        .order_by(LedgerEntry.currency, month)
    )
    found: dict[str, dict[int, dict[EntryKind, int]]] = defaultdict(lambda: defaultdict(dict))
    for currency, number, kind, minor in op.session.execute(query):
        found[currency][number][kind] = int(minor)
    return {
        currency: {number: Account(currency, kinds) for number, kinds in months.items()}
        for currency, months in found.items()
    }


def in_all(currency: str, months: Mapping[int, Account]) -> Account:
    """All months of one currency together."""
    kinds: dict[EntryKind, int] = defaultdict(int)
    for account in months.values():
        for kind, minor in account.kinds.items():
            kinds[kind] += minor
    return Account(currency, kinds)


@dataclass(frozen=True, slots=True)
class Risk:
    """A customer with ``incidents`` of which the clock runs, and what their misses would cost."""

    customer_id: uuid.UUID
    customer: str
    incidents: int
    amount: sla.Money


def at_risk(op: Operation, frame: Frame) -> dict[str, list[Risk]]:
    """The clocks that run now, on whatever day they began, by currency and customer, the largest first.

    Each is counted as if it were the customer's next miss, as on the board.
    """
    query = (
        sa.select(Incident)
        .where(
            Incident.respond_by > op.now,
            Incident.told_at.is_(None),
            Incident.breached_at.is_(None),
            *frame.at_any_time().incidents,
        )
        .options(joinedload(Incident.contract).joinedload(Contract.customer))
    )
    running = op.session.scalars(query).all()
    costs = stakes.stakes(op, running)
    found: dict[tuple[str, uuid.UUID], list[tuple[str, sla.Money]]] = defaultdict(list)
    for incident in running:
        stake = costs.get(incident.id)
        if stake is not None and incident.contract is not None:
            customer = incident.contract.customer
            found[stake.amount.currency, customer.id].append((customer.name, stake.amount))
    return _largest_first(found)


def _largest_first(
    found: Mapping[tuple[str, uuid.UUID], Sequence[tuple[str, sla.Money]]],
) -> dict[str, list[Risk]]:
    by_currency: dict[str, list[Risk]] = defaultdict(list)
    for (currency, customer_id), parts in found.items():
        amount = sla.total((part for _name, part in parts), currency)
        by_currency[currency].append(Risk(customer_id, parts[0][0], len(parts), amount))
    return {
        currency: sorted(risks, key=lambda risk: (-risk.amount.minor, risk.customer))
        for currency, risks in sorted(by_currency.items())
    }
