"""``/coverage/holidays``: the company's calendars of holidays, by team."""

import uuid
from datetime import timedelta

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Team
from hotline.services.access import Permission
from hotline.services.calendars import leave
from hotline.web.pages import leave_forms
from hotline.web.pages.guard import needs
from hotline.web.pages.leave_forms import PROBLEMS, SourceForm
from hotline.web.pages.site import the_site

_AHEAD = timedelta(days=365)


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/coverage/holidays", endpoint="holidays")(holidays_page)
    blueprint.get("/coverage/holidays/<uuid:team_id>", endpoint="add_holidays")(add_holidays)
    blueprint.post("/coverage/holidays/<uuid:team_id>", endpoint="save_holidays")(save_holidays)
    blueprint.post("/coverage/holidays/remove/<uuid:source_id>", endpoint="remove_holidays")(remove_holidays)


@needs(Permission.SEE_INCIDENTS)
def holidays_page() -> ResponseReturnValue:
    """Every team's calendars and the holidays of a year ahead."""
    with the_site().reading() as op:
        teams = op.session.query(Team).where(Team.ended_at.is_(None)).order_by(Team.name).all()
        sources = leave.sources_of_teams(op)
        return render_template(
            "coverage/holidays.html",
            teams=[(team, [one for one in sources if one.team_id == team.id]) for team in teams],
            ahead=leave.of_teams(op, op.now, op.now + _AHEAD),
            problems=PROBLEMS,
        )


@needs(Permission.PLAN_ROSTERS)
def add_holidays(team_id: uuid.UUID) -> ResponseReturnValue:
    """The form."""
    return _form(SourceForm(formdata=None), team_id)


@needs(Permission.PLAN_ROSTERS)
def save_holidays(team_id: uuid.UUID) -> ResponseReturnValue:
    """Take the calendar."""
    return leave_forms.save(lambda form: _form(form, team_id), url_for("pages.holidays"), team_id)


@needs(Permission.PLAN_ROSTERS)
def remove_holidays(source_id: uuid.UUID) -> ResponseReturnValue:
    """Forget a calendar; twice is as good as once."""
    return leave_forms.remove(source_id, url_for("pages.holidays"))


def _form(form: SourceForm, team_id: uuid.UUID) -> str:
    with the_site().reading() as op:
        return render_template(
            "coverage/source.html",
            form=form,
            team=leave_forms.find_team(op, team_id),
            action=url_for("pages.save_holidays", team_id=team_id),
            back=url_for("pages.holidays"),
        )
