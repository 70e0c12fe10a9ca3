"""``python -m bench``: measure the service beside the floor, and print what came out."""

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

from bench.boards import boards
from bench.lists import looks
from bench.measure import argon2_ms, calibration_ms, webhooks
from bench.plan import BACKENDS, CONNECTIONS, FULL, QUICK, THREADS, WORKERS, Scale
from bench.report import Noise, Results, show
from bench.rosters import rosters
from bench.stores import STORES
from bench.sweeps import sweeps


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a smoke run: every row, no figure to be trusted"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to FILE as well")
    arguments = parser.parse_args()
    results = measure(QUICK if arguments.quick else FULL)
    if arguments.quick:
        print("A smoke run: it shows that everything runs, and no figure of it is to be trusted.")
    show(results)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(results.figures(), indent=2) + "\n")


def measure(scale: Scale) -> Results:
    """Measure everything."""
    calibrations = [calibration_ms()]

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)
        calibrations.append(calibration_ms())

    before = os.getloadavg()[0]
    compared, swept, watched, looked, versions = [], [], [], [], []
    drawn = rosters(scale, say)
    for backend in BACKENDS:
        with (
            tempfile.TemporaryDirectory(prefix="hotline-bench-") as directory,
            STORES[backend](Path(directory)) as store,
        ):
            compared += webhooks(store, scale, say)
            swept += sweeps(store, scale, say)
            watched.append(boards(store, scale, say))
            looked += looks(store, scale, say)
            versions.append(store.version())
    return Results(
        f"{os.cpu_count()} processors, Python {platform.python_version()}, SQLite {versions[0]}"
        f" (synchronous FULL), PostgreSQL {versions[1]} (fsync and synchronous_commit on)",
        f"gunicorn gthread, {WORKERS} processes of {THREADS} threads; {CONNECTIONS} connections, kept alive,"
        f" from a process of their own; up to {scale.rounds} rounds, the service and the floor in turn",
        argon2_ms(scale.idle_checks // 10),
        Noise(calibrations, before, os.getloadavg()[0]),
        compared,
        swept,
        watched,
        looked,
        drawn,
    )


if __name__ == "__main__":
    main()
