"""The migrations make exactly the tables that the models describe, and can be taken back."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from pytest_alembic import MigrationContext, tests

from hotline.db import migrate
from hotline.db.base import Base
from hotline.db.models import Customer
from hotline.db.session import Database
from hotline.errors import ConfigurationError

OURS = "alembic_version"


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(empty_database_url)
    yield engine
    engine.dispose()


def contents(engine: sa.Engine) -> list[str]:
    """Everything that is in the database, whatever kind of thing it is, by name."""
    if engine.dialect.name == "sqlite":
        query = "SELECT type || ' ' || name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    else:
        query = """
            SELECT concat(relkind, ' ', relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace
            UNION ALL SELECT concat('type ', typname) FROM pg_type WHERE typnamespace = 'public'::regnamespace
        """
    with engine.connect() as connection:
        return sorted(connection.scalars(sa.text(query)))


def test_there_is_one_newest_revision(alembic_runner: MigrationContext) -> None:
    tests.test_single_head_revision(alembic_runner)


def test_every_revision_applies_in_turn(alembic_runner: MigrationContext) -> None:
    tests.test_upgrade(alembic_runner)


def test_every_revision_can_be_taken_back(alembic_runner: MigrationContext) -> None:
    tests.test_up_down_consistency(alembic_runner)


def test_the_models_describe_what_the_migrations_make(alembic_runner: MigrationContext) -> None:
    tests.test_model_definitions_match_ddl(alembic_runner)


def test_revisions_are_numbered_in_sequence() -> None:
    script = ScriptDirectory.from_config(migrate.configuration())
    names = [revision.revision for revision in reversed(list(script.walk_revisions()))]
    assert names
    assert names == [f"{number:04}" for number in range(1, len(names) + 1)]


def test_an_upgraded_database_has_every_table_and_is_current(
    empty_database_url: str, engine: sa.Engine
) -> None:
    assert migrate.current(empty_database_url) is None
    assert not migrate.is_current(empty_database_url)
    migrate.upgrade(empty_database_url)
    assert set(sa.inspect(engine).get_table_names()) == {*Base.metadata.tables, OURS}
    assert migrate.current(empty_database_url) == migrate.newest()
    assert migrate.is_current(empty_database_url)


def test_constraints_reach_the_database(empty_database_url: str, engine: sa.Engine) -> None:
    """Autogenerate compares neither checks nor, everywhere, foreign keys: count them here."""
    migrate.upgrade(empty_database_url)
    inspector = sa.inspect(engine)
    wanted = [
        (table.name, str(constraint.name))
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint | sa.ForeignKeyConstraint)
    ]
    found = [
        (table, constraint["name"])
        for table in Base.metadata.tables
        for constraint in [*inspector.get_check_constraints(table), *inspector.get_foreign_keys(table)]
    ]
    assert len(wanted) > 30
    assert sorted(found) == sorted(wanted)


def test_down_and_up_again_leaves_nothing_behind(empty_database_url: str, engine: sa.Engine) -> None:
    before = contents(engine)
    migrate.upgrade(empty_database_url)
    upgraded = contents(engine)
    assert len(upgraded) > len(Base.metadata.tables)
    migrate.downgrade(empty_database_url, "base")
    assert [name for name in contents(engine) if OURS not in name] == before
    migrate.upgrade(empty_database_url)
    assert contents(engine) == upgraded


def test_an_upgrade_of_a_current_database_keeps_its_rows(database: Database, database_url: str) -> None:
    with database.write() as session:
        session.add(Customer(name="Bank Cakrawala", time_zone="Asia/Jakarta"))
    migrate.upgrade(database_url)
    with database.read() as session:
        assert session.scalars(sa.select(Customer.name)).all() == ["Bank Cakrawala"]


def test_two_upgrades_at_once_make_one(empty_database_url: str, engine: sa.Engine) -> None:
    failures: list[Exception] = []

    def upgrade() -> None:
        try:
            migrate.upgrade(empty_database_url)
        except Exception as error:
            failures.append(error)

    rivals = [threading.Thread(target=upgrade) for _ in range(2)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    assert failures == []
    assert migrate.is_current(empty_database_url)


def test_a_downgrade_that_cannot_finish_changes_nothing(
    empty_database_url: str, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.upgrade(empty_database_url)
    upgraded = contents(engine)

    def fail(config: Config, revision: str) -> None:
        original(config, revision)
        raise RuntimeError("the machine stops here")

    original = command.downgrade
    monkeypatch.setattr(command, "downgrade", fail)
    with pytest.raises(RuntimeError, match="stops here"):
        migrate.downgrade(empty_database_url, "base")
    assert contents(engine) == upgraded
    assert migrate.is_current(empty_database_url)


def test_an_unknown_revision_is_refused_in_words(empty_database_url: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot go to revision 9999"):
        migrate.upgrade(empty_database_url, "9999")


def test_without_a_checkout_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "MIGRATIONS", tmp_path / "migrations")
    with pytest.raises(ConfigurationError, match="install from a checkout"):
        migrate.upgrade(f"sqlite:///{tmp_path / 'hotline.db'}")
    assert not (tmp_path / "hotline.db").exists()


def test_rows_that_point_nowhere_undo_a_migration(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def orphan(config: Config, revision: str) -> None:
        connection = config.attributes["connection"]
        connection.exec_driver_sql(
            "INSERT INTO teams (id, name, time_zone) VALUES ('t', 'Kraken', 'Asia/Jakarta')"
        )
        connection.exec_driver_sql(
            "INSERT INTO ladders (id, name, team_id, repeat_after_seconds) VALUES ('l', 'Night', 'x', 1)"
        )

    monkeypatch.setattr(command, "upgrade", orphan)
    with pytest.raises(ConfigurationError, match="point nowhere"):
        migrate.upgrade(sqlite_url)
    engine = sa.create_engine(sqlite_url)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM teams")) == 0
    engine.dispose()
