"""What a new customer still needs before they can call, in the order in which it is done."""

import enum
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from hotline.db.models import Call, Contract, Customer
from hotline.services.directory import pin_letters
from hotline.services.directory.contracts import NO_PIN
from hotline.services.operation import Operation


class Step(enum.StrEnum):
    """One thing to do."""

    CONTRACT = "contract"
    PROMISE = "promise"
    CALLERS = "callers"
    NUMBER = "number"
    LETTER = "letter"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Progress:
    """A step, whether it is done, and the contract that it is done for, if one is there."""

    step: Step
    is_done: bool
    contract_id: uuid.UUID | None
    contract_number: str | None


def of_customer(op: Operation, customer: Customer) -> list[Progress]:
    """Every step for the customer's newest contract. A call is one that gave the PIN."""
    query = (
        sa.select(Contract)
        .where(Contract.customer_id == customer.id, Contract.ended_at.is_(None))
        .order_by(Contract.starts_on.desc(), Contract.id.desc())
        .options(selectinload(Contract.callers), selectinload(Contract.terms))
    )
    contract = op.session.scalars(query).first()
    contract_id = None if contract is None else contract.id
    called = sa.select(Call.id).where(Call.contract_id == contract_id, Call.authenticated_at.is_not(None))
    done = {
        Step.CONTRACT: contract is not None,
        Step.PROMISE: contract is not None and bool(contract.terms),
        Step.CALLERS: contract is not None and any(caller.ended_at is None for caller in contract.callers),
        Step.NUMBER: bool(pin_letters.lines_of(op, customer.id)),
        Step.LETTER: contract is not None and contract.pin_hash != NO_PIN,
        Step.CALL: contract is not None and op.session.scalar(called.limit(1)) is not None,
    }
    number = None if contract is None else contract.number
    return [Progress(step, is_done, contract_id, number) for step, is_done in done.items()]
