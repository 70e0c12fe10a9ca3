"""Rotations: who is on call by the roster alone, before any override."""

from bisect import bisect_right
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from operator import itemgetter
from typing import Generic

from routing.instants import require_utc
from routing.part import M, Part


@dataclass(frozen=True, slots=True)
class Version(Generic[M]):
    """The rotation as it is from `holds_from` (UTC; None is always) until the next version holds.

    Everybody who has the turn in any of `parts` is on call, first part first: parts with hours in several
    zones follow the sun, and where they overlap two answer.
    """

    holds_from: datetime | None
    parts: tuple[Part[M], ...]

    def __post_init__(self) -> None:
        if self.holds_from is not None:
            require_utc(self.holds_from)


@dataclass(frozen=True, slots=True)
class Rotation(Generic[M]):
    """One layer of a roster. A change is a new version, so that what was, stays.

    Raises ValueError if the versions are not in the order in which they hold, or only the first may be
    without a beginning and another is. Before the first version holds, nobody is on call.
    """

    id: Hashable
    name: str
    versions: tuple[Version[M], ...]

    def __post_init__(self) -> None:
        for earlier, later in pairwise(self.versions):
            if later.holds_from is None or (earlier.holds_from or later.holds_from) > later.holds_from:
                raise ValueError("versions of a rotation are given in the order in which they hold")


@dataclass(frozen=True, slots=True)
class Spell(Generic[M]):
    """From `starts_at` to just before `ends_at` (UTC) `members` are on call, whom to ring first first.

    Without members nobody is. `is_override` says that an override had a say in it.
    """

    members: tuple[M, ...]
    starts_at: datetime
    ends_at: datetime
    is_override: bool = False


@dataclass(frozen=True, slots=True)
class Standing(Generic[M]):
    """Who is on call at an instant, and the bounds within which nothing changes; None is no bound."""

    members: tuple[M, ...]
    since: datetime | None
    until: datetime | None


def standing(rotation: Rotation[M], at: datetime) -> Standing[M]:
    """What the roster says at `at`, found among the turns around it."""
    place = _version_at(rotation, at)
    followed_by = rotation.versions[place + 1] if place + 1 < len(rotation.versions) else None
    until = None if followed_by is None else followed_by.holds_from
    if place < 0:
        return Standing((), None, until)
    version = rotation.versions[place]
    turns = [turn for part in version.parts for turn in part.turns(at, at)]
    edges = [edge for turn in turns for edge in (turn.since, turn.until)]
    since = max((edge for edge in [*edges, version.holds_from] if edge and edge <= at), default=None)
    until = min((edge for edge in [*edges, until] if edge and edge > at), default=None)
    return Standing(_distinct(turn.member for turn in turns if turn.since <= at < turn.until), since, until)


def spells_between(rotation: Rotation[M], start: datetime, end: datetime) -> list[Spell[M]]:
    """Spells that tile [start, end), which is not empty; each ends where a turn or a version does."""
    found: list[Spell[M]] = []
    first = _version_at(rotation, start)
    if first < 0:
        until = rotation.versions[0].holds_from if rotation.versions else None
        found.append(Spell((), start, min(until or end, end)))
    for place in range(max(0, first), len(rotation.versions)):
        version = rotation.versions[place]
        follows = rotation.versions[place + 1].holds_from if place + 1 < len(rotation.versions) else None
        begins, ends = max(version.holds_from or start, start), min(follows or end, end)
        if begins < ends:
            found.extend(_tiled(version, begins, ends))
    return found


def _version_at(rotation: Rotation[M], at: datetime) -> int:
    """The place of the version that holds at `at`; -1 before the first."""
    return bisect_right(rotation.versions, at, key=lambda version: version.holds_from or at) - 1


def _tiled(version: Version[M], start: datetime, end: datetime) -> list[Spell[M]]:
    """Go through all begins and ends of turns in order, keeping who has the turn in each part."""
    changes: list[tuple[datetime, int, M | None]] = []
    for number, part in enumerate(version.parts):
        for turn in part.turns(start, end):
            changes += ((turn.since, number, turn.member), (turn.until, number, None))
    changes.sort(key=itemgetter(0))
    found = []
    since = start
    on: list[M | None] = [None] * len(version.parts)
    for at, number, member in changes:
        if at >= end:
            break
        if at > since:
            found.append(Spell(_distinct(on), since, at))
            since = at
        on[number] = member
    return [*found, Spell(_distinct(on), since, end)]


def _distinct(members: Iterable[M | None]) -> tuple[M, ...]:
    return tuple(dict.fromkeys(member for member in members if member is not None))
