"""What is hashed of a ledger entry: everything that it says."""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from hotline.db import chain
from hotline.db.models import LedgerEntry

_HASHES = {"previous_hash", "hash"}
COLUMNS = tuple(column.name for column in LedgerEntry.__table__.columns if column.name not in _HASHES)


def content(values: Mapping[str, Any]) -> dict[str, Any]:
    """An entry's columns as JSON values: ids as text, days and instants in ISO 8601, instants in UTC.

    What is empty is left out, so that a column of a later version leaves the hashes of older entries alone.
    """
    return {name: _plain(values[name]) for name in COLUMNS if values[name] is not None}


def digest(previous: str, values: Mapping[str, Any]) -> str:
    """The hash of an entry whose predecessor in its contract's chain has the hash ``previous``."""
    return chain.digest(previous, content(values))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value
