"""Filters: what was typed becomes a condition, or is refused with the reason."""

import enum
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from hotline.services.lists.listing import Filter
from hotline.services.lists.problems import Fault, UnusableError

NOBODY = "nobody"
_FIRST_YEAR, _LAST_YEAR = 2000, 2199


def since(column: Any) -> Filter:
    """On this day of the viewer or later."""
    return lambda typed, zone: column >= _midnight(_day(typed), zone)


def until(column: Any) -> Filter:
    """On this day of the viewer or earlier."""
    return lambda typed, zone: column < _midnight(_day(typed) + timedelta(days=1), zone)


def first_day(column: Any) -> Filter:
    """This day or later, for a column of days."""
    return lambda typed, _zone: column >= _day(typed)


def last_day(column: Any) -> Filter:
    """This day or earlier, for a column of days."""
    return lambda typed, _zone: column <= _day(typed)


def choice(kind: type[enum.StrEnum], column: Any) -> Filter:
    """One of the values of ``kind``."""
    return cases({member.value: column == member for member in kind})


def cases(conditions: "dict[str, sa.ColumnElement[bool]]") -> Filter:
    """One of these words, each with its condition."""

    def read(typed: str, _zone: ZoneInfo) -> "sa.ColumnElement[bool]":
        if typed not in conditions:
            raise UnusableError(Fault.NO_CHOICE)
        return conditions[typed]

    return read


def one(condition: "Callable[[uuid.UUID], sa.ColumnElement[bool]]") -> Filter:
    """A row of another table, by its id."""
    return lambda typed, _zone: condition(_id(typed))


def one_or_nobody(column: Any) -> Filter:
    """A person by id, or ``nobody``."""
    return lambda typed, _zone: column.is_(None) if typed == NOBODY else column == _id(typed)


def text(condition: "Callable[[str], sa.ColumnElement[bool]]") -> Filter:
    """Words that ``condition`` looks for."""
    return lambda typed, _zone: condition(typed)


def _day(typed: str) -> date:
    try:
        day = datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, which has no zone
    except ValueError as error:
        raise UnusableError(Fault.NO_DAY) from error
    if not typed.isascii() or len(typed) != len("2026-11-22") or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise UnusableError(Fault.NO_DAY)
    return day


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins there; where that midnight does not exist, the instant that follows it."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def _id(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError as error:
        raise UnusableError(Fault.NO_CHOICE) from error
