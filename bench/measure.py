"""Measuring the webhooks: the service and the floor in turn, so that both meet the same weather."""

import statistics
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa

from bench.load import send
from bench.plan import CONNECTIONS, PIN_STEP, WEBHOOKS, Scale
from bench.seed import Prepared, seed_calls
from bench.servers import Server, serving
from bench.stores import Store
from bench.webhooks import MARKERS, on_the_wire
from hotline.db.base import Base
from hotline.db.session import Database
from hotline.services import pins

SERVICE, FLOOR = "service", "floor"
_FEWEST_ROUNDS = 2
Say = Callable[[str], None]


@dataclass(slots=True)
class Cell:
    """What one side did with one webhook; a number a round, latencies of all rounds together."""

    requests_per_second: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    database_cpu_ms: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """A percentile of the latencies, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


@dataclass(frozen=True, slots=True)
class Comparison:
    """A webhook on a database, by the service and by the floor."""

    webhook: str
    backend: str
    service: Cell
    floor: Cell

    def ratio(self, of: Callable[[Cell], list[float]]) -> tuple[float, float, float]:
        """Median, lowest and highest of the rounds' ratios, service by floor."""
        ratios = [mine / least for mine, least in zip(of(self.service), of(self.floor), strict=True)]
        return statistics.median(ratios), min(ratios), max(ratios)

    def figures(self) -> dict[str, Any]:
        """Everything, for programs."""
        return {
            "webhook": self.webhook,
            "database": self.backend,
            "rounds": len(self.service.cpu_ms),
            "ratios": {
                "requests_per_second": self.ratio(lambda cell: cell.requests_per_second),
                "p50": self.service.percentile(0.5) / self.floor.percentile(0.5),
                "p99": self.service.percentile(0.99) / self.floor.percentile(0.99),
                "cpu": self.ratio(lambda cell: cell.cpu_ms),
            },
            SERVICE: _absolute(self.service),
            FLOOR: _absolute(self.floor),
        }


def _absolute(cell: Cell) -> dict[str, float]:
    return {
        "requests": len(cell.latencies),
        "requests_per_second": statistics.median(cell.requests_per_second),
        "p50_ms": cell.percentile(0.5),
        "p99_ms": cell.percentile(0.99),
        "cpu_ms": statistics.median(cell.cpu_ms),
        "database_cpu_ms": statistics.median(cell.database_cpu_ms),
    }


def webhooks(store: Store, scale: Scale, say: Say) -> list[Comparison]:
    """Every webhook on one database. The two sides have a copy each and take turns, round by round."""
    prepared = store.seeded("calls", partial(seed_calls, scale=scale))
    urls = {side: store.copy("calls", side) for side in (SERVICE, FLOOR)}
    cells = {name: {SERVICE: Cell(), FLOOR: Cell()} for name in WEBHOOKS}
    with (
        serving("bench.served:create_service", urls[SERVICE]) as service,
        serving("bench.floor.app:create_app", urls[FLOOR]) as floor,
    ):
        began = time.monotonic()
        for number in range(scale.rounds):
            if number >= _FEWEST_ROUNDS and time.monotonic() - began > scale.patience_seconds:
                break
            for name in WEBHOOKS:
                say(f"{store.backend}, round {number + 1} of {scale.rounds}: {name}")
                size = scale.warm_up + scale.requests[name]
                calls = prepared[name][number * size : (number + 1) * size]
                turns = [(SERVICE, service), (FLOOR, floor)]
                for side, server in turns if number % 2 == 0 else reversed(turns):
                    _round(cells[name][side], server, store, name, calls, scale.warm_up)
    _check_that_both_wrote_the_same(urls)
    return [Comparison(name, store.backend, cells[name][SERVICE], cells[name][FLOOR]) for name in WEBHOOKS]


def _check_that_both_wrote_the_same(urls: dict[str, str]) -> None:
    """A floor that leaves something out would be no floor: both have as many rows in every table."""
    counts = {side: _rows(url) for side, url in urls.items()}
    if counts[SERVICE] != counts[FLOOR]:
        raise RuntimeError(f"the service and the floor left different rows: {counts}")


def _rows(url: str) -> dict[str, int]:
    with closing(Database(url)) as database, database.read() as session:
        return {
            name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def _round(cell: Cell, server: Server, store: Store, name: str, calls: list[Prepared], warm_up: int) -> None:
    requests = [on_the_wire(name, call) for call in calls]
    before: list[float] = []
    load = send(
        server.port,
        CONNECTIONS,
        requests[:warm_up],
        requests[warm_up:],
        MARKERS[name],
        lambda: before.extend((server.cpu_seconds(), store.cpu_seconds())),
    )
    count = len(load.latencies)
    cell.cpu_ms.append((server.cpu_seconds() - before[0]) * 1000 / count)
    cell.database_cpu_ms.append((store.cpu_seconds() - before[1]) * 1000 / count)
    cell.requests_per_second.append(count / load.seconds)
    cell.latencies.extend(load.latencies)


def argon2_ms(times: int) -> float:
    """The processor time of one check of a PIN, alone."""
    hashed = pins.hash_secret(PIN_STEP)
    spent = []
    for _ in range(times):
        began = time.process_time()
        pins.matches(hashed, PIN_STEP)
        spent.append(time.process_time() - began)
    return statistics.median(spent) * 1000


def calibration_ms() -> float:
    """Wall time of a fixed piece of arithmetic: how much of a processor there is for us just now."""
    began = time.perf_counter()
    total = 0
    for number in range(1_000_000):
        total += number * number
    return (time.perf_counter() - began) * 1000
