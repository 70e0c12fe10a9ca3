"""``hotline incidents`` with a reference: one incident, however its number was given."""

import json
from collections.abc import Iterator

import pytest

from hotline.clock import SystemClock
from hotline.db.session import Database
from hotline.services.response.references import is_valid
from tests.cli.conftest import Hotline
from tests.hotline.house import House


@pytest.fixture
def reference(seeded: Hotline, environment: dict[str, str]) -> Iterator[str]:
    """The reference of an incident in the database of the command."""
    database = Database(environment["HOTLINE_DATABASE_URL"])
    house = House(database, SystemClock())  # type: ignore[arg-type]
    yield house.report().reference
    database.close()


def test_one_incident_is_told_from_top_to_bottom(seeded: Hotline, reference: str) -> None:
    shown = seeded("incidents", reference).stdout
    assert shown.startswith(f"{reference}  Nusantara Securities  SQL Server")
    for words in ("respond by", "not told yet", "at stake", "The incident was opened", "ACK •••"):
        assert words in shown


def test_the_dash_may_be_missing(seeded: Hotline, reference: str) -> None:
    bare = reference.replace("-", "")
    assert seeded("incidents", bare).stdout == seeded("incidents", reference).stdout
    lines = json.loads(seeded("incidents", bare, "--json").stdout)
    assert {"at", "group", "kind", "text", "became", "body"} <= set(lines[0])


def test_a_slip_is_helped_with(seeded: Hotline, reference: str) -> None:
    digits = reference.replace("-", "")
    result = seeded("incidents", digits[:-1])
    assert result.returncode == 1
    assert f"Did you mean {reference}?" in result.stderr
    wrong_one = next(digit * 5 for digit in "123456789" if not is_valid(digit * 5))
    wrong = seeded("incidents", wrong_one)
    assert wrong.returncode == 1
    assert "check digit" in wrong.stderr
