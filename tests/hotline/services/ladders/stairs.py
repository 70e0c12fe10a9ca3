"""Ladders for tests: of the demo world's people and layers, saved as managers save them."""

import uuid
from typing import Any

import sqlalchemy as sa

from hotline.db.models import Ladder, Rotation, TargetKind, Team
from hotline.services import directory
from hotline.services.directory.changes import version
from hotline.services.ladders import saving
from hotline.services.ladders.plans import LADDERS, RungPlan, values_of
from hotline.services.on_call.targets import Target
from hotline.services.operation import Operation
from tests.hotline.house import NADIA, House

DATA, WINDOWS = "Data Platform", "Windows Platform"


def ladder(op: Operation, team: str = DATA) -> Ladder:
    return op.session.scalars(sa.select(Ladder).where(Ladder.name == f"{team}, day and night")).one()


def team_id(op: Operation, name: str = DATA) -> uuid.UUID:
    return op.session.scalars(sa.select(Team.id).where(Team.name == name)).one()


def layer(op: Operation, name: str, team: str = DATA) -> Target:
    query = sa.select(Rotation.id).where(Rotation.layer == name, Rotation.team_id == team_id(op, team))
    return Target(TargetKind.ON_CALL, op.session.scalars(query).one())


def person(op: Operation, phone: str) -> Target:
    query = sa.text("SELECT user_id FROM contact_methods WHERE value = :phone")
    found = op.session.execute(query, {"phone": phone}).scalar_one()
    return Target(TargetKind.PERSON, uuid.UUID(str(found)))


def whole(op: Operation, team: str = DATA) -> Target:
    return Target(TargetKind.TEAM, team_id(op, team))


def manager(op: Operation, team: str = DATA) -> Target:
    return Target(TargetKind.DUTY_MANAGER, team_id(op, team))


def steps(*found: tuple[int, list[Target]]) -> list[RungPlan]:
    """Minutes from the beginning of the round, and whom to ring."""
    return [RungPlan(minutes * 60, targets) for minutes, targets in found]


def save(house: House, team: str = DATA, **values: Any) -> directory.Change:
    """Nadia changes a team's ladder."""

    def work(op: Operation) -> directory.Change:
        row = ladder(op, team)
        wanted = {**values_of(row), **{name: _now(op, value) for name, value in values.items()}}
        draft = saving.Draft(house.user(op, NADIA).id, row.id, wanted, version(op, LADDERS, row))
        return saving.save(op, draft)

    return house.do(work)


def _now(op: Operation, value: Any) -> Any:
    return value(op) if callable(value) else value
