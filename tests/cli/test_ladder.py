"""``hotline ladder``: the ladders, and what would happen at a given minute, for people and for programs."""

import json

from tests.cli.conftest import Hotline

DATA = "Data Platform, day and night"


def test_every_ladder_with_its_steps(seeded: Hotline) -> None:
    table = seeded("ladder")
    assert table.returncode == 0, table.stderr
    assert DATA in table.stdout
    assert "0:00 primary (Data Platform)" in table.stdout
    rows = json.loads(seeded("ladder", "--json").stdout)
    assert [row["name"] for row in rows] == [DATA, "Windows Platform, day and night"]


def test_what_would_happen_at_three_on_a_sunday_night(seeded: Hotline) -> None:
    at = ("--at", "2026-11-29T03:00+07:00")
    table = seeded("ladder", DATA, *at)
    assert table.returncode == 0, table.stderr
    assert "Dewi Santoso (primary)" in table.stdout
    assert "the time is over" in table.stdout
    found = json.loads(seeded("ladder", DATA, *at, "--ring-on", "--json").stdout)
    assert found["at"] == "2026-11-28T20:00:00+00:00"
    first, second, *_ = found["steps"]
    assert [one["name"] for one in first["rings"]] == ["Dewi Santoso"]
    assert (first["at"], second["at"]) == ("2026-11-28T20:00:00+00:00", "2026-11-28T20:01:00+00:00")
    assert first["rings"][0]["by"][0]["channel"] == "sms"


def test_the_ladder_of_a_contract_says_what_the_miss_costs(seeded: Hotline) -> None:
    found = json.loads(seeded("ladder", "--contract", "200417", "--json").stdout)
    assert found["fine"]
    assert "which costs" in seeded("ladder", "--contract", "200417").stdout


def test_what_cannot_be_asked_is_one_clear_line(seeded: Hotline) -> None:
    for words, sentence in (
        (("Nobody's",), "There is no ladder called"),
        ((DATA, "--at", "yesterday"), "--at wants a date"),
        ((DATA, "--contract", "200417"), "not both"),
        (("--contract", "999999"), "There is no contract"),
        (("--contract", "200417", "--product", "abacus"), "does not cover"),
        ((DATA, "--product", "sql-server"), "goes with --contract"),
    ):
        answer = seeded("ladder", *words)
        assert answer.returncode == 1
        assert sentence in answer.stderr
        assert "Traceback" not in answer.stderr
