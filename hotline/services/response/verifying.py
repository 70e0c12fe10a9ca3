"""Finding out who an unidentified caller was: what the called and the calling number say about it."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from hotline.db.models import Caller, Contract, Incident, Product
from hotline.errors import InvalidInputError
from hotline.services.operation import Operation


@dataclass(frozen=True, slots=True)
class Hint:
    """Whose number was dialled, whose contracts know the caller's number, and what follows from both.

    ``contract`` is set when only one comes into question, ``product`` when that covers only one.
    """

    dialled: str | None
    callers: tuple[tuple[str, str, str], ...]  # name, customer, contract number
    contract: str | None
    product: str | None


def hint(op: Operation, incident: Incident) -> Hint:
    """What can be known before anybody has asked the caller."""
    customer = incident.service_number.customer
    query = sa.select(Caller).where(Caller.phone == incident.caller_phone, Caller.ended_at.is_(None))
    query = query.options(joinedload(Caller.contract).joinedload(Contract.customer))
    callers = list(op.session.scalars(query.order_by(Caller.name)))
    contracts = [caller.contract for caller in callers]
    if customer is not None:
        own = sa.select(Contract).where(Contract.customer_id == customer.id).order_by(Contract.number)
        contracts = [one for one in contracts if one.customer_id == customer.id] or list(
            op.session.scalars(own)
        )
    only = contracts[0] if len({one.id for one in contracts}) == 1 else None
    products = [] if only is None else [entry.product.code for entry in only.products]
    return Hint(
        None if customer is None else customer.name,
        tuple((one.name, one.contract.customer.name, one.contract.number) for one in callers),
        None if only is None else only.number,
        products[0] if len(products) == 1 else None,
    )


def products(op: Operation) -> Sequence[Product]:
    """Every product, in the order of the menu."""
    return op.session.scalars(sa.select(Product).order_by(Product.position, Product.name)).all()


def contract_of(op: Operation, number: str) -> Contract:
    """The contract with a number. Raises :class:`InvalidInputError`."""
    found = op.session.scalars(sa.select(Contract).where(Contract.number == number.strip())).first()
    if found is None:
        raise InvalidInputError("There is no contract with this number. Check it with the customer.")
    return found


def product_of(op: Operation, code: str) -> Product:
    """The product with a code. Raises :class:`InvalidInputError`."""
    found = op.session.scalars(sa.select(Product).where(Product.code == code)).first()
    if found is None:
        raise InvalidInputError("There is no such product. Choose one of the list.")
    return found
