"""``hotline self-test``: ring a volunteer now, or say when it last worked."""

import json
import sqlite3
from pathlib import Path

from tests.cli.conftest import Hotline


def volunteer(folder: Path, result: str | None = None) -> None:
    """Bo takes part; with ``result``, the test that is under way came to that."""
    with sqlite3.connect(folder / "hotline.db") as database:
        database.execute("UPDATE users SET volunteer_since = '2026-01-01 00:00:00' WHERE name LIKE 'Bo %'")
        if result is not None:
            done = "UPDATE self_tests SET next_at = NULL, finished_at = started_at, result = ?"
            database.execute(done, (result,))


def test_where_nothing_was_ever_proved_the_status_says_so(seeded: Hotline) -> None:
    done = seeded("self-test", "--status")
    assert (done.returncode, done.stdout) == (1, "Last passed: never, OVERDUE.\nVolunteers: 0.\n")


def test_without_a_volunteer_nothing_is_tested(seeded: Hotline) -> None:
    done = seeded("self-test")
    assert done.returncode == 1
    assert "nobody takes part" in done.stdout


def test_a_volunteer_is_rung_and_the_result_is_known(seeded: Hotline, tmp_path: Path) -> None:
    volunteer(tmp_path)
    begun = seeded("self-test", "--no-wait", "--json")
    assert (begun.returncode, json.loads(begun.stdout)["result"]) == (0, None)
    second = seeded("self-test")
    assert (second.returncode, second.stdout) == (1, "")
    assert "under way already" in second.stderr
    volunteer(tmp_path, "passed")
    status = seeded("self-test", "--status", "--json")
    assert (status.returncode, json.loads(status.stdout)["is_overdue"]) == (0, False)
