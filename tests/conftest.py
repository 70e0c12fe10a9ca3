"""Fixtures that every test may ask for.

``database_url`` and ``database`` run a test twice: on SQLite and on PostgreSQL, each time with a
database of its own that the real migrations made. ``sqlite_url`` is for tests about SQLite alone.
"""

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings
from jinja2.bccache import Bucket, BytecodeCache

from hotline.clock import ManualClock
from hotline.db.session import Database
from tests.support.databases import BACKENDS, PostgresqlDatabases, SqliteDatabases
from tests.support.network import Guard
from tests.support.postgresql import running_server

NIGHT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 09:00 in Jakarta, a Monday

settings.register_profile("everyday", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "everyday")

both_backends = [
    pytest.param(name, marks=pytest.mark.postgresql if name == "postgresql" else ()) for name in BACKENDS
]


def pytest_collection_finish() -> None:
    """What is imported by now stays; the collector of garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()
    young, middle, _old = gc.get_threshold()
    gc.set_threshold(young, middle, 50)  # a look at everything costs half a second, and there are thousands


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at 02:00 UTC on Monday 23 November 2026 until the test moves it."""
    return ManualClock(NIGHT)


@pytest.fixture(params=both_backends)
def backend(request: pytest.FixtureRequest) -> str:
    """``sqlite`` and ``postgresql`` in turn."""
    return str(request.param)


@pytest.fixture
def database_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a fresh migrated database, on SQLite and on PostgreSQL in turn."""
    if backend == "sqlite":
        yield request.getfixturevalue("sqlite_databases").migrated(tmp_path)
        return
    with request.getfixturevalue("postgresql_databases").migrated() as url:
        yield url


@pytest.fixture
def empty_database_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a fresh database without a table, on SQLite and on PostgreSQL in turn."""
    if backend == "sqlite":
        yield request.getfixturevalue("sqlite_databases").empty(tmp_path)
        return
    with request.getfixturevalue("postgresql_databases").empty() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh migrated database, on SQLite and on PostgreSQL in turn; closed afterwards."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_databases: SqliteDatabases) -> str:
    """The URL of a fresh migrated SQLite database, in a file of the test's own directory."""
    return sqlite_databases.migrated(tmp_path)


@pytest.fixture
def postgresql_url(postgresql_databases: PostgresqlDatabases) -> Iterator[str]:
    """The URL of a fresh migrated PostgreSQL database (mark the test ``postgresql``)."""
    with postgresql_databases.migrated() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """Makes SQLite databases; one template for the session."""
    return SqliteDatabases(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[PostgresqlDatabases]:
    """Makes PostgreSQL databases; one server for the session (for the worker, under xdist)."""
    with running_server() as server:
        yield PostgresqlDatabases(server)


class _Compiled(BytecodeCache):
    """Templates as they were compiled, by what stands in them, for every application of the session."""

    def __init__(self) -> None:
        self._by_content: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        found = self._by_content.get((bucket.key, bucket.checksum))
        if found is not None:
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._by_content[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def _templates_are_compiled_once() -> Iterator[None]:
    """Nearly every test of a page makes an application of its own: they share what was compiled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", _Compiled())
        yield


@pytest.fixture(scope="session", autouse=True)
def network_guard() -> Iterator[Guard]:
    """Refuses every connection that would leave this machine."""
    guard = Guard()
    with pytest.MonkeyPatch.context() as patch:
        guard.install(patch)
        yield guard


@pytest.fixture(autouse=True)
def _no_attempt_goes_unnoticed(network_guard: Guard) -> Iterator[None]:
    """Fails a test that reached outside even when the code under test swallowed the refusal."""
    yield
    attempts, network_guard.attempts[:] = list(network_guard.attempts), []
    assert not attempts, f"the test reached for the outside network: {attempts}"
