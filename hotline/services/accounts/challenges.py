"""What a browser has begun and not finished: each is taken once, by the browser that holds its token."""

import uuid
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from hotline.db.models import Challenge
from hotline.services.accounts.real_time import of_the_site
from hotline.services.accounts.tokens import digest, new_token
from hotline.services.operation import Operation

VALID_FOR = timedelta(minutes=10)


def begin(op: Operation, kind: str, data: dict[str, Any], user_id: uuid.UUID | None = None) -> str:
    """Keep ``data`` for ten minutes; the token that finds it again. What ran out is swept away."""
    op.session.execute(sa.delete(Challenge).where(Challenge.expires_at <= op.now))
    token = new_token()
    op.session.add(
        Challenge(
            token_digest=digest(token),
            kind=kind,
            user_id=user_id,
            data=data,
            expires_at=op.now + of_the_site(op, VALID_FOR),
        )
    )
    op.session.flush()
    return token


def find(op: Operation, kind: str, token: str | None) -> Challenge | None:
    """What was begun, while it waits; None for anything else."""
    return (
        None if not token else op.session.scalars(sa.select(Challenge).where(*_is(op, kind, token))).first()
    )


def take(op: Operation, kind: str, token: str | None) -> Challenge | None:
    """The same, and nobody finds it again: of two who take it at once one gets it."""
    found = find(op, kind, token)
    if found is None or token is None:
        return None
    op.session.expunge(found)
    statement = sa.delete(Challenge).where(*_is(op, kind, token))
    return found if op.session.connection().execute(statement).rowcount == 1 else None


def forget_all(op: Operation, user_id: uuid.UUID) -> None:
    """Nothing that somebody began for this account can be finished any more."""
    op.session.execute(sa.delete(Challenge).where(Challenge.user_id == user_id))


def _is(op: Operation, kind: str, token: str) -> tuple[sa.ColumnElement[bool], ...]:
    return Challenge.token_digest == digest(token), Challenge.kind == kind, Challenge.expires_at > op.now
