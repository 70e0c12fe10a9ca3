"""A database with a table of things beside its own."""

import contextlib

import pytest

from hotline.services.operation import Operation
from tests.hotline.house import make_settings
from tests.hotline.services.lists.things import THINGS


@pytest.fixture
def shelf(database, clock):
    """Operations on a database with a table of things, on SQLite and on PostgreSQL in turn."""
    THINGS.metadata.create_all(database.engine)
    settings = make_settings("sqlite:///unused.db")

    @contextlib.contextmanager
    def reading():
        with database.read() as session:
            yield Operation(session, clock.now(), settings)

    @contextlib.contextmanager
    def writing():
        with database.write() as session:
            yield Operation(session, clock.now(), settings)

    reading.writing = writing
    return reading
