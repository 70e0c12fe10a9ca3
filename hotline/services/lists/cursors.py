"""Cursors: the place of a row in a list as opaque text for an address, checked when it comes back.

A cursor tells nothing but what the row itself showed, so it is validated rather than signed: it must
belong to the same list in the same order, and hold a value of the right kind.
"""

import base64
import binascii
import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime

from hotline.services.lists.listing import Order
from hotline.services.lists.problems import Fault, UnusableError

_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: its sort value (None when it has none) and its id."""

    value: datetime | date | str | None
    id: uuid.UUID


def encode(listing: str, sort: str, place: Place) -> str:
    """``place`` as text that survives in an address."""
    value = place.value.isoformat() if isinstance(place.value, date) else place.value
    packed = json.dumps([listing, sort, value, place.id.hex], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def decode(text: str, listing: str, sort: str, order: Order) -> Place:
    """The place that :func:`encode` wrote for this list and sort. Raises :class:`UnusableError`."""
    try:
        if len(text) > _LONGEST:
            raise ValueError("too long")
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        of, by, value, row_id = found
        if (of, by) != (listing, sort):
            raise ValueError("of another list")
        return Place(_value(value, order), uuid.UUID(hex=row_id))
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise UnusableError(Fault.NO_PLACE) from error


def _value(value: object, order: Order) -> datetime | date | str | None:
    if value is None:
        return None
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("not text")
    value.encode()  # half a surrogate is no text that a database takes
    if order is Order.TEXT:
        return value
    if order is Order.DAY:
        return date.fromisoformat(value)
    at = datetime.fromisoformat(value)
    if at.tzinfo is None or not 1900 < at.year < 9999:
        raise ValueError("no instant")
    return at
