"""Old answers to webhooks and old counts of tries go away by themselves, a bounded batch at a time.

A webhook is repeated within minutes and the longest window of tries is a day, so after a week nobody asks
for either any more. Their instants carry no index; so a walk goes through each table by its primary key,
looks at :data:`BATCH` rows a time, and begins again behind the last. Rows that somebody else has in hand
are left for the next walk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from hotline.db.models import Throttle, WebhookReply
from hotline.services.operation import Operation

EVERY = timedelta(minutes=1)
KEPT_FOR = timedelta(days=7)
BATCH = 1000

Place = Sequence[Any] | None


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows of ``key`` that are old once ``at`` lies far enough back."""

    key: tuple[Any, ...]
    at: Any


_TABLES = (
    _Table((WebhookReply.sid, WebhookReply.step), WebhookReply.at),
    _Table((Throttle.scope,), Throttle.since),
)


class Walk:
    """How far the walks through the tables have come. Kept in memory: a new one begins at the start."""

    def __init__(self) -> None:
        self._places: dict[_Table, Place] = dict.fromkeys(_TABLES)

    def step(self, op: Operation) -> dict[_Table, Place]:
        """Prune the next batch of each table; returns where the walks are, for :meth:`stand` after commit."""
        return {table: _prune(op, table, place) for table, place in self._places.items()}

    def stand(self, places: dict[_Table, Place]) -> None:
        """Go on from there the next time."""
        self._places = places


def _prune(op: Operation, table: _Table, place: Place) -> Place:
    """Look at one batch behind ``place``; returns its last key, or None when the table has ended."""
    key = sa.tuple_(*table.key)
    ahead = sa.true() if place is None else key > sa.tuple_(*place)
    seen = op.session.execute(sa.select(*table.key).where(ahead).order_by(*table.key).limit(BATCH)).all()
    if not seen:
        return None
    old = (
        sa.select(*table.key)
        .where(ahead, key <= sa.tuple_(*seen[-1]), table.at < op.now - KEPT_FOR)
        .with_for_update(skip_locked=True)
    )
    op.session.execute(
        sa.delete(table.at.class_).where(key.in_(old)).execution_options(synchronize_session=False)
    )
    return tuple(seen[-1]) if len(seen) == BATCH else None
