"""``hotline statements``: list, draw up, write into files; and what is printed proves the ledger."""

import hashlib
import json
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hotline.clock import ManualClock
from hotline.db.session import Database
from tests.cli.conftest import Hotline
from tests.hotline.house import MADES_CONTRACT, House
from tests.support.statements import enter

JULY = datetime(2026, 7, 10, tzinfo=UTC)


@pytest.fixture
def owing(seeded: Hotline, tmp_path: Path) -> Hotline:
    """Something was entered in July 2026, which is over whenever the command runs."""
    with closing(Database(f"sqlite:///{tmp_path / 'hotline.db'}")) as database:
        house = House(database, ManualClock(JULY))
        house.do(lambda op: enter(op, MADES_CONTRACT, date(2026, 7, 10), 1_234_567))
    return seeded


def test_an_empty_list_says_so(seeded: Hotline) -> None:
    assert "No statement so far." in seeded("statements", "list").stdout
    assert "Nothing to draw up" in seeded("statements", "draw", MADES_CONTRACT).stdout
    result = seeded("statements", "draw", "999999")
    assert (result.returncode, "no such contract" in result.stderr) == (1, True)


def test_they_are_drawn_up_listed_written_and_proved(owing: Hotline, tmp_path: Path) -> None:
    numbers = owing("statements", "draw", MADES_CONTRACT).stdout.strip().split(", ")
    rows = json.loads(owing("statements", "list", "--json").stdout)
    assert sorted(row["number"] for row in rows) == sorted(numbers)
    first = next(row for row in rows if row["from"] == "2026-07-01")
    assert (first["contract"], first["closing_minor"]) == (MADES_CONTRACT, 1_234_567)
    paper, sheet = tmp_path / "a.pdf", tmp_path / "a.csv"
    written = owing("statements", "write", first["number"], "--pdf", str(paper), "--csv", str(sheet))
    assert written.returncode == 0, written.stderr
    assert written.stdout.splitlines() == [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path}" for path in (paper, sheet)
    ]
    last = sheet.read_text(encoding="utf-8-sig").splitlines()[-1].rpartition(",")[2]
    chains = json.loads(owing("ledger", "verify", "--json").stdout)
    assert last in [chain["last_hash"] for chain in chains if chain["contract"] == MADES_CONTRACT]
    assert owing("statements", "write", first["number"]).returncode == 2
    assert owing("statements", "write", "SC-1999-000001", "--pdf", str(paper)).returncode == 1
