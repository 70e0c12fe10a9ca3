"""A clock whose speed can be changed while it runs: the demo hurries through the dull minutes."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

SLOWEST, FASTEST = 0.1, 1000.0
_SKIPPING, _LONGEST_SKIP = 120.0, 86_400.0


class PacedClock:
    """Runs ``speed`` times as fast as the machine's, from ``start`` on, and never goes back.

    Whoever sleeps by :meth:`real_seconds` asks to be told of a change with :meth:`on_change`.
    """

    def __init__(self, speed: float, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._speed = _checked(speed)
        self._from = (start or datetime.now(UTC)).astimezone(UTC)
        self._since = time.monotonic()
        self._skip: tuple[float, threading.Timer] | None = None

    @property
    def speed(self) -> float:
        """Seconds of this clock in a second of the machine's."""
        return self._speed

    def now(self) -> datetime:
        with self._lock:
            return self._now()

    def real_seconds(self, seconds: float) -> float:
        return seconds / self._speed

    def set_speed(self, speed: float) -> None:
        """Go on at another speed from this instant. Raises ``ValueError`` for an absurd one."""
        speed = _checked(speed)
        with self._lock:
            if self._skip is not None:
                self._skip[1].cancel()
            self._skip = None
            self._go(speed)
        self._tell()

    def skip(self, seconds: float) -> None:
        """Hurry through ``seconds`` (at most a day), then go on as before; returns at once.

        Nothing is jumped over: what is due in between happens in its order, only very fast. Raises
        ``ValueError`` for a span that makes no sense.
        """
        if not 0 < seconds <= _LONGEST_SKIP:
            raise ValueError(f"a clock skips up to {_LONGEST_SKIP:g} seconds, not {seconds:g}")
        with self._lock:
            speed = self._skip[0] if self._skip is not None else self._speed
            if self._skip is not None:
                self._skip[1].cancel()
            hurry = max(_SKIPPING, speed)
            timer = threading.Timer(seconds / hurry, lambda: self.set_speed(speed))
            timer.daemon = True
            self._skip = speed, timer
            self._go(hurry)
            timer.start()
        self._tell()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after every change of speed."""
        self._listeners.append(listener)

    def _go(self, speed: float) -> None:
        self._from, self._since = self._now(), time.monotonic()
        self._speed = speed

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def _now(self) -> datetime:
        return self._from + timedelta(seconds=(time.monotonic() - self._since) * self._speed)


def in_words(speed: float) -> str:
    """How fast a clock goes, as a sentence."""
    return f"1 second here is {speed:g} second{'' if speed == 1 else 's'} there."


def _checked(speed: float) -> float:
    if not SLOWEST <= speed <= FASTEST:
        raise ValueError(f"the speed of this clock is {SLOWEST:g} to {FASTEST:g}, not {speed:g}")
    return speed
