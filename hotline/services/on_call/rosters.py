"""Who is on call: the rows of the roster, read as the values that :mod:`routing` decides over."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

import routing
from hotline.db.models import Ladder, Rotation, RotationPart, RotationVersion, Rung, Team, User
from hotline.services.on_call import versions
from hotline.services.operation import Operation

Value = routing.Rotation[uuid.UUID]
Change = routing.Override[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on call in one layer of a team, whom to ring first first; ``users`` is empty when nobody is."""

    team: Team
    layer: str
    users: Sequence[User]
    since: datetime | None
    until: datetime | None
    is_override: bool
    rotation_id: uuid.UUID

    @property
    def names(self) -> str | None:
        """The names in a row, None when nobody is on call."""
        return names(self.users)


class Roster:
    """The rotations of one ladder or team, resolved at any instant: the one truth about who is on call."""

    def __init__(self, op: Operation, rotations: Sequence[Rotation]) -> None:
        self._op = op
        self._rows = {row.id: row for row in rotations}
        self._values: dict[uuid.UUID, tuple[Value, list[Change]]] = {}

    def resolve(self, rotation_id: uuid.UUID, at: datetime) -> tuple[uuid.UUID, ...]:
        """Who is on call for a rotation at ``at``, by id, whom to ring first first; empty is nobody."""
        return self.on_call(rotation_id, at).members

    def on_call(self, rotation_id: uuid.UUID, at: datetime) -> "routing.OnCall[uuid.UUID]":
        """The same with the bounds of the shift."""
        return routing.on_call(*self._value(rotation_id), at)

    def timetable(
        self, rotation_id: uuid.UUID, start: datetime, end: datetime
    ) -> "routing.Timetable[uuid.UUID]":
        """The final schedule of a rotation over [start, end), which agrees with :meth:`on_call`."""
        return routing.compile_timetable(*self._value(rotation_id), start, end)

    def gaps(self, rotation_id: uuid.UUID, start: datetime, end: datetime) -> list[routing.Gap]:
        """When nobody is on call for a rotation within [start, end)."""
        return routing.gaps(*self._value(rotation_id), start, end)

    def _value(self, rotation_id: uuid.UUID) -> tuple[Value, list[Change]]:
        found = self._values.get(rotation_id)
        if found is None:
            row = self._rows[rotation_id]
            entries = (versions.override_value(entry) for entry in row.overrides)
            found = versions.value(row), [entry for entry in entries if entry is not None]
            self._values[rotation_id] = found
        return found


def names(users: Iterable[User]) -> str | None:
    """Names in a row, None for nobody."""
    return ", ".join(user.name for user in users) or None


_TURNS = (
    selectinload(Rotation.versions).selectinload(RotationVersion.parts).selectinload(RotationPart.members),
    selectinload(Rotation.overrides),
)
_WHOLE_LADDER = [selectinload(Ladder.rungs).joinedload(Rung.rotation).options(*_TURNS)]


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
    """Every rotation that has not ended, by team and position, with all that :class:`Roster` needs.

    It takes six queries, however many there are.
    """
    query = (
        sa.select(Rotation)
        .join(Rotation.team)
        .options(*_TURNS, selectinload(Rotation.team))
        .where(Rotation.ended_at.is_(None))
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

    It takes seven queries, however many layers and people there are.
    """
    rows = load_rotations(op, team_id)
    roster = Roster(op, rows)
    found = [roster.on_call(row.id, at or op.now) for row in rows]
    users = people(op, (member for who in found for member in who.members))
    return [
        Duty(
            row.team,
            row.layer,
            [users[member] for member in who.members],
            who.since,
            who.until,
            who.is_override,
            row.id,
        )
        for row, who in zip(rows, found, strict=True)
    ]
