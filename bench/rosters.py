"""What the final schedule of many teams costs, and what it costs to know who is on call.

There is no database in it: :mod:`routing` decides over values. The floor of a schedule makes one tuple for
each of the very same shifts and converts both its ends from local time. Who is on call has one bisection.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from itertools import product
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from bench.cost import Cost
from bench.measure import Say
from bench.plan import Scale
from routing import (
    HandOff,
    Hours,
    Override,
    OverrideKind,
    Part,
    Rotation,
    Shift,
    Version,
    compile_timetable,
    hours,
    on_call,
    shifts,
    wall,
)

Layer: TypeAlias = tuple[Rotation[str], list[Override[str]]]
FIRST, AGAIN, WHO = "final shifts, first time", "final shifts, again", "who is on call"
ROWS = (FIRST, AGAIN, WHO)
LAYERS, DAYS, OVERRIDES = 3, 90, 20
_START = datetime(2026, 9, 1, tzinfo=UTC)  # with the clock changes of autumn within
_STARTS_ON = date(2026, 1, 5)
_ZONES = ("Europe/Amsterdam", "America/New_York", "Asia/Jakarta", "Australia/Sydney", "Asia/Kolkata")
_SUN = (("Asia/Singapore", 9, 17), ("Europe/Amsterdam", 10, 18), ("America/Los_Angeles", 9, 17))


@dataclass(frozen=True, slots=True)
class RosterCost(Cost):
    """One row."""

    what: str

    def figures(self) -> dict[str, Any]:
        """Everything, for programs."""
        return {"rosters": self.what, **self.times()}


def rosters(scale: Scale, say: Say) -> list[RosterCost]:
    """Every row: processor time, for nothing here waits. The first time is with empty caches."""
    say(f"the rosters of {scale.teams} teams")
    layers = [layer for team in range(scale.teams) for layer in _team(team)]
    window = (_START, _START + timedelta(days=DAYS))

    def draw() -> list[list[Shift[str]]]:
        return [shifts(*layer, *window) for layer in layers]

    first = _cpu_ms(lambda: (_forget(), draw()))
    drawn = draw()
    local = [
        (shift.member, shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone))
        for (rotation, _), row in zip(layers, drawn, strict=True)
        for zone in [ZoneInfo(rotation.versions[0].parts[0].time_zone)]
        for shift in row
    ]
    floor = _median(
        lambda: [(who, since.astimezone(UTC), until.astimezone(UTC)) for who, since, until in local], scale
    )
    compiled = [compile_timetable(*layer, *window) for layer in layers]
    instants = [_START + timedelta(hours=7 * step) for step in range(8)]
    asked = len(layers) * len(instants)
    who = _median(lambda: [on_call(*layer, at) for layer, at in product(layers, instants)], scale) / asked
    known = (
        _median(lambda: [table.members_at(at) for table, at in product(compiled, instants)], scale) / asked
    )
    return [
        RosterCost(first, floor, FIRST),
        RosterCost(_median(draw, scale), floor, AGAIN),
        RosterCost(who, known, WHO),
    ]


def _team(team: int) -> Iterator[Layer]:
    """Weeks by day and by night, half days, and a layer that follows the sun; overrides of all kinds."""
    zone = _ZONES[team % len(_ZONES)]
    who = tuple(f"{team}-{number}" for number in range(9))
    day = tuple(Hours(weekday, clock(8), clock(18)) for weekday in range(5))
    night = (
        *(Hours(weekday, clock(18), clock(8)) for weekday in range(5)),
        *(Hours(weekday, clock(8), clock(8)) for weekday in (5, 6)),
    )
    half_days = (HandOff(0, clock(8)), HandOff(0, clock(20)))
    twice_a_week = (HandOff(0, clock(9)), HandOff(4, clock(17)))
    layers = (
        tuple(
            Part(zone, _STARTS_ON, who[place : place + 4], hours=open_at)
            for place, open_at in ((0, day), (4, night))
        ),
        (Part(zone, _STARTS_ON, who[:6], 1, half_days),),
        tuple(
            Part(
                sun,
                _STARTS_ON,
                who[place : place + 3],
                7,
                twice_a_week,
                tuple(Hours(weekday, clock(begins), clock(ends)) for weekday in range(7)),
            )
            for place, (sun, begins, ends) in zip((0, 3, 6), _SUN, strict=True)
        ),
    )
    for number, parts in enumerate(layers[:LAYERS]):
        rotation_id = (team, number)
        yield (
            Rotation(rotation_id, zone, (Version(None, parts),)),
            [_override(rotation_id, who, place) for place in range(OVERRIDES)],
        )


def _override(rotation_id: tuple[int, int], who: tuple[str, ...], place: int) -> Override[str]:
    kind = tuple(OverrideKind)[place % len(OverrideKind)]
    starts_at = _START + place * timedelta(days=4, hours=3)
    return Override(rotation_id, who[place % len(who)], starts_at, starts_at + timedelta(hours=20), kind)


def _forget() -> None:
    """Empty what the package remembers about clocks."""
    for remembered in (wall.first_instant, wall.last_instant, hours.windows_of_week):
        remembered.cache_clear()


def _median(action: Callable[[], object], scale: Scale) -> float:
    return statistics.median(_cpu_ms(action) for _ in range(scale.looks))


def _cpu_ms(action: Callable[[], object]) -> float:
    began = time.process_time()
    action()
    return (time.process_time() - began) * 1000
