"""Runs the migrations. ``hotline.db.migrate`` hands over a connection; Alembic's own commands a URL."""

import os
from contextlib import closing
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

import hotline.db.models  # noqa: F401 - fills the metadata
from hotline.db.base import Base, UtcDateTime
from hotline.db.session import Database

DEFAULT_URL = "sqlite:///hotline.db"


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """How our own column types are written into a migration: so that it means the same years later."""
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen_context.imports.add("import hotline.db.base")
        return "hotline.db.base.UtcDateTime()"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


def number(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Name a new revision by the next number."""
    newest = context.script.get_current_head()
    for directive in directives:
        directive.rev_id = f"{int(newest or 0) + 1:04}"


def run(connection: sa.Connection) -> None:
    """Run what was asked for, in the caller's transaction if there is one."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        process_revision_directives=number,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Find the connection and run."""
    given = context.config.attributes.get("connection")
    if isinstance(given, sa.Connection):
        run(given)
    elif isinstance(given, sa.Engine):
        with given.connect() as connection:
            run(connection)
    else:
        url = os.environ.get("HOTLINE_DATABASE_URL", DEFAULT_URL)
        with closing(Database(url)) as database, database.engine.connect() as connection:
            run(connection)


main()
