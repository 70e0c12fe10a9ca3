"""The bare drivers, each with a connection a thread and explicit transactions."""

import fcntl
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy.engine import make_url
from uuid_utils.compat import uuid7


class Bare(Protocol):
    """A database as its driver sees it. Statements are written with ``?``."""

    locked: str
    """What a select ends with that locks the row of the call."""

    def transaction(self) -> Any:
        """A context that gives a cursor and commits at its end."""

    def autocommit(self) -> Any:
        """A context that gives a cursor whose statements are transactions by themselves."""

    def moment(self, at: datetime) -> Any:
        """An instant as it is stored."""

    def id(self, value: uuid.UUID) -> Any:
        """An id as it is stored."""

    def sql(self, statement: str) -> str:
        """A statement as the driver wants it."""


def connect(url: str) -> Bare:
    """The bare driver for a database of the service."""
    return BareSqlite(url) if url.startswith("sqlite") else BarePostgresql(url)


def new_id() -> uuid.UUID:
    """Ids as the service makes them."""
    return uuid7()


class BareSqlite:
    """``sqlite3``. Writers queue at a gate: without it, polling would make the floor slower than need be."""

    locked = ""

    def __init__(self, url: str) -> None:
        self._path = make_url(url).database or ""
        self._local = threading.local()
        self._lock = threading.Lock()
        self._gate = Path(self._path + ".gate").open("a")  # noqa: SIM115 - open as long as the process

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Cursor]:
        cursor = self._cursor()
        with self._lock:
            fcntl.flock(self._gate, fcntl.LOCK_EX)
            try:
                cursor.execute("BEGIN IMMEDIATE")
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            finally:
                fcntl.flock(self._gate, fcntl.LOCK_UN)

    @contextmanager
    def autocommit(self) -> Iterator[sqlite3.Cursor]:
        yield self._cursor()

    def _cursor(self) -> sqlite3.Cursor:
        if not hasattr(self._local, "connection"):
            connection = sqlite3.connect(self._path, isolation_level=None, timeout=10)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")
            self._local.connection = connection
        cursor: sqlite3.Cursor = self._local.connection.cursor()
        return cursor

    def moment(self, at: datetime) -> str:
        return at.strftime("%Y-%m-%d %H:%M:%S.%f")

    def id(self, value: uuid.UUID) -> str:
        return value.hex

    def sql(self, statement: str) -> str:
        return statement


class BarePostgresql:
    """``psycopg``, which prepares a statement once it has seen it five times."""

    locked = " FOR UPDATE OF calls"

    def __init__(self, url: str) -> None:
        self._url = url.replace("+psycopg", "")
        self._local = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Cursor[Any]]:
        cursor = self._cursor()
        connection = self._local.connection
        try:
            yield cursor
            connection.commit()
        except BaseException:
            connection.rollback()
            raise

    @contextmanager
    def autocommit(self) -> Iterator[psycopg.Cursor[Any]]:
        with psycopg.connect(self._url, autocommit=True) as connection:
            yield connection.cursor()

    def _cursor(self) -> psycopg.Cursor[Any]:
        if not hasattr(self._local, "connection"):
            self._local.connection = psycopg.connect(self._url)
        cursor: psycopg.Cursor[Any] = self._local.connection.cursor()
        return cursor

    def moment(self, at: datetime) -> datetime:
        return at

    def id(self, value: uuid.UUID) -> uuid.UUID:
        return value

    def sql(self, statement: str) -> str:
        return _percent(statement)


@cache
def _percent(statement: str) -> str:
    return statement.replace("?", "%s")


def now() -> datetime:
    """This instant."""
    return datetime.now(UTC)


def values(rows: int, columns: int) -> str:
    """Place holders for an insert of several rows."""
    return ", ".join(["(" + ", ".join("?" * columns) + ")"] * rows)


def run(bare: Bare, cursor: Any, statement: str, parameters: Sequence[Any]) -> Any:
    """Execute one statement; returns the cursor."""
    return cursor.execute(bare.sql(statement), parameters)


def after(bare: Bare, at: datetime, **span: int) -> Any:
    """An instant some time later, as it is stored."""
    return bare.moment(at + timedelta(**span))
