"""``hotline on-call``: who answers, now or at an instant, for people and for programs."""

import json

from tests.cli.conftest import Hotline


def test_everybody_on_call_as_a_table_and_as_json(seeded: Hotline) -> None:
    table = seeded("on-call")
    assert table.returncode == 0, table.stderr
    assert "Data Platform" in table.stdout
    assert "Siti Rahmawati" in table.stdout
    rows = json.loads(seeded("on-call", "--json").stdout)
    assert {(row["team"], row["layer"]) for row in rows} >= {
        ("Data Platform", "primary"),
        ("Windows Platform", "backup"),
    }
    assert all(row["name"] for row in rows)


def test_one_team_at_one_instant(seeded: Hotline) -> None:
    """A week apart the two who share the primary's rotation have changed places."""

    def primary(at: str) -> dict[str, object]:
        answer = seeded("on-call", "--team", "Data Platform", "--at", at, "--json")
        first: dict[str, object] = json.loads(answer.stdout)[0]
        return first

    before, after = primary("2026-11-23T08:59+07:00"), primary("2026-11-23T09:00+07:00")
    assert (before["name"], after["name"]) == ("Mei Tan", "Dewi Santoso")
    assert before["until"] == after["since"] == "2026-11-23T02:00:00+00:00"


def test_what_cannot_be_asked_is_one_clear_line(seeded: Hotline) -> None:
    for words, sentence in (
        (("--team", "Nobody's"), "There is no team called"),
        (("--at", "yesterday"), "--at wants a date"),
        (("--at", "2026-11-23T09:00"), "--at wants a date"),
        (("--at", "0001-01-01T00:00+14:00"), "--at wants a date"),
    ):
        answer = seeded("on-call", *words)
        assert answer.returncode == 1
        assert sentence in answer.stderr
        assert "Traceback" not in answer.stderr
