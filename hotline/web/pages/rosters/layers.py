"""A layer of a team: its people, their order and hours, from an instant on; a new layer; the end of one."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Rotation, Team, User
from hotline.services.access import Permission, may
from hotline.services.on_call import versions
from hotline.services.on_call.rosters import load_rotations
from hotline.services.on_call.versions import PartPlan
from hotline.services.operation import Operation
from hotline.services.planning import keeping
from hotline.services.planning.plans import LayerEnd, LayerPlan, VersionPlan
from hotline.web.pages.guard import needs
from hotline.web.pages.me import times
from hotline.web.pages.rosters import changes, looking, part_forms, window
from hotline.web.pages.rosters.looking import Decision
from hotline.web.pages.rosters.part_forms import LayerEndForm, LayerForm
from hotline.web.pages.rosters.rearranging import rearranged
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked, time_zone


def add_routes(blueprint: Blueprint) -> None:
    for method in (blueprint.get, blueprint.post):
        method("/rosters/<rotation_id>/layer")(roster_layer)
        method("/rosters/<rotation_id>/end")(end_layer)
        method("/rosters/teams/<team_id>/new-layer")(new_layer)


@needs(Permission.PLAN_ROSTERS)
def roster_layer(rotation_id: str) -> ResponseReturnValue:
    """The layer as it is; before and after; or that it was saved."""
    with the_site().reading() as op:
        row = _loaded(op, changes.rotation(op, rotation_id))
        version = versions.at(row, op.now) or row.versions[-1]
        next_at = keeping.next_hand_off(row, op.now)
        shown = {"parts": part_forms.values_of(versions.plans_of(version)), "layer": row.layer}
        form, people = _form(op, shown, row.team, times.said(next_at) if next_at > op.now else "")
        page = _Page(form, row.team, row)
        if not _is_sent(form):
            return page.shown()
        plans, holds_from = _planned(op, form, people, next_at)
        if plans is None:
            return page.shown(), 422
        if form.keep.data:
            plans = keeping.keeping(plans, row, holds_from or op.now)
    plan = VersionPlan(form.row_id, row.id, plans, holds_from, form.reason.data or None)
    decision = looking.decide(plan, form)
    if decision.is_saved:
        flash(gettext("The layer {layer} was changed.").format(layer=row.layer), "success")
        return redirect(changes.back_to(row, holds_from or the_site().clock.now()), 303)
    return page.shown(decision), 422 if decision.trouble else 200


@needs(Permission.PLAN_ROSTERS)
def new_layer(team_id: str) -> ResponseReturnValue:
    """A layer after the others of a team."""
    with the_site().reading() as op:
        team = op.session.get(Team, window.identifier(team_id) or uuid.UUID(int=0))
        if team is None or team.ended_at is not None:
            abort(404)
        today = window.local_day(op.now, team.time_zone)
        form, people = _form(op, {"parts": [part_forms.new_part(team.time_zone, today)]}, team, "")
        page = _Page(form, team, None)
        if not _is_sent(form):
            return page.shown()
        plans, holds_from = _planned(op, form, people, op.now)
        if not (form.layer.data or "").strip():
            form.layer.errors = [marked("Give the layer a name, such as backup.")]
            plans = None
        if plans is None:
            return page.shown(), 422
    decision = looking.decide(LayerPlan(form.row_id, team.id, form.layer.data, plans, holds_from), form)
    if decision.is_saved:
        template = gettext("The layer {layer} was added. No ladder rings it yet.")
        flash(template.format(layer=form.layer.data), "success")
        return redirect(url_for("pages.rosters", team=team.id), 303)
    return page.shown(decision), 422 if decision.trouble else 200


@needs(Permission.PLAN_ROSTERS)
def end_layer(rotation_id: str) -> ResponseReturnValue:
    """The end of a layer, with before and after in sight."""
    form = LayerEndForm()
    with the_site().reading() as op:
        row = changes.rotation(op, rotation_id)
    decision = looking.decide(LayerEnd(row.id), form)
    if decision.is_saved:
        flash(gettext("The layer {layer} has ended.").format(layer=row.layer), "success")
        return redirect(url_for("pages.rosters", team=row.team_id), 303)
    page = render_template("rosters/end_layer.html", form=form, rotation=row, decision=decision)
    return page, 422 if decision.trouble else 200


class _Page:
    """The page of one form."""

    def __init__(self, form: LayerForm, team: Team, row: Rotation | None) -> None:
        self._form, self._team, self._row = form, team, row

    def shown(self, decision: Decision | None = None) -> str:
        return render_template(
            "rosters/layer.html",
            form=self._form,
            team=self._team,
            rotation=self._row,
            decision=decision or Decision(),
            zones=sorted(available_timezones()),
            back=url_for("pages.rosters", team=self._team.id),
        )


def _form(
    op: Operation, shown: dict[str, Any], team: Team, hand_off: str
) -> tuple[LayerForm, Sequence[User]]:
    """The form as it was sent, with the part or place that was asked for; else with ``shown``."""
    people = _people(op)
    form = LayerForm(data=shown)
    if not form.is_submitted():
        looking.begin(form)
    elif request.form.get("do") not in ("look", "save"):
        data = rearranged(form.data, request.form.get("do", ""), team.time_zone)
        form = LayerForm(formdata=None, data=data)
    form.offer(people, hand_off)
    return form, people


def _is_sent(form: LayerForm) -> bool:
    return form.is_submitted() and request.form.get("do") in ("look", "save")


def _planned(
    op: Operation, form: LayerForm, people: Sequence[User], next_at: datetime
) -> tuple[list[PartPlan] | None, datetime | None]:
    """The parts and from when on they hold (None is now); no parts when a field says what is wrong."""
    is_valid = form.validate()
    plans = form.plans(people)
    holds_from = next_at if form.when.data == "hand-off" else None
    if form.when.data == "at":
        typed = times.read(form.at.data or "", time_zone(), op.now)
        if typed is None:
            form.at.errors = [marked("This is no date and time. Type it as 2026-11-23 09:00.")]
            return None, None
        holds_from = typed.at
    return (plans if is_valid else None), holds_from


def _people(op: Operation) -> list[User]:
    """Everybody who may have a place in a rotation."""
    users = op.session.scalars(sa.select(User).where(User.disabled_at.is_(None)).order_by(User.name, User.id))
    return [user for user in users if may(user.role, Permission.WORK_ON_INCIDENTS)]


def _loaded(op: Operation, row: Rotation) -> Rotation:
    return next(one for one in load_rotations(op, row.team_id) if one.id == row.id)
