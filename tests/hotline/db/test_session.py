"""One way to read, one way to write, on both databases."""

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from hotline.clock import ManualClock
from hotline.db.models import Throttle, User
from hotline.db.session import Database


def user(name: str = "Ada Wijaya") -> User:
    return User(
        name=name,
        email=f"{uuid.uuid4().hex}@hotline.example",
        password_hash="never",
        time_zone="Asia/Jakarta",
    )


def names(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(session.scalars(sa.select(User.name)))


def test_each_test_begins_with_an_empty_database_and_all_foreign_keys_on(database: Database) -> None:
    assert names(database) == []
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(
            sa.text("INSERT INTO part_members (part_id, position, user_id) VALUES (:nobody, 1, :nobody)"),
            {"nobody": uuid.uuid4() if not database.is_sqlite else uuid.uuid4().hex},
        )


def test_what_was_written_is_read_back(database: Database) -> None:
    with database.write() as session:
        session.add(user())
    assert names(database) == ["Ada Wijaya"]


def test_a_write_that_raises_leaves_nothing(database: Database) -> None:
    def fail(session: Session) -> None:
        session.add(user())
        session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.run(fail)
    assert names(database) == []


def test_a_read_keeps_nothing(database: Database) -> None:
    with database.read() as session:
        session.add(user())
        session.flush()
    assert names(database) == []


def test_an_instant_comes_back_as_it_went_in_but_in_utc(database: Database) -> None:
    jakarta = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=7)))
    with database.write() as session:
        session.add(Throttle(scope="pin", since=jakarta, count=1))
    with database.read() as session:
        since = session.scalars(sa.select(Throttle.since)).one()
    assert since == jakarta
    assert since.tzinfo is UTC
    assert since.hour == 2


def test_a_naive_instant_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive datetime"), database.write() as session:
        session.add(Throttle(scope="pin", since=datetime(2026, 11, 23), count=1))  # noqa: DTZ001 - meant


def test_work_that_loses_a_unique_row_is_done_again(database: Database, clock: ManualClock) -> None:
    """Two writers who both saw no row: the second finds the first's row when it tries again."""
    both_have_looked = threading.Barrier(2, timeout=20)
    lonely: Iterator[bool] = iter([True, True])

    def count(session: Session) -> None:
        found = session.get(Throttle, "pin")
        if found is None and not database.is_sqlite and next(lonely, False):
            both_have_looked.wait()
        if found is None:
            session.add(Throttle(scope="pin", since=clock.now(), count=1))
        else:
            found.count += 1

    rivals = [threading.Thread(target=database.run, args=(count,)) for _ in range(2)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    with database.read() as session:
        assert session.scalars(sa.select(Throttle.count)).all() == [2]


def test_writers_wait_for_each_other_instead_of_failing(database: Database, clock: ManualClock) -> None:
    with database.write() as session:
        session.add(Throttle(scope="pin", since=clock.now(), count=0))
    increase = sa.update(Throttle).values(count=Throttle.count + 1)

    def write() -> None:
        for _ in range(10):
            database.run(lambda session: session.execute(increase))

    rivals = [threading.Thread(target=write) for _ in range(4)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    with database.read() as session:
        assert session.scalars(sa.select(Throttle.count)).one() == 40


def test_sqlite_keeps_what_it_was_told_when_the_power_fails(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.read() as session:
        pragmas = {
            name: session.scalar(sa.text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    database.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10000}


def test_a_database_in_memory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="in memory"):
        Database("sqlite:///:memory:")
