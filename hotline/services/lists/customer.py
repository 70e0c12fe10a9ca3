"""Everything about one customer: contracts, what was promised, who may call, and what it has cost."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

import sla
from hotline.db.models import Contract, ContractProduct, Customer, LedgerEntry, ServiceNumber
from hotline.errors import NotFoundError
from hotline.phone_numbers import mask
from hotline.services.lists.covers import Cover, cover_on
from hotline.services.operation import Operation
from hotline.services.promise.promises import local_day, terms_of

Fines = dict[tuple[uuid.UUID, int], list[tuple[int, sla.Money]]]


@dataclass(frozen=True, slots=True)
class CallerLine:
    """Somebody who may call, or no longer may; the number is masked."""

    name: str
    phone: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class TermsLine:
    """One version of the promise; ``is_in_force`` now, and ``is_future`` while it has not begun."""

    terms: sla.Terms
    is_in_force: bool
    is_future: bool


@dataclass(frozen=True, slots=True)
class ContractCard:
    """One contract. ``fines`` are those of the contract year by the terms in force, if there are any."""

    number: str
    plan: str
    starts_on: date
    cover_from: date | None
    cover_until: date | None
    cover: Cover
    products: list[tuple[str, int]]
    callers: list[CallerLine]
    terms: list[TermsLine]
    year: sla.ContractPeriod | None
    misses: int
    fines: list[sla.Money]
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """A customer. Service numbers are those printed on the contract card, so they are shown whole."""

    id: uuid.UUID
    name: str
    language: str
    time_zone: str
    service_numbers: list[str]
    are_shared: bool
    contracts: list[ContractCard]
    ended_at: datetime | None


def card(op: Operation, customer_id: uuid.UUID) -> CustomerCard:
    """The customer with an id, in a fixed number of queries. Raises :class:`NotFoundError`."""
    customer = op.session.get(Customer, customer_id)
    if customer is None:
        raise NotFoundError("There is no such customer.")
    contracts = _contracts(op, customer_id)
    fines = _fines(op, [contract.id for contract in contracts])
    own = _numbers(op, customer_id)
    return CustomerCard(
        customer.id,
        customer.name,
        customer.language,
        customer.time_zone,
        own or _numbers(op, None),
        not own,
        [_contract(op, contract, fines) for contract in contracts],
        customer.ended_at,
    )


def _contracts(op: Operation, customer_id: uuid.UUID) -> list[Contract]:
    query = (
        sa.select(Contract)
        .where(Contract.customer_id == customer_id)
        .options(
            selectinload(Contract.customer),
            selectinload(Contract.products).joinedload(ContractProduct.product),
            selectinload(Contract.callers),
            selectinload(Contract.terms),
        )
        .order_by(Contract.starts_on.desc(), Contract.id)
    )
    return list(op.session.scalars(query))


def _numbers(op: Operation, customer_id: uuid.UUID | None) -> list[str]:
    query = sa.select(ServiceNumber.phone).where(
        ServiceNumber.customer_id == customer_id, ServiceNumber.ended_at.is_(None)
    )
    return list(op.session.scalars(query.order_by(ServiceNumber.phone)))


def _fines(op: Operation, contract_ids: list[uuid.UUID]) -> Fines:
    """Misses and sums by contract and contract year, a sum a currency."""
    query = (
        sa.select(
            LedgerEntry.contract_id,
            LedgerEntry.contract_year,
            LedgerEntry.currency,
            sa.func.count(),
            sa.func.sum(LedgerEntry.amount),
        )
        .where(LedgerEntry.contract_id.in_(contract_ids), LedgerEntry.kind == "fine")
        .group_by(LedgerEntry.contract_id, LedgerEntry.contract_year, LedgerEntry.currency)
        .order_by(LedgerEntry.currency)
    )
    found: Fines = {}
    for contract_id, year, currency, misses, minor in op.session.execute(query):
        found.setdefault((contract_id, year), []).append((misses, sla.Money(int(minor), currency)))
    return found


def _contract(op: Operation, contract: Contract, fines: Fines) -> ContractCard:
    today = local_day(contract, op.now)
    terms = _terms(contract, op.now)
    held = next((line.terms for line in terms if line.is_in_force), None)
    year = None
    if held is not None and today >= contract.starts_on:
        year = held.period_of(sla.Period.YEAR, held.day_of(op.now))
    spent = [] if year is None else fines.get((contract.id, year.number), [])
    return ContractCard(
        contract.number,
        contract.plan,
        contract.starts_on,
        contract.cover_from,
        contract.cover_until,
        cover_on(today, sla.Plan(contract.plan), contract.cover_from, contract.cover_until),
        [(entry.product.name, entry.instances) for entry in contract.products],
        [CallerLine(caller.name, mask(caller.phone), caller.ended_at) for caller in contract.callers],
        terms,
        year,
        sum(misses for misses, _amount in spent),
        [amount for _misses, amount in spent],
        contract.ended_at,
    )


def terms_lines(op: Operation, contract: Contract) -> list[TermsLine]:
    """Every version of what a contract promises, the latest first."""
    return _terms(contract, op.now)


def _terms(contract: Contract, now: datetime) -> list[TermsLine]:
    versions = [terms_of(row) for row in contract.terms]
    held = sla.terms_in_force(versions, now)
    return [
        TermsLine(
            terms,
            held is not None and terms.version == held.version,
            terms.effective_from > terms.day_of(now),
        )
        for terms in reversed(versions)
    ]
