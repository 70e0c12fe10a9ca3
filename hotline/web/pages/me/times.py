"""Times as a person types them, in their own zone, and as spans are said back to them.

A time that does not exist (the clocks jump over it) moves forward to the end of the jump; of a time that
comes twice the first is meant. That is :func:`routing.first_instant`; what it did is said, never hidden.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from hotline.web.pages.words import gettext, language, marked, time_zone
from routing import first_instant

_TYPED = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
_YEARS_AROUND = 2


class Oddity(enum.StrEnum):
    """What is odd about a local time."""

    SKIPPED = marked("{time} does not exist on that day, for the clocks go forward: {meant} is meant.")
    TWICE = marked("{time} comes twice on that day, for the clocks go back: the first is meant.")


@dataclass(frozen=True, slots=True)
class Typed:
    """The instant that a local time means, and what is odd about it."""

    at: datetime
    oddity: Oddity | None


def read(text: str, zone: str, now: datetime) -> Typed | None:
    """What a field for a local date and time means in ``zone``; None for what is no time of our days."""
    for pattern in _TYPED:
        try:
            wall = datetime.strptime(text.strip(), pattern)  # noqa: DTZ007 - a wall-clock time, on purpose
        except ValueError:
            continue
        return _resolve(wall, zone) if abs(wall.year - now.year) <= _YEARS_AROUND else None
    return None


def typed(at: datetime, zone: str) -> str:
    """An instant as a field for a local date and time holds it."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def remark(text: str, meaning: Typed) -> str | None:
    """A sentence about a time that is odd, in the viewer's zone."""
    if meaning.oddity is None:
        return None
    meant = f"{meaning.at.astimezone(ZoneInfo(time_zone())):%H:%M}"
    return gettext(meaning.oddity.value).format(time=text.strip()[11:16], meant=meant)


def said(at: datetime, zone: str | None = None) -> str:
    """A day and time in the viewer's zone (or ``zone``), the day always."""
    return format_datetime(at, "EEE d MMM HH:mm", tzinfo=ZoneInfo(zone or time_zone()), locale=language())


def left(span: timedelta) -> str:
    """How long until something: ``5 h 12 min``, ``6 d 18 h``, ``7 d``; under a minute is ``0 min``."""
    minutes = max(0, int(span.total_seconds()) // 60)
    days, minutes = divmod(minutes, 1440)
    hours, minutes = divmod(minutes, 60)
    if days and not hours:
        return gettext("{days} d").format(days=days)
    if days:
        return gettext("{days} d {hours} h").format(days=days, hours=hours)
    if hours:
        return gettext("{hours} h {minutes} min").format(hours=hours, minutes=f"{minutes:02d}")
    return gettext("{minutes} min").format(minutes=minutes)


def hours(number: float) -> str:
    """A number of hours: ``312``, ``0.5``."""
    return format_decimal(round(number, 0 if number >= 10 else 1), locale=language())


def month_name(day: date) -> str:
    """``November 2026``."""
    return format_date(day, "LLLL y", locale=language())


def day_name(day: date) -> str:
    """``Mon 23 Nov``."""
    return format_date(day, "EEE d MMM", locale=language())


def day_short(at: datetime) -> str:
    """``Mon 23``, in the viewer's zone."""
    return format_datetime(at, "EEE d", tzinfo=ZoneInfo(time_zone()), locale=language())


def _resolve(wall: datetime, zone: str) -> Typed:
    tz = ZoneInfo(zone)
    at = first_instant(wall, tz)
    if at.astimezone(tz).replace(tzinfo=None) != wall:
        return Typed(at, Oddity.SKIPPED)
    later = wall.replace(tzinfo=tz, fold=1).astimezone(UTC)
    return Typed(at, Oddity.TWICE if later != at else None)


FILTERS: Mapping[str, Callable[..., str]] = {
    "left": left,
    "said": said,
    "hours": hours,
    "month_name": month_name,
    "day_name": day_name,
    "day_short": day_short,
}
