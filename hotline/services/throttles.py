"""Counting tries in the database, so that every worker sees the same count.

A try is counted *before* it is checked and given back when it was right: many tries at once
cannot slip through together.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hotline.db.base import UtcDateTime
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
    ordered = sorted(limits, key=lambda limit: limit.scope)
    counts = [_count(op, limit) for limit in ordered]
    return all(count <= limit.count for count, limit in zip(counts, ordered, strict=True))


def give_back(op: Operation, limits: Sequence[Limit]) -> None:
    """Take back one try: it was right. One row after the other in a fixed order, so none waits in a ring."""
    for name in sorted(limit.scope for limit in limits):
        op.session.connection().execute(_GIVE_BACK, {"name": name})


def _count(op: Operation, limit: Limit) -> int:
    connection = op.session.connection()
    values = {"scope": limit.scope, "since": op.now, "expired": op.now - limit.window}
    return int(connection.execute(_COUNT[connection.dialect.name], values).scalar_one())


def _counting(insert: Callable[[type[Throttle]], Any]) -> Any:
    expired = Throttle.since <= sa.bindparam("expired", type_=UtcDateTime())
    statement = insert(Throttle).values(scope=sa.bindparam("scope"), since=sa.bindparam("since"), count=1)
    return statement.on_conflict_do_update(
        index_elements=[Throttle.scope],
        set_={
            "count": sa.case((expired, 1), else_=Throttle.count + 1),
            "since": sa.case((expired, statement.excluded.since), else_=Throttle.since),
        },
    ).returning(Throttle.count)


_COUNT = {"sqlite": _counting(sqlite.insert), "postgresql": _counting(postgresql.insert)}
_GIVE_BACK = (
    sa.update(Throttle)
    .where(Throttle.scope == sa.bindparam("name"), Throttle.count > 0)
    .values(count=Throttle.count - 1)
)
