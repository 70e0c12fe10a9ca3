"""Who is on call: the rows of the roster, read as the values that :mod:`routing` decides over."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

import routing
from hotline.db.models import (
    Ladder,
    Rotation,
    RotationPart,
    RotationVersion,
    Rung,
    RungTarget,
    TargetKind,
    Team,
    User,
)
from hotline.services.on_call import versions
from hotline.services.on_call.targets import Resolver, Target
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
_WHOLE_LADDER = [
    selectinload(Ladder.rungs).selectinload(Rung.targets).joinedload(RungTarget.rotation).options(*_TURNS)
]


def load_ladder(op: Operation, ladder_id: uuid.UUID) -> tuple[Ladder, "routing.Ladder[Target]", Resolver]:
    """A ladder's row, its value for :func:`routing.next_step`, and what resolves its targets.

    The one way to a ladder for all who ring, warn, name or rehearse. What a ladder needs beyond its layers
    (the rest of a team) is read only where a target asks for it.
    """
    row = op.session.get_one(Ladder, ladder_id, options=_WHOLE_LADDER)
    value = routing.Ladder(
        tuple(
            routing.Rung(rung.position, timedelta(seconds=rung.delay_seconds), Target.of(target))
            for rung in row.rungs
            for target in rung.targets
        ),
        timedelta(seconds=row.repeat_after_seconds),
        row.repeats,
        row.fallback_id,
    )
    return row, value, resolver(op, [target for rung in row.rungs for target in rung.targets])


def resolver(op: Operation, targets: Iterable[RungTarget]) -> Resolver:
    """What resolves these targets."""
    found = list(targets)
    rotations = {target.rotation.id: target.rotation for target in found if target.rotation is not None}
    teams = {target.team_id for target in found if target.team_id is not None}
    if teams:
        query = sa.select(Rotation).options(*_TURNS).where(Rotation.team_id.in_(teams))
        rotations |= {rotation.id: rotation for rotation in op.session.scalars(query)}
    rows = list(rotations.values())
    return Resolver(Roster(op, rows).resolve, rows, teams)


def called(op: Operation, targets: Iterable[RungTarget]) -> dict[Target, str]:
    """What targets are called, by names that are data: a layer, a person, a team; the managers' layer."""
    found = {Target.of(target) for target in targets}
    ids = {target.id for target in found}
    rotations = op.session.scalars(
        sa.select(Rotation)
        .where(sa.or_(Rotation.id.in_(ids), sa.and_(Rotation.team_id.in_(ids), Rotation.is_manager)))
        .order_by(Rotation.position)
    ).all()
    words: dict[uuid.UUID, str] = {row.id: row.layer for row in rotations}
    words |= {row.id: row.name for row in people(op, ids).values()}
    words |= {row.id: row.name for row in op.session.scalars(sa.select(Team).where(Team.id.in_(ids)))}
    managers = {row.team_id: row.layer for row in rotations if row.is_manager and row.ended_at is None}
    return {
        target: managers.get(target.id, words[target.id])
        if target.kind is TargetKind.DUTY_MANAGER
        else words[target.id]
        for target in found
    }


def load_rotations(
    op: Operation, team_id: uuid.UUID | None = None, since: datetime | None = None
) -> list[Rotation]:
    """Every rotation that has not ended, by team and position, with all that :class:`Roster` needs.

    With ``since`` those that ended after it are among them: whoever looks back needs them. It takes six
    queries, however many there are.
    """
    is_there = Rotation.ended_at.is_(None)
    query = (
        sa.select(Rotation)
        .join(Rotation.team)
        .options(*_TURNS, selectinload(Rotation.team))
        .where(is_there if since is None else sa.or_(is_there, Rotation.ended_at > since))
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
