"""Lists as files: every row that fits, exact, harmless, in parts."""

import csv
import io
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from hotline.services.lists.export import as_csv, cell
from tests.hotline.services.lists.things import FIRST, THINGS, question


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "true"),
        (-5, "-5"),
        (Decimal("-0.05"), "-0.05"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 22, 22, 0, 0, 1000, timezone(timedelta(hours=7))), "2026-11-22T15:00:00.001Z"),
        (datetime(2026, 11, 22, tzinfo=UTC), "2026-11-22T00:00:00.000Z"),
        ("plain", "plain"),
        ("4821-7", "4821-7"),
        ("well; then", "well; then"),
        ("a;=1+1", "a;'=1+1"),
        ('a; "@SUM(1)', "a;' \"@SUM(1)"),
        ("a\t-1\n+2\r\n＝3", "a\t'-1\n'+2\r\n'＝3"),
        *((sign + "1", "'" + sign + "1") for sign in "=+-@\t\r\n＝＋－＠"),
    ],
)
def test_a_value_is_written_one_way(value, written):
    assert cell(value) == written


@given(st.text())
def test_no_text_begins_like_a_formula(text):
    assert not cell(text).startswith(tuple("=+-@\t\r\n"))


def test_a_file_has_every_row_whatever_the_size_of_its_parts(shelf):
    rows = [
        {"id": uuid.UUID(int=number), "at": FIRST if number % 3 else None, "day": None, "word": 'say "a, b"'}
        for number in range(7)
    ]
    with shelf.writing() as op:
        op.session.execute(sa.insert(THINGS), rows)
    whole = "".join(as_csv(shelf, question(), 100))
    assert whole.startswith("\ufeffid,word\r\n")
    for size in (1, 2, 3, 7):
        assert "".join(as_csv(shelf, question(), size)) == whole
    read = list(csv.reader(io.StringIO(whole.removeprefix("\ufeff"), newline="")))
    assert len(read) == 8
    assert read[1][1] == 'say "a, b"'


def test_a_part_is_read_when_it_is_wanted_and_no_transaction_waits_for_the_reader(shelf):
    opened = []

    def reading():
        opened.append(1)
        return shelf()

    with shelf.writing() as op:
        op.session.execute(
            sa.insert(THINGS),
            [{"id": uuid.UUID(int=number), "at": FIRST, "day": None, "word": "a"} for number in range(6)],
        )
    parts = as_csv(reading, question(), 2)
    next(parts)
    assert opened == []
    next(parts)
    assert len(opened) == 1
    with shelf.writing() as op:
        op.session.execute(sa.delete(THINGS))
    assert list(parts) == []


def test_a_question_with_a_problem_makes_no_file(shelf):
    with pytest.raises(ValueError, match="has problems"):
        as_csv(shelf, question(sort="nonsense"))
