"""``/coverage/holidays``: the company's calendars of holidays, by team."""

import uuid
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Team, User
from hotline.errors import NotFoundError
from hotline.services.access import Permission
from hotline.services.on_call import leave
from hotline.services.on_call.leave import SourceRefusedError
from hotline.services.operation import Operation
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.leave_forms import PROBLEMS, SourceForm, enter, given_file
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext

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
    form, me, data = SourceForm(), viewer().id, given_file()
    if not form.validate():
        return _form(form, team_id), 422

    def work(op: Operation) -> None:
        team = op.session.get(Team, team_id)
        if team is None:
            raise NotFoundError("There is no such team.")
        enter(op, op.session.get_one(User, me), form, data, team)

    try:
        the_site().write(work)
    except SourceRefusedError as refused:
        form.refuse(refused.problem)
        return _form(form, team_id), 422
    flash(gettext("The calendar is kept. An address is read within a minute."), "success")
    return redirect(url_for("pages.holidays"), 303)


@needs(Permission.PLAN_ROSTERS)
def remove_holidays(source_id: uuid.UUID) -> ResponseReturnValue:
    """Forget a calendar; twice is as good as once."""
    me = viewer().id
    the_site().write(lambda op: leave.remove(op, source_id, op.session.get_one(User, me)))
    flash(gettext("The calendar was removed."), "success")
    return redirect(url_for("pages.holidays"), 303)


def _form(form: SourceForm, team_id: uuid.UUID) -> str:
    with the_site().reading() as op:
        team = op.session.get(Team, team_id)
        if team is None:
            raise NotFoundError("There is no such team.")
        return render_template(
            "coverage/source.html",
            form=form,
            team=team,
            action=url_for("pages.save_holidays", team_id=team_id),
            back=url_for("pages.holidays"),
        )
