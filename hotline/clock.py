"""What time it is, as a value that is passed in.

Nothing else in the project calls :func:`datetime.datetime.now`. An entry point reads its clock
once per operation and hands the instant down; every instant is an aware UTC ``datetime``.
"""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the current instant, and how long a span of its time takes in real seconds."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...

    def real_seconds(self, seconds: float) -> float:
        """Real seconds that pass while this clock advances by ``seconds``."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def real_seconds(self, seconds: float) -> float:
        return seconds


class FasterClock:
    """A clock that runs ``speed`` times as fast as the machine's, from ``anchor`` on.

    Two processes given the same anchor and speed agree, because both count from the machine's
    clock. Meant for demonstrations and for trying the thirty minutes in three.
    """

    def __init__(self, speed: float, anchor: datetime) -> None:
        if not speed > 0:
            raise ValueError(f"the speed of a clock is above 0, not {speed!r}")
        if anchor.tzinfo is None:
            raise ValueError("the anchor of a clock is an aware instant")
        self.speed = speed
        self.anchor = anchor.astimezone(UTC)

    def now(self) -> datetime:
        return self.anchor + (datetime.now(UTC) - self.anchor) * self.speed

    def real_seconds(self, seconds: float) -> float:
        return seconds / self.speed


class ManualClock:
    """A clock that stands still until it is moved; it is never moved backwards."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware instant")
        self._now = start.astimezone(UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def real_seconds(self, seconds: float) -> float:
        return 0.0

    def move_to(self, instant: datetime) -> None:
        """Move to ``instant``. Raises ``ValueError`` when that lies in the past."""
        with self._lock:
            if instant < self._now:
                raise ValueError(f"a clock does not go back: {instant} is before {self._now}")
            self._now = instant.astimezone(UTC)

    def advance(self, seconds: float) -> datetime:
        """Move on by ``seconds`` and return the new instant."""
        self.move_to(self.now() + timedelta(seconds=seconds))
        return self.now()


def sleep(clock: Clock, seconds: float) -> None:
    """Wait until ``seconds`` of the clock's time have passed (a manual clock is not waited for)."""
    time.sleep(clock.real_seconds(seconds))
