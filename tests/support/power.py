"""The power goes: before a statement, before a commit, or when it was committed and nobody knows yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hotline.db.session import Database


class PowerCut(BaseException):
    """The process is gone."""


class Meter:
    """Counts the points at which the power could go, from 1, and lets it go at one of them."""

    def __init__(self, place: int | None) -> None:
        self.place, self.count = place, 0

    def point(self, *_: Any) -> None:
        """A statement, a commit, or what comes after a commit."""
        self.count += 1
        if self.count == self.place:
            raise PowerCut

    @property
    def is_dark(self) -> bool:
        """Whether the power went."""
        return self.place is not None and self.count >= self.place


@contextmanager
def cut(database: Database, place: int | None, *, also_committed: bool = True) -> Iterator[Meter]:
    """At the point ``place`` the power goes; what the block was doing ends there, without a word to anybody.

    Without ``also_committed`` it goes only as long as nothing was committed.
    """
    meter, write = Meter(place), database.write

    @contextmanager
    def written() -> Iterator[Session]:
        with write() as session:
            yield session
        if also_committed:
            meter.point()

    sa.event.listen(database.engine, "before_cursor_execute", meter.point)
    sa.event.listen(database.engine, "commit", meter.point)
    database.write = written  # type: ignore[method-assign]
    try:
        yield meter
    except PowerCut:
        pass
    finally:
        del database.write  # type: ignore[method-assign]
        sa.event.remove(database.engine, "before_cursor_execute", meter.point)
        sa.event.remove(database.engine, "commit", meter.point)
