"""``/me/shifts``: when it is my turn within the next 90 days, week by week."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hotline.db.models import CoverRequest
from hotline.services.access import Permission
from hotline.services.calendars import schedule
from hotline.services.on_call import shifts
from hotline.services.on_call.shifts import MyShift
from hotline.services.operation import Operation
from hotline.services.planning import cover, overrides
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.me.cover_lines import CoverLine, lines
from hotline.web.pages.site import the_site
from hotline.web.pages.words import time_zone

Held = dict[uuid.UUID, list[schedule.OverrideLine]]


@dataclass(frozen=True, slots=True)
class Line:
    """One shift; ``override_id`` is the override by which it is mine, when I may end it."""

    rotation_id: uuid.UUID
    team: str
    zone: str
    layer: str
    starts_at: datetime
    ends_at: datetime
    is_now: bool
    is_override: bool
    nights: int
    weekend_days: int
    override_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Week:
    """The shifts that begin in one week, or run already when it is the first."""

    monday: date
    shifts: Sequence[Line]


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/me/shifts")(my_shifts)


@needs(Permission.OWN_ACCOUNT)
def my_shifts() -> ResponseReturnValue:
    """Whoever looks sees their own."""
    user_id, zone = viewer().id, time_zone()
    with the_site().reading() as op:
        found = shifts.of(op, user_id, zone)
        return render_template(
            "me/shifts.html",
            weeks=_weeks(op, found.ahead, zone),
            month=found.month,
            is_in_a_rotation=found.is_in_a_rotation,
            asked_of_me=_lines(op, cover.asked_of(op, user_id)),
            asked_by_me=_lines(op, cover.asked_by(op, user_id)),
            now=op.now,
        )


def _lines(op: Operation, requests: Sequence[CoverRequest]) -> list[CoverLine]:
    return lines(op, requests, viewer().id)


def _weeks(op: Operation, found: Sequence[MyShift], zone: str) -> list[Week]:
    held = _overrides(op)
    tz = ZoneInfo(zone)

    def monday(shift: MyShift) -> date:
        day = max(shift.starts_at, op.now).astimezone(tz).date()
        return day - timedelta(days=day.weekday())

    return [
        Week(first, [_line(op, shift, zone, held) for shift in group])
        for first, group in groupby(sorted(found, key=lambda one: max(one.starts_at, op.now)), key=monday)
    ]


def _line(op: Operation, shift: MyShift, zone: str, held: Held) -> Line:
    mine = [
        line.id
        for line in held.get(shift.rotation_id, [])
        if line.user is not None
        and line.user.id == viewer().id
        and line.starts_at <= shift.starts_at < line.ends_at
        and overrides.may_end(line.row, viewer())
    ]
    return Line(
        rotation_id=shift.rotation_id,
        team=shift.team.name,
        zone=shift.team.time_zone,
        layer=shift.layer,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        is_now=shift.starts_at <= op.now,
        is_override=shift.is_override,
        nights=shift.nights(zone),
        weekend_days=shift.weekend_days(zone),
        override_id=mine[-1] if shift.is_override and mine else None,
    )


def _overrides(op: Operation) -> Held:
    teams = schedule.read(op, op.now + timedelta(minutes=1))
    return {layer.rotation_id: list(layer.overrides) for team in teams for layer in team.layers}
