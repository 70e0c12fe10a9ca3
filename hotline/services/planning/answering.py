"""No change of a roster may leave the hotline unanswered now, also when two are made at once."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from hotline.db.models import Rotation
from hotline.services.coverage.unanswered import unanswered
from hotline.services.operation import Operation
from hotline.services.planning.refusing import Refusal, RefusedError


@contextmanager
def kept_up(op: Operation) -> Iterator[None]:
    """What is done within leaves no ladder without an answer that has one now.

    It waits for every other such change to commit, so that each sees what the other left.
    Raises :class:`RefusedError` with ``UNANSWERED``, naming the ladders; the caller's transaction is lost.
    """
    lock(op)
    before = without_answer(op)
    yield
    left = sorted(without_answer(op) - before)
    if left:
        raise RefusedError(Refusal.UNANSWERED, names=left)


def lock(op: Operation) -> None:
    """Nobody else changes any roster before this commits."""
    query = sa.select(Rotation.id).where(Rotation.ended_at.is_(None)).order_by(Rotation.id).with_for_update()
    op.session.execute(query).all()


def without_answer(op: Operation) -> set[str]:
    """The names of the ladders on which nobody could be rung now."""
    return {ladder.name for ladder in unanswered(op)}
