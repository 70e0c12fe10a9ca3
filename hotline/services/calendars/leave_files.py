"""iCalendar files (RFC 5545) as spans of leave: repeated events too, whole days where somebody lives."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from hotline.services.on_call.shifts import day_begins
from routing import first_instant

PAST, AHEAD = timedelta(days=31), timedelta(days=400)
MOST = 1_000
_MOST_REPEATED = 200
_LONGEST_SUMMARY = 200
_RARE = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}


class UnusableCalendarError(ValueError):
    """A file is no calendar, or holds too much; ``problem`` says which in a word."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """Away from ``starts_at`` to just before ``ends_at`` (UTC)."""

    starts_at: datetime
    ends_at: datetime
    summary: str


def parse(data: bytes, zone: str, now: datetime) -> list[Entry]:
    """The entries from a month ago to a year ahead, in order, each once.

    Whole days, and times without a zone, are those of ``zone``. What is cancelled, or lasts no time, is left
    out. Raises :class:`UnusableCalendarError`.
    """
    calendars = _calendars(data)
    start, end = now - PAST, now + AHEAD
    found: set[Entry] = set()
    try:
        for calendar in calendars:
            for event in _occurrences(calendar, start, end):
                entry = _entry(event, zone)
                if entry is not None and entry.ends_at > start:
                    found.add(entry)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, LookupError):
        raise UnusableCalendarError("not-a-calendar") from None
    if len(found) > MOST:
        raise UnusableCalendarError("too-many")
    return sorted(found)


def _calendars(data: bytes) -> list[icalendar.Calendar]:
    try:
        found = icalendar.Calendar.from_ical(data.decode("utf-8-sig"), multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise UnusableCalendarError("not-a-calendar") from None
    calendars = [one for one in found if isinstance(one, icalendar.Calendar)]
    if not calendars:
        raise UnusableCalendarError("not-a-calendar")
    repeated = 0
    for event in (event for calendar in calendars for event in calendar.walk("VEVENT")):
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            repeated += 1
            if not {str(one).upper() for one in rule.get("FREQ", [])} <= _RARE:
                raise UnusableCalendarError("too-many")  # every second for ever would never end
    if repeated > _MOST_REPEATED:
        raise UnusableCalendarError("too-many")
    return calendars


def _occurrences(calendar: icalendar.Calendar, start: datetime, end: datetime) -> Iterable[Any]:
    found: Iterable[Any] = recurring_ical_events.of(calendar, components=["VEVENT"]).between(start, end)
    return found


def _entry(event: Any, zone: str) -> Entry | None:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    starts_at, ends_at = _instant(event["DTSTART"].dt, zone), _instant(event["DTEND"].dt, zone)
    if ends_at <= starts_at:
        return None
    summary = " ".join(str(event.get("SUMMARY", "")).replace("\0", "").split())
    return Entry(starts_at, ends_at, summary[:_LONGEST_SUMMARY])


def _instant(value: date | datetime, zone: str) -> datetime:
    if not isinstance(value, datetime):
        return day_begins(value, zone)
    if value.tzinfo is None:
        return first_instant(value, ZoneInfo(zone))
    return value.astimezone(UTC)
