"""Tables that only grow: the database itself refuses to change or to delete a row of theirs."""

from collections.abc import Iterator, Sequence

_REFUSED = "rows of {table} are never changed or deleted"

_SQLITE = """
CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{refused}'); END
"""
# INSERT OR REPLACE deletes whatever row is in its way, by any unique key or by the number of the row, and
# asks no trigger for deletes: so nothing is inserted where it would meet a row that is there.
_SQLITE_REPLACE = """
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN {clashes}
BEGIN SELECT RAISE(ABORT, '{refused}'); END
"""
_CLASH = "EXISTS (SELECT 1 FROM {table} WHERE {keys})"
_POSTGRESQL_FUNCTION = """
CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refused}' USING ERRCODE = 'restrict_violation'; END $$
"""
_POSTGRESQL = """
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()
"""
# Also for a session that plays a replica, which ordinary triggers do not see.
_POSTGRESQL_ALWAYS = "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change"


def protect(dialect: str, table: str, unique: Sequence[str]) -> Iterator[str]:
    """The statements that make ``table`` append-only.

    ``unique`` says for each of its unique keys when a row and a ``NEW`` one clash: ``id = NEW.id``. On
    SQLite a table that is altered by copying loses its triggers: the migration that does so says this again.
    """
    refused = _REFUSED.format(table=table)
    if dialect == "sqlite":
        for name in ("update", "delete"):
            yield _SQLITE.format(table=table, name=name, event=name.upper(), refused=refused)
        clashes = (_CLASH.format(table=table, keys=keys) for keys in ("rowid = NEW.rowid", *unique))
        yield _SQLITE_REPLACE.format(table=table, clashes=" OR ".join(clashes), refused=refused)
    else:
        yield _POSTGRESQL_FUNCTION.format(table=table, refused=refused)
        yield _POSTGRESQL.format(table=table)
        yield _POSTGRESQL_ALWAYS.format(table=table)


def release(dialect: str, table: str) -> Iterator[str]:
    """The statements that take it back."""
    if dialect == "sqlite":
        for name in ("update", "delete", "replace"):
            yield f"DROP TRIGGER {table}_no_{name}"
    else:
        yield f"DROP TRIGGER {table}_no_change ON {table}"
        yield f"DROP FUNCTION {table}_refuse()"
