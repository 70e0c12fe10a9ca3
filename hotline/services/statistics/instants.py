"""Arithmetic with instants that both databases do alike, in whole numbers.

:func:`micros` of a column are microseconds since 1970. SQLite keeps an instant as text to the microsecond,
and its own functions would round it to thousandths.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

SECOND = 1_000_000
_DAY = timedelta(days=1)
_THURSDAY = 3  # 1 January 1970, counted from Monday as 0


class _Micros(FunctionElement[int]):
    type = sa.BigInteger()
    inherit_cache = True
    name = "micros"


def micros(column: Any) -> "sa.ColumnElement[int]":
    """An instant in whole microseconds since 1970."""
    return _Micros(column)


@compiles(_Micros, "sqlite")
def _on_sqlite(element: _Micros, compiler: Any, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    seconds = f"CAST(strftime('%s', substr({column}, 1, 19)) AS INTEGER)"  # with a fraction it would round up
    return f"({seconds} * {SECOND} + CAST(substr({column}, 21, 6) AS INTEGER))"


@compiles(_Micros, "postgresql")
def _on_postgresql(element: _Micros, compiler: Any, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    return f"CAST(extract(epoch FROM {column}) * {SECOND} AS BIGINT)"


def started(seconds: int, since: Any, until: Any) -> "sa.ColumnElement[int]":
    """How many stretches of ``seconds`` have begun between two columns, a whole one counted once.

    So 30:00 minutes are 30 stretches of 60 seconds, and a microsecond more are 31.
    """
    return (micros(until) - micros(since) + (seconds * SECOND - 1)) // (seconds * SECOND)


def hour_of_week(column: Any, zone: ZoneInfo, first: datetime, last: datetime) -> "sa.ColumnElement[int]":
    """The local hour in which an instant falls: 24 x weekday + hour, Monday being 0.

    Right for instants from ``first`` to ``last``, across every change of the clocks between them.
    """
    seconds = micros(column) // SECOND + _offset(column, zone, first, last)
    days = seconds // (24 * 3600)
    return (days + _THURSDAY) % 7 * 24 + seconds % (24 * 3600) // 3600


def _offset(column: Any, zone: ZoneInfo, first: datetime, last: datetime) -> "sa.ColumnElement[int]":
    """The zone's seconds from UTC at an instant."""
    changes = _changes(zone, first, last)
    latest = sa.literal(_seconds(zone, last), sa.Integer())
    if not changes:
        return latest
    return sa.case(*((column < at, before) for at, before in changes), else_=latest)


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> list[tuple[datetime, int]]:
    """When the zone's offset changed, and what it was before; the earliest first."""
    found = []
    at = first.astimezone(UTC)
    while at < last:
        later = min(at + _DAY, last)
        if _seconds(zone, at) != _seconds(zone, later):
            found.append((_change(zone, at, later), _seconds(zone, at)))
        at = later
    return found


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second of the new offset; ``after`` has it and ``before`` has not."""
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if _seconds(zone, middle) == _seconds(zone, before):
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _seconds(zone: ZoneInfo, at: datetime) -> int:
    return int((at.astimezone(zone).utcoffset() or timedelta(0)).total_seconds())


def month_of(column: Any) -> "sa.ColumnElement[int]":
    """The month of a day, counted from year 0: ``date(2026, 11, 22)`` is ``2026 * 12 + 10``."""
    return _part("year", column) * 12 + _part("month", column) - 1


def contract_month_of(column: Any, year_starts_on: Any) -> "sa.ColumnElement[int]":
    """How many months of a contract had begun before that of a day, by :func:`sla.contract_period`.

    Where a month lacks the day on which the contract's months begin, they begin on the first of the next:
    no day of that month is late enough, and every day of the next is earlier in its month.
    """
    is_early = sa.case((_part("day", column) < _part("day", year_starts_on), 1), else_=0)
    return month_of(column) - month_of(year_starts_on) - is_early


def _part(name: str, column: Any) -> "sa.ColumnElement[int]":
    return sa.cast(sa.extract(name, column), sa.Integer())


def first_day(month: int) -> date:
    """The first day of what :func:`month_of` gave."""
    return date(month // 12, month % 12 + 1, 1)
