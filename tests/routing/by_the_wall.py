"""Who is on call, decided slowly and from the wall clocks alone: nothing here asks the code that is tested.

All it takes from ``routing`` are the values that it decides over. Two readings of a local clock say it all:

- ``reached``: the latest time that the clock has shown so far. A local time has come once it is reached, also
  when the clock jumped over it; it comes only once, also when the clock shows it twice.
- ``coming``: the earliest time that the clock shows from now on. A local time is over for good once neither
  it nor any before it is coming.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from routing import Override, OverrideKind, Part, Rotation

T = TypeVar("T")
QUARTER = timedelta(minutes=15)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


class Wall:
    """The clock of a zone over a span of instants that does not begin within a repeated time.

    ``step`` divides the span so that clocks change only between two steps; within one they run on.
    """

    def __init__(self, zone: ZoneInfo, start: datetime, end: datetime, step: timedelta = QUARTER) -> None:
        self._zone, self._start, self._step = zone, start, step
        steps = [start + count * step for count in range((end - start) // step + 2)]
        self._latest = list(accumulate((self.shows(at - TICK) for at in steps), max))
        self._earliest = list(accumulate((self.shows(at) for at in reversed(steps)), min))[::-1]
        self._read: dict[datetime, tuple[datetime, datetime]] = {}

    def shows(self, at: datetime) -> datetime:
        """The local time at an instant."""
        return at.astimezone(self._zone).replace(tzinfo=None)

    def read(self, at: datetime) -> tuple[datetime, datetime]:
        """``reached`` and ``coming`` at an instant within the span, kept for the next who asks."""
        if at not in self._read:
            shown, place = self.shows(at), (at - self._start) // self._step
            self._read[at] = max(shown, self._latest[place]), min(shown, self._earliest[place + 1])
        return self._read[at]


class Walls:
    """The clocks of every zone over [start, end), divided by ``step``."""

    def __init__(self, start: datetime, end: datetime, step: timedelta = QUARTER) -> None:
        self._span = (start, end, step)
        self._walls: dict[str, Wall] = {}

    def of(self, time_zone: str) -> Wall:
        """The clock of one zone."""
        if time_zone not in self._walls:
            self._walls[time_zone] = Wall(ZoneInfo(time_zone), *self._span)
        return self._walls[time_zone]


class Turns(Generic[T]):
    """Who has the turn in a part."""

    def __init__(self, part: Part[T], walls: Walls) -> None:
        self._part, self._wall = part, walls.of(part.time_zone)
        self._hand_offs: list[datetime] = []
        self._days = 0

    def at(self, at: datetime) -> T | None:
        """Whose turn it is at ``at``; nobody's before the first hand-off and outside the hours."""
        reached, coming = self._wall.read(at)
        come = self._come(reached)
        if (
            not come
            or not self._part.members
            or (self._part.hours and not self._is_open(at, reached, coming))
        ):
            return None
        return self._part.members[(come - 1) % len(self._part.members)]

    def _come(self, reached: datetime) -> int:
        """How many hand-offs have come, counted day by day from the first."""
        part = self._part
        while self._days <= (reached.date() - part.starts_on).days:
            day, place = part.starts_on + self._days * DAY, self._days % part.cycle_days
            self._hand_offs += (datetime.combine(day, one.at) for one in part.hand_offs if one.day == place)
            self._days += 1
        return bisect_right(self._hand_offs, reached)

    def _is_open(self, at: datetime, reached: datetime, coming: datetime) -> bool:
        """True when some window has begun, and its end is not over for good: it lasts to its last showing."""
        coming_next = self._wall.read(at + TICK)[1]
        for back in range(4):
            day = reached.date() - back * DAY
            for entry in self._part.hours:
                if entry.weekday != day.weekday():
                    continue
                begins, ends = datetime.combine(day, entry.begins), datetime.combine(day, entry.ends)
                ends = ends if ends > begins else ends + DAY
                if begins <= reached and (coming < ends or coming_next <= ends):
                    return True
        return False


class Duty(Generic[T]):
    """Who is on call for a rotation."""

    def __init__(self, rotation: Rotation[T], overrides: Sequence[Override[T]], walls: Walls) -> None:
        self._versions = [
            (version.holds_from, [Turns(part, walls) for part in version.parts])
            for version in rotation.versions
        ]
        self._overrides = [override for override in overrides if override.rotation_id == rotation.id]

    def at(self, at: datetime) -> tuple[list[T], bool]:
        """Who is on call at ``at``, in order, and whether an override had a say in it."""
        held = [parts for holds_from, parts in self._versions if holds_from is None or holds_from <= at]
        turns = [part.at(at) for part in held[-1]] if held else []
        members = list(dict.fromkeys(member for member in turns if member is not None))
        holding = [override for override in self._overrides if override.starts_at <= at < override.ends_at]
        for override in holding:
            members = changed(members, override)
        return members, bool(holding)


def changed(members: list[T], override: Override[T]) -> list[T]:
    """The same people after one override."""
    who, instead_of = override.member, override.instead_of
    if override.kind == OverrideKind.ADD:
        return members if who in members else [*members, who]
    if override.kind == OverrideKind.REMOVE:
        return [one for one in members if one != who]
    if instead_of is None:
        return [] if who is None else [who]
    if instead_of not in members:
        return members
    first = min(members.index(one) for one in (who, instead_of) if one in members)
    others = [(place, one) for place, one in enumerate(members) if one not in (who, instead_of)]
    return [one for _, one in sorted([*others, *([] if who is None else [(first, who)])])]
