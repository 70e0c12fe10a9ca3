"""Two people exchange two shifts, decided by a manager: both overrides or none."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Rotation
from hotline.services.access import Permission
from hotline.services.calendars import timeline
from hotline.services.operation import Operation
from hotline.services.planning.plans import SwapPlan, Turn
from hotline.web.pages.guard import needs
from hotline.web.pages.me import times
from hotline.web.pages.rosters import changes, looking, shapes, window
from hotline.web.pages.rosters.forms import SwapForm
from hotline.web.pages.rosters.looking import Decision
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext

_AHEAD = timedelta(days=60)
_MARGIN = timedelta(days=8)


def add_routes(blueprint: Blueprint) -> None:
    for method in (blueprint.get, blueprint.post):
        method("/rosters/<rotation_id>/swap")(swap)


@needs(Permission.PLAN_ROSTERS)
def swap(rotation_id: str) -> ResponseReturnValue:
    """The shift of the address for another one; before and after; or that it was saved."""
    form = SwapForm()
    with the_site().reading() as op:
        row = changes.rotation(op, rotation_id)
        mine, others = _turns(op, row)
        form.other.choices = [(_key(turn), label) for turn, label in others]
        names = {_key(turn): label for turn, label in others}
        if mine is None or not form.is_submitted():
            looking.begin(form)
            return _page(form, row, mine)
        if not form.validate():
            return _page(form, row, mine), 422
    other = next(turn for turn, _label in others if _key(turn) == form.other.data)
    decision = looking.decide(SwapPlan(form.row_id, mine[0], other, form.reason.data or None), form)
    if decision.is_saved:
        template = gettext("Swapped: {one} for {other}. Both have been told.")
        flash(template.format(one=mine[1], other=names[form.other.data]), "success")
        return redirect(changes.back_to(row, mine[0].starts_at), 303)
    return _page(form, row, mine, decision), 422 if decision.trouble else 200


def _turns(op: Operation, row: Rotation) -> tuple[tuple[Turn, str] | None, Sequence[tuple[Turn, str]]]:
    """The shift of the address, and those of other people of the team for which it can be swapped."""
    start, end = (window.instant(request.args.get(name, "")) for name in ("from", "to"))
    (team,) = timeline.read(op, op.now, op.now + _AHEAD + _MARGIN, row.team_id)
    found = [
        (Turn(layer.rotation_id, user.id, one.starts_at, one.ends_at), user.name, layer.name)
        for layer in team.layers
        for one in shapes.merged(layer.final)
        for user in one.users
        if one.starts_at < op.now + _AHEAD
    ]
    mine = next((one for one in found if _is_at(one[0], row.id, start or op.now)), None)
    if mine is None:
        return None, []
    turn, name, layer = mine
    begins = max(start or turn.starts_at, turn.starts_at)
    ends = min(end, turn.ends_at) if end is not None and end > begins else turn.ends_at
    cut = Turn(turn.rotation_id, turn.user_id, begins, ends)
    others = [
        (one, _said(one, who, where))
        for one, who, where in sorted(found, key=lambda entry: entry[0].starts_at)
        if one.user_id != turn.user_id and (one.ends_at <= begins or ends <= one.starts_at)
    ]
    return (cut, _said(cut, name, layer)), others


def _is_at(turn: Turn, rotation_id: uuid.UUID, at: datetime) -> bool:
    return turn.rotation_id == rotation_id and turn.starts_at <= at < turn.ends_at


def _said(turn: Turn, name: str, layer: str) -> str:
    return f"{name}, {layer}: {times.said(turn.starts_at)} - {times.said(turn.ends_at)}"


def _key(turn: Turn) -> str:
    return f"{turn.rotation_id}:{turn.user_id}:{turn.ends_at.isoformat()}"


def _page(
    form: SwapForm, row: Rotation, mine: tuple[Turn, str] | None, decision: Decision | None = None
) -> str:
    return render_template(
        "rosters/swap.html",
        form=form,
        rotation=row,
        mine=None if mine is None else mine[1],
        decision=decision or Decision(),
        back=url_for("pages.rosters", team=row.team_id),
    )
