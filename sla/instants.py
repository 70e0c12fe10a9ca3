"""Instants: the one check that keeps local and naive times away from deadlines."""

from datetime import UTC, datetime


def require_utc(*instants: datetime) -> None:
    """Every instant that passes is aware and in `datetime.UTC` itself.

    Raises ValueError for a naive datetime and for any other zone: adding minutes to a local time counts on
    the wall clock, and a deadline would move by an hour when the clocks change.
    """
    for instant in instants:
        if instant.tzinfo != UTC:
            raise ValueError(f"an instant must be an aware UTC datetime, not {instant!r}")
