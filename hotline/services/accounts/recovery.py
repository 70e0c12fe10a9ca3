"""Recovery codes: ten, shown once, each opening the account once when the second factor is lost."""

import secrets
import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from hotline.db.models import RecoveryCode
from hotline.services import rows
from hotline.services.accounts import challenges
from hotline.services.accounts.sealing import keyed_digest, seal, unseal
from hotline.services.operation import Operation

COUNT = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
_GROUPS, _GROUP = 3, 4
_SHOWN = "recovery-codes"


def issue(op: Operation, user_id: uuid.UUID) -> str:
    """Ten new codes; older ones are worth nothing. The token with which their owner reads them, once.

    They are readable for ten minutes, sealed, until :func:`put_away`: a reload loses nothing.
    """
    forget(op, user_id)
    codes = [_new_code() for _ in range(COUNT)]
    for code in codes:
        rows.insert(op, RecoveryCode, user_id=user_id, digest=_digest(op, user_id, code))
    return challenges.begin(op, _SHOWN, {"sealed": seal(op, " ".join(codes))}, user_id)


def shown(op: Operation, user_id: uuid.UUID, token: str | None) -> Sequence[str]:
    """The codes that were issued just now; none when they were put away or are somebody else's."""
    found = challenges.find(op, _SHOWN, token)
    return unseal(op, found.data["sealed"]).split() if found is not None and found.user_id == user_id else []


def put_away(op: Operation, token: str | None) -> None:
    """The owner has kept them: they are never shown again."""
    challenges.take(op, _SHOWN, token)


def use(op: Operation, user_id: uuid.UUID, typed: str) -> bool:
    """Whether ``typed`` is a code of the user that was not used before; from here on it was."""
    statement = (
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.digest == _digest(op, user_id, typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=op.now)
    )
    return op.session.connection().execute(statement).rowcount == 1


def left(op: Operation, user_id: uuid.UUID) -> int:
    """How many codes are still good."""
    query = sa.select(sa.func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return op.session.scalar(query) or 0


def forget(op: Operation, user_id: uuid.UUID) -> None:
    """No code of the user is worth anything any more."""
    op.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def _new_code() -> str:
    groups = ["".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS)]
    return "-".join(groups)


def _digest(op: Operation, user_id: uuid.UUID, code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter in _LETTERS)
    return keyed_digest(op, str(user_id), plain)
