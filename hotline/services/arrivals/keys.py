"""Keys with which a customer's programs report for one contract: made, shown once, ended.

A key is worked out from the service's secret key and a nonce that the admin's form holds, so a double tap
makes one key, not two, and shows it both times. Only its digest is kept.
"""

import base64
import hmac
import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from hotline.db.models import Contract, ContractKey, Customer, User
from hotline.errors import ConflictError, InvalidInputError, NotFoundError
from hotline.services import audit
from hotline.services.accounts.tokens import digest
from hotline.services.operation import Operation
from hotline.services.reports.words import marked

MOST = 10
LONGEST_LABEL = 60
PREFIX = "hk_"
_SHOWN_FOR = timedelta(minutes=5)
_TOUCHED_EVERY = timedelta(minutes=1)


class TooManyKeysError(InvalidInputError):
    """A contract has :data:`MOST` keys already."""


def make(op: Operation, actor_id: uuid.UUID, contract_id: uuid.UUID, label: str, nonce: str) -> str:
    """The key that belongs to ``nonce``, made now or by the first tap some minutes ago; it is not kept.

    Raises :class:`ConflictError` when the key was made longer ago, or the contract has ended.
    """
    contract = _locked(op, contract_id)
    key = _key_of(op, contract_id, nonce)
    row = op.session.scalars(sa.select(ContractKey).where(ContractKey.key_digest == digest(key))).first()
    if row is not None:
        if row.ended_at is not None or op.now - row.created_at > _SHOWN_FOR:
            raise ConflictError(marked("A key is shown once. End it and make another."))
        return key
    if contract.ended_at is not None:
        raise ConflictError(marked("The contract has ended: no program can report for it."))
    label = " ".join(label.split())
    if not label or len(label) > LONGEST_LABEL:
        raise InvalidInputError(marked("A key needs a name of up to 60 letters."))
    if sum(row.ended_at is None for row in of_contract(op, contract_id)) >= MOST:
        raise TooManyKeysError(marked("There are 10 keys already: end one that is used no more."))
    row = ContractKey(
        contract_id=contract_id,
        label=label,
        hint=key[-4:],
        key_digest=digest(key),
        nonce_digest=digest(nonce),
        created_at=op.now,
        created_by_id=actor_id,
    )
    op.session.add(row)
    op.session.flush()
    _record(op, actor_id, contract, row, "key made")
    return key


def end(op: Operation, actor_id: uuid.UUID, contract_id: uuid.UUID, key_id: uuid.UUID) -> bool:
    """A key is good no more, from this instant; False when that was so. Raises :class:`NotFoundError`."""
    contract = _locked(op, contract_id)
    row = op.session.get(ContractKey, key_id)
    if row is None or row.contract_id != contract_id:
        raise NotFoundError(marked("There is no such key."))
    if row.ended_at is not None:
        return False
    row.ended_at = op.now
    _record(op, actor_id, contract, row, "key ended")
    return True


def of_contract(op: Operation, contract_id: uuid.UUID) -> Sequence[ContractKey]:
    """Every key of a contract: those that are good first, the newest first."""
    query = (
        sa.select(ContractKey)
        .where(ContractKey.contract_id == contract_id)
        .options(joinedload(ContractKey.created_by))
        .order_by(ContractKey.ended_at.is_not(None), ContractKey.created_at.desc(), ContractKey.id.desc())
    )
    return op.session.scalars(query).all()


def find(op: Operation, key: str) -> ContractKey | None:
    """The row of a key that is good, with its contract; None when it, its contract or customer has ended."""
    query = (
        sa.select(ContractKey)
        .join(ContractKey.contract)
        .join(Contract.customer)
        .options(joinedload(ContractKey.contract).joinedload(Contract.customer))
        .where(
            ContractKey.key_digest == digest(key),
            ContractKey.ended_at.is_(None),
            Contract.ended_at.is_(None),
            Customer.ended_at.is_(None),
        )
    )
    return op.session.scalars(query).first()


def touch(op: Operation, row: ContractKey) -> None:
    """The key was used now."""
    if row.last_used_at is None or op.now - row.last_used_at >= _TOUCHED_EVERY:
        row.last_used_at = op.now


def _key_of(op: Operation, contract_id: uuid.UUID, nonce: str) -> str:
    secret = op.settings.secret_key.get_secret_value().encode()
    made = hmac.digest(secret, f"contract key {contract_id.hex} {nonce}".encode(), "sha256")
    return PREFIX + base64.urlsafe_b64encode(made).decode().rstrip("=")


def _locked(op: Operation, contract_id: uuid.UUID) -> Contract:
    contract = op.session.get(Contract, contract_id, with_for_update={"of": Contract})
    if contract is None:
        raise NotFoundError(marked("There is no such thing."))
    return contract


def _record(op: Operation, actor_id: uuid.UUID, contract: Contract, row: ContractKey, action: str) -> None:
    audit.record(
        op,
        op.session.get_one(User, actor_id),
        action,
        "contract",
        contract.id,
        contract.number,
        after={"key": f"{row.label} (..{row.hint})"},
    )
