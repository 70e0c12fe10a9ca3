"""A question to a list: what an address asks for, read once, every mistake in it named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from hotline.services.lists import cursors
from hotline.services.lists.listing import Listing, Row
from hotline.services.lists.problems import Fault, Problem, UnusableError

LONGEST = 200
ASCENDING, DESCENDING = "asc", "desc"
_DIRECTIONS = {ASCENDING: False, DESCENDING: True}


@dataclass(frozen=True, slots=True)
class Question(Generic[Row]):
    """Which rows of which list, in which order, from which place on.

    ``typed`` are the filters as they were typed, ``where`` the same for the database. With a
    ``problem`` there is no honest answer, and none is given.
    """

    listing: Listing[Row]
    sort: str
    descending: bool
    typed: Mapping[str, str] = field(default_factory=dict)
    where: "tuple[sa.ColumnElement[bool], ...]" = ()
    place: cursors.Place | None = None
    backwards: bool = False
    problems: tuple[Problem, ...] = ()


def ask(listing: Listing[Any], parameters: Mapping[str, str], zone: ZoneInfo) -> "Question[Any]":
    """Read ``parameters``: ``sort`` and ``dir``, ``after`` or ``before`` a place, and the list's filters.

    Parameters that are no part of the list are left alone. Days are those of ``zone``.
    """
    problems: list[Problem] = []
    sort, descending = _order(listing, parameters, problems)
    typed, where = _filters(listing, parameters, zone, problems)
    place, backwards = _place(listing, parameters, sort, problems)
    return Question(listing, sort, descending, typed, where, place, backwards, tuple(problems))


def _order(listing: Listing[Any], parameters: Mapping[str, str], problems: list[Problem]) -> tuple[str, bool]:
    sort = parameters.get("sort") or listing.sort
    direction = parameters.get("dir") or (DESCENDING if listing.descending else ASCENDING)
    if sort not in listing.sorts:
        problems.append(Problem("sort", Fault.NO_SORT))
        sort = listing.sort
    if direction not in _DIRECTIONS:
        problems.append(Problem("dir", Fault.NO_SORT))
    return sort, _DIRECTIONS.get(direction, listing.descending)


def _filters(
    listing: Listing[Any], parameters: Mapping[str, str], zone: ZoneInfo, problems: list[Problem]
) -> "tuple[dict[str, str], tuple[sa.ColumnElement[bool], ...]]":
    typed, where = {}, []
    for name, read in listing.filters.items():
        text = parameters.get(name, "").strip()
        if not text:
            continue
        typed[name] = text[:LONGEST]
        try:
            where.append(read(_usable(text), zone))
        except UnusableError as error:
            problems.append(Problem(name, error.fault))
    bad = {problem.parameter for problem in problems}
    # Days are written so that text compares as they do.
    if {"from", "to"} <= typed.keys() - bad and typed["from"] > typed["to"]:
        problems.append(Problem("to", Fault.BACKWARDS))
    return typed, tuple(where)


def _place(
    listing: Listing[Any], parameters: Mapping[str, str], sort: str, problems: list[Problem]
) -> tuple[cursors.Place | None, bool]:
    asked = [name for name in ("after", "before") if parameters.get(name)]
    if not asked:
        return None, False
    try:
        if len(asked) > 1:
            raise UnusableError(Fault.NO_PLACE)
        order = listing.sorts[sort].order
        return cursors.decode(parameters[asked[0]], listing.name, sort, order), asked[0] == "before"
    except UnusableError as error:
        problems.append(Problem(asked[0], error.fault))
        return None, False


def _usable(text: str) -> str:
    if len(text) > LONGEST:
        raise UnusableError(Fault.TOO_LONG)
    if not text.isprintable():
        raise UnusableError(Fault.UNPRINTABLE)
    return text
