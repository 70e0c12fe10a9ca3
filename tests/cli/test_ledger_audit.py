"""``hotline ledger audit``: what was recorded beside what happened, for people, programs and monitoring."""

import json
import sqlite3
from pathlib import Path

from tests.cli.conftest import Hotline


def test_a_ledger_that_is_right_is_said_to_be(seeded: Hotline) -> None:
    done = seeded("ledger", "audit")
    assert done.returncode == 0
    assert "What was recorded is what happened" in done.stdout
    one = seeded("ledger", "audit", "--contract", "200417", "--json")
    assert (one.returncode, json.loads(one.stdout)) == (0, [])


def test_a_contract_that_is_not_there_is_one_clear_line(seeded: Hotline) -> None:
    done = seeded("ledger", "audit", "--contract", "999999")
    assert done.returncode == 1
    assert "There is no contract 999999." in done.stderr


def test_a_difference_is_printed_and_is_status_1(seeded: Hotline, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "hotline.db") as connection:
        connection.execute("UPDATE contract_terms SET time_zone = 'Mars/Olympus'")
    done = seeded("ledger", "audit", "--json")
    assert done.returncode == 1
    assert {row["kind"] for row in json.loads(done.stdout)} == {"unreadable"}
    table = seeded("ledger", "audit", "--contract", "200417")
    assert table.returncode == 1
    assert "Mars" in table.stdout
