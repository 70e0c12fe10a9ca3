"""What the deadline sweep costs: when nothing is due, and when very much is."""

import statistics
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from bench.floor import driver, sweep
from bench.measure import FLOOR, SERVICE, Say
from bench.plan import Scale
from bench.seed import seed_clocks, settings_for
from bench.stores import Store
from hotline.db.models import Breach, LedgerEntry
from hotline.db.session import Database
from hotline.services.operation import Operation
from hotline.services.promise.enforcement import sweep_deadlines


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep by the service and by the floor: milliseconds of wall time and of processor time."""

    what: str
    backend: str
    service_ms: float
    floor_ms: float
    service_cpu_ms: float
    floor_cpu_ms: float

    def figures(self) -> dict[str, Any]:
        """Everything, for programs."""
        return {
            "sweep": self.what,
            "database": self.backend,
            "ratios": {"time": self.ratio, "cpu": self.cpu_ratio},
            SERVICE: {"ms": self.service_ms, "cpu_ms": self.service_cpu_ms},
            FLOOR: {"ms": self.floor_ms, "cpu_ms": self.floor_cpu_ms},
        }

    @property
    def ratio(self) -> float:
        """The service's wall time by the floor's."""
        return self.service_ms / self.floor_ms

    @property
    def cpu_ratio(self) -> float:
        """The service's processor time by the floor's."""
        return self.service_cpu_ms / self.floor_cpu_ms


def idle_row(clocks: int) -> str:
    """The name of a row."""
    return f"idle check, {clocks:,} open clocks"


def due_row(due: int) -> str:
    """The name of a row."""
    return f"{due:,} due at once"


def sweeps(store: Store, scale: Scale, say: Say) -> list[Sweep]:
    """Every sweep on one database."""
    rows = []
    for clocks, due in ((scale.few_clocks, 0), (scale.many_clocks, scale.due)):
        say(f"{store.backend}: {clocks:,} open clocks")
        name = f"clocks_{clocks}"
        deadline = store.seeded(name, partial(seed_clocks, count=clocks, due=due))
        urls = {side: store.copy(name, f"{name}_{side}") for side in (SERVICE, FLOOR)}
        bare = driver.connect(urls[FLOOR])
        with closing(Database(urls[SERVICE])) as database:
            rows.append(_idle(store.backend, clocks, database, urls, bare, deadline, scale.idle_checks))
            if due:
                rows.append(_all_due(store.backend, due, database, urls, bare, deadline))
    return rows


def _idle(
    backend: str, clocks: int, database: Database, urls: dict[str, str], bare: Any, at: datetime, times: int
) -> Sweep:
    """An hour before anything is due. The service sweeps as its worker does, in a write transaction."""
    early = at - timedelta(hours=1)
    settings = settings_for(urls[SERVICE])
    service = _repeat(
        times, lambda: database.run(lambda session: sweep_deadlines(Operation(session, early, settings)))
    )
    with bare.autocommit() as cursor:
        floor = _repeat(times, lambda: sweep.is_due(bare, cursor, early))
    return Sweep(idle_row(clocks), backend, service[0], floor[0], service[1], floor[1])


def _all_due(
    backend: str, due: int, database: Database, urls: dict[str, str], bare: Any, at: datetime
) -> Sweep:
    """A minute after all of them ran out: batch after batch until none is left."""
    late = at + timedelta(minutes=1)
    settings = settings_for(urls[SERVICE])
    service, mine = _drain(
        lambda: database.run(lambda session: sweep_deadlines(Operation(session, late, settings)))
    )
    floor, theirs = _drain(lambda: sweep.sweep(bare, late))
    with database.read() as session:
        written = [
            session.scalar(sa.select(sa.func.count()).select_from(model)) for model in (Breach, LedgerEntry)
        ]
    if not mine == theirs == due or written != [due, due]:
        raise RuntimeError(f"{due} were due, but {mine} and {theirs} were swept, {written} written")
    return Sweep(due_row(due), backend, service[0], floor[0], service[1], floor[1])


def _repeat(times: int, check: Callable[[], object]) -> tuple[float, float]:
    """Median wall time and mean processor time of one check that finds nothing, in milliseconds."""
    for _ in range(max(5, times // 10)):
        assert not check(), "something is due"
    spent = []
    cpu = time.process_time()
    for _ in range(times):
        began = time.perf_counter()
        check()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent) * 1000, (time.process_time() - cpu) * 1000 / times


def _drain(batch: Callable[[], int]) -> tuple[tuple[float, float], int]:
    """Wall and processor time until nothing is due any more, in milliseconds; and how many were swept."""
    total = 0
    began, cpu = time.perf_counter(), time.process_time()
    while done := batch():
        total += done
    return ((time.perf_counter() - began) * 1000, (time.process_time() - cpu) * 1000), total
