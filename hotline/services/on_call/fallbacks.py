"""A ladder and those that follow on it, as their fallbacks say: the one walk along them."""

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import routing
from hotline.db.models import Ladder
from hotline.services.on_call.rosters import load_ladder
from hotline.services.on_call.targets import Resolver, Target
from hotline.services.operation import Operation

Found = TypeVar("Found")
Loaded = tuple[Ladder, "routing.Ladder[Target]", Resolver]


def chain(
    first: uuid.UUID, find: Callable[[uuid.UUID], Found], row_of: Callable[[Found], Ladder]
) -> Iterator[Found]:
    """What ``find`` gives for a ladder and for those that follow on it, in order, each once.

    The next is looked for only when it is asked for: whoever stops early spares the rest.
    """
    passed: set[uuid.UUID] = set()
    following: uuid.UUID | None = first
    while following is not None and following not in passed:
        passed.add(following)
        found = find(following)
        yield found
        following = row_of(found).fallback_id


def rows(first: uuid.UUID, find: Callable[[uuid.UUID], Ladder]) -> Iterator[Ladder]:
    """The rows of the chain."""
    return chain(first, find, lambda row: row)


def load(op: Operation, first: uuid.UUID) -> Iterator[Loaded]:
    """The chain by :func:`load_ladder`."""
    return chain(first, partial(load_ladder, op), lambda loaded: loaded[0])
