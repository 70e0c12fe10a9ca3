"""What can be chosen for a ladder: whom to ring, of which team it is, and what follows on it."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from hotline.db.models import Ladder, Role, Rotation, TargetKind, Team, User
from hotline.services.operation import Operation

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Offered:
    """Choices as (value, text); targets by their kind. Teams ``without_managers`` have no duty manager."""

    teams: Choices
    ladders: Choices
    targets: Mapping[TargetKind, Choices]
    without_managers: list[str]


def read(op: Operation, own_id: uuid.UUID | None) -> Offered:
    """Everything that has not ended; not the ladder itself. Three queries."""
    teams = op.session.scalars(sa.select(Team).where(Team.ended_at.is_(None)).order_by(Team.name)).all()
    ladders = op.session.scalars(sa.select(Ladder).where(Ladder.ended_at.is_(None)).order_by(Ladder.name))
    people = sa.select(User).where(User.disabled_at.is_(None), User.role != Role.AUDITOR)
    rotations: defaultdict[uuid.UUID, list[Rotation]] = defaultdict(list)
    for row in op.session.scalars(
        sa.select(Rotation).where(Rotation.ended_at.is_(None)).order_by(Rotation.position, Rotation.layer)
    ):
        rotations[row.team_id].append(row)
    managers = {team.id: layer.layer for team in teams for layer in rotations[team.id] if layer.is_manager}
    return Offered(
        [(str(team.id), team.name) for team in teams],
        [(str(row.id), row.name) for row in ladders if row.id != own_id],
        {
            TargetKind.ON_CALL: [
                (f"on_call:{layer.id}", f"{team.name}: {layer.layer}")
                for team in teams
                for layer in rotations[team.id]
            ],
            TargetKind.DUTY_MANAGER: [
                (f"duty_manager:{team.id}", f"{team.name} ({managers[team.id]})")
                for team in teams
                if team.id in managers
            ],
            TargetKind.TEAM: [(f"team:{team.id}", team.name) for team in teams],
            TargetKind.PERSON: [
                (f"person:{user.id}", user.name) for user in op.session.scalars(people.order_by(User.name))
            ],
        },
        [team.name for team in teams if team.id not in managers],
    )
