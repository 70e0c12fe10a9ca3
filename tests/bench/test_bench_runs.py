"""The benchmark runs and leaves nothing out. What it measures is not judged here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.lists import LOOKS
from bench.plan import BACKENDS, QUICK, WEBHOOKS
from bench.rosters import ROWS
from bench.sweeps import due_row, idle_row

pytestmark = [pytest.mark.slow, pytest.mark.postgresql, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]
SWEEPS = [idle_row(QUICK.few_clocks), idle_row(QUICK.many_clocks), due_row(QUICK.due)]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, list[dict[str, object]]]]:
    """What a smoke run printed, and the figures that it wrote."""
    file = tmp_path_factory.mktemp("bench") / "figures.json"
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--json", str(file)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, json.loads(file.read_text())


def test_every_webhook_is_printed_beside_its_floor(
    run: tuple[str, dict[str, list[dict[str, object]]]],
) -> None:
    printed, figures = run
    wanted = [(webhook, backend) for backend in BACKENDS for webhook in WEBHOOKS]
    assert [(row["webhook"], row["database"]) for row in figures["webhooks"]] == wanted
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in printed.splitlines()]
    for webhook, backend in wanted:
        assert sum(row[:2] == [webhook, backend] for row in cells) == 3  # the ratios, the service, the floor
        assert [webhook, backend, "service"] in [row[:3] for row in cells]
        assert [webhook, backend, "floor"] in [row[:3] for row in cells]


def test_every_sweep_is_printed_beside_its_floor(run: tuple[str, dict[str, list[dict[str, object]]]]) -> None:
    printed, figures = run
    wanted = [(sweep, backend) for backend in BACKENDS for sweep in SWEEPS]
    assert [(row["sweep"], row["database"]) for row in figures["sweeps"]] == wanted
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in printed.splitlines()]
    assert [tuple(row[:2]) for row in cells if tuple(row[:2]) in wanted] == wanted


def test_the_rosters_are_printed(run: tuple[str, dict[str, list[dict[str, object]]]]) -> None:
    printed, figures = run
    assert [row["rosters"] for row in figures["rosters"]] == [*ROWS]
    assert all(row in printed for row in ROWS)


def test_the_open_boards_are_printed(run: tuple[str, dict[str, list[dict[str, object]]]]) -> None:
    printed, figures = run
    assert [(row["boards"], row["database"]) for row in figures["boards"]] == [
        (QUICK.boards, backend) for backend in BACKENDS
    ]
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in printed.splitlines()]
    for backend in BACKENDS:
        assert [f"{QUICK.boards} boards of {QUICK.shown}", backend] in [row[:2] for row in cells]


def test_every_look_at_a_list_is_printed(run: tuple[str, dict[str, list[dict[str, object]]]]) -> None:
    printed, figures = run
    wanted = [(look, backend) for backend in BACKENDS for look in LOOKS]
    assert [(row["look"], row["database"]) for row in figures["looks"]] == wanted
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in printed.splitlines()]
    assert [tuple(row[:2]) for row in cells if tuple(row[:2]) in wanted] == wanted


def test_it_says_how_noisy_the_machine_was_and_what_argon2_costs(
    run: tuple[str, dict[str, list[dict[str, object]]]],
) -> None:
    printed, _figures = run
    assert "Machine noise: the same arithmetic took" in printed
    assert "One check of a PIN with Argon2 costs" in printed
