"""A discrete-event kernel: what is due runs in order of time, and nothing holds a lock while HTTP is out.

Events of the same instant run in the order in which they were scheduled. With a manual clock the
caller of :meth:`Kernel.run_due` makes the HTTP requests itself, one after another; with a live
clock a driver thread runs the events and a small pool makes the requests.
"""

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hotline.clock import Clock, ManualClock
from hotline.emulator.story import Process, Story, Timer


@dataclass
class _Job:
    run: Callable[[], Any]
    done: Callable[[Any, BaseException | None], None]
    at: datetime


@dataclass
class Kernel:
    """Runs events in order of time; all state that stories share is guarded by :attr:`lock`.

    ``on_error`` is told what a story of the emulator itself got wrong in live mode; with a manual
    clock such an error leaves :meth:`run_due`.
    """

    clock: Clock
    on_error: Callable[[BaseException], None]
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self._heap: list[tuple[datetime, int, Timer]] = []
        self._sequence = itertools.count()
        self._jobs: deque[_Job] = deque()
        self._event_time: datetime | None = None
        self._changed = threading.Condition(self.lock)
        self._driving = threading.Lock()
        self._driver: threading.Thread | None = None
        self._pool: ThreadPoolExecutor | None = None
        self._stopping = False
        self._out = 0

    def now(self) -> datetime:
        """The instant of the event that runs, else the clock's."""
        return self._event_time or self.clock.now()

    def at(self, instant: datetime, action: Callable[[], None]) -> Timer:
        timer = Timer(instant, action)
        with self._changed:
            heapq.heappush(self._heap, (instant, next(self._sequence), timer))
            self._changed.notify_all()
        return timer

    def later(self, seconds: float, action: Callable[[], None]) -> Timer:
        return self.at(self.now() + timedelta(seconds=max(0.0, seconds)), action)

    def soon(self, action: Callable[[], None]) -> Timer:
        return self.at(self.now(), action)

    def spawn(self, story: Story[Any]) -> Process:
        process = Process(self, story)
        process.start()
        return process

    def submit(self, run: Callable[[], Any], done: Callable[[Any, BaseException | None], None]) -> None:
        job = _Job(run, done, self.now())
        self._out += 1
        if self._pool is not None:
            self._pool.submit(self._work, job)
        else:
            self._jobs.append(job)

    def next_event_at(self) -> datetime | None:
        with self.lock:
            while self._heap and self._heap[0][2].action is None:
                heapq.heappop(self._heap)
            return self._heap[0][0] if self._heap else None

    def idle(self) -> bool:
        """Whether nothing is scheduled and no request is out."""
        with self.lock:
            return self.next_event_at() is None and self._out == 0

    def run_due(self) -> int:
        """Run all that is due now, requests included; returns how many events ran."""
        if self._driver is not None:
            raise RuntimeError("a live emulator runs by itself")
        ran = 0
        with self._driving:
            while self._run_one():
                ran += 1
                while self._jobs:
                    self._work(self._jobs.popleft())
        return ran

    def advance(self, seconds: float) -> None:
        """Move a manual clock on by ``seconds``, stopping at each event to run it."""
        clock = self.clock
        if not isinstance(clock, ManualClock):
            raise RuntimeError("only a manual clock is moved")
        target = clock.now() + timedelta(seconds=seconds)
        self.run_due()
        while (due := self.next_event_at()) is not None and due <= target:
            clock.move_to(max(due, clock.now()))
            self.run_due()
        clock.move_to(max(target, clock.now()))

    def start(self) -> None:
        """Run by itself from now on. Refuses a manual clock, which nobody would move."""
        if isinstance(self.clock, ManualClock):
            raise RuntimeError("a manual clock is driven by run_due and advance")
        if self._driver is not None:
            return
        self._stopping = False
        self._pool = ThreadPoolExecutor(max_workers=16, thread_name_prefix="twilio-webhook")
        self._driver = threading.Thread(target=self._drive, name="twilio-kernel", daemon=True)
        self._driver.start()

    def stop(self) -> None:
        """Stop running by itself; requests that are out are waited for."""
        driver, pool = self._driver, self._pool
        if driver is None or pool is None:
            return
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        driver.join()
        pool.shutdown(wait=True)
        self._driver = self._pool = None

    def _run_one(self) -> bool:
        with self.lock:
            due = self.next_event_at()
            if due is None or due > self.clock.now():
                return False
            _, _, timer = heapq.heappop(self._heap)
            action = timer.action
            self._event_time = due
            try:
                if action is not None:
                    action()
            finally:
                self._event_time = None
            return True

    def _work(self, job: _Job) -> None:
        value: Any = None
        error: BaseException | None = None
        try:
            value = job.run()
        except Exception as problem:
            error = problem
        with self.lock:
            self._out -= 1
            arrived = job.at if self._pool is None else self.clock.now()
            self.at(arrived, lambda: job.done(value, error))

    def _drive(self) -> None:
        while True:
            try:
                while not self._stopping and self._run_one():
                    pass
            except Exception as problem:
                self.on_error(problem)
                continue
            with self._changed:
                if self._stopping:
                    return
                self._changed.wait(self._real_wait())

    def _real_wait(self) -> float | None:
        due = self.next_event_at()
        if due is None:
            return None
        return max(0.0, self.clock.real_seconds((due - self.clock.now()).total_seconds()))
