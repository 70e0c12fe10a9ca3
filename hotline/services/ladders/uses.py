"""What leads to a ladder: numbers, contracts and their products, other ladders, and incidents under way."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa

from hotline.db.models import (
    Contract,
    ContractProduct,
    Customer,
    Incident,
    IncidentStatus,
    Ladder,
    Product,
    ServiceNumber,
)
from hotline.services.directory.kind import Sentence, sentence
from hotline.services.operation import Operation
from hotline.services.reports.words import marked


@dataclass(frozen=True, slots=True)
class Uses:
    """What leads to one ladder, by name; contracts as (number, customer), products with their contract."""

    numbers: list[str] = field(default_factory=list)
    contracts: list[tuple[str, str]] = field(default_factory=list)
    products: list[tuple[str, str, str]] = field(default_factory=list)
    ladders: list[str] = field(default_factory=list)
    incidents: list[str] = field(default_factory=list)

    @property
    def is_used(self) -> bool:
        return any((self.numbers, self.contracts, self.products, self.ladders, self.incidents))


def of(op: Operation, ladder_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Uses]:
    """What leads to each of these ladders now, in five queries."""
    found = {ladder_id: Uses() for ladder_id in ladder_ids}
    for ladder_id, phone in op.session.execute(
        sa.select(ServiceNumber.ladder_id, ServiceNumber.phone)
        .where(ServiceNumber.ladder_id.in_(found), ServiceNumber.ended_at.is_(None))
        .order_by(ServiceNumber.phone)
    ):
        found[ladder_id].numbers.append(phone)
    for ladder_id, number, customer in op.session.execute(
        sa.select(Contract.ladder_id, Contract.number, Customer.name)
        .join(Customer, Customer.id == Contract.customer_id)
        .where(Contract.ladder_id.in_(found), Contract.ended_at.is_(None))
        .order_by(Contract.number)
    ):
        found[ladder_id].contracts.append((number, customer))
    for own_id, number, customer, product in op.session.execute(
        sa.select(ContractProduct.ladder_id, Contract.number, Customer.name, Product.name)
        .join(Contract, Contract.id == ContractProduct.contract_id)
        .join(Customer, Customer.id == Contract.customer_id)
        .join(Product, Product.id == ContractProduct.product_id)
        .where(ContractProduct.ladder_id.in_(found), Contract.ended_at.is_(None))
        .order_by(Contract.number, ContractProduct.position)
    ):
        if own_id is not None:
            found[own_id].products.append((number, customer, product))
    for fallback_id, name in op.session.execute(
        sa.select(Ladder.fallback_id, Ladder.name)
        .where(Ladder.fallback_id.in_(found), Ladder.ended_at.is_(None))
        .order_by(Ladder.name)
    ):
        if fallback_id is not None:
            found[fallback_id].ladders.append(name)
    for ladder_id, reference in op.session.execute(
        sa.select(Incident.ladder_id, Incident.reference)
        .where(
            Incident.ladder_id.in_(found),
            Incident.status.in_((IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED)),
        )
        .order_by(Incident.reference)
    ):
        found[ladder_id].incidents.append(reference)
    return found


def holds(op: Operation, row: Ladder) -> list[Sentence]:
    """Why a ladder cannot end yet: what leads to it."""
    found = of(op, [row.id])[row.id]
    products = [f"{number} {product}" for number, _customer, product in found.products]
    told = (
        (marked("Numbers lead to it: {names}. Give them another ladder first."), found.numbers),
        (
            marked("Contracts lead to it: {names}. Give them another ladder first."),
            [number for number, _customer in found.contracts],
        ),
        (marked("Products of contracts lead to it: {names}. Give them another ladder first."), products),
        (marked("Other ladders go on with it: {names}. Give them another fallback first."), found.ladders),
        (marked("Incidents are under way on it: {names}."), found.incidents),
    )
    return [sentence(text, names=", ".join(names)) for text, names in told if names]
