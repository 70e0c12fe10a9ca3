"""``/coverage``: what is wrong with the rosters of the next 30 days, the worst first, and what mends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from hotline.services.access import Permission, may
from hotline.services.calendars import leave
from hotline.services.coverage import coverage
from hotline.services.coverage.coverage import Kind, Problem, Span
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked

SHOWN = 3
_TITLES = {
    Kind.NO_ANSWER: marked("Nobody would answer: ladder {ladder}"),
    Kind.GAP: marked("Nobody is on call: {layer}"),
    Kind.DISABLED: marked("{name} cannot sign in any more, but has a place in {layer}"),
    Kind.UNREACHABLE: marked("{name} cannot be rung, but is on call: {layer}"),
    Kind.ON_LEAVE: marked("{name} is on leave, but is on call: {layer}"),
    Kind.DOUBLE: marked("{name} is on call twice at once: {layer} and {other}"),
    Kind.ALONE: marked("{name} is alone in {layer}: there is nobody to hand over to"),
}
_SEVERE = {Kind.NO_ANSWER, Kind.GAP}
_SLIGHT = {Kind.DOUBLE, Kind.ALONE}


@dataclass(frozen=True, slots=True)
class Line:
    """A problem as it is shown; ``grade`` is late, risk or quiet. Without ``action`` it is not theirs."""

    title: str
    kind: str
    grade: str
    team: str
    zone: str
    is_now: bool
    spans: Sequence[Span]
    more: int
    action: str
    address: str


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/coverage", endpoint="coverage")(coverage_page)


@needs(Permission.SEE_INCIDENTS)
def coverage_page() -> ResponseReturnValue:
    """What is wrong."""
    with the_site().reading() as op:
        report = coverage.read(op)
        holidays = leave.of_teams(op, report.start, report.end)
        return render_template(
            "coverage/problems.html",
            lines=[_line(problem, op.now) for problem in report.problems],
            severe=report.count(*_SEVERE),
            others=len(report.problems) - report.count(*_SEVERE),
            until=report.end,
            teams=report.teams,
            holidays=[(team, holidays[team.id]) for team in report.teams if team.id in holidays],
        )


def _line(problem: Problem, now: datetime) -> Line:
    values = {
        "ladder": "" if problem.ladder is None else problem.ladder.name,
        "layer": "" if problem.rotation is None else f"{problem.team.name}, {problem.rotation.layer}",
        "other": "" if problem.other is None else f"{problem.other.team.name}, {problem.other.layer}",
        "name": "" if problem.user is None else problem.user.name,
    }
    action, address = _remedy(problem)
    return Line(
        title=gettext(_TITLES[problem.kind]).format(**values),
        kind=problem.kind.value,
        grade="late" if problem.kind in _SEVERE else "quiet" if problem.kind in _SLIGHT else "risk",
        team=problem.team.name,
        zone=problem.team.time_zone,
        is_now=bool(problem.spans) and problem.spans[0][0] <= now,
        spans=problem.spans[:SHOWN],
        more=max(len(problem.spans) - SHOWN, 0),
        action=action,
        address=address,
    )


def _remedy(problem: Problem) -> tuple[str, str]:
    """The one thing that mends it, for whoever looks; two empty texts when that is not theirs to do."""
    me = viewer()
    is_mine = problem.user is not None and problem.user.id == me.id
    if is_mine and problem.kind is Kind.UNREACHABLE:
        return gettext("Mend your numbers"), url_for("pages.contacts")
    if is_mine and problem.kind in (Kind.ON_LEAVE, Kind.DOUBLE) and problem.rotation is not None:
        return gettext("Ask for cover"), _with_span("pages.cover_form", problem, rotation=problem.rotation.id)
    if not may(me.role, Permission.PLAN_ROSTERS):
        return "", ""
    if problem.rotation is None:
        return gettext("See who is on call"), url_for("pages.on_call")
    if problem.kind in (Kind.ALONE, Kind.DISABLED):
        return gettext("Change the roster"), url_for("pages.roster_layer", rotation_id=problem.rotation.id)
    return gettext("Put somebody on call"), _with_span(
        "pages.new_override", problem, rotation_id=problem.rotation.id
    )


def _with_span(endpoint: str, problem: Problem, **values: Any) -> str:
    starts_at, ends_at = problem.spans[0]
    values |= {"from": starts_at.isoformat(), "to": ends_at.isoformat()}
    return url_for(endpoint, **values)
