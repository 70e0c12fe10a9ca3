"""Which ladder an incident takes: the contract's for its product, else the contract's, else the number's."""

import uuid

from hotline.db.models import Contract, Product, ServiceNumber


def ladder_of(
    number: ServiceNumber, contract: Contract | None = None, product: Product | None = None
) -> uuid.UUID:
    """The id of the ladder that an incident takes which is opened now."""
    return number.ladder_id if contract is None else ladder_of_contract(contract, product)


def ladder_of_contract(contract: Contract, product: Product | None = None) -> uuid.UUID:
    """The same for a contract."""
    wanted = None if product is None else product.id
    own = (entry.ladder_id for entry in contract.products if entry.product_id == wanted)
    return next(own, None) or contract.ladder_id
