"""The wall clock: which instant a local time names, also on the days on which clocks change.

Every rule of the package that speaks of local times follows from these, in every zone:

1. A local time comes once: at the first instant at which the clock shows it or a later one. Shown twice, it
   comes at the first showing; jumped over, it moves forward to the end of the jump.
2. A local time is over once: at its last showing, or at the end of the jump over it.
3. The turn passes when the hand-off comes. Turns therefore join, never go back, and never leave a gap; of two
   hand-offs within one jump the first leaves an empty turn.
4. Hours begin when their begin comes and last until their end is over. Hours that join or overlap by the
   clock of one zone therefore never leave a gap; who leaves at a repeated time stays for both showings
   beside who comes. Hours within a jump are not held.
5. Each part keeps to the clock of its own zone and knows of no other. Where hours of several zones join by
   way of their offsets, a change in one zone leaves a gap (or an overlap) as long as the change, each time
   until the clocks agree again. Nothing is bent to hide it: somebody is on call exactly while some part's own
   clock is within its hours, and `gaps` shows the rest in advance.
"""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def zone_of(name: str) -> ZoneInfo:
    """The zone with this IANA name. Raises ValueError if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as unknown:
        raise ValueError(f"no time zone is called {name!r}") from unknown


@lru_cache(maxsize=4096)
def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) at which the clock in `zone` shows the naive time `wall` or later.

    A time shown twice is taken at its first showing (fold 0): the newcomer is there early rather than late,
    so that an overlap is possible and a gap is not. A time never shown moves forward to the end of the jump.
    """
    return _shown(wall, zone, fold=0)


@lru_cache(maxsize=4096)
def last_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The same, but a time shown twice is taken at its second showing: who leaves then stays for both."""
    return _shown(wall, zone, fold=1)


def _shown(wall: datetime, zone: ZoneInfo, fold: int) -> datetime:
    """Both readings agree but around a change; where the clock jumps the first is the later one (PEP 495)."""
    first, second = _read(wall, zone, fold=0), _read(wall, zone, fold=1)
    if first > second:
        return _end_of_jump(wall.replace(microsecond=0), zone)
    return second if fold else first


def _read(wall: datetime, zone: ZoneInfo, fold: int) -> datetime:
    """The instant, by the offset of the time itself: half the price of asking the datetime to convert."""
    offset = zone.utcoffset(wall.replace(fold=fold)) or timedelta()  # a ZoneInfo has one for every datetime
    return wall.replace(tzinfo=UTC) - offset


def _end_of_jump(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the local clock jumped over `wall`, to the second (as zones change).

    1. Read with the later offset, `wall` lies before the jump; with the earlier one, at the jump or after it.
    2. Bisect the seconds between for the first whose local time is `wall` or later.
    """
    before, after = _read(wall, zone, fold=1), _read(wall, zone, fold=0)
    span = range((after - before) // timedelta(seconds=1) + 1)

    def has_jumped(second: int) -> bool:
        return (before + timedelta(seconds=second)).astimezone(zone).replace(tzinfo=None) >= wall

    return before + timedelta(seconds=bisect_left(span, True, key=has_jumped))
