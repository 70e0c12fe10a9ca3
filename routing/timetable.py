"""Timetables: the final schedule of a window, compiled once for drawing it and for looking up often."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Generic

from routing.instants import require_utc, require_window
from routing.override import Override, overrides_of
from routing.part import M
from routing.rotation import Rotation, Spell, spells_between

_starts_at = attrgetter("starts_at")


@dataclass(frozen=True, slots=True)
class Timetable(Generic[M]):
    """The spells tile [start, end): in order, none empty, no gap between them and no overlap."""

    start: datetime
    end: datetime
    spells: tuple[Spell[M], ...]

    def members_at(self, at: datetime) -> tuple[M, ...]:
        """Who is on call at `at`, as `on_call` would say, by one bisection; ValueError outside the window."""
        require_utc(at)
        if not self.start <= at < self.end:
            raise ValueError(f"{at} is outside the timetable from {self.start} to {self.end}")
        return self.spells[bisect_right(self.spells, at, key=_starts_at) - 1].members


def compile_timetable(
    rotation: Rotation[M], overrides: Iterable[Override[M]], start: datetime, end: datetime
) -> Timetable[M]:
    """The final schedule over [start, end), which agrees with `on_call` at every instant of it.

    1. Lay down what the rotation says, clipped to the window.
    2. Lay the overrides of this rotation over it, oldest first.
    Raises ValueError for a window that runs backwards or is not in UTC.
    """
    require_window(start, end)
    if start == end:
        return Timetable(start, end, ())
    spells = spells_between(rotation, start, end)
    for override in overrides_of(rotation.id, overrides):
        if override.starts_at < end and start < override.ends_at:
            spells = _laid_over(spells, override)
    return Timetable(start, end, tuple(spells))


def _laid_over(spells: list[Spell[M]], override: Override[M]) -> list[Spell[M]]:
    """The same window with `override` over it: what it touches is cut, what it covers is changed.

    One that replaces everybody is one spell, whatever ends beneath it.
    """
    starts_at = max(override.starts_at, spells[0].starts_at)
    ends_at = min(override.ends_at, spells[-1].ends_at)
    first = bisect_right(spells, starts_at, key=_starts_at) - 1
    last = bisect_left(spells, ends_at, key=_starts_at)
    before, covered, after = spells[:first], spells[first:last], spells[last:]
    if covered[0].starts_at < starts_at:
        before.append(replace(covered[0], ends_at=starts_at))
    if covered[-1].ends_at > ends_at:
        after.insert(0, replace(covered[-1], starts_at=ends_at))
    if override.is_total:
        return [*before, Spell(override.applied_to(()), starts_at, ends_at, is_override=True), *after]
    changed = [
        Spell(
            override.applied_to(spell.members),
            max(spell.starts_at, starts_at),
            min(spell.ends_at, ends_at),
            is_override=True,
        )
        for spell in covered
    ]
    return [*before, *changed, *after]
