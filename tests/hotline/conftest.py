"""A house with the demo world on both databases, or on SQLite where the database plays no part."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import structlog

from hotline.clock import ManualClock
from hotline.db.session import Database
from hotline.demo import world
from tests.hotline.house import House, build


@pytest.fixture(scope="session", autouse=True)
def _hash_the_worlds_secrets_once() -> Iterator[None]:
    """Hashing is slow on purpose; the secrets of the demo world are the same in every test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world, "hash_secret", cache(world.hash_secret))
        yield


@pytest.fixture
def house(database_url: str, clock: ManualClock) -> Iterator[House]:
    """The service and its demo world, on SQLite and on PostgreSQL in turn."""
    database = Database(database_url, synchronous="OFF", pool_size=16)
    yield build(database, clock)
    database.close()


@pytest.fixture
def lite(sqlite_url: str, clock: ManualClock) -> Iterator[House]:
    """The same on SQLite alone."""
    database = Database(sqlite_url, synchronous="OFF", pool_size=16)
    yield build(database, clock)
    database.close()


@pytest.fixture
def house_with(sqlite_url: str, clock: ManualClock) -> Iterator[Callable[..., House]]:
    """A house on SQLite with settings of the test's own: ``house_with(outgoing=False)``."""
    database = Database(sqlite_url, synchronous="OFF", pool_size=16)
    yield lambda **settings: build(database, clock, **settings)
    database.close()


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """Every event that is logged meanwhile, as it was given."""
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture(autouse=True)
def _no_failure_is_papered_over(request: pytest.FixtureRequest) -> Iterator[None]:
    """A handler's error is answered politely by the voice desk: here it fails the test.

    A test that provokes such an error carries the fixture ``logged`` and looks itself.
    """
    if "logged" in request.fixturenames:
        yield
        return
    with structlog.testing.capture_logs() as entries:
        yield
    failed = [entry for entry in entries if entry["event"] in {"voice_failed", "database_unreachable"}]
    assert not failed, failed
