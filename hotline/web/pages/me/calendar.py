"""``/me/calendar``: my shifts and my teams' in a calendar program, and my leave from mine."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Team, User
from hotline.services.access import Permission
from hotline.services.calendars import feeds, leave
from hotline.services.on_call import shifts
from hotline.services.operation import Operation
from hotline.web.pages import leave_forms
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.leave_forms import PROBLEMS, SourceForm
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, time_zone

_AHEAD = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Clash:
    """I am on leave and on call: what to ask cover for."""

    rotation_id: uuid.UUID
    layer: str
    zone: str
    starts_at: datetime
    ends_at: datetime


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/me/calendar", endpoint="my_calendar")(my_calendar)
    blueprint.post("/me/calendar/feed", endpoint="make_feed")(make_feed)
    blueprint.post("/me/calendar/feed/<uuid:team_id>", endpoint="make_team_feed")(make_team_feed)
    blueprint.post("/me/calendar/revoke/<uuid:feed_id>", endpoint="revoke_feed")(revoke_feed)
    blueprint.get("/me/leave/add", endpoint="add_leave")(add_leave)
    blueprint.post("/me/leave/add", endpoint="save_leave")(save_leave)
    blueprint.post("/me/leave/remove/<uuid:source_id>", endpoint="remove_leave")(remove_leave)
    blueprint.post("/me/leave/read/<uuid:source_id>", endpoint="read_leave")(read_leave)


@needs(Permission.OWN_ACCOUNT)
def my_calendar() -> ResponseReturnValue:
    """Whoever looks sees their own."""
    return _page()


@needs(Permission.OWN_ACCOUNT)
def make_feed() -> ResponseReturnValue:
    """A new address for my own shifts, shown once."""
    me = viewer().id

    def work(op: Operation) -> str:
        return feeds.address(op, feeds.make(op, op.session.get_one(User, me)))

    return _shown_once(the_site().write(work), None)


@needs(Permission.SEE_INCIDENTS)
def make_team_feed(team_id: uuid.UUID) -> ResponseReturnValue:
    """A new address for the shifts of a team, shown once."""
    me = viewer().id

    def work(op: Operation) -> str:
        user = op.session.get_one(User, me)
        return feeds.address(op, feeds.make(op, user, leave_forms.find_team(op, team_id)))

    return _shown_once(the_site().write(work), team_id)


@needs(Permission.OWN_ACCOUNT)
def revoke_feed(feed_id: uuid.UUID) -> ResponseReturnValue:
    """An address is good no more; twice is as good as once."""
    said = gettext("The address is good no more.")
    return leave_forms.act(feeds.revoke, feed_id, said, url_for("pages.my_calendar"))


@needs(Permission.OWN_ACCOUNT)
def add_leave() -> ResponseReturnValue:
    """The form."""
    return _form(SourceForm(formdata=None))


@needs(Permission.OWN_ACCOUNT)
def save_leave() -> ResponseReturnValue:
    """Take my calendar of leave."""
    return leave_forms.save(_form, url_for("pages.my_calendar"))


@needs(Permission.OWN_ACCOUNT)
def remove_leave(source_id: uuid.UUID) -> ResponseReturnValue:
    """Forget a calendar; twice is as good as once."""
    return leave_forms.remove(source_id, url_for("pages.my_calendar"))


@needs(Permission.OWN_ACCOUNT)
def read_leave(source_id: uuid.UUID) -> ResponseReturnValue:
    """Read an address again soon."""
    said = gettext("It is read again within a minute.")
    return leave_forms.act(leave.read_again, source_id, said, url_for("pages.my_calendar"))


def _form(form: SourceForm) -> str:
    return render_template(
        "coverage/source.html",
        form=form,
        team=None,
        action=url_for("pages.save_leave"),
        back=url_for("pages.my_calendar"),
    )


def _shown_once(address: str, team_id: uuid.UUID | None) -> ResponseReturnValue:
    """Not a redirect: the address is nowhere but in this answer."""
    response = make_response(_page(address, team_id))
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(address: str | None = None, team_id: uuid.UUID | None = None) -> str:
    me, zone = viewer(), time_zone()
    with the_site().reading() as op:
        away = leave.of_people(op, [me.id], op.now, op.now + _AHEAD).get(me.id, [])
        return render_template(
            "me/calendar.html",
            address=address,
            address_of=team_id,
            feeds=feeds.of_user(op, me.id),
            teams=op.session.query(Team).where(Team.ended_at.is_(None)).order_by(Team.name).all(),
            sources=leave.sources_of(op, me),
            away=away,
            clashes=clashes(op, me, zone, away),
            problems=PROBLEMS,
        )


def clashes(op: Operation, user: User, zone: str, away: Sequence[leave.Away]) -> list[Clash]:
    """When somebody is on call within their leave, in order."""
    if not away:
        return []
    return [
        Clash(
            shift.rotation_id,
            f"{shift.team.name}, {shift.layer}",
            shift.team.time_zone,
            one.starts_at,
            one.ends_at,
        )
        for shift in shifts.of(op, user.id, zone).ahead
        for one in leave.overlap(away, max(shift.starts_at, op.now), shift.ends_at)
    ]
