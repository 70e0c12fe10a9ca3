"""Parts of a rotation: people who take turns by the local clock, always or within certain hours."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from routing.hours import REACH, Hours, are_always, windows
from routing.wall import first_instant, zone_of

M = TypeVar("M", bound=Hashable)


@dataclass(frozen=True, slots=True, order=True)
class HandOff:
    """The turn passes on day `day` of the cycle (0 is its first) at the local time `at`."""

    day: int
    at: time


class Turn(NamedTuple, Generic[M]):
    """From `since` to just before `until` (UTC) it is `member`'s turn; a tuple, for there are very many."""

    member: M
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Part(Generic[M]):
    """At each instant at most one member has the turn; without `hours`, from the first hand-off exactly one.

    A cycle of `cycle_days` begins on `starts_on` and repeats for ever. In it the turn passes at each of
    `hand_offs`, local time in `time_zone`, in the order of `members`: weekly is a cycle of 7 days with one
    hand-off, twelve hours a cycle of 1 day with two. With `hours`, nobody has the turn outside them.
    Raises ValueError for an unknown zone, a cycle shorter than a day, hand-offs that are missing, double,
    outside the cycle or aware, and None as a member.
    """

    time_zone: str
    starts_on: date
    members: tuple[M, ...]
    cycle_days: int = 7
    hand_offs: tuple[HandOff, ...] = (HandOff(0, time(9)),)
    hours: tuple[Hours, ...] = ()

    def __post_init__(self) -> None:
        if self.cycle_days < 1:
            raise ValueError(f"a cycle lasts at least one day, not {self.cycle_days}")
        if not self.hand_offs or len(set(self.hand_offs)) != len(self.hand_offs):
            raise ValueError("a cycle needs at least one hand-off, and each of them once")
        if any(not 0 <= hand_off.day < self.cycle_days for hand_off in self.hand_offs):
            raise ValueError(f"a hand-off lies within its cycle of {self.cycle_days} days")
        if any(hand_off.at.tzinfo is not None for hand_off in self.hand_offs):
            raise ValueError("the hand-off is a local time of day and carries no zone of its own")
        if None in self.members:
            raise ValueError("None means nobody and cannot be a member")
        zone_of(self.time_zone)
        object.__setattr__(self, "hand_offs", tuple(sorted(self.hand_offs)))
        object.__setattr__(self, "hours", () if are_always(self.hours) else tuple(sorted(self.hours)))

    def hand_off_at(self, number: int) -> datetime:
        """The instant (UTC) of hand-off `number`, counted from 0; a later number is never an earlier instant.

        Two hand-offs fall on one instant only where the local clock skipped the time between: the first turn
        is empty.
        """
        return self._hand_off(number, zone_of(self.time_zone))

    def _hand_off(self, number: int, zone: ZoneInfo) -> datetime:
        cycle, place = divmod(number, len(self.hand_offs))
        hand_off = self.hand_offs[place]
        day = self.starts_on + timedelta(days=cycle * self.cycle_days + hand_off.day)
        return first_instant(datetime.combine(day, hand_off.at), zone)

    def member(self, number: int) -> M:
        """Whose turn begins at hand-off `number`; there must be members."""
        return self.members[number % len(self.members)]

    def turns(self, start: datetime, end: datetime) -> list[Turn[M]]:
        """Every turn within its hours that lies around [start, end), unclipped, in order, none empty.

        Besides all that touch the span there is at least the one before it and the one after it, if there is
        such a turn at all: so what bounds a time without a turn is among them too.
        """
        if not self.members:
            return []
        begins = self.hand_off_at(0)
        start, end = max(start, begins), max(end, begins)
        if not self.hours:
            return list(self._by_hand_off(start, end))
        return self._within_hours(
            self._by_hand_off(start - REACH, end + REACH),
            windows(self.hours, zone_of(self.time_zone), start, end),
        )

    def _within_hours(
        self, turns: Iterable[Turn[M]], open_at: list[tuple[datetime, datetime]]
    ) -> list[Turn[M]]:
        """The turns cut to the windows; both are in order, so that one walk along both does."""
        found, place = [], 0
        for member, since, until in turns:
            while place < len(open_at) and open_at[place][1] <= since:
                place += 1
            for begins, ends in islice(open_at, place, None):
                if begins >= until:
                    break
                found.append(
                    Turn(member, begins if begins > since else since, ends if ends < until else until)
                )
        return found

    def _by_hand_off(self, start: datetime, end: datetime) -> Iterator[Turn[M]]:
        """The turns as if there were no hours: from one before `start` to one after `end`."""
        zone, cycle = zone_of(self.time_zone), len(self.hand_offs)
        first = max(0, (self._cycle_of(start, zone) - 1) * cycle - 1)
        last = max(0, (self._cycle_of(end, zone) + 2) * cycle + 1)
        instants = [self._hand_off(number, zone) for number in range(first, last + 1)]
        for place, (since, until) in enumerate(pairwise(instants)):
            if since < until:
                yield Turn(self.member(first + place), since, until)

    def _cycle_of(self, at: datetime, zone: ZoneInfo) -> int:
        """The cycle that runs at `at`, give or take one; negative before the start."""
        return (at.astimezone(zone).date() - self.starts_on).days // self.cycle_days
