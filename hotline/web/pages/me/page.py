"""``/me``: am I on call, what is open for me, who is next, and can I be rung at all."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hotline.db.models import Handover, Incident, IncidentStatus, Page
from hotline.services import reports
from hotline.services.access import Permission
from hotline.services.on_call import neighbours, rosters, shifts, versions
from hotline.services.operation import Operation
from hotline.services.planning import cover
from hotline.services.reaching import reach
from hotline.services.reaching.reach import Reach
from hotline.services.reports import BoardRow
from hotline.web.pages import live
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.me.cover_lines import CoverLine, lines
from hotline.web.pages.site import the_site
from hotline.web.pages.words import time_zone


@dataclass(frozen=True, slots=True)
class Rung:
    """Somebody on the ladder around the viewer; ``who`` is None where nobody is on call."""

    layer: str
    who: str | None


@dataclass(frozen=True, slots=True)
class OnCall:
    """A layer in which the viewer is on call now."""

    rotation_id: uuid.UUID
    team: str
    layer: str
    until: datetime | None
    is_override: bool
    is_rung: bool
    before: Rung | None
    after: Rung | None


@dataclass(frozen=True, slots=True)
class Coming:
    """The viewer's next shift."""

    team: str
    layer: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Mine:
    """Everything on the page, as values; ``minute`` makes it be drawn anew every minute."""

    minute: datetime
    on_call: Sequence[OnCall]
    coming: Coming | None
    is_in_a_rotation: bool
    owned: Sequence[BoardRow]
    paged: Sequence[BoardRow]
    others: Sequence[BoardRow]
    reach: Reach
    asked_of_me: Sequence[CoverLine]
    asked_by_me: Sequence[CoverLine]


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/me")(me)


@needs(Permission.OWN_ACCOUNT)
def me() -> ResponseReturnValue:
    """The page of whoever looks."""
    user_id, zone = viewer().id, time_zone()
    at, mine = live.shared(("me", user_id, zone), lambda: _look(user_id, zone))
    return live.answer(mine, lambda: render_template("me/me.html", mine=mine, drawn_at=at))


def _look(user_id: uuid.UUID, zone: str) -> tuple[datetime, Mine]:
    with the_site().reading() as op:
        return op.now, _read(op, user_id, zone)


def _read(op: Operation, user_id: uuid.UUID, zone: str) -> Mine:
    schedule = shifts.of(op, user_id, zone)
    coming = schedule.next(op.now)
    rows = [row for row in reports.board(op) if not row.is_finished or row.owner_id == user_id]
    paged = _paged(op, user_id)
    teams = _teams(op, user_id)
    return Mine(
        minute=op.now.replace(second=0, microsecond=0),
        on_call=[_on_call(found) for found in neighbours.on_duty(op, user_id)],
        coming=None
        if coming is None
        else Coming(coming.team.name, coming.layer, coming.starts_at, coming.ends_at),
        is_in_a_rotation=schedule.is_in_a_rotation,
        owned=[row for row in rows if row.owner_id == user_id],
        paged=[row for row in rows if row.reference in paged],
        others=[
            row
            for row in rows
            if row.owner_id != user_id and row.reference not in paged and row.hunt.team in teams
        ],
        reach=reach.of(op, [user_id])[user_id],
        asked_of_me=lines(op, cover.asked_of(op, user_id), user_id),
        asked_by_me=lines(op, cover.asked_by(op, user_id), user_id),
    )


def _on_call(found: neighbours.OnDuty) -> OnCall:
    return OnCall(
        rotation_id=found.duty.rotation_id,
        team=found.duty.team.name,
        layer=found.duty.layer,
        until=found.duty.until,
        is_override=found.duty.is_override,
        is_rung=found.is_rung,
        before=_rung(found.before),
        after=_rung(found.after),
    )


def _rung(found: neighbours.Neighbour | None) -> Rung | None:
    return None if found is None else Rung(found.layer, found.names)


def _paged(op: Operation, user_id: uuid.UUID) -> set[str]:
    """The references of what somebody was asked to take: what nobody has, and what is to be handed over."""
    untaken = (
        sa.select(Incident.reference)
        .join(Page, Page.incident_id == Incident.id)
        .where(Page.user_id == user_id, Incident.status == IncidentStatus.OPEN, Incident.owner_id.is_(None))
    )
    handed_over = (
        sa.select(Incident.reference)
        .join(Handover, Handover.incident_id == Incident.id)
        .where(Handover.to_id == user_id, Handover.settled_at.is_(None))
    )
    return set(op.session.scalars(untaken.union_all(handed_over)))


def _teams(op: Operation, user_id: uuid.UUID) -> set[str]:
    """The names of the teams in which somebody has a place."""
    rows = rosters.load_rotations(op)
    return {row.team.name for row in rows if user_id in versions.member_ids(row, op.now)}
