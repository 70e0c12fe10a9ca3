"""The list of ledger entries, and what those that fit add up to."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

import sla
from hotline.db.models import Contract, Customer, EntryKind, Incident, LedgerEntry
from hotline.services.lists import filters, matching
from hotline.services.lists.listing import AnySelect, Listing, Order, Sort
from hotline.services.lists.questions import Question
from hotline.services.operation import Operation

MOST_CONTRACTS = 50


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry. ``minor`` is in minor units of ``currency``."""

    id: uuid.UUID
    kind: EntryKind
    at: datetime
    recorded_at: datetime
    reference: str
    customer_id: uuid.UUID
    customer: str
    contract: str
    contract_year: int
    ordinal: int
    minor: int
    currency: str
    sentence: str

    @property
    def amount(self) -> sla.Money:
        """What is owed."""
        return sla.Money(self.minor, self.currency)


@dataclass(frozen=True, slots=True)
class ContractSum:
    """What one contract's entries add up to in one currency."""

    customer_id: uuid.UUID
    customer: str
    contract: str
    entries: int
    amount: sla.Money


@dataclass(frozen=True, slots=True)
class Sums:
    """Of every entry that fits, on whatever page: by currency, and by contract and currency.

    ``contracts`` holds at most :data:`MOST_CONTRACTS`; ``has_more`` says that there are others.
    """

    totals: list[sla.Money]
    contracts: list[ContractSum]
    has_more: bool


def sums(op: Operation, question: "Question[EntryRow]") -> Sums:
    """Two statements, and the database adds up. Amounts of different currencies are never added."""
    minor = sa.func.sum(LedgerEntry.amount)
    by_currency = _of(question, LedgerEntry.currency, minor).group_by(LedgerEntry.currency)
    found = op.session.execute(by_currency.order_by(LedgerEntry.currency)).all()
    owner = (Customer.id, Customer.name, Contract.number)
    by_contract = (
        _of(question, *owner, sa.func.count(), LedgerEntry.currency, minor)
        .group_by(*owner, Customer.name_key, Contract.id, LedgerEntry.currency)
        .order_by(Customer.name_key, Contract.id, LedgerEntry.currency)
        .limit(MOST_CONTRACTS + 1)
    )
    contracts = [
        ContractSum(customer_id, customer, number, count, sla.Money(int(amount), currency))
        for customer_id, customer, number, count, currency, amount in op.session.execute(by_contract)
    ]
    return Sums(
        [sla.Money(int(amount), currency) for currency, amount in found],
        contracts[:MOST_CONTRACTS],
        len(contracts) > MOST_CONTRACTS,
    )


def currencies(op: Operation) -> list[str]:
    """The currencies in which anything is owed."""
    return list(op.session.scalars(sa.select(LedgerEntry.currency).distinct().order_by(LedgerEntry.currency)))


def _of(question: "Question[EntryRow]", *columns: Any) -> AnySelect:
    return _joined(columns).where(*question.where)


def _joined(columns: Sequence[Any]) -> AnySelect:
    return (
        sa.select(*columns)
        .select_from(LedgerEntry)
        .join(Incident, Incident.id == LedgerEntry.incident_id)
        .join(Contract, Contract.id == LedgerEntry.contract_id)
        .join(Customer, Customer.id == Contract.customer_id)
    )


def _by(typed: str) -> "sa.ColumnElement[bool]":
    return matching.traffic_by(typed, LedgerEntry.contract_id)


LEDGER: Listing[EntryRow] = Listing(
    name="ledger",
    select=_joined(
        (
            LedgerEntry.id,
            LedgerEntry.kind,
            LedgerEntry.at,
            LedgerEntry.recorded_at,
            Incident.reference,
            Contract.customer_id,
            Customer.name.label("customer"),
            Contract.number,
            LedgerEntry.contract_year,
            LedgerEntry.ordinal,
            LedgerEntry.amount,
            LedgerEntry.currency,
            LedgerEntry.sentence,
        )
    ),
    id=LedgerEntry.id,
    make=EntryRow,
    sorts={"at": Sort(LedgerEntry.at), "customer": Sort(Customer.name_key, Order.TEXT)},
    sort="at",
    descending=True,
    filters={
        "q": filters.text(_by),
        "from": filters.since(LedgerEntry.at),
        "to": filters.until(LedgerEntry.at),
        "kind": filters.choice(EntryKind, LedgerEntry.kind),
        "currency": filters.cases({code: LedgerEntry.currency == code for code in sla.EXPONENTS}),
        "customer": filters.one(lambda found: Contract.customer_id == found),
    },
    columns={
        "at": lambda row: row.at,
        "recorded_at": lambda row: row.recorded_at,
        "kind": lambda row: row.kind.value,
        "customer": lambda row: row.customer,
        "contract": lambda row: row.contract,
        "contract_year": lambda row: row.contract_year,
        "miss_of_the_year": lambda row: row.ordinal,
        "incident": lambda row: row.reference,
        "amount_minor": lambda row: row.minor,
        "amount": lambda row: row.amount.to_decimal(),
        "currency": lambda row: row.currency,
        "sentence": lambda row: row.sentence,
    },
)
