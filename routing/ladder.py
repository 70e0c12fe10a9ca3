"""Ladders: in which order, and how long apart, people are asked until somebody takes the call."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Rung(Generic[K]):
    """Ask `target` once `delay` has passed since the rung before it was rung.

    Rungs of equal `position` ring together and share one delay. The delay of the first rung is counted from
    the opening of the incident. Raises ValueError for a negative position or delay.
    """

    position: int
    delay: timedelta
    target: K

    def __post_init__(self) -> None:
        if self.position < 0:
            raise ValueError(f"a rung's position is 0 or more, not {self.position}")
        if self.delay < timedelta(0):
            raise ValueError(f"a rung cannot be rung {-self.delay} before the one below it")


@dataclass(frozen=True, slots=True)
class Ladder(Generic[K]):
    """Climbed from the lowest position to the highest, and `repeat_after` later again.

    After `repeats` rounds (None: for ever) the hunt goes on with the ladder whose key is `then`, from its
    first rung; a ladder without `then` is climbed for ever. A ladder on which nobody at all can be rung gives
    way to `then` at once, whatever `repeats` says, and is asked again in the next round.

    `rungs` may be given in any order. Rounds are always `repeat_after` apart, so a ladder on which nobody can
    be reached cannot spin. Raises ValueError if `repeat_after` is not positive, if `repeats` is less than
    one, or if rungs that ring together have different delays.
    """

    rungs: tuple[Rung[K], ...]
    repeat_after: timedelta
    repeats: int | None = None
    then: Hashable | None = None

    def __post_init__(self) -> None:
        if self.repeat_after <= timedelta(0):
            raise ValueError("a ladder needs a pause before it starts again")
        if self.repeats is not None and self.repeats < 1:
            raise ValueError(f"a ladder is climbed at least once, not {self.repeats} times")
        object.__setattr__(self, "rungs", tuple(sorted(self.rungs, key=lambda rung: rung.position)))
        for lower, upper in pairwise(self.rungs):
            if lower.position == upper.position and lower.delay != upper.delay:
                raise ValueError(f"the rungs at position {lower.position} ring together but differ in delay")

    @property
    def positions(self) -> tuple[int, ...]:
        """The distinct positions, lowest first; empty for a ladder without rungs."""
        return tuple(dict.fromkeys(rung.position for rung in self.rungs))

    def rungs_at(self, position: int) -> tuple[Rung[K], ...]:
        """The rungs that ring together at `position`, in the order given; empty if there are none."""
        return tuple(rung for rung in self.rungs if rung.position == position)

    def starts_at(self, opened_at: datetime) -> datetime:
        """When the first rung of round 0 is due, for an incident opened at `opened_at`."""
        return opened_at + self.rungs[0].delay if self.rungs else opened_at

    def after(self, position: int, round_number: int, at: datetime) -> tuple[int, int, datetime]:
        """What follows when `position` was rung at `at`: (rung, round, instant) of the next step.

        Above the highest rung that is the lowest of the next round, `repeat_after` later.
        """
        for rung in self.rungs:
            if rung.position > position:
                return rung.position, round_number, at + rung.delay
        return 0, round_number + 1, at + self.repeat_after

    def followed_by(self, rounds: int) -> Hashable | None:
        """The key of the ladder that follows once `rounds` rounds of this one are over; None is this one."""
        return self.then if self.repeats is not None and rounds >= self.repeats else None
