"""Rehearsal: what a ladder would do, instant by instant, if nobody answered."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeAlias

from routing.climb import NobodyReachable, Resolve, Skip, Step, next_step, skip_nobody
from routing.instants import require_utc
from routing.ladder import K, Ladder
from routing.part import M

LadderOf: TypeAlias = Callable[[Hashable], Ladder[K]]
"""The ladder with a key; what it raises passes through."""


@dataclass(frozen=True, slots=True)
class Moment(Generic[K, M]):
    """At `at` (UTC) the ladder with the key `ladder` does `step`."""

    at: datetime
    ladder: Hashable | None
    step: Step[K, M] | NobodyReachable[K, M]


def rehearse(
    ladder: Ladder[K],
    at: datetime,
    resolve: Resolve[K, M],
    *,
    skip: Skip[M] = skip_nobody,
    until: datetime | None = None,
    steps: int = 100,
    key: Hashable | None = None,
    ladder_of: LadderOf[K] | None = None,
    rings_for: timedelta | None = None,
) -> tuple[Moment[K, M], ...]:
    """What happens for an incident that is opened at `at` and that nobody takes, `next_step` by `next_step`.

    `key` is that of `ladder`. Where the hunt goes on with another ladder, `ladder_of` is asked for it;
    without it the rehearsal ends there. It also ends before `until` (None: no bound) and after `steps`
    moments. Each asks `resolve` at its own instant, so that a hand-over on the way shows.

    With `rings_for` every telephone rings so long and no longer: once none rings any more the next rung
    follows at once, whatever its delay. The pause between rounds is kept. Without it some telephone always
    rings on, and each rung comes as late as it can.
    Raises ValueError if an instant is not in UTC; what the callables raise passes through.

    1. Do as whoever hunts in earnest: act, keep the `next_` values, forget the tried when a round is over.
    2. On another ladder, keep the round in which the hunt came to it, and what was passed at this instant.
    3. A ladder that stands in for one on which nobody could be rung does so for a round. And when a ladder
       to go on with has nobody either, the hunt begins again with the first: nothing is given up for good.
    """
    require_utc(at, at if until is None else until)
    moments: list[Moment[K, M]] = []
    due, rung, round_number, first_round = ladder.starts_at(at), 0, 0, 0
    tried: set[M] = set()
    passed: set[Hashable] = set()
    first = home = (key, ladder)
    home_round: int | None = None
    while len(moments) < steps and (until is None or due < until):
        step = next_step(
            ladder,
            rung,
            round_number,
            due,
            resolve,
            skip=skip,
            tried=tried,
            first_round=first_round,
            passed=passed,
        )
        moments.append(Moment(due, key, step))
        tried |= {*step.targets} if isinstance(step, Step) else set()
        tried = tried if step.next_round == round_number else set()
        passed = {*passed, key} if step.next_at == due else set()
        next_at = step.next_at
        if rings_for is not None and isinstance(step, Step) and step.next_round == round_number:
            next_at = min(next_at, due + rings_for)
        is_new_round, is_at_once = step.next_round != round_number, step.next_at == due
        due, rung, round_number = next_at, step.next_rung, step.next_round
        following = step.next_ladder
        if is_new_round and following is not None and is_at_once:
            if home_round is None:
                home, home_round = (key, ladder), first_round
        elif is_new_round and home_round is not None:
            (key, ladder), first_round, home_round = home, home_round, None
            following = ladder.followed_by(round_number - first_round)
        elif is_new_round and following is None and _is_given_up(step, key, first[0]):
            (key, ladder), first_round = first, round_number
        if following is not None:
            if ladder_of is None:
                break
            key, ladder, first_round = following, ladder_of(following), round_number
    return tuple(moments)


def _is_given_up(
    step: Step[K, M] | NobodyReachable[K, M], key: Hashable | None, first: Hashable | None
) -> bool:
    """Whether the last ladder of all has nobody, so that the next round begins with the `first` again."""
    return isinstance(step, NobodyReachable) and step.is_whole_ladder and key != first
