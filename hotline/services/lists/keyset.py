"""Walking a list by key: a page begins behind a row, never at a number, so new rows disturb nobody.

Rows are ordered by (sort value, id), all in one direction; rows without a sort value follow behind the
others in either direction. Each of the two stretches is one statement over one index, so that both
databases agree without a word about where NULL sorts, and a page costs two statements at most.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic

import sqlalchemy as sa

from hotline.services.lists.cursors import Place, encode
from hotline.services.lists.listing import AnyColumn, AnySelect, Listing, Row, Sort
from hotline.services.lists.questions import Question
from hotline.services.operation import Operation

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows in order; ``before`` and ``after`` are cursors of the neighbouring pages, None where none is.

    Behind the first page of a walk backwards there may be a page that has filled up meanwhile.
    """

    rows: list[Row]
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class _Found(Generic[Row]):
    row: Row
    place: Place


def page(op: Operation, question: "Question[Row]", size: int = PAGE_SIZE) -> "Page[Row]":
    """The rows that are asked for. Raises ValueError for a question with a problem."""
    if question.problems:
        raise ValueError(f"the question has problems: {question.problems}")
    found = list(_walk(op, question, question.place, question.backwards, size + 1))
    is_more, found = len(found) > size, found[:size]
    if question.backwards:
        found.reverse()
        return Page(
            [one.row for one in found], _cursor(question, found[:1], is_more), _behind(question, found)
        )
    has_before = question.place is not None
    return Page(
        [one.row for one in found],
        _cursor(question, found[:1], has_before),
        _cursor(question, found[-1:], is_more),
    )


def chunk(
    op: Operation, question: "Question[Row]", place: Place | None, size: int
) -> tuple[list[Row], Place | None]:
    """The next ``size`` rows behind ``place``, and the place of the last; None once there is no more."""
    found = list(_walk(op, question, place, False, size))
    return [one.row for one in found], found[-1].place if len(found) == size else None


def _behind(question: "Question[Row]", found: "list[_Found[Row]]") -> str | None:
    """Whoever walked backwards came from rows that are still there."""
    return _cursor(question, found[-1:], True)


def _cursor(question: "Question[Row]", found: "list[_Found[Row]]", wanted: bool) -> str | None:
    return encode(question.listing.name, question.sort, found[0].place) if wanted and found else None


def _walk(
    op: Operation, question: "Question[Row]", place: Place | None, backwards: bool, limit: int
) -> "Iterator[_Found[Row]]":
    """At most ``limit`` rows beyond ``place``, nearest first."""
    sort = question.listing.sorts[question.sort]
    stretches = [False, True] if sort.may_be_empty else [False]
    if backwards:
        stretches.reverse()
    if place is not None:
        own = place.value is None
        stretches = stretches[stretches.index(own) :] if own in stretches else []
    for empty in stretches:
        start = place if place is not None and (place.value is None) == empty else None
        statement = _stretch(question, sort, empty, start, backwards).limit(limit)
        for *values, sort_value, row_id in op.session.execute(statement):
            yield _Found(question.listing.make(*values), Place(sort_value, row_id))
            limit -= 1
        if limit <= 0:
            return


def _stretch(
    question: "Question[Any]", sort: Sort, empty: bool, place: Place | None, backwards: bool
) -> AnySelect:
    """The rows with a sort value, or those without, beyond ``place``."""
    listing: Listing[Any] = question.listing
    falling = question.descending != backwards
    key = sort.expression
    statement = listing.select.add_columns(key.label("sort_value"), listing.id.label("sort_id"))
    statement = statement.where(*question.where)
    if sort.may_be_empty:
        statement = statement.where(key.is_(None) if empty else key.is_not(None))
    if place is not None:
        statement = statement.where(_beyond(listing.id, key, place, falling))
    order = (key.desc(), listing.id.desc()) if falling else (key.asc(), listing.id.asc())
    return statement.order_by(*order)


def _beyond(row_id: AnyColumn, key: AnyColumn, place: Place, falling: bool) -> "sa.ColumnElement[bool]":
    if place.value is None:
        return row_id < place.id if falling else row_id > place.id
    mine = sa.tuple_(key, row_id)
    theirs = sa.tuple_(sa.literal(place.value, key.type), sa.literal(place.id, row_id.type))
    return mine < theirs if falling else mine > theirs
