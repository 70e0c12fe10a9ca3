"""Letters with a PIN: made once, shown once, kept only as the hash that a typed PIN is compared with.

The PIN is worked out from the service's secret key and a nonce that the admin's browser holds, so a
double tap makes one PIN, not two, and nobody who reads the database can make it again.
"""

import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hotline.db.models import Caller, Contract, Customer, PinLetter, ServiceNumber, User
from hotline.errors import ConflictError, NotFoundError
from hotline.services import audit
from hotline.services.accounts.tokens import digest
from hotline.services.operation import Operation
from hotline.services.reports.words import marked

DIGITS = 6
_FEWEST_DIFFERENT = 4
_RUNS = "01234567890123456789 98765432109876543210"


@dataclass(frozen=True, slots=True)
class Issued:
    """A letter that was made: its number, when, by whom, for whom, and when it was shown."""

    number: int
    issued_at: datetime
    issued_by: str
    addressee: str | None
    shown_at: datetime | None


@dataclass(frozen=True, slots=True)
class Letter:
    """What is printed. ``numbers`` are whole: they are what the customer dials."""

    customer: str
    contract: str
    addressee: str | None
    language: str
    numbers: list[str]
    pin: str
    number: int
    issued_at: datetime


def pin_of(op: Operation, contract_id: uuid.UUID, nonce: str) -> str:
    """The six digits that belong to a nonce: never a run, never fewer than four different digits."""
    key = op.settings.secret_key.get_secret_value().encode()
    turn = 0
    while True:
        made = hmac.digest(key, f"pin letter {contract_id.hex} {nonce} {turn}".encode(), "sha256")
        pin = f"{int.from_bytes(made) % 10**DIGITS:0{DIGITS}}"
        if len(set(pin)) >= _FEWEST_DIFFERENT and pin not in _RUNS:
            return pin
        turn += 1


def of_contract(op: Operation, contract_id: uuid.UUID) -> Sequence[Issued]:
    """Every letter of a contract, the latest first."""
    query = (
        sa.select(PinLetter, User.name, Caller.name)
        .join(User, User.id == PinLetter.issued_by_id)
        .outerjoin(Caller, Caller.id == PinLetter.caller_id)
        .where(PinLetter.contract_id == contract_id)
        .order_by(PinLetter.number.desc())
    )
    return [
        Issued(letter.number, letter.issued_at, by, addressee, letter.shown_at)
        for letter, by, addressee in op.session.execute(query)
    ]


def issue(
    op: Operation,
    actor_id: uuid.UUID,
    contract_id: uuid.UUID,
    nonce: str,
    pin_hash: str,
    seen: int,
    caller_id: uuid.UUID | None = None,
) -> bool:
    """Make the PIN of ``nonce`` the contract's own; the one before it opens nothing any more.

    ``pin_hash`` is the hash of :func:`pin_of`, made before this transaction because it is slow. ``seen``
    is how many letters the admin knew of. False when this nonce was used already: a second tap. Raises
    :class:`ConflictError` when somebody else issued a letter meanwhile, or the contract has ended.
    """
    contract = op.session.get(Contract, contract_id)
    if contract is None:
        raise NotFoundError(marked("There is no such thing."))
    op.session.refresh(contract, with_for_update=True)
    if _find(op, contract_id, nonce) is not None:
        return False
    if contract.ended_at is not None:
        raise ConflictError(marked("The contract has ended: nobody can call with a PIN of it."))
    latest = op.session.scalar(
        sa.select(sa.func.max(PinLetter.number)).where(PinLetter.contract_id == contract_id)
    )
    if (latest or 0) != seen:
        raise ConflictError(
            marked("Somebody issued another PIN meanwhile. Nothing was changed; look at the letters below.")
        )
    addressee = None if caller_id is None else _addressee(op, contract, caller_id)
    contract.pin_hash = pin_hash
    op.session.add(
        PinLetter(
            contract_id=contract_id,
            number=seen + 1,
            nonce_digest=digest(nonce),
            caller_id=None if addressee is None else addressee.id,
            issued_at=op.now,
            issued_by_id=actor_id,
        )
    )
    op.session.flush()
    audit.record(
        op,
        op.session.get_one(User, actor_id),
        "PIN issued",
        "contract",
        contract_id,
        contract.number,
        after={"letter": seen + 1} | ({} if addressee is None else {"addressee": addressee.name}),
    )
    return True


def show(op: Operation, contract_id: uuid.UUID, nonce: str, user_id: uuid.UUID) -> Letter | None:
    """The letter, the first time it is asked for by whoever issued it; None ever after.

    None too once a later letter replaced it.
    """
    statement = (
        sa.update(PinLetter)
        .where(
            PinLetter.contract_id == contract_id,
            PinLetter.nonce_digest == digest(nonce),
            PinLetter.issued_by_id == user_id,
            PinLetter.shown_at.is_(None),
        )
        .values(shown_at=op.now)
    )
    if op.session.connection().execute(statement).rowcount != 1:
        return None
    letter = _find(op, contract_id, nonce)
    contract = op.session.get_one(Contract, contract_id)
    if letter is None or letter.number != len(of_contract(op, contract_id)):
        return None
    customer = op.session.get_one(Customer, contract.customer_id)
    caller = None if letter.caller_id is None else op.session.get_one(Caller, letter.caller_id)
    return Letter(
        customer.name,
        contract.number,
        None if caller is None else caller.name,
        customer.language,
        lines_of(op, customer.id),
        pin_of(op, contract_id, nonce),
        letter.number,
        letter.issued_at,
    )


def lines_of(op: Operation, customer_id: uuid.UUID) -> list[str]:
    """The numbers that a customer dials: their own, else the shared ones."""
    query = sa.select(ServiceNumber.phone).where(ServiceNumber.ended_at.is_(None))
    own = query.where(ServiceNumber.customer_id == customer_id).order_by(ServiceNumber.phone)
    shared = query.where(ServiceNumber.customer_id.is_(None)).order_by(ServiceNumber.phone)
    return list(op.session.scalars(own)) or list(op.session.scalars(shared))


def _find(op: Operation, contract_id: uuid.UUID, nonce: str) -> PinLetter | None:
    query = sa.select(PinLetter).where(
        PinLetter.contract_id == contract_id, PinLetter.nonce_digest == digest(nonce)
    )
    return op.session.scalars(query.execution_options(populate_existing=True)).first()


def _addressee(op: Operation, contract: Contract, caller_id: uuid.UUID) -> Caller:
    caller = op.session.get(Caller, caller_id)
    if caller is None or caller.contract_id != contract.id or caller.ended_at is not None:
        raise NotFoundError(marked("There is no such thing."))
    return caller
