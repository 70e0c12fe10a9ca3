"""Instants: the one check that keeps local and naive times out of decisions."""

from datetime import UTC, datetime


def require_utc(*instants: datetime) -> None:
    """Every instant that passes is aware and in `datetime.UTC` itself.

    Raises ValueError for a naive datetime and for any other zone: two datetimes that share a local zone
    compare by the wall clock, and then the repeated hour of autumn is in the wrong order.
    """
    for instant in instants:
        if instant.tzinfo != UTC:
            raise ValueError(f"an instant must be an aware UTC datetime, not {instant!r}")


def require_window(start: datetime, end: datetime) -> None:
    """A window that passes runs forwards or is empty; ValueError if it runs backwards or is not in UTC."""
    require_utc(start, end)
    if end < start:
        raise ValueError(f"the window ends at {end}, before its start at {start}")
