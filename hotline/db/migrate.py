"""Brings a database to a revision of the schema, as one transaction that happens or does not.

The revisions are Alembic's, in ``migrations/`` beside the package. Whoever else wants to migrate or
write meanwhile waits: at the writers' gate on SQLite, at an advisory lock on PostgreSQL.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from hotline.db.session import Database
from hotline.errors import ConfigurationError

MIGRATIONS = Path(__file__).parents[2] / "migrations"
_LOCK = 4_687_548_463  # any number, as long as every migration of this service takes the same


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the database up to ``revision``. Raises :class:`ConfigurationError` for an unknown one."""
    _migrate(database_url, command.upgrade, revision)


def downgrade(database_url: str, revision: str) -> None:
    """Take the database down to ``revision``; ``"base"`` leaves no table of ours."""
    _migrate(database_url, command.downgrade, revision)


def current(database_url: str) -> str | None:
    """The revision that the database is at, or None when it was never migrated."""
    with closing(Database(database_url, pool_size=1)) as database, database.read() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def is_current(database_url: str) -> bool:
    """True when the database is at the newest revision that this code knows."""
    return current(database_url) == newest()


def newest() -> str | None:
    """The newest revision that this code knows."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def configuration() -> Config:
    """Alembic's configuration. Raises :class:`ConfigurationError` away from a checkout."""
    if not (MIGRATIONS / "env.py").is_file():
        raise ConfigurationError(
            f"The migrations are not in {MIGRATIONS}: install from a checkout with `pip install -e .`, "
            "or copy its migrations/ directory there."
        )
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _migrate(database_url: str, step: Any, revision: str) -> None:
    config = configuration()
    with closing(Database(database_url, pool_size=1)) as database, _exclusive(database) as connection:
        config.attributes["connection"] = connection
        try:
            step(config, revision)
        except CommandError as error:
            raise ConfigurationError(f"The database cannot go to revision {revision}: {error}") from None


@contextmanager
def _exclusive(database: Database) -> Iterator[sa.Connection]:
    """A connection whose transaction nobody else's writes can interleave with.

    SQLite changes most things about a table by copying it and dropping the old one, which foreign
    keys would forbid; so they are off until the end, and checked before the commit.
    """
    if database.is_sqlite:
        sa.event.listen(database.engine, "connect", _foreign_keys_off)
    with database.write() as session:
        connection = session.connection()
        if not database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        yield connection
        if database.is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            raise ConfigurationError(f"Nothing was changed: rows would point nowhere: {broken[:5]}")


def _foreign_keys_off(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")
