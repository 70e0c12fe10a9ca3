"""The ladders and what leads to each; one ladder as a stair, with who is on each step now; its end."""

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Ladder, Rotation, Team
from hotline.services import directory
from hotline.services.access import Permission
from hotline.services.ladders import uses
from hotline.services.ladders.answers import is_unanswered
from hotline.services.ladders.plans import LADDERS, rungs_of
from hotline.services.ladders.saving import set_managers_layer
from hotline.services.lists import audit
from hotline.services.on_call.rosters import called, load_ladder, people
from hotline.services.on_call.targets import Target
from hotline.services.operation import Operation
from hotline.services.planning.refusing import RefusedError
from hotline.services.reaching import notification_rules
from hotline.web.pages.admin import ending
from hotline.web.pages.admin import words as admin_words
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.ladders import words
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who is on a step now; ``why_not`` when they cannot be rung."""

    name: str
    why_not: str | None


@dataclass(frozen=True, slots=True)
class Aim:
    """A target of a step: what it is called, and whom it means now."""

    text: str
    now: list[Somebody]


@dataclass(frozen=True, slots=True)
class Stair:
    """A step: ``after`` the beginning of the round."""

    after: str
    aims: list[Aim]


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/ladders")(ladders)
    blueprint.get("/ladders/<uuid:ladder_id>")(ladder)
    blueprint.post("/ladders/<uuid:ladder_id>/end")(end_ladder)
    blueprint.post("/ladders/<uuid:ladder_id>/back")(bring_ladder_back)
    blueprint.post("/ladders/managers/<uuid:team_id>")(set_duty_manager)


@needs(Permission.SEE_INCIDENTS)
def ladders() -> ResponseReturnValue:
    """Every ladder, what leads to it, and whose layer is the duty manager's in each team."""
    with the_site().reading() as op:
        rows = op.session.scalars(sa.select(Ladder).order_by(Ladder.name)).all()
        found = uses.of(op, [row.id for row in rows])
        lines = [
            {
                "id": row.id,
                "name": row.name,
                "team": row.team.name,
                "steps": len(row.rungs),
                "uses": found[row.id],
                "ended_at": row.ended_at,
                "is_unanswered": row.ended_at is None and is_unanswered(op, row.id),
            }
            for row in rows
        ]
        teams = _teams(op)
    lines.sort(key=lambda line: line["ended_at"] is not None)
    return render_template("ladders/ladders.html", lines=lines, teams=teams)


@needs(Permission.SEE_INCIDENTS)
def ladder(ladder_id: uuid.UUID) -> ResponseReturnValue:
    """One ladder."""
    with the_site().reading() as op:
        row = directory.find(op, LADDERS, ladder_id)
        fallback = None if row.fallback_id is None else op.session.get_one(Ladder, row.fallback_id)
        found: dict[str, Any] = {
            "row": row,
            "team": row.team.name,
            "stairs": _stairs(op, row),
            "pause": words.minutes(row.repeat_after_seconds),
            "fallback": fallback,
            "uses": uses.of(op, [row.id])[row.id],
            "holds": [admin_words.said(reason) for reason in LADDERS.holds(op, row)],
            "returns": [admin_words.said(reason) for reason in LADDERS.returns(op, row)],
            "is_unanswered": row.ended_at is None and is_unanswered(op, row.id),
            "history": audit.of_row(op, LADDERS.name, ladder_id),
        }
    return render_template("ladders/ladder.html", words=admin_words, **found)


@needs(Permission.PLAN_ROSTERS)
def end_ladder(ladder_id: uuid.UUID) -> ResponseReturnValue:
    """It can be chosen no more, once nothing leads to it; nothing is deleted."""
    return ending.end(LADDERS, ladder_id, url_for("pages.ladder", ladder_id=ladder_id))


@needs(Permission.PLAN_ROSTERS)
def bring_ladder_back(ladder_id: uuid.UUID) -> ResponseReturnValue:
    """It can be chosen again."""
    return ending.bring_back(LADDERS, ladder_id, url_for("pages.ladder", ladder_id=ladder_id))


@needs(Permission.PLAN_ROSTERS)
def set_duty_manager(team_id: uuid.UUID) -> ResponseReturnValue:
    """Whoever is on call in this layer is the team's duty manager."""
    chosen = request.form.get("layer", "")
    me = viewer()
    try:
        is_new = the_site().write(lambda op: set_managers_layer(op, me, team_id, chosen))
    except directory.WrongFieldError as wrong:
        flash(admin_words.said(wrong.why), "warning")
    except RefusedError as refusal:
        text = gettext("Nobody would be rung now on {ladders}: change the ladder first.")
        flash(text.format(ladders=refusal.who), "warning")
    else:
        flash(gettext("Saved.") if is_new else gettext("It was so already."), "success")
    return redirect(url_for("pages.ladders"), 303)


def _stairs(op: Operation, row: Ladder) -> list[Stair]:
    _row, _value, targets = load_ladder(op, row.id)
    names = called(op, [target for rung in row.rungs for target in rung.targets])
    teams = {team.id: team.name for team in op.session.scalars(sa.select(Team))}

    def aim(target: Target) -> Aim:
        ids = targets.resolve(target, op.now)
        users = people(op, ids)
        now = [_somebody(op, user_id, users[user_id].name) for user_id in ids]
        return Aim(words.target(target.kind, teams.get(target.id, names[target])), now)

    return [
        Stair(words.minutes(rung.after), [aim(target) for target in rung.targets]) for rung in rungs_of(row)
    ]


def _somebody(op: Operation, user_id: uuid.UUID, name: str) -> Somebody:
    why = notification_rules.plan(op, user_id).reason
    return Somebody(name, None if why is None else words.reason(why))


def _teams(op: Operation) -> list[dict[str, Any]]:
    """Every team with its layers, and which is the managers'."""
    query = (
        sa.select(Team, Rotation)
        .join(Rotation, Rotation.team_id == Team.id)
        .where(Team.ended_at.is_(None), Rotation.ended_at.is_(None))
        .order_by(Team.name, Rotation.position)
    )
    found: dict[uuid.UUID, dict[str, Any]] = {}
    for team, layer in op.session.execute(query):
        line = found.setdefault(team.id, {"id": team.id, "name": team.name, "layers": [], "chosen": None})
        line["layers"].append((layer.id, layer.layer))
        if layer.is_manager:
            line["chosen"] = layer.id
    return list(found.values())
