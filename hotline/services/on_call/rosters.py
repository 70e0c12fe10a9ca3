"""Who is on call: the rows of the roster, read as the values that :mod:`routing` decides over."""

import uuid
from collections.abc import Iterable, Sequence
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
    rotation_id: uuid.UUID


class Roster:
    """The rotations of one ladder or team, resolved at any instant: the one truth about who is on call."""

    def __init__(self, op: Operation, rotations: Sequence[Rotation]) -> None:
        self._op = op
        self._rows = {row.id: row for row in rotations}

    def resolve(self, rotation_id: uuid.UUID, at: datetime) -> uuid.UUID | None:
        """Who is on call for a rotation at ``at``: a user's id, or None."""
        return self.on_call(rotation_id, at).member

    def on_call(self, rotation_id: uuid.UUID, at: datetime) -> "routing.OnCall[uuid.UUID]":
        """The same with the bounds of the shift."""
        row = self._rows[rotation_id]
        return routing.on_call(_rotation(row), _overrides(row), at)

    def timetable(
        self, rotation_id: uuid.UUID, start: datetime, end: datetime
    ) -> "routing.Timetable[uuid.UUID]":
        """The final schedule of a rotation over [start, end), which agrees with :meth:`on_call`."""
        row = self._rows[rotation_id]
        return routing.compile_timetable(_rotation(row), _overrides(row), start, end)

    def gaps(self, rotation_id: uuid.UUID, start: datetime, end: datetime) -> list[routing.Gap]:
        """When nobody is on call for a rotation within [start, end)."""
        row = self._rows[rotation_id]
        return routing.gaps(_rotation(row), _overrides(row), start, end)


def _overrides(row: Rotation) -> "list[routing.Override[uuid.UUID]]":
    """Those that hold for any time at all, in the order in which they were made."""
    return [
        routing.Override(row.id, entry.user_id, entry.starts_at, entry.holds_until)
        for entry in row.overrides
        if entry.holds_until > entry.starts_at
    ]


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


def load_rotations(op: Operation, team_id: uuid.UUID | None = None) -> list[Rotation]:
    """Every rotation, by team and position, with all that :class:`Roster` needs, in four queries."""
    query = (
        sa.select(Rotation)
        .join(Rotation.team)
        .options(
            selectinload(Rotation.members), selectinload(Rotation.overrides), selectinload(Rotation.team)
        )
        .order_by(Team.name, Rotation.position)
        .execution_options(populate_existing=True)
    )
    if team_id is not None:
        query = query.where(Rotation.team_id == team_id)
    return list(op.session.scalars(query))


def people(op: Operation, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, User]:
    """The users with these ids, in one query."""
    wanted = {user_id for user_id in ids if user_id is not None}
    return {user.id: user for user in op.session.scalars(sa.select(User).where(User.id.in_(wanted)))}


def duties(op: Operation, team_id: uuid.UUID | None = None, at: datetime | None = None) -> list[Duty]:
    """Who is on call now (or ``at``), for every layer of every team (or of one).

    It takes five queries, however many layers and people there are.
    """
    rows = load_rotations(op, team_id)
    roster = Roster(op, rows)
    found = [roster.on_call(row.id, at or op.now) for row in rows]
    users = people(op, (who.member for who in found))
    return [
        Duty(
            row.team,
            row.layer,
            None if who.member is None else users[who.member],
            who.since,
            who.until,
            who.is_override,
            row.id,
        )
        for row, who in zip(rows, found, strict=True)
    ]
