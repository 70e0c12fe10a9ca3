"""Walking by key: every row once, in one order, whatever is equal, empty or new."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hotline.services.lists import keyset, page
from tests.hotline.services.lists.things import FIRST, LIST, THINGS, question

MOMENTS = st.none() | st.integers(0, 3).map(lambda number: FIRST + timedelta(microseconds=number))
DAYS = st.none() | st.integers(0, 2).map(lambda number: (FIRST + timedelta(days=number)).date())
WORDS = st.none() | st.sampled_from(["", "a", "a-b", "ab", "B", "é", "z"])
ROWS = st.lists(
    st.fixed_dictionaries({"id": st.uuids(), "at": MOMENTS, "day": DAYS, "word": WORDS}),
    max_size=12,
    unique_by=lambda row: row["id"],
)
QUESTIONS = st.fixed_dictionaries(
    {"sort": st.sampled_from(sorted(LIST.sorts)), "dir": st.sampled_from(["asc", "desc"])},
    optional={"word": st.sampled_from(["a", "ab", "never"])},
)
many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def fill(op, rows):
    op.session.execute(sa.delete(THINGS))
    add(op, rows)


def add(op, rows):
    if rows:
        op.session.execute(sa.insert(THINGS), rows)


def expected(rows, asked):
    """The rows in order: by value and id, one way or the other, and those without a value behind."""
    fits = [row for row in rows if "word" not in asked or row["word"] == asked["word"]]
    column, down = asked["sort"], asked["dir"] == "desc"

    def key(row):
        value = row[column]
        return (value.encode() if isinstance(value, str) else value), row["id"].hex

    valued = sorted((row for row in fits if row[column] is not None), key=key, reverse=down)
    empty = sorted((row for row in fits if row[column] is None), key=lambda row: row["id"].hex, reverse=down)
    return [row["id"] for row in valued + empty]


def forwards(shelf, asked, size, between=lambda number: None):
    """Every page from the first on: ids, and the cursor before the last page."""
    pages, cursor = [], None
    while True:
        with shelf() as op:
            found = page(op, question(**asked, **({"after": cursor} if cursor else {})), size)
        pages.append(found)
        if found.after is None:
            return pages
        cursor = found.after
        between(len(pages))


def backwards(shelf, asked, size, last):
    pages, cursor = [last], last.before
    while cursor is not None:
        with shelf() as op:
            found = page(op, question(**asked, before=cursor), size)
        pages.insert(0, found)
        cursor = found.before
    return pages


def ids(pages):
    return [row.id for found in pages for row in found.rows]


@many
@given(rows=ROWS, asked=QUESTIONS, size=st.integers(1, 5))
def test_forwards_and_back_again_gives_every_row_once_in_the_same_order(shelf, rows, asked, size):
    with shelf.writing() as op:
        fill(op, rows)
    there = forwards(shelf, asked, size)
    assert ids(there) == expected(rows, asked)
    assert all(len(found.rows) == size for found in there[:-1])
    assert [found.rows for found in backwards(shelf, asked, size, there[-1])] == [
        found.rows for found in there
    ]


@many
@given(rows=ROWS, new=ROWS, asked=QUESTIONS, size=st.integers(1, 4), way=st.booleans())
def test_what_is_written_between_two_pages_moves_no_old_row(shelf, rows, new, asked, size, way):
    old = {row["id"] for row in rows}
    assume(not old & {row["id"] for row in new})
    with shelf.writing() as op:
        fill(op, rows)

    def meanwhile(_number):
        with shelf.writing() as op:
            add(op, [new.pop()] if new else [])

    seen = ids(forwards(shelf, asked, size, meanwhile))
    assert [row_id for row_id in seen if row_id in old] == expected(rows, asked)
    assert len(seen) == len(set(seen))


@many
@given(rows=ROWS, asked=QUESTIONS, size=st.integers(1, 5))
def test_parts_of_a_file_give_every_row_once(shelf, rows, asked, size):
    with shelf.writing() as op:
        fill(op, rows)
    found, place = [], None
    while True:
        with shelf() as op:
            part, place = keyset.chunk(op, question(**asked), place, size)
        found += part
        if place is None:
            break
    assert [row.id for row in found] == expected(rows, asked)


def test_a_page_whose_rows_have_gone_is_empty_and_leads_nowhere(shelf):
    with shelf.writing() as op:
        fill(op, [{"id": uuid.UUID(int=number), "at": FIRST, "day": None, "word": "a"} for number in (1, 2)])
    with shelf() as op:
        cursor = page(op, question(), 1).after
    with shelf.writing() as op:
        fill(op, [])
    with shelf() as op:
        assert page(op, question(after=cursor), 1) == keyset.Page([], None, None)


def test_a_page_takes_two_statements_at_most(shelf, database):
    with shelf.writing() as op:
        fill(op, [{"id": uuid.UUID(int=number), "at": None, "day": None, "word": "a"} for number in range(5)])
    statements = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    with shelf() as op:
        assert len(page(op, question(), 3).rows) == 3
    assert len(statements) == 2
    assert not any("count(" in text for text in statements)


def test_a_question_with_a_problem_is_not_answered(shelf):
    with shelf() as op, pytest.raises(ValueError, match="has problems"):
        page(op, question(sort="nonsense"))
