"""Climbing: whom to ring now, what to write down, and what to shout about."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeAlias

from routing.instants import require_utc
from routing.ladder import K, Ladder, Rung
from routing.part import M

Resolve: TypeAlias = Callable[[K, datetime], tuple[M, ...]]
"""Whom a target means at an instant, whom to ring first first; empty is nobody."""
Skip: TypeAlias = Callable[[M], str | None]
"""Why a person cannot be rung now (say, no verified number), or None if they can."""


class SkipReason(StrEnum):
    """The reasons this package gives by itself; `skip` adds the caller's own."""

    NOBODY_ON_CALL = "nobody_on_call"
    ALREADY_TRIED = "already_tried"


@dataclass(frozen=True, slots=True)
class Skipped(Generic[K, M]):
    """The target on this rung was passed over, and why; `member` is None if it meant nobody."""

    position: int
    target: K
    member: M | None
    reason: str


@dataclass(frozen=True, slots=True)
class Step(Generic[K, M]):
    """Ring `targets` now, all together (at least one); then store the `next_` values and come back.

    `rung` is the position that is rung and `round_number` its round. `skipped` names everything passed over
    on the way, on this rung too. `next_ladder` is the key of the ladder that the next round belongs to, if
    this one was climbed often enough; None is this one.
    """

    targets: tuple[M, ...]
    rung: int
    round_number: int
    next_rung: int
    next_round: int
    next_at: datetime
    skipped: tuple[Skipped[K, M], ...]
    next_ladder: Hashable | None = None


@dataclass(frozen=True, slots=True)
class NobodyReachable(Generic[K, M]):
    """No rung from the one asked for upwards has anyone to ring; the hunt goes on with the next round.

    `is_whole_ladder` says that no rung of the ladder had anyone, rather than only those that were left in
    this round, or only people who were rung in it already. `skipped` is empty only if there were no rungs to
    try. `next_ladder` as in :class:`Step`; if `next_at` is the very instant that was asked about, go on with
    that ladder at once.
    """

    round_number: int
    next_rung: int
    next_round: int
    next_at: datetime
    skipped: tuple[Skipped[K, M], ...]
    is_whole_ladder: bool
    next_ladder: Hashable | None = None


def skip_nobody(_member: object) -> None:
    """Everybody can be rung."""


def next_step(
    ladder: Ladder[K],
    start_rung: int,
    round_number: int,
    at: datetime,
    resolve: Resolve[K, M],
    *,
    skip: Skip[M] = skip_nobody,
    tried: Collection[M] = (),
    first_round: int = 0,
    passed: Collection[Hashable] = (),
) -> Step[K, M] | NobodyReachable[K, M]:
    """Always ends, and always says when to come back: hunting goes on until the caller stops it.

    1. Start at the lowest rung at or above position `start_rung` (0 begins a round; a ladder that was edited
       meanwhile is therefore picked up where it was left).
    2. Climb at once past every rung with nobody to ring: nobody on call, in `tried`, or refused by `skip`.
    3. The first rung with somebody is the step. None left: the next round, `repeat_after` from `at`.
    4. The next round belongs to `ladder.then` once this ladder was climbed `ladder.repeats` times, counted
       from `first_round`, the round in which the hunt came to it: rounds count on from ladder to ladder.
    5. If the whole ladder has nobody, `ladder.then` follows at once, unless it is in `passed`: the ladders
       that were gone on from at this same instant. So ladders that name each other cannot spin either. It
       only stands in: the caller comes back to this ladder with the next round, when it may have somebody.

    `tried` are the people rung in this round so far, whoever was on call then. Nobody is a target twice.
    Raises ValueError if `at` is not in UTC; what `resolve` and `skip` raise passes through.
    """
    require_utc(at)
    skipped: list[Skipped[K, M]] = []
    next_ladder = ladder.followed_by(round_number + 1 - first_round)
    for position in ladder.positions:
        if position < start_rung:
            continue
        targets = _targets(ladder.rungs_at(position), at, resolve, skip, {*tried}, skipped)
        if targets:
            after = ladder.after(position, round_number, at)
            is_last = after[1] != round_number
            return Step(
                targets, position, round_number, *after, tuple(skipped), next_ladder if is_last else None
            )
    is_whole_ladder = not any(position < start_rung for position in ladder.positions) and not any(
        one.reason == SkipReason.ALREADY_TRIED for one in skipped
    )
    next_at = at + ladder.repeat_after
    if is_whole_ladder and ladder.then is not None and ladder.then not in passed:
        next_ladder, next_at = ladder.then, at
    return NobodyReachable(
        round_number, 0, round_number + 1, next_at, tuple(skipped), is_whole_ladder, next_ladder
    )


def everyone(
    ladder: Ladder[K], at: datetime, resolve: Resolve[K, M], *, skip: Skip[M] = skip_nobody
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
        members = resolve(rung.target, at)
        if not members:
            skipped.append(Skipped(rung.position, rung.target, None, SkipReason.NOBODY_ON_CALL))
        for member in members:
            reason = SkipReason.ALREADY_TRIED if member in tried else skip(member)
            if reason is not None:
                skipped.append(Skipped(rung.position, rung.target, member, reason))
                continue
            tried.add(member)
            targets.append(member)
    return tuple(targets)
