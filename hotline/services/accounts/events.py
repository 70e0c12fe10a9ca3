"""What happened to an account: every sign-in, failure, and change of how somebody proves who they are."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.db.models import AccountEvent, User
from hotline.services import rows
from hotline.services.operation import Operation


@dataclass(frozen=True, slots=True)
class Line:
    """One event and who did it: None for the owner, and for what the command line did."""

    event: AccountEvent
    actor: str | None


def record(
    op: Operation, user_id: uuid.UUID, kind: str, actor_id: uuid.UUID | None = None, **data: Any
) -> None:
    """Write an event. ``data`` holds no secret; it is shown to the owner and to admins."""
    rows.insert(op, AccountEvent, user_id=user_id, actor_id=actor_id, at=op.now, kind=kind, data=data)


def latest(op: Operation, user_id: uuid.UUID, count: int = 20) -> Sequence[Line]:
    """The newest events of an account, newest first."""
    actor = aliased(User)
    query = (
        sa.select(AccountEvent, actor.name)
        .outerjoin(actor, sa.and_(actor.id == AccountEvent.actor_id, actor.id != AccountEvent.user_id))
        .where(AccountEvent.user_id == user_id)
        .order_by(AccountEvent.at.desc(), AccountEvent.id.desc())
        .limit(count)
    )
    return [Line(event, name) for event, name in op.session.execute(query)]
