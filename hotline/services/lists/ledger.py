"""The list of ledger entries, and what those that fit add up to."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

import sla
from hotline.db.models import Contract, Customer, EntryKind, Incident, LedgerEntry, User
from hotline.services.ledger import accounts
from hotline.services.lists import filters, matching
from hotline.services.lists.listing import AnySelect, Listing, Order, Sort
from hotline.services.lists.questions import Question
from hotline.services.operation import Operation

MOST_CONTRACTS = 50
DISPUTED, UNDISPUTED = "open", "no"
_about, _asked, _approved = aliased(LedgerEntry), aliased(User), aliased(User)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry. ``minor`` is in minor units of ``currency``.

    ``refers_to`` is the number of the entry that it is about; ``is_disputed`` while a dispute of it is open.
    """

    id: uuid.UUID
    kind: EntryKind
    at: datetime
    recorded_at: datetime
    reference: str | None
    customer_id: uuid.UUID
    customer: str
    contract: str
    contract_year: int
    ordinal: int | None
    minor: int
    currency: str
    sentence: str
    day: date
    sequence: int
    refers_to: int | None
    asked_by: str | None
    approved_by: str | None
    reason: str | None
    previous_hash: str
    hash: str
    is_disputed: bool

    @property
    def amount(self) -> sla.Money:
        """What it adds to what is owed to the customer."""
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
    """Of every entry that fits, on whatever page: by currency, by kind, and by contract.

    ``contracts`` holds at most :data:`MOST_CONTRACTS`; ``has_more`` says that there are others.
    """

    totals: list[sla.Money]
    kinds: list[tuple[EntryKind, sla.Money]]
    contracts: list[ContractSum]
    has_more: bool


def sums(op: Operation, question: "Question[EntryRow]") -> Sums:
    """Two statements, and the database adds up. Amounts of different currencies are never added."""
    minor = sa.func.sum(LedgerEntry.amount)
    columns = (LedgerEntry.currency, LedgerEntry.kind)
    by_kind = _of(question, *columns, minor).group_by(*columns).order_by(*columns)
    kinds = [(kind, sla.Money(int(amount), code)) for code, kind, amount in op.session.execute(by_kind)]
    codes = dict.fromkeys(amount.currency for _kind, amount in kinds)
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
        [sla.total((one for _kind, one in kinds if one.currency == code), code) for code in codes],
        [(kind, amount) for kind, amount in kinds if amount.minor != 0],
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
        .outerjoin(Incident, Incident.id == LedgerEntry.incident_id)
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
            LedgerEntry.day,
            LedgerEntry.sequence,
            _about.sequence.label("refers_to"),
            _asked.name.label("asked_by"),
            _approved.name.label("approved_by"),
            LedgerEntry.reason,
            LedgerEntry.previous_hash,
            LedgerEntry.hash,
            accounts.is_disputed().label("is_disputed"),
        )
    )
    .outerjoin(_about, _about.id == LedgerEntry.entry_id)
    .outerjoin(_asked, _asked.id == LedgerEntry.requested_by_id)
    .outerjoin(_approved, _approved.id == LedgerEntry.approved_by_id),
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
        "dispute": filters.cases(
            {DISPUTED: accounts.is_disputed(), UNDISPUTED: sa.not_(accounts.is_disputed())}
        ),
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
        "day": lambda row: row.day,
        "sequence": lambda row: row.sequence,
        "refers_to": lambda row: row.refers_to,
        "disputed": lambda row: row.is_disputed,
        "asked_by": lambda row: row.asked_by,
        "approved_by": lambda row: row.approved_by,
        "reason": lambda row: row.reason,
        "previous_hash": lambda row: row.previous_hash,
        "hash": lambda row: row.hash,
    },
)
