"""Hours: the times of the week to which a part of a rotation is restricted."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from routing.wall import first_instant, last_instant

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
# Far enough from an instant to find the window before it and the one after it, even in a week of which
# the calendar skipped a day.
REACH = timedelta(days=15)
# A window of a whole day, on a day that the calendar had twice.
_LONGEST = timedelta(days=2)


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """Every week on `weekday` (0 is Monday) from `begins` to just before `ends`, local time.

    `ends` at or before `begins` is on the next day, so that 09:00 to 09:00 is a whole day.
    Raises ValueError for a weekday that is none or a time with a zone of its own.
    """

    weekday: int
    begins: time
    ends: time

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError(f"a weekday is 0 (Monday) to 6 (Sunday), not {self.weekday}")
        if self.begins.tzinfo is not None or self.ends.tzinfo is not None:
            raise ValueError("hours are local times of day and carry no zone of their own")

    def on(self, monday: datetime) -> tuple[datetime, datetime]:
        """The local begin and end in the week of a naive midnight of `monday`."""
        day = monday + self.weekday * _DAY
        begins, ends = datetime.combine(day, self.begins), datetime.combine(day, self.ends)
        return begins, ends if ends > begins else ends + _DAY


def are_always(hours: Collection[Hours]) -> bool:
    """True for no restriction at all: none given, or the whole week covered without a gap."""
    if not hours:
        return True
    monday = datetime(2001, 1, 1)  # noqa: DTZ001 - a naive Monday, the wall of an ordinary week
    spans = sorted(
        (begins + shift, ends + shift)
        for begins, ends in _walls(hours, monday)
        for shift in (-_WEEK, timedelta())
    )
    reached = monday
    for begins, ends in spans:
        if begins > reached:
            return False
        reached = max(reached, ends)
    return reached >= monday + _WEEK


def windows(
    hours: tuple[Hours, ...], zone: ZoneInfo, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """The windows (UTC) that lie around [start, end), in order; those that touch or overlap are one.

    They reach at least `REACH` beyond the span at both sides. A window begins at the first showing of its
    local begin and ends at the last showing of its local end: overlap is preferred to a gap.
    """
    first = (start - REACH - _LONGEST).astimezone(zone).replace(tzinfo=None)
    monday = datetime.combine(first.date(), time()) - first.weekday() * _DAY
    last = (end + REACH).astimezone(zone).replace(tzinfo=None)
    found: list[tuple[datetime, datetime]] = []
    while monday <= last:
        found += windows_of_week(hours, zone, monday)
        monday += _WEEK
    found.sort()
    merged = found[:1]
    for begins_at, ends_at in found[1:]:
        if begins_at > merged[-1][1]:
            merged.append((begins_at, ends_at))
        elif ends_at > merged[-1][1]:
            merged[-1] = (merged[-1][0], ends_at)
    return merged


@lru_cache(maxsize=4096)
def windows_of_week(
    hours: tuple[Hours, ...], zone: ZoneInfo, monday: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """The windows that begin in one week, without those that lie within a jump of the clock."""
    spans = (
        (first_instant(begins, zone), last_instant(ends, zone)) for begins, ends in _walls(hours, monday)
    )
    return tuple((begins_at, ends_at) for begins_at, ends_at in spans if begins_at < ends_at)


def _walls(hours: Collection[Hours], monday: datetime) -> Iterator[tuple[datetime, datetime]]:
    return (entry.on(monday) for entry in hours)
