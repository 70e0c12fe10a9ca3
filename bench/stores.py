"""Temporary databases of both kinds, as durable as in production."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol, TypeVar
from unittest import mock

import psycopg

from bench.plan import POSTGRESQL, SQLITE
from bench.servers import cpu_seconds
from hotline.db import migrate
from hotline.db.session import Database
from tests.support.postgresql import Server, running_server

Seeded = TypeVar("Seeded")
_DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


class Store(Protocol):
    """Somewhere to keep databases."""

    backend: str

    def seeded(self, name: str, seed: Callable[[Database, str], Seeded]) -> Seeded:
        """Make a template: migrated, then filled by ``seed``, whose answer is returned."""

    def copy(self, template: str, name: str) -> str:
        """The URL of a copy of a template."""

    def cpu_seconds(self) -> float:
        """What the database's own processes have used; nothing where there are none."""

    def version(self) -> str:
        """Of the database."""


class SqliteStore:
    """Databases in files of a temporary directory."""

    backend = SQLITE

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def seeded(self, name: str, seed: Callable[[Database, str], Seeded]) -> Seeded:
        url = self._url(name)
        migrate.upgrade(url)
        with closing(Database(url)) as database:
            return seed(database, url)

    def copy(self, template: str, name: str) -> str:
        shutil.copyfile(self._directory / f"{template}.db", self._directory / f"{name}.db")
        return self._url(name)

    def cpu_seconds(self) -> float:
        return 0.0

    def version(self) -> str:
        return sqlite3.sqlite_version

    def _url(self, name: str) -> str:
        return f"sqlite:///{self._directory / name}.db"


class PostgresqlStore:
    """Databases of a server of our own."""

    backend = POSTGRESQL

    def __init__(self, server: Server) -> None:
        self._server = server

    def seeded(self, name: str, seed: Callable[[Database, str], Seeded]) -> Seeded:
        url = self._server.create(name)
        migrate.upgrade(url)
        with closing(Database(url)) as database:
            answer = seed(database, url)
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")  # what autovacuum would have done by now
        return answer

    def copy(self, template: str, name: str) -> str:
        return self._server.create(name, template)

    def cpu_seconds(self) -> float:
        pid = (self._server.socket_directory / "data" / "postmaster.pid").read_text().split()[0]
        return cpu_seconds(int(pid))

    def version(self) -> str:
        url = self._server.url("postgres").replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            return str(connection.execute("SHOW server_version").fetchone()[0])


@contextmanager
def sqlite_store(directory: Path) -> Iterator[Store]:
    """Databases in ``directory``."""
    yield SqliteStore(directory)


@contextmanager
def postgresql_store(_directory: Path) -> Iterator[Store]:
    """A server that writes to disk what it has promised, unlike that of the tests."""
    with mock.patch.dict("tests.support.postgresql._OPTIONS", _DURABLE), running_server() as server:
        yield PostgresqlStore(server)


STORES = {SQLITE: sqlite_store, POSTGRESQL: postgresql_store}
