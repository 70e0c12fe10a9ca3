"""Opening the database: engines, the writers' gate and the only two ways to start a transaction.

SQLite lets one writer in at a time and makes the others poll, which under load costs most of a
second at the tail. A gate (a lock in the process, a file lock between processes) queues writers
instead. PostgreSQL needs none of it.
"""

import fcntl
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

Result = TypeVar("Result")

_TRIES = 4
_RETRYABLE = {"40001", "40P01"}  # serialisation failure, deadlock: PostgreSQL asks to try again


class Database:
    """One installation's database.

    ``read()`` and ``write()`` give a session in a transaction; ``write()`` commits when its block
    ends and rolls back when it raises. ``run()`` is ``write()`` for a function that may be repeated.
    """

    def __init__(self, url: str, pool_size: int = 8, synchronous: str = "FULL") -> None:
        self.engine = _make_engine(url, pool_size, synchronous)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._gate = _Gate(_sqlite_file(url)) if self.is_sqlite else None
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._write_options = {"hotline_write": True}

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading: nothing it changes is kept."""
        with self._sessions() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are committed together when the block ends, or not at all."""
        if self._gate is None:
            with self._sessions.begin() as session:
                yield session
            return
        with self._gate, self._sessions() as session:
            session.connection(execution_options=self._write_options)
            with _committing(session):
                yield session

    def run(self, work: Callable[[Session], Result]) -> Result:
        """Do ``work`` in a write transaction; repeat it when the database asks for that.

        A unique row that a rival wrote first counts too: done again, the work finds that row.
        ``work`` may run several times, so it has no effect outside its session.
        """
        for attempt in range(1, _TRIES + 1):
            try:
                with self.write() as session:
                    return work(session)
            except DBAPIError as error:
                if attempt == _TRIES or not _may_retry(error):
                    raise
                time.sleep(random.uniform(0, 0.02 * attempt))  # noqa: S311 - spreads rivals, no secret
        raise AssertionError("unreachable: the last attempt returns or raises")

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        if self._gate is not None:
            self._gate.close()


def _may_retry(error: DBAPIError) -> bool:
    return isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) in _RETRYABLE


@contextmanager
def _committing(session: Session) -> Iterator[None]:
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


class _Gate:
    """Lets one writer in at a time, in this process and, for a database in a file, in all."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._path = None if path is None else path.with_name(path.name + ".gate")
        self._file: IO[str] | None = None

    def __enter__(self) -> None:
        self._lock.acquire()
        if self._path is None:
            return
        try:
            if self._file is None:
                self._file = self._path.open("a")
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._lock.release()
            raise

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._lock.release()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _sqlite_file(url: str) -> Path | None:
    name = make_url(url).database
    return Path(name) if name and name != ":memory:" else None


def _make_engine(url: str, pool_size: int, synchronous: str) -> sa.Engine:
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite_engine(url, pool_size, synchronous)
    return sa.create_engine(
        url, pool_size=pool_size, max_overflow=2, pool_pre_ping=True, hide_parameters=True
    )


def _sqlite_engine(url: str, pool_size: int, synchronous: str) -> sa.Engine:
    if _sqlite_file(url) is None:
        raise ValueError("a SQLite database in memory cannot be shared by the service's threads")
    engine = sa.create_engine(
        url,
        poolclass=sa.pool.QueuePool,
        pool_size=pool_size,
        max_overflow=2,
        hide_parameters=True,  # they are what a log must not hold
        connect_args={"check_same_thread": False, "timeout": 10},
    )

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver would otherwise start transactions by itself
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "busy_timeout=10000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("hotline_write", False)
        # Straight to the driver: SQLAlchemy's own execution costs several times the statement.
        connection.connection.cursor().execute("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
