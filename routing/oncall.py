"""On call: who answers at an instant, and who answers when over a window."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from routing.instants import require_utc
from routing.override import Override, overrides_of
from routing.part import M
from routing.rotation import Rotation, Standing, standing
from routing.timetable import compile_timetable


@dataclass(frozen=True, slots=True)
class OnCall(Generic[M]):
    """`members` answer from `since` to just before `until` (UTC), the first rung first; empty is nobody.

    The bounds are where a turn, a version or an override begins or ends to hold; None is no bound (before
    the first hand-off there is no since; without members and overrides there is neither).
    """

    members: tuple[M, ...]
    since: datetime | None
    until: datetime | None
    is_override: bool


@dataclass(frozen=True, slots=True)
class Shift(Generic[M]):
    """`member` is on call from `starts_at` to just before `ends_at` (UTC), by roster or by override."""

    member: M
    starts_at: datetime
    ends_at: datetime
    is_override: bool


def on_call(rotation: Rotation[M], overrides: Iterable[Override[M]], at: datetime) -> OnCall[M]:
    """Everybody who is on call at `at`: what the roster says, changed by the overrides that hold.

    `overrides` come in order of creation and may include those of other rotations, which are ignored.
    Raises ValueError if `at` is not in UTC.

    1. The last override that replaces everybody hides the roster and what was made before it.
    2. Those made after it act in their order, and cut the time for which the answer holds.
    """
    require_utc(at)
    mine = overrides_of(rotation.id, overrides)
    place = next((n for n in reversed(range(len(mine))) if mine[n].is_total and mine[n].holds(at)), None)
    if place is None:
        base, above = standing(rotation, at), mine
    else:
        base, above = Standing((), mine[place].starts_at, mine[place].ends_at), mine[place + 1 :]
    members = base.members if place is None else mine[place].applied_to(())
    holding = [override for override in above if override.holds(at)]
    for override in holding:
        members = override.applied_to(members)
    edges = [edge for override in above for edge in (override.starts_at, override.ends_at)]
    return OnCall(
        members,
        max((edge for edge in [*edges, base.since] if edge and edge <= at), default=None),
        min((edge for edge in [*edges, base.until] if edge and edge > at), default=None),
        is_override=place is not None or bool(holding),
    )


def shifts(
    rotation: Rotation[M], overrides: Iterable[Override[M]], start: datetime, end: datetime
) -> list[Shift[M]]:
    """The final schedule over [start, end), clipped to it, in order; it agrees with `on_call` throughout.

    Where several are on call each has a shift; where nobody is there is none, and `gaps` lists exactly
    those stretches. Raises ValueError for a window that runs backwards or is not in UTC.
    """
    return [
        Shift(member, spell.starts_at, spell.ends_at, spell.is_override)
        for spell in compile_timetable(rotation, overrides, start, end).spells
        for member in spell.members
    ]
