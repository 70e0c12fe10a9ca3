"""The lists are walked by an index: SQLite sorts no table for the first page or for one in the middle."""

import contextlib
import uuid
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from hotline.db.session import Database
from hotline.services.lists import CALLS, INCIDENTS, LEDGER, MESSAGES, ask, page
from hotline.services.lists.cursors import Place, encode
from hotline.services.operation import Operation
from tests.hotline.house import make_settings

WALKS = [
    (listing, sort)
    for listing in (INCIDENTS, CALLS, MESSAGES, LEDGER)
    for sort in listing.sorts
    if sort != "customer"
]
PLACE = Place(datetime(2026, 11, 22, tzinfo=UTC), uuid.UUID(int=7))


@pytest.mark.parametrize(("listing", "sort"), WALKS, ids=lambda value: getattr(value, "name", value))
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_a_page_is_read_in_the_order_of_an_index(sqlite_url, clock, listing, sort, direction):
    with contextlib.closing(Database(sqlite_url)) as database:
        for start in ({}, {"after": encode(listing.name, sort, PLACE)}):
            asked = {"sort": sort, "dir": direction, **start}
            for plan in plans(database, clock, listing, asked):
                assert not [step for step in plan if "TEMP B-TREE" in step], plan


def plans(database, clock, listing, asked):
    """How SQLite goes about each statement of a page."""
    statements = []

    def note(_connection, _cursor, text, values, *_):
        statements.append((text, values))

    sa.event.listen(database.engine, "before_cursor_execute", note)
    with database.read() as session:
        page(
            Operation(session, clock.now(), make_settings(sqlite_url_of(database))),
            ask(listing, asked, ZoneInfo("UTC")),
        )
    sa.event.remove(database.engine, "before_cursor_execute", note)
    assert statements
    with database.engine.connect() as connection:
        cursor = connection.connection.cursor()
        return [
            [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {text}", values).fetchall()]
            for text, values in statements
        ]


def sqlite_url_of(database):
    return str(database.engine.url)
