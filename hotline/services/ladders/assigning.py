"""Which ladder the incidents of a contract take, for each of its products; see :mod:`.taking`."""

import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from hotline.db.models import Contract, ContractProduct, Ladder, User
from hotline.errors import ConflictError, NotFoundError
from hotline.services import audit
from hotline.services.directory import checks
from hotline.services.ladders.answers import UnansweredError, is_unanswered
from hotline.services.operation import Operation
from hotline.services.reports.words import marked

CHANGED = marked("Somebody changed these ladders meanwhile. Look at them again.")


def contracts(op: Operation) -> list[Contract]:
    """Every contract that has not ended, by customer, with its products."""
    query = (
        sa.select(Contract)
        .join(Contract.customer)
        .where(Contract.ended_at.is_(None))
        .options(
            selectinload(Contract.customer),
            selectinload(Contract.products).joinedload(ContractProduct.product),
        )
    )
    return sorted(op.session.scalars(query), key=lambda row: (row.customer.name_key, row.number))


def find(op: Operation, number: str) -> Contract:
    """The contract with a number. Raises :class:`NotFoundError`."""
    row = op.session.scalars(sa.select(Contract).where(Contract.number == number)).first()
    if row is None:
        raise NotFoundError(f"There is no contract {number}.")
    return row


def assigned(contract: Contract) -> dict[str, str]:
    """The ladder of a contract under ``""`` and of each product under its id; ``""`` is the contract's."""
    own = {
        str(entry.product_id): "" if entry.ladder_id is None else str(entry.ladder_id)
        for entry in contract.products
    }
    return {"": str(contract.ladder_id), **own}


def assign(
    op: Operation, actor: User, contract: Contract, chosen: Mapping[str, str], seen: Mapping[str, str]
) -> bool:
    """Give a contract and its products their ladders; False when nothing differs. Running incidents stay.

    Both maps are as :func:`assigned` gives them; ``seen`` is what was on the page. Raises
    :class:`ConflictError` when that is not what is there, ``WrongFieldError`` for a ladder that is not, and
    :class:`UnansweredError` for one on which nobody can be rung now.
    """
    op.session.refresh(contract, with_for_update=True)
    present = assigned(contract)
    if dict(chosen) == present:
        return False
    if dict(seen) != present or chosen.keys() != present.keys():
        raise ConflictError(CHANGED)
    before = _facts(op, contract)
    contract.ladder_id = _chosen(op, chosen[""], contract.ladder_id)
    for entry in contract.products:
        wanted = chosen[str(entry.product_id)]
        entry.ladder_id = _chosen(op, wanted, entry.ladder_id) if wanted else None
    op.session.flush()
    return audit.record(
        op,
        actor,
        "changed",
        "contract",
        contract.id,
        contract.number,
        before=before,
        after=_facts(op, contract),
    )


def _chosen(op: Operation, ladder_id: str, kept: uuid.UUID | None) -> uuid.UUID:
    row: Ladder = checks.chosen(op, Ladder, ladder_id, "ladder", kept)
    if row.id != kept and is_unanswered(op, row.id):
        raise UnansweredError
    return row.id


def _facts(op: Operation, contract: Contract) -> dict[str, object]:
    return {
        "ladder": op.session.get_one(Ladder, contract.ladder_id).name,
        "ladders_of_products": [
            f"{entry.product.name}: {op.session.get_one(Ladder, entry.ladder_id).name}"
            for entry in contract.products
            if entry.ladder_id is not None
        ],
    }
