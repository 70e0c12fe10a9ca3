"""Inserting rows that nobody changes in the same transaction, four times as fast as by the unit of work."""

import uuid
from functools import cache
from typing import Any

import sqlalchemy as sa

from hotline.db.base import Base, new_id
from hotline.services.operation import Operation


def insert(op: Operation, model: type[Base], **values: Any) -> uuid.UUID:
    """Insert one row at once and return its id. Whatever it refers to has been flushed before."""
    row_id = new_id()
    op.session.connection().execute(_statement(model), {"id": row_id, **values})
    return row_id


@cache
def _statement(model: type[Base]) -> sa.Insert:
    return sa.insert(model.__table__)  # type: ignore[arg-type]
