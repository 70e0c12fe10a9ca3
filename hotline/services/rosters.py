"""Who is on call: the rows of the roster, read as the values that :mod:`routing` decides over."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

import routing
from hotline.db.models import Ladder, Rotation, Rung, Team, User
from hotline.services.operation import Operation


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on call in one layer of a team; ``user`` is None when nobody is."""

    team: Team
    layer: str
    user: User | None
    since: datetime | None
    until: datetime | None
    is_override: bool


class Roster:
    """The rotations of one ladder or team, resolved at any instant."""

    def __init__(self, op: Operation, rotations: Sequence[Rotation]) -> None:
        self._op = op
        self._rows = {row.id: row for row in rotations}

    def resolve(self, rotation_id: uuid.UUID, at: datetime) -> uuid.UUID | None:
        """Who is on call for a rotation at ``at``: a user's id, or None."""
        return self.on_call(rotation_id, at).member

    def on_call(self, rotation_id: uuid.UUID, at: datetime) -> "routing.OnCall[uuid.UUID]":
        """The same with the bounds of the shift."""
        row = self._rows[rotation_id]
        overrides = [
            routing.Override(rotation_id, entry.user_id, entry.starts_at, entry.ends_at)
            for entry in row.overrides
        ]
        return routing.on_call(_rotation(row), overrides, at)


def _rotation(row: Rotation) -> "routing.Rotation[uuid.UUID]":
    return routing.Rotation(
        id=row.id,
        name=row.layer,
        time_zone=row.time_zone,
        starts_on=row.starts_on,
        hand_off=row.hand_off,
        shift_days=row.shift_days,
        members=tuple(member.user_id for member in row.members),
    )


_ROTATIONS = joinedload(Rung.rotation)
_WHOLE_LADDER = [
    selectinload(Ladder.rungs).options(
        _ROTATIONS.selectinload(Rotation.members), _ROTATIONS.selectinload(Rotation.overrides)
    )
]


def load_ladder(op: Operation, ladder_id: uuid.UUID) -> tuple[Ladder, "routing.Ladder[uuid.UUID]", Roster]:
    """A ladder's row, its value for :func:`routing.next_step`, and the roster that resolves it."""
    row = op.session.get_one(Ladder, ladder_id, options=_WHOLE_LADDER)
    rungs = tuple(
        routing.Rung(rung.position, timedelta(seconds=rung.delay_seconds), rung.rotation_id)
        for rung in row.rungs
    )
    value = routing.Ladder(rungs, timedelta(seconds=row.repeat_after_seconds))
    return row, value, Roster(op, [rung.rotation for rung in row.rungs])


def duties(op: Operation, team_id: uuid.UUID | None = None) -> list[Duty]:
    """Who is on call now, for every layer of every team (or of one)."""
    query = (
        sa.select(Rotation)
        .join(Rotation.team)
        .options(
            selectinload(Rotation.members), selectinload(Rotation.overrides), selectinload(Rotation.team)
        )
        .order_by(Team.name, Rotation.position)
    )
    if team_id is not None:
        query = query.where(Rotation.team_id == team_id)
    rows = op.session.scalars(query).all()
    roster = Roster(op, rows)
    return [_duty(op, row, roster.on_call(row.id, op.now)) for row in rows]


def _duty(op: Operation, row: Rotation, found: "routing.OnCall[uuid.UUID]") -> Duty:
    user = None if found.member is None else op.session.get(User, found.member)
    return Duty(row.team, row.layer, user, found.since, found.until, found.is_override)
