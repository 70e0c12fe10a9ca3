"""Tokens by which programs act for somebody: as much as that person's role may, and no more."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from hotline.db.models import ApiToken, User
from hotline.errors import InvalidInputError, NotFoundError
from hotline.services.accounts import events, tokens
from hotline.services.operation import Operation

MOST = 20
LONGEST_LABEL = 60
_PREFIX = "hl_"
_TOUCHED_EVERY = timedelta(minutes=1)


class TooManyTokensError(InvalidInputError):
    """Somebody has :data:`MOST` tokens already."""


def create(op: Operation, user: User, label: str) -> str:
    """A new token, shown now and never again. Raises :class:`InvalidInputError`."""
    label = " ".join(label.split())
    if not label or len(label) > LONGEST_LABEL:
        raise InvalidInputError("A token needs a name of up to 60 letters.")
    op.session.execute(sa.select(User.id).where(User.id == user.id).with_for_update())
    if len(of_user(op, user.id)) >= MOST:
        raise TooManyTokensError("There are 20 tokens already: revoke one that is used no more.")
    token = _PREFIX + tokens.new_token()
    row = ApiToken(
        user_id=user.id, label=label, hint=token[-4:], token_digest=tokens.digest(token), created_at=op.now
    )
    op.session.add(row)
    op.session.flush()
    events.record(op, user.id, "api-token-created", name=label)
    return token


def revoke(op: Operation, token_id: uuid.UUID, user: User) -> bool:
    """A token is good no more; False when that was so. Raises :class:`NotFoundError`."""
    row = op.session.get(ApiToken, token_id, with_for_update={"of": ApiToken})
    if row is None or row.user_id != user.id:
        raise NotFoundError("There is no such token.")
    if row.revoked_at is not None:
        return False
    row.revoked_at = op.now
    events.record(op, user.id, "api-token-revoked", name=row.label)
    return True


def of_user(op: Operation, user_id: uuid.UUID) -> Sequence[ApiToken]:
    """The tokens of somebody that are good, the newest first."""
    query = (
        sa.select(ApiToken)
        .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
    )
    return op.session.scalars(query).all()


def find(op: Operation, token: str) -> ApiToken | None:
    """The row of a token that is good, with its user; None otherwise."""
    query = (
        sa.select(ApiToken)
        .join(ApiToken.user)
        .options(joinedload(ApiToken.user))
        .where(
            ApiToken.token_digest == tokens.digest(token),
            ApiToken.revoked_at.is_(None),
            User.disabled_at.is_(None),
        )
    )
    return op.session.scalars(query).first()


def touch(op: Operation, row: ApiToken) -> None:
    """The token was used now."""
    if row.last_used_at is None or op.now - row.last_used_at >= _TOUCHED_EVERY:
        row.last_used_at = op.now
