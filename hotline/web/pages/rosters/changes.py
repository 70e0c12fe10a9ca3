"""One exception to a roster: put somebody on call or take somebody off, and end that again."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from hotline.db.models import Override, OverrideKind, Rotation, User
from hotline.services.access import Permission
from hotline.services.on_call.rosters import Roster, load_rotations, people
from hotline.services.operation import Operation
from hotline.services.planning import overrides
from hotline.services.planning.plans import EndPlan, OverridePlan
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.me import times
from hotline.web.pages.rosters import looking, window
from hotline.web.pages.rosters.forms import EndForm, OverrideForm
from hotline.web.pages.rosters.looking import Decision
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, time_zone

_USUAL = timedelta(hours=8)


def add_routes(blueprint: Blueprint) -> None:
    for method in (blueprint.get, blueprint.post):
        method("/rosters/<rotation_id>/override")(new_override)
        method("/rosters/overrides/<override_id>")(roster_override)


@needs(Permission.PLAN_ROSTERS)
def new_override(rotation_id: str) -> ResponseReturnValue:
    """The form, filled in by the address; before and after; or that it was saved."""
    form = OverrideForm()
    with the_site().reading() as op:
        row = rotation(op, rotation_id)
        _offer(op, form, row)
        if not form.is_submitted():
            _begin(op, form)
            return _page(form, row)
        plan = form.plan(op, row.id) if form.validate() & form.check() else None
        if plan is None:
            return _page(form, row), 422
    decision = looking.decide(plan, form)
    if decision.is_saved:
        return _saved(plan, row, decision, form)
    return _page(form, row, decision), 422 if decision.trouble else 200


@needs(Permission.SEE_INCIDENTS)
def roster_override(override_id: str) -> ResponseReturnValue:
    """An override: who, when, why, and ending it with before and after in sight."""
    form = EndForm()
    with the_site().reading() as op:
        row = op.session.get(Override, window.identifier(override_id) or uuid.UUID(int=0))
        if row is None:
            abort(404)
        where = rotation(op, str(row.rotation_id))
        users = people(op, (row.user_id, row.instead_of_id, row.created_by_id, row.cancelled_by_id))
        may_end = overrides.may_end(row, viewer())
        is_over = row.cancelled_at is not None or row.ends_at <= op.now
        now = op.now
    decision = Decision()
    if may_end and not is_over:
        decision = looking.decide(EndPlan(row.id), form)
        if decision.is_saved:
            flash(gettext("The override has ended. Everybody whose duty changed has been told."), "success")
            return redirect(back_to(where, row.starts_at), 303)
    elif form.is_submitted() and not is_over:
        abort(403)
    page = render_template(
        "rosters/override.html",
        form=form,
        row=row,
        rotation=where,
        users=users,
        decision=decision,
        is_over=is_over,
        has_begun=row.starts_at <= now,
        kinds=OverrideKind,
        back=back_to(where, row.starts_at),
    )
    return page, 422 if decision.trouble else 200


def rotation(op: Operation, rotation_id: str) -> Rotation:
    """The rotation of an address with its team; one that has ended, and junk, is not found."""
    found = op.session.get(
        Rotation, window.identifier(rotation_id) or uuid.UUID(int=0), options=[joinedload(Rotation.team)]
    )
    return found if found is not None and found.ended_at is None else abort(404)


def back_to(row: Rotation, at: datetime) -> str:
    """The timeline of a layer's team, at a day."""
    first = window.local_day(at, time_zone())
    return url_for("pages.rosters", team=row.team_id, **{"from": first.isoformat()})  # type: ignore[arg-type]


def _saved(plan: OverridePlan, row: Rotation, decision: Decision, form: OverrideForm) -> ResponseReturnValue:
    template = (
        gettext("That was saved already: {layer}, {start} to {end}.")
        if decision.was_there
        else gettext("Saved: {layer}, {start} to {end}. Everybody whose duty changes has been told.")
    )
    span = {"start": times.said(plan.starts_at), "end": times.said(plan.ends_at)}
    flash(template.format(layer=row.layer, **span) + form.oddities(), "success")
    return redirect(back_to(row, plan.starts_at), 303)


def _page(form: OverrideForm, row: Rotation, decision: Decision | None = None) -> str:
    return render_template(
        "rosters/new_override.html",
        form=form,
        rotation=row,
        decision=decision or Decision(),
        back=back_to(row, the_site().clock.now()),
        swap=url_for(
            "pages.swap",
            rotation_id=row.id,
            **{key: request.args.get(key, "") for key in ("from", "to")},  # type: ignore[arg-type]
        ),
    )


def _begin(op: Operation, form: OverrideForm) -> None:
    """The span, the person and the kind of the address; the next eight hours without one."""
    looking.begin(form)
    start, end = (window.instant(request.args.get(name, "")) for name in ("from", "to"))
    start = max(start or op.now, op.now)
    form.begin(start, end if end is not None and end > start else start + _USUAL, time_zone())
    form.what.data = request.args.get("what", "replace")
    form.person.data = request.args.get("who", "")
    form.instead_of.data = request.args.get("instead", "")


def _offer(op: Operation, form: OverrideForm, row: Rotation) -> None:
    team = overrides.colleagues(op, row.team_id)
    everybody = op.session.scalars(sa.select(User).order_by(User.name, User.id))
    fit = overrides.can_be_put(op, everybody)
    mine = [user for user in fit if user.id in team]
    others = [user for user in fit if user.id not in team]
    form.offer([*mine, *others], _present(op, row, team), (time_zone(), row.team.time_zone))


def _present(op: Operation, row: Rotation, team: Mapping[uuid.UUID, User]) -> list[User]:
    """Whom an override may be about: the team, and whoever else is on call there within a quarter."""
    rows = [one for one in load_rotations(op, row.team_id) if one.id == row.id]
    table = Roster(op, rows).timetable(row.id, op.now, op.now + overrides.LONGEST)
    more = people(op, {member for spell in table.spells for member in spell.members} - {*team})
    return sorted([*team.values(), *more.values()], key=lambda user: user.name)
