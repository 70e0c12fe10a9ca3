"""``hotline ledger`` and ``hotline ledger verify``: every entry, and the proof that none was changed."""

import json
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from hotline.clock import ManualClock
from hotline.db.models import Contract, EntryKind, LedgerEntry, User
from hotline.db.session import Database
from hotline.services.ledger import adjustments
from tests.cli.conftest import Hotline
from tests.conftest import NIGHT
from tests.hotline.house import House
from tests.hotline.services.ledger.books import entries, limited, miss, wanted


@pytest.fixture
def fined(seeded: Hotline, tmp_path: Path) -> list[LedgerEntry]:
    """Two fines and a waiver in the database that the command uses; all entries."""
    with closing(Database(f"sqlite:///{tmp_path / 'hotline.db'}")) as database:
        house = limited(House(database, ManualClock(NIGHT)))
        first, _second = miss(house, 2)
        what = wanted(first, EntryKind.WAIVER, -1)
        house.do(lambda op: adjustments.ask(op, op.session.scalars(sa.select(User)).first(), what))
        return entries(house)


def number(tmp_path: Path, entry: LedgerEntry) -> str:
    with closing(Database(f"sqlite:///{tmp_path / 'hotline.db'}")) as database, database.read() as session:
        return session.get_one(Contract, entry.contract_id).number


def test_entries_say_who_asked_and_what_they_are_about(seeded: Hotline, fined: list[LedgerEntry]) -> None:
    rows = json.loads(seeded("ledger", "--json").stdout)
    waiver = next(row for row in rows if row["kind"] == "waiver")
    assert (waiver["sequence"], waiver["refers_to"], waiver["amount_minor"]) == (3, 1, -1)
    assert waiver["requested_by"] == waiver["approved_by"] != ""
    assert waiver["reason"] == "They were told by letter."
    assert (waiver["hash"], waiver["previous_hash"]) == (fined[2].hash, fined[1].hash)
    shown = seeded("ledger").stdout
    assert "waiver" in shown
    assert "is waived" in " ".join(shown.split())


def test_a_whole_ledger_is_proved_with_a_line_for_each_contract(
    seeded: Hotline, fined: list[LedgerEntry], tmp_path: Path
) -> None:
    contract = number(tmp_path, fined[0])
    result = seeded("ledger", "verify", "--expect", f"{contract}:{fined[1].hash.upper()}")
    assert result.returncode == 0, result.stdout + result.stderr
    (line,) = [line for line in result.stdout.splitlines() if line.startswith(contract)]
    assert line == f"{contract}  whole  3 entries  USD 149,999.99  {fined[2].hash}"


def test_a_broken_one_is_named_and_the_status_is_1(
    seeded: Hotline, fined: list[LedgerEntry], tmp_path: Path
) -> None:
    contract = number(tmp_path, fined[0])
    with closing(Database(f"sqlite:///{tmp_path / 'hotline.db'}")) as database, database.write() as session:
        session.execute(sa.text("DROP TRIGGER ledger_entries_no_update"))
        session.execute(sa.text("UPDATE ledger_entries SET amount = 1 WHERE sequence = 2"))
    result = seeded("ledger", "verify")
    assert result.returncode == 1
    assert f"{contract}  BROKEN" in result.stdout
    assert "entry 2: its amount is not that of its record" in result.stdout
    found = json.loads(seeded("ledger", "verify", "--json", "--expect", f"{contract}:{'0' * 64}").stdout)
    (chain,) = [chain for chain in found if chain["contract"] == contract]
    assert chain["is_whole"] is False
    assert {fault["sequence"] for fault in chain["faults"]} >= {2, None}


def test_an_empty_ledger_has_nothing_to_prove(seeded: Hotline) -> None:
    assert "nothing to verify" in seeded("ledger", "verify").stdout


def test_a_hash_that_is_none_is_refused(seeded: Hotline) -> None:
    result = seeded("ledger", "verify", "--expect", "200417:abc")
    assert result.returncode == 1
    assert "is no CONTRACT:HASH" in result.stderr
