"""A database that was in use comes up to date, and back, with everything that was in it."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db import migrate
from hotline.errors import ConfigurationError

BEFORE = "0001"
_AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
_EXACT = {
    ("contract_terms", "schedule"): {"kind": "rising", "currency": "USD", "steps": [500, 1000]},
    ("ledger_entries", "kind"): "fine",
}
Rows = dict[str, list[dict[str, Any]]]


def test_rows_of_every_table_survive_an_upgrade_and_a_downgrade(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, BEFORE)
    engine = sa.create_engine(empty_database_url)
    fill(engine)
    before = rows_of(engine)
    assert all(before.values())
    migrate.upgrade(empty_database_url)
    migrate.downgrade(empty_database_url, BEFORE)
    assert rows_of(engine) == before
    engine.dispose()


def tables(engine: sa.Engine) -> list[sa.Table]:
    """Every table, what is referred to before what refers to it."""
    found = sa.MetaData()
    found.reflect(engine)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def rows_of(engine: sa.Engine) -> Rows:
    with engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(sa.select(table))]
            for table in tables(engine)
        }


def fill(engine: sa.Engine) -> None:
    """One row in every table, with a value in every column but those that refer to a table further on."""
    keys: dict[tuple[str, str], Any] = {}
    with engine.begin() as connection:
        for table in tables(engine):
            row: dict[str, Any] = {}
            for column in table.columns:
                target = next((key.target_fullname for key in column.foreign_keys), None)
                if target is None:
                    row[column.name] = value(column)
                else:
                    of, name = target.split(".")
                    row[column.name] = keys.get((of, name))
                keys[table.name, column.name] = row[column.name]
            connection.execute(sa.insert(table), row)


def value(column: sa.Column[Any]) -> Any:
    """Something that the column can hold, and that the service might have written."""
    known = {"phone": "+628111111111", "amount": 500, "language": "en", "time_zone": "Asia/Jakarta"}
    if column.name in known:
        return known[column.name]
    if (column.table.name, column.name) in _EXACT:
        return _EXACT[column.table.name, column.name]
    kind = column.type
    if isinstance(kind, sa.Uuid) or (isinstance(kind, sa.CHAR) and kind.length == 32):
        made = uuid.uuid4()
        return made if isinstance(kind, sa.Uuid) else made.hex
    if isinstance(kind, sa.DateTime):
        return _AT if kind.timezone else _AT.replace(tzinfo=None)
    if isinstance(kind, sa.Time):
        return _AT.time()
    if isinstance(kind, sa.Date):
        return _AT.date()
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, sa.Integer):
        return 1
    return {} if isinstance(kind, sa.JSON) else "x"


def test_a_fine_keeps_its_day_whatever_the_customers_zone_is_now(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, BEFORE)
    engine = sa.create_engine(empty_database_url)
    fill(engine)
    found = sa.MetaData()
    found.reflect(engine)
    with engine.begin() as connection:
        record = {
            "missed_on": "2026-11-23"
        }  # the day after the deadline's in the zone that the customer has now
        connection.execute(sa.update(found.tables["ledger_entries"]).values(record=record))
    migrate.upgrade(empty_database_url)
    with engine.begin() as connection:
        dated = (("breaches", "missed_on"), ("ledger_entries", "day"), ("incidents", "due_on"))
        days = {
            str(connection.execute(sa.select(sa.column(column)).select_from(sa.table(table))).scalar_one())
            for table, column in dated
        }
    assert days == {"2026-11-23"}
    engine.dispose()


def test_a_ledger_with_more_than_fines_is_not_taken_back(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, BEFORE)
    engine = sa.create_engine(empty_database_url)
    fill(engine)
    found = sa.MetaData()
    found.reflect(engine)
    with engine.begin() as connection:
        connection.execute(sa.update(found.tables["ledger_entries"]).values(kind="credit"))
    migrate.upgrade(empty_database_url)
    with pytest.raises(ConfigurationError, match="Restore a backup"):
        migrate.downgrade(empty_database_url, "0013")
    assert migrate.current(empty_database_url) != "0013"
    engine.dispose()
