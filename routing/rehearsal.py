"""Rehearsal: what a ladder would do, instant by instant, if nobody answered."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
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
) -> tuple[Moment[K, M], ...]:
    """What happens for an incident that is opened at `at` and that nobody takes, `next_step` by `next_step`.

    `key` is that of `ladder`. Where the hunt goes on with another ladder, `ladder_of` is asked for it;
    without it the rehearsal ends there. It also ends before `until` (None: no bound) and after `steps`
    moments. Each asks `resolve` at its own instant, so that a hand-over on the way shows.
    Raises ValueError if an instant is not in UTC; what the callables raise passes through.

    1. Do as whoever hunts in earnest: act, keep the `next_` values, forget the tried when a round is over.
    2. On another ladder, keep the round in which the hunt came to it, and what was passed at this instant.
    """
    require_utc(at, at if until is None else until)
    moments: list[Moment[K, M]] = []
    due, rung, round_number, first_round = ladder.starts_at(at), 0, 0, 0
    tried: set[M] = set()
    passed: set[Hashable] = set()
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
        due, rung, round_number = step.next_at, step.next_rung, step.next_round
        if step.next_ladder is not None:
            if ladder_of is None:
                break
            key, ladder, first_round = step.next_ladder, ladder_of(step.next_ladder), round_number
    return tuple(moments)
