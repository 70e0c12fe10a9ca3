"""What the stories of the kernel are made of: waits, channels, scopes, timers, processes.

A *story* is a generator that yields what it waits for (:class:`Sleep`, :class:`Listen`,
:class:`Fetch`) and is resumed with the outcome, so that the life of a call reads from top to bottom.
"""

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from hotline.emulator.kernel import Kernel

T = TypeVar("T")


class TimedOut:
    """The outcome of a :class:`Listen` that heard nothing in time."""


TIMED_OUT = TimedOut()


class Interrupted(Exception):  # noqa: N818 - it is a turn in a story, not an error
    """Base of everything that may be thrown into a story while it waits."""


@dataclass(frozen=True)
class Sleep:
    """Wait for a span of the clock's time."""

    seconds: float


@dataclass(frozen=True)
class Listen:
    """Wait for the next item of a channel, or for ``seconds``; ``None`` waits for ever."""

    channel: "Channel"
    seconds: float | None = None


@dataclass(frozen=True)
class Fetch:
    """Wait for a function that runs without the lock, typically an HTTP request."""

    job: Callable[[], Any]


Wait = Sleep | Listen | Fetch
Story = Generator[Wait, Any, T]


class Timer:
    """A scheduled action that can be called off."""

    __slots__ = ("action", "at")

    def __init__(self, at: datetime, action: Callable[[], None]) -> None:
        self.at = at
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        self.action = None


class Channel:
    """What one story listens to; items put while nobody listens wait in order."""

    def __init__(self) -> None:
        self.items: deque[Any] = deque()
        self.listener: Callable[[Any], None] | None = None

    def put(self, item: Any) -> None:
        if self.listener is None:
            self.items.append(item)
            return
        listener, self.listener = self.listener, None
        listener(item)

    def clear(self) -> None:
        self.items.clear()


class Scope:
    """A stretch of a story; an interrupt bound to it is dropped once the stretch is over."""

    def __init__(self) -> None:
        self.open = True

    def close(self) -> None:
        self.open = False


class Process:
    """One running story. It is resumed only by the kernel, never by another story directly."""

    def __init__(self, kernel: "Kernel", story: Story[Any]) -> None:
        self._kernel = kernel
        self._story = story
        self._wait = 0
        self._timer: Timer | None = None
        self._channel: Channel | None = None
        self.finished = False

    def start(self) -> None:
        self._kernel.soon(lambda: self._step(lambda: self._story.send(None)))

    def interrupt(
        self,
        why: Interrupted,
        scope: Scope | None = None,
        dropped: Callable[[], None] = lambda: None,
    ) -> None:
        """Throw ``why`` into the story as an event of its own, if it still runs (and is in ``scope``).

        ``dropped`` is called instead when it came too late.
        """

        def throw() -> None:
            if not self.finished and (scope is None or scope.open):
                self._step(lambda: self._story.throw(why))
            else:
                dropped()

        self._kernel.soon(throw)

    def _step(self, move: Callable[[], Wait]) -> None:
        self._disarm()
        try:
            wait = move()
        except (StopIteration, Interrupted):
            self.finished = True
        except BaseException:
            self.finished = True
            raise
        else:
            self._arm(wait)

    def _disarm(self) -> None:
        self._wait += 1
        if self._timer is not None:
            self._timer.cancel()
        if self._channel is not None:
            self._channel.listener = None
        self._timer = self._channel = None

    def _resume(self, wait: int, value: Any) -> None:
        if wait == self._wait and not self.finished:
            self._step(lambda: self._story.send(value))

    def _fail(self, wait: int, error: BaseException) -> None:
        if wait == self._wait and not self.finished:
            self._step(lambda: self._story.throw(error))

    def _arm(self, wait: Wait) -> None:
        number = self._wait
        if isinstance(wait, Sleep):
            self._timer = self._kernel.later(wait.seconds, lambda: self._resume(number, None))
        elif isinstance(wait, Fetch):
            self._kernel.submit(wait.job, lambda value, error: self._arrived(number, value, error))
        elif wait.channel.items:
            item = wait.channel.items.popleft()
            self._timer = self._kernel.soon(lambda: self._resume(number, item))
        else:
            self._arm_listen(wait, number)

    def _arrived(self, wait: int, value: Any, error: BaseException | None) -> None:
        if error is None:
            self._resume(wait, value)
        else:
            self._fail(wait, error)

    def _arm_listen(self, wait: Listen, number: int) -> None:
        def heard(item: Any) -> None:
            if self._timer is not None:
                self._timer.cancel()
            self._channel = None
            self._timer = self._kernel.soon(lambda: self._resume(number, item))

        self._channel = wait.channel
        wait.channel.listener = heard
        if wait.seconds is not None:
            self._timer = self._kernel.later(wait.seconds, lambda: self._resume(number, TIMED_OUT))
