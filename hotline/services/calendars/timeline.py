"""The roster of a team over a window as a timeline shows it: parts, overrides, and what comes of them.

What comes of them is the final schedule of :class:`hotline.services.on_call.rosters.Roster`: whom the phone
rings.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol

import sqlalchemy as sa

import routing
import routing.part
from hotline.db.models import Override, PartMember, Rotation, Team, User
from hotline.services.on_call import versions
from hotline.services.on_call.rosters import Roster, load_rotations, people
from hotline.services.operation import Operation


class Named(Protocol):
    """Somebody with a name, by id."""

    @property
    def id(self) -> uuid.UUID: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Turn:
    """``user`` has the turn in a part from ``starts_at`` to ``ends_at`` (UTC), not clipped to the window."""

    user: User
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part by its place in the rotation; ``name`` and ``zone`` are those of the last version in it."""

    name: str
    zone: str
    turns: Sequence[Turn]


@dataclass(frozen=True, slots=True)
class OverrideMark:
    """An override that holds within the window; ``user`` is None where it puts nobody on call."""

    id: uuid.UUID
    row: Override
    user: User | None
    instead_of: User | None
    made_by: User | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """Who is on call from ``starts_at`` to ``ends_at``, within the window; nobody is a gap."""

    users: Sequence[Named]
    starts_at: datetime
    ends_at: datetime
    is_override: bool


@dataclass(frozen=True, slots=True)
class LayerLine:
    """A layer: ``final`` tiles the window from when the layer first holds to its end, if it has ended.

    ``hand_offs`` are the local times of day at which a turn passes on, each with its zone.
    """

    rotation_id: uuid.UUID
    name: str
    parts: Sequence[PartLine]
    overrides: Sequence[OverrideMark]
    final: Sequence[Stretch]
    hand_offs: frozenset[tuple[time, str]]
    now: Sequence[Named]
    has_ended: bool


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team and its layers, the first to be rung first; ``users`` are all in them."""

    team: Team
    layers: Sequence[LayerLine]
    users: Sequence[Named]


def teams(op: Operation) -> list[Team]:
    """The teams that there are, by name."""
    return list(op.session.scalars(sa.select(Team).where(Team.ended_at.is_(None)).order_by(Team.name)))


def team_of(op: Operation, user_id: uuid.UUID) -> uuid.UUID | None:
    """The first team in which somebody has a place, by name; None if there is none."""
    mine = versions.places(op.now).with_only_columns(Rotation.team_id)
    query = (
        sa.select(Team.id)
        .where(Team.id.in_(mine.where(PartMember.user_id == user_id)), Team.ended_at.is_(None))
        .order_by(Team.name)
    )
    return op.session.scalars(query).first()


def read(op: Operation, start: datetime, end: datetime, team_id: uuid.UUID | None = None) -> list[TeamLine]:
    """Every team, or one, over [start, end); a fixed number of queries, however many teams there are."""
    rows = load_rotations(op, team_id, since=start)
    roster = Roster(op, rows)
    tables = {row.id: roster.timetable(row.id, start, end) for row in rows}
    now = {row.id: roster.resolve(row.id, op.now) for row in rows}
    values = {row.id: versions.value(row) for row in rows}
    turns = {row.id: _turns(row, start, end) for row in rows}
    users = people(op, _named(rows, tables, turns, now, start, end))
    lines: dict[uuid.UUID, list[LayerLine]] = {}
    for row in rows:
        begins = values[row.id].versions[0].holds_from if values[row.id].versions else end
        lines.setdefault(row.team_id, []).append(
            LayerLine(
                row.id,
                row.layer,
                [_part(one, users) for one in turns[row.id]],
                [_mark(one, users) for one in _in_window(row, start, end)],
                _final(tables[row.id], users, begins, row.ended_at),
                _hand_offs(row, start, end),
                [users[member] for member in now[row.id]],
                row.ended_at is not None,
            )
        )
    by_team = {row.team_id: row.team for row in rows}
    return [TeamLine(team, lines[key], _everybody(lines[key], rows)) for key, team in by_team.items()]


_Turns = list[tuple[str, str, list["routing.part.Turn[uuid.UUID]"]]]


def _turns(row: Rotation, start: datetime, end: datetime) -> _Turns:
    """By the place of a part: its name and zone, and its turns in every version that holds in the window."""
    found: _Turns = []
    for version in row.versions:
        begins, ends = version.holds_from or start, version.holds_until or end
        if ends <= start or end <= begins or begins >= ends:
            continue
        for place, plan in enumerate(versions.plans_of(version)):
            turns = [
                routing.part.Turn(turn.member, max(turn.since, begins), min(turn.until, ends))
                if version.holds_from or version.holds_until
                else turn
                for turn in plan.part.turns(max(start, begins), min(end, ends))
                if turn.since < min(end, ends) and max(start, begins) < turn.until
            ]
            earlier = found[place][2] if place < len(found) else []
            found[place : place + 1] = [(plan.name, plan.part.time_zone, earlier + turns)]
    return found


def _part(
    found: tuple[str, str, list["routing.part.Turn[uuid.UUID]"]], users: Mapping[uuid.UUID, User]
) -> PartLine:
    name, zone, turns = found
    return PartLine(name, zone, [Turn(users[turn.member], turn.since, turn.until) for turn in turns])


def _in_window(row: Rotation, start: datetime, end: datetime) -> list[Override]:
    return [
        one
        for one in row.overrides
        if one.starts_at < end and start < one.holds_until and one.starts_at < one.holds_until
    ]


def _mark(row: Override, users: Mapping[uuid.UUID, User]) -> OverrideMark:
    def named(user_id: uuid.UUID | None) -> User | None:
        return None if user_id is None else users[user_id]

    return OverrideMark(
        row.id,
        row,
        named(row.user_id),
        named(row.instead_of_id),
        named(row.created_by_id),
        row.starts_at,
        row.holds_until,
    )


def _final(
    table: "routing.Timetable[uuid.UUID]",
    users: Mapping[uuid.UUID, User],
    begins: datetime | None,
    ended: datetime | None,
) -> list[Stretch]:
    return [
        Stretch(
            [users[member] for member in spell.members],
            spell.starts_at if begins is None else max(spell.starts_at, begins),
            spell.ends_at if ended is None else min(spell.ends_at, ended),
            spell.is_override,
        )
        for spell in table.spells
        if (begins is None or spell.ends_at > begins) and (ended is None or spell.starts_at < ended)
    ]


def _hand_offs(row: Rotation, start: datetime, end: datetime) -> frozenset[tuple[time, str]]:
    return frozenset(
        (hand_off.at, plan.part.time_zone)
        for version in row.versions
        if (version.holds_from or start) < end and start < (version.holds_until or end)
        for plan in versions.plans_of(version)
        for hand_off in plan.part.hand_offs
    )


def _named(
    rows: Iterable[Rotation],
    tables: Mapping[uuid.UUID, "routing.Timetable[uuid.UUID]"],
    turns: Mapping[uuid.UUID, _Turns],
    now: Mapping[uuid.UUID, Iterable[uuid.UUID]],
    start: datetime,
    end: datetime,
) -> set[uuid.UUID | None]:
    found: set[uuid.UUID | None] = set()
    for row in rows:
        found.update(now[row.id])
        found.update(member for spell in tables[row.id].spells for member in spell.members)
        found.update(turn.member for _name, _zone, some in turns[row.id] for turn in some)
        for one in _in_window(row, start, end):
            found |= {one.user_id, one.instead_of_id, one.created_by_id}
    return found


def _everybody(lines: Sequence[LayerLine], rows: Iterable[Rotation]) -> list[Named]:
    """In the order of the rosters, so that a person keeps a colour whatever is looked at; then by name."""
    seats = (
        seat for row in rows for version in row.versions for part in version.parts for seat in part.members
    )
    order = {user_id: place for place, user_id in enumerate(dict.fromkeys(seat.user_id for seat in seats))}
    found: dict[uuid.UUID, Named] = {
        user.id: user
        for line in lines
        for user in [
            *(user for one in line.final for user in one.users),
            *(turn.user for part in line.parts for turn in part.turns),
        ]
    }
    return sorted(found.values(), key=lambda user: (order.get(user.id, len(order)), user.name, user.id))
