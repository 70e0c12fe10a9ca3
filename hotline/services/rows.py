"""Rows written straight to their table: fast inserts, and inserts that meet a row which is there already."""

import uuid
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hotline.db.base import Base, new_id
from hotline.services.operation import Operation


def insert(op: Operation, model: type[Base], **values: Any) -> uuid.UUID:
    """Insert one row at once and return its id. Whatever it refers to has been flushed before.

    For rows that nobody changes in the same transaction: four times as fast as the unit of work.
    """
    row_id = new_id()
    op.session.connection().execute(_statement(model), {"id": row_id, **values})
    return row_id


def on_conflict(build: Callable[[Any], Any]) -> Mapping[str, Any]:
    """A statement for each database, made once from its own ``insert``, which knows ``ON CONFLICT``.

    ``build`` is given that ``insert``; :func:`run` picks the statement of the database in use.
    """
    return {"sqlite": build(sqlite.insert), "postgresql": build(postgresql.insert)}


def run(op: Operation, statements: Mapping[str, Any], **values: Any) -> sa.CursorResult[Any]:
    """Execute the statement of :func:`on_conflict` that this database understands."""
    connection = op.session.connection()
    return connection.execute(statements[connection.dialect.name], values)


@cache
def _statement(model: type[Base]) -> sa.Insert:
    return sa.insert(model.__table__)  # type: ignore[arg-type]
