"""``/rosters``: who has which night, by day, week or month; where nobody has; what I have."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_date
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Team, User
from hotline.services.access import Permission
from hotline.services.calendars import timeline
from hotline.services.calendars.timeline import LayerLine, Stretch, TeamLine
from hotline.services.on_call.shifts import night_dates
from hotline.services.operation import Operation
from hotline.web.pages.guard import needs, viewer, viewer_may
from hotline.web.pages.rosters import drawing, shapes, window
from hotline.web.pages.rosters.drawing import Canvas
from hotline.web.pages.rosters.window import WHOLE_HOUSE, Scale, Window
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, language, marked, time_zone

# So that a shift of a week is known from its beginning to its end.
_MARGIN = timedelta(days=8)
_SCALES = ((Scale.DAY, marked("Day")), (Scale.WEEK, marked("Week")), (Scale.MONTH, marked("Month")))
_MOST_GAPS = 5
_TEAMS_ON_A_PAGE, _DIGITS = 20, 6


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table: somebody, or nobody, on call in a layer within the window."""

    layer: str
    names: str | None
    starts_at: datetime
    ends_at: datetime
    is_override: bool
    is_mine: bool
    nights: int
    href: str


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/rosters")(rosters)


@needs(Permission.SEE_INCIDENTS)
def rosters() -> ResponseReturnValue:
    """One team, or the final schedule of every team."""
    with the_site().reading() as op:
        teams = timeline.teams(op)
        chosen = _chosen(op, teams)
        if chosen is None and request.args.get("team") not in (None, "", WHOLE_HOUSE):
            return redirect(url_for("pages.rosters"))
        if request.args.get("team") == WHOLE_HOUSE or chosen is None:
            return _house(op, teams)
        return _team(op, teams, chosen)


def _team(op: Operation, teams: Sequence[Team], team: Team) -> str:
    seen = window.read(str(team.id), (time_zone(), team.time_zone), op.now)
    start, end = seen.whole
    found = timeline.read(op, start - _MARGIN, end + _MARGIN, team.id)
    line = found[0] if found else TeamLine(team, [], [])
    canvas = _canvas(op, seen, _second_zone(seen, team))
    entries = [entry for layer in line.layers for entry in _entries(layer, seen, op.now)]
    gaps = [entry for entry in entries if entry.names is None and entry.ends_at > op.now]
    mine = [entry for entry in entries if entry.is_mine]
    return _shown(
        op,
        seen,
        teams,
        team,
        zones=_zones(seen, team),
        bands=drawing.bands(canvas, line),
        is_empty=all(layer.has_ended for layer in line.layers),
        users=[(user.name, canvas.colour(user)) for user in line.users],
        gaps=sorted(gaps, key=lambda one: one.starts_at)[:_MOST_GAPS],
        more_gaps=max(0, len(gaps) - _MOST_GAPS),
        entries=mine if seen.is_mine else entries,
        mine=mine,
        my_nights=sum(entry.nights for entry in mine),
    )


def _house(op: Operation, teams: Sequence[Team]) -> str:
    seen = window.read(WHOLE_HOUSE, (time_zone(), time_zone()), op.now)
    start, end = seen.whole
    canvas = _canvas(op, seen, seen.zone)
    lines = timeline.read(op, start - _MARGIN, end + _MARGIN)
    pages = max(1, -(-len(lines) // _TEAMS_ON_A_PAGE))
    wanted = request.args.get("page", "1")
    page = min(max(1, int(wanted)), pages) if wanted.isdecimal() and len(wanted) < _DIGITS else 1
    lines = lines[(page - 1) * _TEAMS_ON_A_PAGE : page * _TEAMS_ON_A_PAGE]
    return _shown(
        op,
        seen,
        teams,
        None,
        before=seen.url(page=str(page - 1)) if page > 1 else "",
        after=seen.url(page=str(page + 1)) if page < pages else "",
        lines=[(line.team, drawing.overview(canvas, line), _gap_count(line, seen, op.now)) for line in lines],
    )


def _shown(op: Operation, seen: Window, teams: Sequence[Team], team: Team | None, **more: Any) -> str:
    """The page of a team, or of the house, with what both begin with."""
    return render_template(
        "rosters/house.html" if team is None else "rosters/timeline.html",
        teams=teams,
        team=team,
        window=seen,
        scales=_scales(seen),
        title=_title(seen),
        now=op.now,
        **more,
    )


def _chosen(op: Operation, teams: Sequence[Team]) -> Team | None:
    """The team of the address; without one the viewer's own, else the first."""
    wanted: uuid.UUID | None
    if request.args.get("team"):
        wanted = window.identifier(request.args["team"])
        return next((team for team in teams if team.id == wanted), None)
    wanted = timeline.team_of(op, viewer().id)
    return next((team for team in teams if team.id == wanted), teams[0] if teams else None)


def _canvas(op: Operation, seen: Window, other_zone: str) -> Canvas:
    return Canvas(seen, other_zone, op.now, viewer(), viewer_may(Permission.PLAN_ROSTERS))


def _second_zone(seen: Window, team: Team) -> str:
    return time_zone() if seen.is_team_zone else team.time_zone


def _scales(seen: Window) -> list[tuple[str, str, bool]]:
    return [
        (gettext(label), seen.url(scale=scale.value, rows=""), seen.scale is scale)
        for scale, label in _SCALES
    ]


def _zones(seen: Window, team: Team) -> list[tuple[str, str, bool]]:
    """Whose zone divides the days; none to choose where both are the same."""
    if team.time_zone == time_zone():
        return []
    mine = gettext("My zone, {zone}").format(zone=time_zone())
    theirs = gettext("The team's, {zone}").format(zone=team.time_zone)
    return [
        (mine, seen.url(zone=""), not seen.is_team_zone),
        (theirs, seen.url(zone="team"), seen.is_team_zone),
    ]


def _title(seen: Window) -> str:
    """``Monday 23 November 2026`` or the first and the last day."""
    days = seen.days
    if seen.scale is Scale.DAY:
        return str(format_date(days[0], "EEEE d MMMM y", locale=language()))
    first = format_date(days[0], "d MMM", locale=language())
    return f"{first} \N{EN DASH} {format_date(days[-1], 'd MMM y', locale=language())}"


def _entries(layer: LayerLine, seen: Window, now: datetime) -> list[Entry]:
    start, end = seen.whole
    return [
        _entry(layer, one, seen, now)
        for one in shapes.merged(layer.final)
        if one.starts_at < end and start < one.ends_at
    ]


def _entry(layer: LayerLine, one: Stretch, seen: Window, now: datetime) -> Entry:
    me: User = viewer()
    span = {"from": max(one.starts_at, now).isoformat(), "to": one.ends_at.isoformat()}
    may = viewer_may(Permission.PLAN_ROSTERS) and one.ends_at > now
    return Entry(
        layer.name,
        ", ".join(user.name for user in one.users) or None,
        one.starts_at,
        one.ends_at,
        one.is_override,
        any(user.id == me.id for user in one.users),
        _nights(one, seen),
        url_for("pages.new_override", rotation_id=layer.rotation_id, **span) if may else "",  # type: ignore[arg-type]
    )


def _nights(one: Stretch, seen: Window) -> int:
    """The nights that begin within the window and that somebody is on call in."""
    start, end = max(one.starts_at, seen.whole[0]), min(one.ends_at, seen.whole[1])
    return sum(evening >= seen.first for evening in night_dates(start, end, seen.zone))


def _gap_count(line: TeamLine, seen: Window, now: datetime) -> int:
    start, end = max(now, seen.whole[0]), seen.whole[1]
    return sum(
        not one.users and one.starts_at < end and start < one.ends_at
        for layer in line.layers
        for one in layer.final
    )
