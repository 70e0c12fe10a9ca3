"""On call: who answers at an instant, and who answers when over a window."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from routing.instants import require_utc
from routing.override import Override, overrides_of
from routing.rotation import M, Rotation, Turn, turn_at
from routing.timetable import compile_timetable


@dataclass(frozen=True, slots=True)
class OnCall(Generic[M]):
    """`member` answers from `since` to just before `until` (UTC); a member of None says that nobody does.

    The bounds are where one turn or one override begins and ends to hold; None is no bound (before the first
    hand-off there is no since; without members and overrides there is neither).
    """

    member: M | None
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
    """The one person, or nobody, who is on call at `at`: the last override that holds, or else the roster.

    `overrides` come in order of creation and may include those of other rotations, which are ignored.
    Raises ValueError if `at` is not in UTC.
    """
    require_utc(at)
    mine = overrides_of(rotation.id, overrides)
    for place in range(len(mine) - 1, -1, -1):
        if mine[place].holds(at):
            held = Turn(mine[place].member, mine[place].starts_at, mine[place].ends_at)
            return _cut(held, mine[place + 1 :], at, is_override=True)
    return _cut(turn_at(rotation, at), mine, at, is_override=False)


def _cut(turn: Turn[M], stronger: Sequence[Override[M]], at: datetime, *, is_override: bool) -> OnCall[M]:
    """What is left of `turn` around `at` by the stronger overrides, none of which holds at `at` itself."""
    ended = [override.ends_at for override in stronger if override.ends_at <= at]
    ahead = [override.starts_at for override in stronger if override.starts_at > at]
    since = max(ended if turn.since is None else [turn.since, *ended], default=None)
    until = min(ahead if turn.until is None else [turn.until, *ahead], default=None)
    return OnCall(turn.member, since, until, is_override)


def shifts(
    rotation: Rotation[M], overrides: Iterable[Override[M]], start: datetime, end: datetime
) -> list[Shift[M]]:
    """The final schedule over [start, end), clipped to it, in order; it agrees with `on_call` throughout.

    Where nobody is on call there is no shift; `gaps` lists exactly those stretches.
    Raises ValueError for a window that runs backwards or is not in UTC.
    """
    return [
        Shift(spell.member, spell.starts_at, spell.ends_at, spell.is_override)
        for spell in compile_timetable(rotation, overrides, start, end).spells
        if spell.member is not None
    ]
