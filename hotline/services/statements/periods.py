"""To which statement an entry belongs. Pure: the same answer whenever it is asked, whatever was late.

An entry belongs to the period that holds its day, if its rule fired before that period's statement was due,
a day after the period's end; one that came to be later belongs to the period in which it did. So a worker
that slept for two months draws up what it would have drawn up in time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sla
from hotline.db.models import ContractTerms

GRACE = timedelta(days=1)  # in which the sweeps of the period's last evening find their way into the ledger
_ONE_DAY = timedelta(days=1)
_UTC = ZoneInfo("UTC")
# Midnight comes to the first zone of the earth so long before it comes to UTC.
_EARLIEST = timedelta(hours=14)
_LAST = ZoneInfo("Etc/GMT+12")  # where a day ends last


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``starts_on`` to ``ends_on``, both included."""

    starts_on: date
    ends_on: date

    def over_at(self, zone: ZoneInfo) -> datetime:
        """The midnight of the customer with which it ends."""
        return midnight(self.ends_on + _ONE_DAY, zone)

    def due_at(self, zone: ZoneInfo) -> datetime:
        """When its statement is drawn up by itself."""
        return midnight(self.ends_on + _ONE_DAY + GRACE, zone)


Calendar = Callable[[date], Span]  # the one span that holds a day


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins there; where that midnight does not exist, the instant that follows it."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def month_of(day: date) -> Span:
    """The calendar month of a day."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return Span(first, following - _ONE_DAY)


def years_of(contract_begins: date, versions: Sequence[ContractTerms]) -> Calendar:
    """The contract years, by the terms of each day; before the first version, those of the contract.

    Where a version counts its years from another day, the year before ends early: no day is in two.
    """
    begins = [_year_begins(row) for row in versions]

    def year_of(day: date) -> Span:
        begun = [row for row, since in zip(versions, begins, strict=True) if since <= day] or versions[:1]
        starts_on = begun[-1].year_starts_on if begun else contract_begins
        if day < starts_on:
            starts_on = min(contract_begins, day.replace(month=1, day=1))
        found = sla.contract_period(starts_on, sla.Period.YEAR, day)
        following = min((since for since in begins if since > day), default=date.max)
        return Span(found.starts_on, min(found.ends_on, following - _ONE_DAY))

    return year_of


def _year_begins(row: ContractTerms) -> date:
    """The first day of the first year that a version counts."""
    if row.effective_from < row.year_starts_on:
        return row.year_starts_on
    return sla.contract_period(row.year_starts_on, sla.Period.YEAR, row.effective_from).starts_on


def span_of(calendar: Calendar, day: date, at: datetime, zone: ZoneInfo) -> Span:
    """The period on whose statement an entry of ``day`` stands, whose rule fired ``at``."""
    span = calendar(day)
    if at < span.due_at(zone):
        return span
    return calendar(at.astimezone(zone).date())


def next_span(calendar: Calendar, last: date) -> Span:
    """The period after the one that ended on ``last``; it begins the day after, whatever the year."""
    following = calendar(last + _ONE_DAY)
    return Span(last + _ONE_DAY, following.ends_on)


def look_at(day: date, at: datetime, year_of: Calendar) -> datetime:
    """When to look at a contract with such an entry.

    The first instant at which its statement of the month or of the contract year is due anywhere on earth.
    """
    return min(span_of(kind, day, at, _LAST).due_at(_UTC) - _EARLIEST for kind in (month_of, year_of))
