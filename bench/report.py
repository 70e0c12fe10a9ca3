"""The results as tables: ratios first, for they outlive the machine; then the figures."""

import statistics
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.boards import Boards
from bench.lists import Look
from bench.measure import Cell, Comparison
from bench.plan import ACCEPT, FULL, INBOUND, PIN_FREE, SQLITE
from bench.rosters import DAYS, LAYERS, WHO, RosterCost
from bench.sweeps import Sweep, due_row

# What a webhook may cost the processors beside the floor, and the sweep in milliseconds.
CPU_AIMS = {SQLITE: 2.5}
POSTGRESQL_CPU_AIM = 3.0
DUE_AIMS_MS = {SQLITE: 200.0}
POSTGRESQL_DUE_AIM_MS = 500.0
IDLE_AIMS_MS = {SQLITE: 0.01}
POSTGRESQL_IDLE_AIM_MS = 0.5
# A schedule of a hundred teams, and who is on call in one layer, which a webhook asks.
SCHEDULE_AIM_MS, ON_CALL_AIM_MS = 1000.0, 1.0
# From a commit until 95 of 100 boards show it.
BOARDS_AIM_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Noise:
    """A fixed piece of arithmetic, timed between the measurements, and the machine's load."""

    calibrations_ms: list[float]
    load_before: float
    load_after: float

    @property
    def spread(self) -> float:
        """The slowest by the fastest; 1 on a machine that is ours alone."""
        return max(self.calibrations_ms) / min(self.calibrations_ms)

    def sentence(self) -> str:
        """What to think of the figures."""
        return (
            f"Machine noise: the same arithmetic took {min(self.calibrations_ms):.0f} to"
            f" {max(self.calibrations_ms):.0f} ms between the measurements ({self.spread:.1f}x); load average"
            f" {self.load_before:.1f} before and {self.load_after:.1f} after. Trust CPU ratios first."
        )


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that one run measured."""

    machine: str
    method: str
    argon2_ms: float
    noise: Noise
    webhooks: list[Comparison]
    sweeps: list[Sweep]
    boards: list[Boards]
    looks: list[Look]
    rosters: list[RosterCost]

    def figures(self) -> dict[str, Any]:
        """Everything, for programs."""
        return {
            "machine": self.machine,
            "method": self.method,
            "argon2_ms": self.argon2_ms,
            "noise": {
                "calibrations_ms": self.noise.calibrations_ms,
                "load": [self.noise.load_before, self.noise.load_after],
            },
            "webhooks": [row.figures() for row in self.webhooks],
            "sweeps": [row.figures() for row in self.sweeps],
            "boards": [row.figures() for row in self.boards],
            "looks": [row.figures() for row in self.looks],
            "rosters": [row.figures() for row in self.rosters],
        }


def show(results: Results) -> None:
    """Print it all."""
    console = Console(width=126)
    console.print(results.machine, highlight=False)
    console.print(results.method, highlight=False)
    tables = (_ratios, _sweeps, _boards, _looks, _rosters, _absolute)
    for table in (draw(results) for draw in tables):
        console.print()
        console.print(table)
    console.print()
    console.print(
        f"One check of a PIN with Argon2 costs {results.argon2_ms:.1f} ms of a processor by itself.",
        highlight=False,
    )
    console.print(results.noise.sentence(), highlight=False)


def _ratios(results: Results) -> Table:
    table = _table(
        "Webhooks: the service as a multiple of the floor",
        *("webhook", "database", "throughput", "p50", "p99", "CPU", "CPU by round (n)", "aim for CPU"),
    )
    for row in results.webhooks:
        throughput, _low, _high = row.ratio(lambda cell: cell.requests_per_second)
        cpu, lowest, highest = row.ratio(lambda cell: cell.cpu_ms)
        aim = CPU_AIMS.get(row.backend, POSTGRESQL_CPU_AIM)
        judged = row.webhook in (INBOUND, PIN_FREE, ACCEPT)
        table.add_row(
            row.webhook,
            row.backend,
            f"{throughput:.2f}x",
            f"{row.service.percentile(0.5) / row.floor.percentile(0.5):.1f}x",
            f"{row.service.percentile(0.99) / row.floor.percentile(0.99):.1f}x",
            f"{cpu:.1f}x",
            f"{lowest:.1f} to {highest:.1f} ({len(row.service.cpu_ms)})",
            f"{aim}x: {_verdict(cpu <= aim)}" if judged else "",
        )
    return table


def _sweeps(results: Results) -> Table:
    table = _table(
        "Sweep of the deadlines: the service as a multiple of the floor, and milliseconds",
        *("sweep", "database", "time", "CPU", "service ms", "floor ms", "aim in ms"),
    )
    for row in results.sweeps:
        due = row.what.endswith("at once")
        aims, other = (DUE_AIMS_MS, POSTGRESQL_DUE_AIM_MS) if due else (IDLE_AIMS_MS, POSTGRESQL_IDLE_AIM_MS)
        aim = aims.get(row.backend, other)
        table.add_row(
            row.what,
            row.backend,
            f"{row.ratio:.1f}x",
            f"{row.cpu_ratio:.1f}x",
            _ms(row.service_ms),
            _ms(row.floor_ms),
            f"{aim:g}: {_verdict(row.service_ms <= aim)}" if not due or row.what == due_row(FULL.due) else "",
        )
    return table


def _boards(results: Results) -> Table:
    table = _table(
        "Open boards: seconds from a commit until a board shows it, and what asking costs",
        *(
            "boards",
            "database",
            "median",
            "p95",
            "slowest",
            "aim",
            "asks/s",
            "same",
            "ask p95 ms",
        ),
        *("CPU", "of PostgreSQL"),
    )
    for row in results.boards:
        table.add_row(
            f"{row.boards} boards of {row.incidents}",
            row.backend,
            *(f"{value:.2f}" for value in (row.median_seconds, row.p95_seconds, row.slowest_seconds)),
            f"{BOARDS_AIM_SECONDS:g}: {_verdict(row.p95_seconds <= BOARDS_AIM_SECONDS)}",
            f"{row.asked_per_second:.0f}",
            f"{row.unchanged_share:.0%}",
            _ms(row.ask_p95_ms),
            f"{row.cpu_share:.0%}",
            "" if row.backend == SQLITE else f"{row.database_cpu_share:.0%}",
        )
    return table


def _looks(results: Results) -> Table:
    table = _table(
        "Lists: the service as a multiple of its statements alone, and milliseconds",
        *("look", "database", "time", "service ms", "floor ms"),
    )
    for row in results.looks:
        table.add_row(row.what, row.backend, f"{row.ratio:.1f}x", _ms(row.service_ms), _ms(row.floor_ms))
    return table


def _rosters(results: Results) -> Table:
    table = _table(
        f"Rosters: {DAYS} days of {LAYERS} layers a team, and who is on call in one; no database in it",
        *("rosters", "by", "CPU", "service ms", "floor ms", "aim in ms"),
    )
    for row in results.rosters:
        aim = ON_CALL_AIM_MS if row.what == WHO else SCHEDULE_AIM_MS
        verdict = f"{aim:g}: {_verdict(row.service_ms <= aim)}"
        table.add_row(
            row.what, "routing", f"{row.ratio:.1f}x", _ms(row.service_ms), _ms(row.floor_ms), verdict
        )
    return table


def _absolute(results: Results) -> Table:
    table = _table(
        "Webhooks, absolute: milliseconds; CPU is that of the web processes (and of PostgreSQL's)",
        *("webhook", "database", "by", "req/s", "p50", "p99", "CPU", "CPU of PostgreSQL"),
    )
    for row in results.webhooks:
        for name, cell in (("service", row.service), ("floor", row.floor)):
            table.add_row(row.webhook, row.backend, name, *_figures(cell, row.backend))
    return table


def _figures(cell: Cell, backend: str) -> list[str]:
    medians = map(statistics.median, (cell.requests_per_second, cell.cpu_ms, cell.database_cpu_ms))
    throughput, cpu, database = medians
    own = [f"{throughput:.0f}", _ms(cell.percentile(0.5)), _ms(cell.percentile(0.99)), _ms(cpu)]
    return [*own, "" if backend == SQLITE else _ms(database)]


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number < 2 or column == "by" else "right")
    return table


def _ms(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _verdict(met: bool) -> str:
    return "met" if met else "missed"
