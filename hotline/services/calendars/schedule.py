"""The schedule of every team as people look at it: who now, who next, where nobody, and who changed what.

A fixed number of queries, however many teams there are, and every answer from the same roster as the phone.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.db.models import Override, Rotation, Team, User
from hotline.services.on_call import versions
from hotline.services.on_call.rosters import Roster, load_rotations, names, people
from hotline.services.operation import Operation
from hotline.services.reaching import reach
from hotline.services.reaching.reach import Reach

_LOOKING_FOR_NEXT = timedelta(days=100)


@dataclass(frozen=True, slots=True)
class Piece:
    """From ``starts_at`` to ``ends_at`` ``users`` are on call; none is nobody."""

    users: Sequence[User]
    starts_at: datetime
    ends_at: datetime
    is_override: bool

    @property
    def names(self) -> str | None:
        """The names in a row, None when nobody is on call."""
        return names(self.users)


@dataclass(frozen=True, slots=True)
class OverrideLine:
    """An override that holds now or will, with the people in it."""

    id: uuid.UUID
    user: User | None
    starts_at: datetime
    ends_at: datetime
    made_by: User | None
    reason: str | None
    row: Override


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a team: ``pieces`` tile the window, ``next`` is who follows whoever is on call now.

    ``held`` is the override by which somebody, or nobody, is on call now.
    """

    rotation_id: uuid.UUID
    name: str
    users: Sequence[User]
    since: datetime | None
    until: datetime | None
    is_override: bool
    is_reachable: bool
    next: Piece | None
    gaps: Sequence[Piece]
    pieces: Sequence[Piece]
    overrides: Sequence[OverrideLine]
    held: OverrideLine | None


@dataclass(frozen=True, slots=True)
class TeamSchedule:
    """A team and its layers, the first to be rung first; ``member_ids`` are all who have a place in it."""

    team: Team
    layers: Sequence[Layer]
    member_ids: frozenset[uuid.UUID]

    @property
    def users(self) -> list[User]:
        """Everybody who appears in the window, by name."""
        found = {user.id: user for layer in self.layers for piece in layer.pieces for user in piece.users}
        return sorted(found.values(), key=lambda user: (user.name, user.id))


def read(op: Operation, end: datetime, start: datetime | None = None) -> list[TeamSchedule]:
    """Every team's schedule over [start, end), start being now unless given."""
    rows = load_rotations(op)
    roster = Roster(op, rows)
    users = people(op, (user_id for row in rows for user_id in _everybody(row)))
    reachable = reach.of(op, users)
    teams = {row.team_id: row.team for row in rows}
    layers = {row.id: _layer(op, roster, row, users, reachable, start or op.now, end) for row in rows}
    return [
        TeamSchedule(
            team,
            [layers[row.id] for row in rows if row.team_id == team_id],
            frozenset(
                member
                for row in rows
                if row.team_id == team_id
                for member in versions.member_ids(row, op.now)
            ),
        )
        for team_id, team in teams.items()
    ]


def _layer(
    op: Operation,
    roster: Roster,
    row: Rotation,
    users: Mapping[uuid.UUID, User],
    reachable: Mapping[uuid.UUID, Reach],
    start: datetime,
    end: datetime,
) -> Layer:
    now = roster.on_call(row.id, op.now)
    people_now = [users[member] for member in now.members]
    return Layer(
        rotation_id=row.id,
        name=row.layer,
        users=people_now,
        since=now.since,
        until=now.until,
        is_override=now.is_override,
        is_reachable=any(reachable[user.id] is Reach.FINE for user in people_now),
        next=_next(roster, row, users, op.now),
        gaps=[Piece((), gap.starts_at, gap.ends_at, False) for gap in roster.gaps(row.id, op.now, end)],
        pieces=_pieces(roster, row, users, start, end),
        overrides=[
            _line(entry, users)
            for entry in sorted(row.overrides, key=lambda entry: entry.starts_at)
            if entry.cancelled_at is None and entry.ends_at > op.now
        ],
        held=_line(holding[-1], users) if (holding := _holding(row, op.now)) else None,
    )


def _pieces(
    roster: Roster, row: Rotation, users: Mapping[uuid.UUID, User], start: datetime, end: datetime
) -> list[Piece]:
    return [
        Piece(
            [users[member] for member in spell.members],
            spell.starts_at,
            spell.ends_at,
            spell.is_override,
        )
        for spell in roster.timetable(row.id, start, end).spells
    ]


def _next(roster: Roster, row: Rotation, users: Mapping[uuid.UUID, User], now: datetime) -> Piece | None:
    """The first piece with somebody else in it; None when the same person goes on, or nobody, for long."""
    first, *others = _pieces(roster, row, users, now, now + _LOOKING_FOR_NEXT)
    return next((piece for piece in others if piece.users != first.users), None)


def _holding(row: Rotation, now: datetime) -> list[Override]:
    return [entry for entry in row.overrides if entry.starts_at <= now < entry.holds_until]


def _line(entry: Override, users: Mapping[uuid.UUID, User]) -> OverrideLine:
    return OverrideLine(
        entry.id,
        None if entry.user_id is None else users[entry.user_id],
        entry.starts_at,
        entry.ends_at,
        None if entry.created_by_id is None else users[entry.created_by_id],
        entry.reason,
        entry,
    )


def _everybody(row: Rotation) -> set[uuid.UUID | None]:
    in_overrides = {user_id for entry in row.overrides for user_id in (entry.user_id, entry.created_by_id)}
    parts = (part for version in row.versions for part in version.parts)
    return in_overrides | {member.user_id for part in parts for member in part.members}
