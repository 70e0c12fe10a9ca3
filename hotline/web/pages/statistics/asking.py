"""What the address of a report asks for: the last twelve months unless it says otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import request, url_for

from hotline.db.models import Team
from hotline.services.operation import Operation
from hotline.services.statistics.frames import DAYS, INCIDENTS, Frame
from hotline.web.pages.lists import fields, words
from hotline.web.pages.lists.fields import Field, FieldKind
from hotline.web.pages.site import now_of_page
from hotline.web.pages.words import gettext, marked, time_zone

MONTHS = 12
EVER = "2000-01-01"
_SPANS = {
    "": marked("12 months"),
    "this": marked("This month"),
    "last": marked("Last month"),
    "ever": marked("All time"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of an address. ``given`` is what stands in it, ``frame`` what that comes to.

    It has what the filters of a list are drawn from: ``problems``, ``chosen`` and ``chips``.
    """

    endpoint: str
    given: Mapping[str, str]
    frame: Frame
    fields: Sequence[Field]

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong, by the name of the filter."""
        return {found.parameter: gettext(words.FAULTS[found.fault]) for found in self.frame.problems}

    @property
    def chosen(self) -> Mapping[str, str]:
        """What the fields show: the span of days also when it is the usual one."""
        return self.frame.typed

    @property
    def chips(self) -> list[tuple[str, str]]:
        """What was chosen beside the days, and the address at which it is not."""
        return [
            (f"{gettext(one.label)}: {one.words(self.given[one.name])}", self._without(one.name))
            for one in self.fields
            if one.name in self.given and one.name not in DAYS
        ]

    @property
    def plain(self) -> str:
        """The report as it is when nothing is chosen."""
        return url_for(self.endpoint)

    @property
    def spans(self) -> list[tuple[str, str, bool]]:
        """Usual spans of days: their words, their addresses, and whether it is this one."""
        rest = {name: text for name, text in self.given.items() if name not in DAYS}
        mine = {name: text for name, text in self.given.items() if name in DAYS}
        found = {name: span_of(name) for name in _SPANS}
        return [
            (gettext(_SPANS[name]), address(self.endpoint, {**rest, **days}), days == mine)
            for name, days in found.items()
        ]

    def _without(self, name: str) -> str:
        return address(self.endpoint, {key: text for key, text in self.given.items() if key != name})


def ask(op: Operation, endpoint: str) -> Asked:
    """Read the address of this request."""
    typed = given()
    return Asked(endpoint, typed, frame_of(typed), _fields(op))


def address(endpoint: str, filters: Mapping[str, str], **more: str) -> str:
    """The address of an endpoint with these filters."""
    values: dict[str, Any] = {**filters, **more}
    return url_for(endpoint, **values)


def given() -> dict[str, str]:
    """The filters that stand in the address; what is empty or no filter is left out."""
    return {name: text for name in INCIDENTS.filters if (text := request.args.get(name, "").strip())}


def frame_of(typed: Mapping[str, str]) -> Frame:
    """Without a day the last twelve months, the present one included."""
    usual = {} if set(DAYS) & set(typed) else {"from": str(_first_of(_today(), MONTHS - 1))}
    return Frame({**usual, **typed}, ZoneInfo(time_zone()))


def span_of(name: str) -> dict[str, str]:
    """The days of a usual span, as an address has them."""
    today = _today()
    match name:
        case "this":
            return {"from": str(_first_of(today))}
        case "last":
            last = _first_of(today) - timedelta(days=1)
            return {"from": str(_first_of(last)), "to": str(last)}
        case "ever":
            return {"from": EVER}
        case _:
            return {}


def _today() -> date:
    return now_of_page().astimezone(ZoneInfo(time_zone())).date()


def _first_of(day: date, months_before: int = 0) -> date:
    counted = day.year * 12 + day.month - 1 - months_before
    return date(counted // 12, counted % 12 + 1, 1)


def _fields(op: Operation) -> list[Field]:
    teams = op.session.execute(sa.select(Team.id, Team.name).order_by(Team.name, Team.id))
    pairs = tuple((str(team_id), name) for team_id, name in teams)
    return [
        *fields.days(marked("From"), marked("Until")),
        fields.customer(op),
        fields.product(op),
        Field("team", marked("Team"), FieldKind.CHOICE, pairs),
    ]
