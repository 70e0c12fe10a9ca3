"""Timetables: the final schedule of a window, compiled once for drawing it and for looking up often."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Generic

from routing.instants import require_utc, require_window
from routing.override import Override, overrides_of
from routing.rotation import M, Rotation, turns_between

_starts_at = attrgetter("starts_at")
_ends_at = attrgetter("ends_at")


@dataclass(frozen=True, slots=True)
class Spell(Generic[M]):
    """From `starts_at` to just before `ends_at` (UTC) one turn or one override holds; None is nobody."""

    member: M | None
    starts_at: datetime
    ends_at: datetime
    is_override: bool


@dataclass(frozen=True, slots=True)
class Timetable(Generic[M]):
    """The spells tile [start, end): in order, none empty, no gap between them and no overlap."""

    start: datetime
    end: datetime
    spells: tuple[Spell[M], ...]

    def member_at(self, at: datetime) -> M | None:
        """Who is on call at `at`, as `on_call` would say, by one bisection; ValueError outside the window."""
        require_utc(at)
        if not self.start <= at < self.end:
            raise ValueError(f"{at} is outside the timetable from {self.start} to {self.end}")
        return self.spells[bisect_right(self.spells, at, key=_starts_at) - 1].member


def compile_timetable(
    rotation: Rotation[M], overrides: Iterable[Override[M]], start: datetime, end: datetime
) -> Timetable[M]:
    """The final schedule over [start, end), which agrees with `on_call` at every instant of it.

    1. Lay down the turns of the rotation, clipped to the window.
    2. Paint the overrides of this rotation over them, oldest first, so that the last one wins.
    Raises ValueError for a window that runs backwards or is not in UTC.
    """
    require_window(start, end)
    if start == end:
        return Timetable(start, end, ())
    spells = [
        Spell(turn.member, max(turn.since or start, start), min(turn.until or end, end), is_override=False)
        for turn in turns_between(rotation, start, end)
    ]
    for override in overrides_of(rotation.id, overrides):
        if override.starts_at < end and start < override.ends_at:
            spells = _painted(spells, override)
    return Timetable(start, end, tuple(spells))


def _painted(spells: list[Spell[M]], override: Override[M]) -> list[Spell[M]]:
    """The same window with `override` over it: what it covers is gone, what it touches is cut."""
    starts_at = max(override.starts_at, spells[0].starts_at)
    ends_at = min(override.ends_at, spells[-1].ends_at)
    before = spells[: bisect_left(spells, starts_at, key=_starts_at)]
    after = spells[bisect_right(spells, ends_at, key=_ends_at) :]
    if before:
        before[-1] = replace(before[-1], ends_at=starts_at)
    if after:
        after[0] = replace(after[0], starts_at=ends_at)
    return [*before, Spell(override.member, starts_at, ends_at, is_override=True), *after]
