"""Who answers now in every layer of every team, who is next, where nobody would, and the week ahead."""

import uuid
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hotline.db.models import User
from hotline.services import access
from hotline.services.access import Permission
from hotline.services.calendars import leave, schedule
from hotline.services.on_call import rosters
from hotline.services.on_call.shifts import day_begins
from hotline.services.operation import Operation
from hotline.services.planning import overrides
from hotline.web.pages import live
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.roster_changes import HOURS
from hotline.web.pages.site import the_site
from hotline.web.pages.week_strip import Strip, strip_of
from hotline.web.pages.words import time_zone

DAYS = 7


@dataclass(frozen=True, slots=True)
class Follower:
    """Who is on call after whoever is now; ``who`` is None for nobody."""

    who: str | None
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class OverrideNow:
    """An override that holds or is to come, and whether the viewer may end it."""

    id: uuid.UUID
    who: str | None
    starts_at: datetime
    ends_at: datetime
    made_by: str | None
    reason: str | None
    has_begun: bool
    may_end: bool


@dataclass(frozen=True, slots=True)
class LayerNow:
    """One layer; ``who`` is None when nobody is on call, which the page shouts."""

    rotation_id: uuid.UUID
    name: str
    who: str | None
    who_id: uuid.UUID | None
    is_me: bool
    is_reachable: bool
    on_leave: Sequence[str]
    until: datetime | None
    is_override: bool
    follower: Follower | None
    gaps: Sequence[tuple[datetime, datetime]]
    overrides: Sequence[OverrideNow]
    may_take: bool
    strip: Strip


@dataclass(frozen=True, slots=True)
class TeamNow:
    """A team and its layers, the first to be rung first."""

    id: uuid.UUID
    name: str
    time_zone: str
    layers: Sequence[LayerNow]

    @property
    def has_gap(self) -> bool:
        """True when some layer has nobody now."""
        return any(layer.who is None for layer in self.layers)

    @property
    def has_gap_ahead(self) -> bool:
        """True when some layer has nobody at some time of the week ahead."""
        return any(layer.gaps for layer in self.layers)


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/on-call")(on_call)


@needs(Permission.SEE_INCIDENTS)
def on_call() -> ResponseReturnValue:
    """The page of all teams."""
    at, teams = live.shared(("on call", viewer().id, viewer().role, time_zone()), lambda: _look(viewer()))
    minute = at.replace(second=0, microsecond=0)
    return live.answer(
        (minute, teams), lambda: render_template("on_call.html", teams=teams, drawn_at=at, hours=HOURS)
    )


def _look(me: User) -> tuple[datetime, Sequence[TeamNow]]:
    zone = time_zone()
    with the_site().reading() as op:
        days = _days(op.now, zone)
        found = schedule.read(op, days[-1], days[0])
        now = {user.id for team in found for layer in team.layers for user in layer.users}
        away = leave.of_people(op, now, op.now, op.now + timedelta(minutes=1))
        return op.now, [
            TeamNow(
                team.team.id,
                team.team.name,
                team.team.time_zone,
                [_layer(op, team, layer, days, me, away) for layer in team.layers],
            )
            for team in found
        ]


def _days(now: datetime, zone: str) -> list[datetime]:
    """When each day of the week ahead begins, and when the last one ends."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return [day_begins(today + timedelta(days=number), zone) for number in range(DAYS + 1)]


def _layer(
    op: Operation,
    team: schedule.TeamSchedule,
    layer: schedule.Layer,
    days: Sequence[datetime],
    me: User,
    away: Container[uuid.UUID],
) -> LayerNow:
    is_me = any(user.id == me.id for user in layer.users)
    follower = layer.next
    return LayerNow(
        rotation_id=layer.rotation_id,
        name=layer.name,
        who=rosters.names(layer.users),
        who_id=layer.users[0].id if layer.users else None,
        is_me=is_me,
        is_reachable=layer.is_reachable,
        on_leave=[user.name for user in layer.users if user.id in away],
        until=layer.until,
        is_override=layer.is_override,
        follower=None if follower is None else Follower(follower.names, follower.starts_at),
        gaps=[(gap.starts_at, gap.ends_at) for gap in layer.gaps],
        overrides=[_override(op, line, me) for line in layer.overrides],
        may_take=not is_me and _may_take(team, me),
        strip=strip_of(layer, team.users, days, op.now),
    )


def _may_take(team: schedule.TeamSchedule, me: User) -> bool:
    is_planner = access.may(me.role, Permission.PLAN_ROSTERS)
    return access.may(me.role, Permission.WORK_ON_INCIDENTS) and (me.id in team.member_ids or is_planner)


def _override(op: Operation, line: schedule.OverrideLine, me: User) -> OverrideNow:
    return OverrideNow(
        line.id,
        _name(line.user),
        line.starts_at,
        line.ends_at,
        _name(line.made_by),
        line.reason,
        has_begun=line.starts_at <= op.now,
        may_end=overrides.may_end(line.row, me),
    )


def _name(user: User | None) -> str | None:
    return None if user is None else user.name
