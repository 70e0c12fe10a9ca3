"""Several workers at once, in threads and in processes that are killed, their clocks a little apart."""

import random as chances
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hotline.db.models import Incident, ToldBy
from hotline.services.operation import Operation
from hotline.services.response import incidents
from tests.hotline.house import House
from tests.proof import bulk, money
from tests.proof.clerk import Clerk
from tests.proof.comparing import require_same_books
from tests.proof.service import Apart, Service, drain
from tests.proof.stories import APART, FIRST, Step, Story, versions_from
from tests.support.threads import at_once

_ROOT = Path(__file__).parents[2]
_MILLISECONDS = APART // timedelta(milliseconds=1)
_BATCH = 300


def test_workers_in_threads_end_in_the_books_of_the_clerk(house: House, seed: int) -> None:
    random, clerk = Random(seed), Clerk()  # noqa: S311 - a story, no secret
    last = bulk.fill(house, clerk, random, contracts=6, incidents=40)
    for now in bulk.ticks(random, last, 5):
        _threads(house, now, batch=7)
        clerk.tick(now)
    seen = require_same_books(house.database, clerk, last, is_audited=False)
    assert seen["incidents"] == 240
    assert seen["fine"] + seen["credit"] > 30


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_tens_of_thousands_of_incidents_and_workers_that_are_killed(house: House, first_seed: int) -> None:
    """Three processes work at each instant; one of them is killed in the middle, again and again."""
    random, clerk = Random(first_seed), Clerk()  # noqa: S311 - a story, no secret
    last = bulk.fill(house, clerk, random, contracts=100, incidents=110)
    with _processes(house, 3) as (workers, new):
        for now in bulk.ticks(random, last, 8):
            for worker in workers:
                worker.begin(now)
            time.sleep(random.random() * 0.5)
            workers[0].kill()
            workers[0] = new()
            for worker in workers[1:]:
                worker.end()
            money.drain(house.database, house.settings, now, _BATCH)
            clerk.tick(now)
    seen = require_same_books(house.database, clerk, last, is_audited=False)
    assert seen["incidents"] == 11_000
    assert seen["misses"] > 1_500
    assert min(seen["fine"], seen["credit"]) > 200


def test_at_the_deadline_whoever_commits_first_is_right(house: House, seed: int) -> None:
    """Clocks are apart by less than a second: near the deadline both are good, but only one is recorded.

    Whatever was recorded, the books are those of a clerk who is told the same.
    """
    random = Random(seed)  # noqa: S311 - a story, no secret
    service, deadline = _all_due_at_once(house, random, 10)
    told: dict[str, datetime] = {}
    clocks = [Apart(house.clock, by) for by in (timedelta(0), APART, -APART)]
    start = deadline - timedelta(milliseconds=900)

    def tell(name: str) -> None:
        clock = random.choice(clocks)
        told[name] = house.clock.now()

        def work(session: Any) -> None:
            op = Operation(session, clock.now(), house.settings)
            incidents.tell(op, op.session.get_one(Incident, service.incidents[name].id), ToldBy.BRIDGE)

        house.database.run(work)

    names = list(service.incidents)
    for step in range(len(names)):
        house.clock.move_to(start + step * timedelta(milliseconds=200))
        sweeps = [
            lambda clock=clock: money.drain(house.database, house.settings, clock.now(), 3)
            for clock in clocks
        ]
        at_once(lambda name=names[step]: tell(name), *sweeps)
    house.clock.advance(60)
    for name, incident in service.incidents.items():
        row = house.again(incident)
        assert row.told_at is not None
        assert row.respond_by == deadline
        assert (row.breached_at is not None) == (row.told_at > deadline)
        if told[name] < deadline - 2 * APART:
            assert row.breached_at is None
        if told[name] > deadline + 2 * APART:
            assert row.breached_at is not None
        service.clerk.oracle.tell(incident.id, row.told_at)
    service.clerk.tick(house.clock.now())
    drain(house.worker)
    require_same_books(house.database, service.clerk, house.clock.now())


def _all_due_at_once(house: House, random: Random, count: int) -> tuple[Service, datetime]:
    """Incidents of one contract that were reported together; somebody has each."""
    versions = versions_from(random)[:1]
    reported = FIRST + timedelta(days=900)
    reports = [Step(reported, "report", "900000", f"one-{place}") for place in range(count)]
    service = Service(house, Story({"900000": versions}, reports))
    service.live()
    for incident in service.incidents.values():
        house.take(incident)
    return service, reported + timedelta(seconds=versions[0]["respond_within_seconds"])


def _threads(house: House, now: datetime, batch: int) -> None:
    offsets = (timedelta(0), APART, -APART)
    at_once(
        *[
            lambda offset=offset: money.drain(house.database, house.settings, now + offset, batch)
            for offset in offsets
        ]
    )
    money.drain(house.database, house.settings, now, batch)


class _Process:
    """A worker in a process of its own."""

    def __init__(self, url: str, milliseconds: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.proof.money", url, str(milliseconds), str(_BATCH)],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.end()

    def begin(self, now: datetime) -> None:
        """Do what is due by then."""
        assert self._process.stdin is not None
        self._process.stdin.write(now.isoformat() + "\n")
        self._process.stdin.flush()

    def end(self) -> None:
        """Wait until it has answered."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip(), "the worker came to an end"

    def kill(self) -> None:
        """The power goes."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def _processes(house: House, count: int) -> Iterator[tuple[list[_Process], Callable[[], _Process]]]:
    made: list[_Process] = []
    url = house.database.engine.url.render_as_string(hide_password=False)

    def new() -> _Process:
        made.append(_Process(url, chances.choice((-_MILLISECONDS, 0, _MILLISECONDS))))  # noqa: S311
        return made[-1]

    try:
        yield [new() for _ in range(count)], new
    finally:
        for process in made:
            process.kill()
