"""Counting tries in the database, so that every worker sees the same count.

A try is counted *before* it is checked and given back when it was right: many tries at once
cannot slip through together.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hotline.db.models import Throttle
from hotline.services.operation import Operation


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``count`` tries in ``window`` for one ``scope``."""

    scope: str
    count: int
    window: timedelta = timedelta(minutes=15)


def scope(kind: str, subject: str) -> str:
    """A name for what is counted that cannot be read back into a number."""
    return f"{kind}:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"


def reserve(op: Operation, limits: Sequence[Limit]) -> bool:
    """Count one try against each limit. False when any of them had been reached before this one."""
    counts = [_count(op, limit) for limit in limits]
    return all(count <= limit.count for count, limit in zip(counts, limits, strict=True))


def give_back(op: Operation, limits: Sequence[Limit]) -> None:
    """Take back one try: it was right."""
    op.session.execute(
        sa.update(Throttle)
        .where(Throttle.scope.in_([limit.scope for limit in limits]), Throttle.count > 0)
        .values(count=Throttle.count - 1)
        .execution_options(synchronize_session=False)
    )


def _count(op: Operation, limit: Limit) -> int:
    insert = postgresql.insert if op.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    expired = Throttle.since <= op.now - limit.window
    statement = (
        insert(Throttle)
        .values(scope=limit.scope, since=op.now, count=1)
        .on_conflict_do_update(
            index_elements=[Throttle.scope],
            set_={
                "count": sa.case((expired, 1), else_=Throttle.count + 1),
                "since": sa.case((expired, op.now), else_=Throttle.since),
            },
        )
        .returning(Throttle.count)
    )
    return int(op.session.execute(statement).scalar_one())
