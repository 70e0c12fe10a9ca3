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

from hotline.db.base import UtcDateTime
from hotline.db.models import Throttle
from hotline.services import rows
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
    """Count one try against each limit, the narrowest first. False when one had been reached before.

    What a narrow limit refuses is not counted against the wider ones: so one stranger who goes on trying
    cannot use up what everybody shares.
    """
    return all(_count(op, limit) <= limit.count for limit in limits)


def give_back(op: Operation, limits: Sequence[Limit]) -> None:
    """Take back one try: it was right. In the order of :func:`reserve`, so that none waits in a ring."""
    for limit in limits:
        op.session.connection().execute(_GIVE_BACK, {"name": limit.scope})


def _count(op: Operation, limit: Limit) -> int:
    counted = rows.run(op, _COUNT, scope=limit.scope, since=op.now, expired=op.now - limit.window)
    return int(counted.scalar_one())


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


_COUNT = rows.on_conflict(_counting)
_GIVE_BACK = (
    sa.update(Throttle)
    .where(Throttle.scope == sa.bindparam("name"), Throttle.count > 0)
    .values(count=Throttle.count - 1)
)
