"""A list: what its rows are, by what it may be sorted and filtered, and how a row reads in a file."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

Row = TypeVar("Row")
AnySelect: TypeAlias = "sa.Select[*tuple[Any, ...]]"
AnyColumn: TypeAlias = "sa.ColumnElement[Any] | InstrumentedAttribute[Any]"
# Text is guarded against formulas where it is written; numbers are written as they are.
Cell = str | int | Decimal | date | datetime | bool | None
# Reads what was typed, in the zone of whoever typed it. Raises UnusableError.
Filter = Callable[[str, ZoneInfo], "sa.ColumnElement[bool]"]


class Order(enum.StrEnum):
    """What a column is sorted by, and so what a cursor carries."""

    INSTANT = "instant"
    DAY = "day"
    TEXT = "text"  # compared byte by byte on every database: a name's key, never a plain name


@dataclass(frozen=True, slots=True)
class Sort:
    """A column to sort by. Rows without a value come last, whichever way the others are sorted."""

    expression: AnyColumn
    order: Order = Order.INSTANT
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """A list. ``select`` gives the columns from which ``make`` builds a row, in that order.

    ``id`` breaks ties and is unique among the rows. ``sort`` names the column that the list is sorted
    by unless asked otherwise, and ``descending`` says which way. ``columns`` are those of the file.
    """

    name: str
    select: AnySelect
    id: AnyColumn
    make: Callable[..., Row]
    sorts: Mapping[str, Sort]
    sort: str
    descending: bool
    filters: Mapping[str, Filter]
    columns: Mapping[str, Callable[[Row], Cell]]
