"""Rotations: whose turn it is by the roster alone, before any override."""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

M = TypeVar("M", bound=Hashable)


@lru_cache(maxsize=4096)
def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) at which the clock in `zone` shows the naive time `wall` or later.

    A time shown twice is taken at its first showing (fold 0): the newcomer is there early rather than late,
    so that an overlap is possible and a gap is not. A time never shown moves forward to the end of the jump.
    """
    earliest = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if earliest.astimezone(zone).replace(tzinfo=None) == wall:
        return earliest
    return _end_of_jump(wall.replace(microsecond=0), zone)


def _end_of_jump(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the local clock jumped over `wall`, to the second (as zones change).

    1. Read with the later offset, `wall` lies before the jump; with the earlier one, at the jump or after it.
    2. Bisect the seconds between for the first whose local time is `wall` or later.
    """
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    span = range((after - before) // timedelta(seconds=1) + 1)

    def has_jumped(second: int) -> bool:
        return (before + timedelta(seconds=second)).astimezone(zone).replace(tzinfo=None) >= wall

    return before + timedelta(seconds=bisect_left(span, True, key=has_jumped))


@dataclass(frozen=True, slots=True)
class Rotation(Generic[M]):
    """At each instant at most one member has the turn, and from the first hand-off on exactly one has.

    The turn passes at `hand_off` local time in `time_zone` on `starts_on` and every `shift_days` days after,
    in the order of `members`, for ever. Before the first hand-off, and if there are no members, nobody has
    it.
    Raises ValueError for an unknown zone, a shift shorter than a day, an aware hand-off or None as a member.
    """

    id: Hashable
    name: str
    time_zone: str
    starts_on: date
    hand_off: time
    shift_days: int
    members: tuple[M, ...]

    def __post_init__(self) -> None:
        if self.shift_days < 1:
            raise ValueError(f"a shift lasts at least one day, not {self.shift_days}")
        if self.hand_off.tzinfo is not None:
            raise ValueError("the hand-off is a local time of day and carries no zone of its own")
        if None in self.members:
            raise ValueError("None means nobody and cannot be a member")
        _zone(self.time_zone)

    def hand_off_at(self, number: int) -> datetime:
        """The instant (UTC) of hand-off `number`, counted from 0; a later number is never an earlier instant.

        Two hand-offs fall on one instant only where the local calendar skipped a day: the first turn is
        empty.
        """
        day = self.starts_on + timedelta(days=number * self.shift_days)
        return first_instant(datetime.combine(day, self.hand_off), _zone(self.time_zone))

    def number_near(self, at: datetime) -> int:
        """The number of the hand-off in force at `at`, give or take one; negative before the start."""
        return (at.astimezone(_zone(self.time_zone)).date() - self.starts_on).days // self.shift_days


@dataclass(frozen=True, slots=True)
class Turn(Generic[M]):
    """From `since` to just before `until` (UTC) the roster names `member`; None is nobody, or no bound."""

    member: M | None
    since: datetime | None
    until: datetime | None


def turn_at(rotation: Rotation[M], at: datetime) -> Turn[M]:
    """The one turn that holds `at`, found among compiled hand-off instants: each hands over just once.

    Comparing local times instead would hand over back and forth within the repeated hour of autumn.
    """
    if not rotation.members:
        return Turn(None, None, None)
    first, instants = _hand_offs(rotation, at, at)
    place = bisect_right(instants, at)
    if place == 0:
        return Turn(None, None, instants[0])
    return Turn(_member(rotation, first + place - 1), instants[place - 1], instants[place])


def turns_between(rotation: Rotation[M], start: datetime, end: datetime) -> Iterator[Turn[M]]:
    """Every turn that holds some instant of [start, end), in order, unclipped: they tile the window."""
    if not rotation.members:
        yield Turn(None, None, None)
        return
    first, instants = _hand_offs(rotation, start, end)
    if start < instants[0]:
        yield Turn(None, None, instants[0])
    for place, (since, until) in enumerate(pairwise(instants)):
        if since < end and start < until and since < until:
            yield Turn(_member(rotation, first + place), since, until)


def _hand_offs(rotation: Rotation[M], start: datetime, end: datetime) -> tuple[int, list[datetime]]:
    """From a hand-off at or before `start` (or the very first) to one after `end`: (number, instants)."""
    first = max(0, rotation.number_near(start) - 1)
    last = max(0, rotation.number_near(end) + 2)
    return first, [rotation.hand_off_at(number) for number in range(first, last + 1)]


def _member(rotation: Rotation[M], number: int) -> M:
    return rotation.members[number % len(rotation.members)]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as unknown:
        raise ValueError(f"no time zone is called {name!r}") from unknown
