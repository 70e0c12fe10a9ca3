"""The days and hours along the top of a timeline, in any zone."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from hotline.web.pages.rosters.shapes import Tick
from hotline.web.pages.words import language
from routing import first_instant

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_DAYS_WITH_NAMES, _DAYS_WITH_HOURS = 10, 2
Place = Callable[[datetime], float]


def ticks(
    place: Place,
    start: datetime,
    end: datetime,
    zone: str,
    now: datetime,
    day_url: Callable[[date], str] | None,
    is_day: bool,
) -> list[Tick]:
    """The days of a zone in [start, end), or every third hour of a single day."""
    tz = ZoneInfo(zone)
    if is_day:
        hours = (start + number * _HOUR for number in range(0, (end - start) // _HOUR, 3))
        return [_hour(place, hour, tz, "HH:mm") for hour in hours]
    day, today = start.astimezone(tz).date(), now.astimezone(tz).date()
    found = []
    while (begins := _midnight(day, tz)) < end:
        if begins >= start:
            label = format_date(day, "EEE d" if day.day > 1 else "EEE d MMM", locale=language())
            short = format_date(day, "EEEEE d", locale=language())
            href = "" if day_url is None else day_url(day)
            found.append(Tick(place(begins), label, short, day == today, href))
        day += _DAY
    return found


def sparse(place: Place, start: datetime, end: datetime, zone: str) -> list[Tick]:
    """As many as can be read: Mondays over more than ten days, within two every sixth hour, else days."""
    tz = ZoneInfo(zone)
    if end - start > _DAYS_WITH_NAMES * _DAY:
        days = {(start + number * _DAY).astimezone(tz).date() for number in range((end - start) // _DAY + 2)}
        mondays = [day for day in sorted(days) if day.weekday() == 0]
        named = [(_midnight(day, tz), format_date(day, "d MMM", locale=language())) for day in mondays]
        return [Tick(place(at), label, label) for at, label in named if start <= at < end]
    if end - start <= _DAYS_WITH_HOURS * _DAY:
        first = start.replace(minute=0, second=0, microsecond=0)
        marks = (first + number * _HOUR for number in range(1, (end - first) // _HOUR + 1))
        shown = [at for at in marks if at.astimezone(tz).hour % 6 == 0 and at < end]
        return [_hour(place, at, tz, "EEE HH:mm") for at in shown]
    return ticks(place, start, end, zone, start, None, is_day=False)


def _hour(place: Place, at: datetime, tz: ZoneInfo, pattern: str) -> Tick:
    label, short = (format_datetime(at, one, tzinfo=tz, locale=language()) for one in (pattern, "HH"))
    return Tick(place(at), label, short)


def _midnight(day: date, tz: ZoneInfo) -> datetime:
    return first_instant(datetime.combine(day, time()), tz)
