"""``hotline terms`` and ``hotline quote``: what is promised, what misses cost, and what support costs."""

import json

import pytest

from tests.cli.conftest import Hotline


def test_what_a_contract_promises_and_what_misses_cost(seeded: Hotline) -> None:
    table = seeded("terms", "310522")
    assert table.returncode == 0, table.stderr
    for words in (
        "1 (in force)",
        "EUR 260,000.00",
        "miss 4",
        "EUR 80,000.00",
        "89.9 % in time",
        "EUR 13,000.00",
    ):
        assert words in table.stdout
    (version,) = json.loads(seeded("terms", "310522", "--json").stdout)
    assert version["misses_minor"] == [2_500_000, 4_000_000, 4_000_000, 8_000_000, 8_000_000, 8_000_000]
    assert version["attainments"][-1] == {"basis_points": 7_500, "credit_minor": 2_600_000}


def test_a_contract_that_is_not_there_is_one_clear_line(seeded: Hotline) -> None:
    answer = seeded("terms", "999999")
    assert (answer.returncode, answer.stderr) == (1, "hotline: There is no contract 999999.\n")


def test_a_quote_with_its_arithmetic(seeded: Hotline) -> None:
    table = seeded(
        "quote", "--plan", "premier-plus", "sql-server=3", "windows-server=2", "--on", "2026-11-22"
    )
    assert table.returncode == 0, table.stderr
    for words in ("2 x USD 200,000.00 = USD 400,000.00", "USD 710,000.00"):
        assert words in table.stdout
    found = json.loads(seeded("quote", "sql-server=1", "--json", "--on", "2026-11-22").stdout)
    assert (found["annual_fee"], found["plan"]) == (20_000_000, "premier_plus")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("sqlserver=3",), "There is no product 'sqlserver'. Did you mean sql-server?"),
        (("abacus=3",), "There is no product 'abacus'. There are: sql-server, windows-server."),
        (("sql-server",), "write sql-server=3, say"),
        (("sql-server=0",), "is no product with its instances"),
        (("sql-server=-1",), "is no product with its instances"),
        (("sql-server=1", "sql-server=2"), "stands there twice"),
        (("sql-server=1", "--plan", "premier-puls"), "Did you mean premier-plus?"),
        (("sql-server=1", "--plan", "premier"), "move up the base plan first"),
        (("sql-server=1", "--on", "soon"), "--on wants a day"),
        (("sql-server=1", "--currency", "eur"), "No rate card in EUR is in force"),
    ],
)
def test_what_cannot_be_quoted_is_one_clear_line(
    seeded: Hotline, words: tuple[str, ...], sentence: str
) -> None:
    answer = seeded("quote", *words)
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr
