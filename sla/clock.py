"""The response clock: by when the customer must have been told, and how near that is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from sla.instants import require_utc

_MICROSECOND = timedelta(microseconds=1)


class ClockState(StrEnum):
    """Where a clock stands: safe, at risk or breached while it runs, kept or breached once stopped."""

    SAFE = "safe"
    AT_RISK = "at_risk"
    BREACHED = "breached"
    KEPT = "kept"


class ClockWarning(NamedTuple):
    """At instant `at` (UTC), `share` of the time to respond has gone."""

    at: datetime
    share: Fraction


@dataclass(frozen=True, slots=True)
class ResponseClock:
    """The promise: within `target` of `started_at` the customer has been told who is working on it.

    The edge, to the microsecond: told at `respond_by` exactly is kept, told any later is breached. If nobody
    has been told, the deadline itself is the breach: from `respond_by` on (inclusive) the clock is breached,
    and what is recorded carries `respond_by`, not the instant at which it was noticed. Whoever records a
    breach must look for a telling in the same transaction; a breach once recorded stands.
    Raises ValueError if `started_at` is not in UTC, `target` is not positive, or the shares do not rise
    strictly between 0 and 1.
    """

    started_at: datetime
    target: timedelta
    warn_at: tuple[Fraction, ...] = ()

    def __post_init__(self) -> None:
        require_utc(self.started_at)
        require_promise(self.target, self.warn_at)

    @property
    def respond_by(self) -> datetime:
        """The deadline: the last instant at which telling the customer keeps the promise."""
        return self.started_at + self.target

    @property
    def warnings(self) -> tuple[ClockWarning, ...]:
        """Every warning, soonest first; a share that is no whole microsecond is rounded down, never late."""
        length = self.target // _MICROSECOND
        return tuple(
            ClockWarning(
                self.started_at + length * share.numerator // share.denominator * _MICROSECOND, share
            )
            for share in self.warn_at
        )

    def next_warning(self, after: datetime) -> ClockWarning | None:
        """The first warning strictly later than `after`, or None if none is left: (instant, share)."""
        require_utc(after)
        return next((warning for warning in self.warnings if warning.at > after), None)

    def remaining(self, now: datetime) -> timedelta:
        """The time left at `now`; zero at the deadline, negative after it."""
        require_utc(now)
        return self.respond_by - now

    def is_breached(self, told_at: datetime | None, now: datetime) -> bool:
        """Whether the promise is broken: told after `respond_by`, or not told and `now` has reached it.

        Once told, `told_at` alone decides, whatever `now` is.
        """
        require_utc(now)
        if told_at is None:
            return now >= self.respond_by
        require_utc(told_at)
        return told_at > self.respond_by

    def state(self, now: datetime, told_at: datetime | None) -> ClockState:
        """The one state at `now`: at risk from the first warning on; without warnings safe until breached."""
        if self.is_breached(told_at, now):
            return ClockState.BREACHED
        if told_at is not None:
            return ClockState.KEPT
        return ClockState.AT_RISK if any(warning.at <= now for warning in self.warnings) else ClockState.SAFE


def require_promise(target: timedelta, warn_at: tuple[Fraction, ...]) -> None:
    """A promise that passes can be kept and warned of in order; ValueError for any other."""
    if target <= timedelta(0):
        raise ValueError(f"the time to respond must be positive, not {target}")
    if any(not 0 < share < 1 for share in warn_at) or list(warn_at) != sorted(set(warn_at)):
        raise ValueError("warnings are shares of the time to respond that rise strictly between 0 and 1")
