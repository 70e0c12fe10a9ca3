"""Climbing: whom to ring now, what to write down, and what to shout about."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeAlias

from routing.instants import require_utc
from routing.ladder import K, Ladder, Rung
from routing.rotation import M

Resolve: TypeAlias = Callable[[K, datetime], M | None]
"""Who is on call for a rotation at an instant; None is nobody."""
Skip: TypeAlias = Callable[[M], str | None]
"""Why a person cannot be rung now (say, no verified number), or None if they can."""


class SkipReason(StrEnum):
    """The reasons this package gives by itself; `skip` adds the caller's own."""

    NOBODY_ON_CALL = "nobody_on_call"
    ALREADY_TRIED = "already_tried"


@dataclass(frozen=True, slots=True)
class Skipped(Generic[K, M]):
    """The rotation on this rung was passed over, and why; `member` is None if nobody was on call."""

    position: int
    rotation_id: K
    member: M | None
    reason: str


@dataclass(frozen=True, slots=True)
class Step(Generic[K, M]):
    """Ring `targets` now, all together (at least one); then store the three `next_` values and come back.

    `rung` is the position that is rung and `round_number` its round. `skipped` names everything passed over
    on the way, on this rung too.
    """

    targets: tuple[M, ...]
    rung: int
    round_number: int
    next_rung: int
    next_round: int
    next_at: datetime
    skipped: tuple[Skipped[K, M], ...]


@dataclass(frozen=True, slots=True)
class NobodyReachable(Generic[K, M]):
    """No rung from the one asked for upwards has anyone to ring; the hunt goes on with the next round.

    `is_whole_ladder` says that no rung of the ladder had anyone, rather than only those that were left in
    this round. `skipped` is empty only if there were no rungs to try.
    """

    round_number: int
    next_rung: int
    next_round: int
    next_at: datetime
    skipped: tuple[Skipped[K, M], ...]
    is_whole_ladder: bool


def _skip_nobody(_member: object) -> None:
    return None


def next_step(
    ladder: Ladder[K],
    start_rung: int,
    round_number: int,
    at: datetime,
    resolve: Resolve[K, M],
    *,
    skip: Skip[M] = _skip_nobody,
    tried: Collection[M] = (),
) -> Step[K, M] | NobodyReachable[K, M]:
    """Always ends, and always says when to come back: hunting goes on until the caller stops it.

    1. Start at the lowest rung at or above position `start_rung` (0 begins a round; a ladder that was edited
       meanwhile is therefore picked up where it was left).
    2. Climb at once past every rung with nobody to ring: nobody on call, in `tried`, or refused by `skip`.
    3. The first rung with somebody is the step. None left: the next round, `repeat_after` from `at`.

    `tried` are the people rung in this round so far, whoever was on call then. Nobody is a target twice.
    Raises ValueError if `at` is not in UTC; what `resolve` and `skip` raise passes through.
    """
    require_utc(at)
    skipped: list[Skipped[K, M]] = []
    for position in ladder.positions:
        if position < start_rung:
            continue
        targets = _targets(ladder.rungs_at(position), at, resolve, skip, {*tried}, skipped)
        if targets:
            return Step(
                targets, position, round_number, *ladder.after(position, round_number, at), tuple(skipped)
            )
    is_whole_ladder = not any(position < start_rung for position in ladder.positions)
    return NobodyReachable(
        round_number, 0, round_number + 1, at + ladder.repeat_after, tuple(skipped), is_whole_ladder
    )


def everyone(
    ladder: Ladder[K], at: datetime, resolve: Resolve[K, M], *, skip: Skip[M] = _skip_nobody
) -> tuple[M, ...]:
    """Everyone on the ladder at `at` who may be rung, lowest rung first, each once.

    For the fallback in which the caller's own leg dials the roster. Raises ValueError if `at` is not in UTC.
    """
    require_utc(at)
    return _targets(ladder.rungs, at, resolve, skip, set(), [])


def _targets(
    rungs: Collection[Rung[K]],
    at: datetime,
    resolve: Resolve[K, M],
    skip: Skip[M],
    tried: set[M],
    skipped: list[Skipped[K, M]],
) -> tuple[M, ...]:
    """The people to ring on these rungs, each once; they join `tried`, whoever is passed over `skipped`."""
    targets: list[M] = []
    for rung in rungs:
        member = resolve(rung.rotation_id, at)
        reason = _reason_to_skip(member, skip, tried)
        if member is None or reason is not None:
            skipped.append(
                Skipped(rung.position, rung.rotation_id, member, reason or SkipReason.NOBODY_ON_CALL)
            )
            continue
        tried.add(member)
        targets.append(member)
    return tuple(targets)


def _reason_to_skip(member: M | None, skip: Skip[M], tried: Collection[M]) -> str | None:
    if member is None:
        return SkipReason.NOBODY_ON_CALL
    return SkipReason.ALREADY_TRIED if member in tried else skip(member)
