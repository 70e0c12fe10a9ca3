"""Gaps: when nobody would answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from routing.override import Override
from routing.part import M
from routing.rotation import Rotation
from routing.timetable import compile_timetable


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody is on call from `starts_at` to just before `ends_at` (UTC)."""

    starts_at: datetime
    ends_at: datetime


def gaps(
    rotation: Rotation[M], overrides: Iterable[Override[M]], start: datetime, end: datetime
) -> list[Gap]:
    """Every stretch of [start, end) in which nobody is on call, clipped, in order, each as long as it can be.

    A rotation without members is one gap from start to end, never an empty list.
    Raises ValueError for a window that runs backwards or is not in UTC.
    """
    found: list[Gap] = []
    for spell in compile_timetable(rotation, overrides, start, end).spells:
        if spell.members:
            continue
        joins = bool(found) and found[-1].ends_at == spell.starts_at
        starts_at = found.pop().starts_at if joins else spell.starts_at
        found.append(Gap(starts_at, spell.ends_at))
    return found
