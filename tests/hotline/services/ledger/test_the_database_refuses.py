"""What has been written stays: the database itself refuses to change it, whoever asks, in whatever words."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db import migrate
from tests.hotline.house import House
from tests.hotline.services.ledger.books import faults, miss

KEPT = {"incident_events": "id", "breaches": "incident_id", "ledger_entries": "id"}
SAME = (
    "INSERT INTO {table} SELECT * FROM {table} WHERE true"
    " ON CONFLICT ({key}) DO UPDATE SET {key} = excluded.{key}"
)
BOTH = ("UPDATE {table} SET {key} = {key}", "DELETE FROM {table}", SAME)
SQLITE = (
    "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    "REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
    "UPDATE OR REPLACE {table} SET {key} = {key}",
    "INSERT OR IGNORE INTO {table} SELECT * FROM {table}",
)
POSTGRESQL = (
    "TRUNCATE {table} CASCADE",
    "TRUNCATE contracts CASCADE",
    "DELETE FROM {table} WHERE false",
    "SET session_replication_role = replica; DELETE FROM {table}",
)


@pytest.fixture
def raw(house: House) -> Iterator[sa.Connection]:
    """A connection that knows nothing of ours: no settings, no models, no gate; one fine is written."""
    miss(house)
    engine = sa.create_engine(house.database.engine.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def contents(connection: sa.Connection, table: str) -> list[Any]:
    return sorted(map(repr, connection.execute(sa.select(sa.text("*")).select_from(sa.table(table))).all()))


def refused(connection: sa.Connection, table: str, statement: str) -> None:
    before = contents(connection, table)
    assert before
    with pytest.raises(sa.exc.DBAPIError, match="are never changed or deleted"):
        connection.execute(sa.text(statement.format(table=table, key=KEPT[table])))
    assert contents(connection, table) == before


@pytest.mark.parametrize("table", KEPT)
def test_no_statement_changes_or_deletes_a_row(raw: sa.Connection, table: str) -> None:
    for statement in BOTH + (SQLITE if raw.dialect.name == "sqlite" else POSTGRESQL):
        refused(raw, table, statement)


# What stays of the row that is there; everything else of the new one differs.
CLASHES = {
    "rowid": "rowid",
    "its id": "id",
    "its place in the chain": "contract_id, sequence",
    "its number in the period": "contract_id, kind, period_starts_on, period_ends_on, ordinal",
    "the one fine of its incident": "kind, incident_id",
}
_OTHERS = {
    "rowid": "NULL",
    "id": "lower(hex(randomblob(16)))",
    "contract_id": "lower(hex(randomblob(16)))",
    "incident_id": "lower(hex(randomblob(16)))",
    "sequence": "sequence + 1000",
    "ordinal": "NULL",
    "amount": "1",
}


@pytest.mark.parametrize("clash", CLASHES)
def test_a_replacing_row_never_takes_the_place_of_one_that_is_there(lite: House, clash: str) -> None:
    """REPLACE deletes whatever is in its way by any unique key, and asks no trigger for it."""
    miss(lite)
    kept = CLASHES[clash].split(", ")
    with closing(sqlite3.connect(str(lite.database.engine.url.database))) as raw:
        columns = ["rowid", *(row[1] for row in raw.execute("PRAGMA table_info(ledger_entries)"))]
        new = [name if name in kept else _OTHERS.get(name, name) for name in columns]
        insert = f"INSERT OR REPLACE INTO ledger_entries ({', '.join(columns)}) SELECT {', '.join(new)}"
        with pytest.raises(sqlite3.IntegrityError, match="are never changed or deleted"):
            raw.execute(f"{insert} FROM ledger_entries")
        assert raw.execute("SELECT count(*), max(amount) FROM ledger_entries").fetchone() == (1, 5_000_000)


def test_every_unique_key_of_the_ledger_was_tried(lite: House) -> None:
    with lite.database.read() as session:
        keys = session.execute(sa.text("PRAGMA index_list(ledger_entries)")).all()
    assert len([key for key in keys if key.unique]) == len(CLASHES) - 1


def test_after_every_migration_the_triggers_are_there(house: House) -> None:
    """On SQLite a later migration that alters such a table copies it, and would lose them."""
    assert migrate.is_current(house.database.engine.url.render_as_string(hide_password=False))
    with house.database.read() as session:
        if house.database.is_sqlite:
            query = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
            wanted = {f"{table}_no_{name}" for table in KEPT for name in ("update", "delete", "replace")}
        else:
            query = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled = 'A'"
            wanted = {f"{table}_no_change" for table in KEPT}
        assert wanted <= {name for _table, name in session.execute(sa.text(query))}


def test_fines_keep_a_sound_chain_when_the_schema_goes_back_and_forth(house: House) -> None:
    miss(house, 3)
    url = house.database.engine.url.render_as_string(hide_password=False)
    migrate.downgrade(url, "0013")
    migrate.upgrade(url)
    assert faults(house) == []
