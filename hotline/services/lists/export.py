"""A whole list as a CSV file (RFC 4180), however long, in a memory that does not grow with it.

Rows are read by key in parts, each in a short transaction of its own, so that nothing waits for a slow
download: no row is left out or repeated that was there when the file was begun and kept its place.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hotline.services.lists.cursors import Place
from hotline.services.lists.keyset import chunk
from hotline.services.lists.listing import Cell
from hotline.services.lists.questions import Question
from hotline.services.operation import Operation

CHUNK = 1_000
# Spreadsheets take a file without it for one of their own country's letters.
BOM = "\ufeff"
# A cell that begins so is run as a formula by a spreadsheet; full-width twins are taken for the same.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# Where a spreadsheet divides at semicolons or tabs, or forgets quotes, a cell begins in the middle of ours.
_INSIDE = re.compile("([;\t\r\n])(?=[\"' ]*[=+\\-@\uff1d\uff0b\uff0d\uff20])")


def as_csv(
    reading: "Callable[[], AbstractContextManager[Operation]]", question: "Question[Any]", size: int = CHUNK
) -> Iterator[str]:
    """The file in parts: a line of names, then every row that fits, in the order of the question.

    Instants are ISO 8601 in UTC, amounts are in minor units and as exact decimals beside their
    currency, and text that a spreadsheet would run as a formula has an apostrophe before it. Raises
    ValueError for a question with a problem, before anything is read.
    """
    if question.problems:
        raise ValueError(f"the question has problems: {question.problems}")
    return _parts(reading, question, size)


def table(columns: Iterable[str], rows: Iterable[Iterable[Cell]]) -> str:
    """A file of rows that are all at hand, written like the others."""
    return BOM + _lines([list(columns), *([cell(value) for value in row] for row in rows)])


def _parts(
    reading: "Callable[[], AbstractContextManager[Operation]]", question: "Question[Any]", size: int
) -> Iterator[str]:
    yield BOM + _lines([list(question.listing.columns)])
    columns = list(question.listing.columns.values())
    place: Place | None = None
    while True:
        with reading() as op:
            rows, place = chunk(op, question, place, size)
        if rows:
            yield _lines([cell(column(row)) for column in columns] for row in rows)
        if place is None:
            return


def cell(value: Cell) -> str:
    """A value as a file holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, int | Decimal | date):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    guarded = _INSIDE.sub(r"\1'", value)
    return f"'{guarded}" if value.startswith(_FORMULA) else guarded


def _lines(rows: Iterable[list[str]]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows(rows)
    return file.getvalue()
