"""Coverage: what is wrong with the rosters of the next 30 days, the worst first.

Every timetable is compiled once, from the same roster that the phone asks; a dozen queries, however many
teams there are.
"""

import enum
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

import routing
from hotline.db.models import Ladder, Rotation, Team, User
from hotline.services.calendars import leave
from hotline.services.coverage import ladder_coverage
from hotline.services.coverage.unanswered import unanswered
from hotline.services.on_call import shifts, versions
from hotline.services.on_call.rosters import Roster, load_rotations, people
from hotline.services.on_call.shifts import MyShift
from hotline.services.operation import Operation

__all__ = ["DAYS", "Kind", "Problem", "Report", "Span", "read", "unanswered"]

DAYS = 30
Span = tuple[datetime, datetime]
_ByPerson = Mapping[uuid.UUID, Sequence[MyShift]]


class Kind(enum.StrEnum):
    """What is wrong; the worst is the first."""

    NO_ANSWER = "no-answer"  # a ladder that customers depend on would reach nobody
    GAP = "gap"  # a layer has nobody
    DISABLED = "disabled"  # somebody who cannot sign in has a place in a rotation
    UNREACHABLE = "unreachable"  # somebody who cannot be rung is on call
    ON_LEAVE = "on-leave"  # somebody is on call and on leave
    DOUBLE = "double"  # somebody is on call in two layers at once
    ALONE = "alone"  # a rotation of one: nobody to hand over to


_RANK = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong in ``team``, at ``spans``: in order, none overlapping; empty is always.

    ``rotation`` is the layer, ``ladder`` the ladder, ``user`` who it is about; ``other`` the second layer.
    """

    kind: Kind
    team: Team
    rotation: Rotation | None = None
    ladder: Ladder | None = None
    user: User | None = None
    other: Rotation | None = None
    spans: tuple[Span, ...] = ()

    @property
    def starts_at(self) -> datetime | None:
        """When it begins to hold; None for what holds always."""
        return self.spans[0][0] if self.spans else None


@dataclass(frozen=True, slots=True)
class Report:
    """What is wrong within [start, end); ``tables`` is who is on call meanwhile, by rotation."""

    start: datetime
    end: datetime
    teams: Sequence[Team]
    problems: Sequence[Problem]
    tables: "Mapping[uuid.UUID, routing.Timetable[uuid.UUID]]"

    def count(self, *kinds: Kind) -> int:
        """How many problems of these kinds there are."""
        return sum(problem.kind in kinds for problem in self.problems)


def read(op: Operation, days: int = DAYS) -> Report:
    """Look at every team, from now on."""
    start, end = op.now, op.now + timedelta(days=days)
    every = load_rotations(op)
    roster = Roster(op, every)
    tables = {row.id: roster.timetable(row.id, start, end) for row in every}
    rows = [row for row in every if row.team.ended_at is None]
    turns = {row.id: shifts.by_person(tables[row.id], row) for row in rows}
    seats = {row.id: versions.member_ids(row, op.now) for row in rows}
    ids = {user_id for found in (*turns.values(), *seats.values()) for user_id in found}
    users = people(op, ids)
    reachable = ladder_coverage.reachable_of(op, ids)
    away = leave.of_people(op, ids, start, end)
    problems = [
        Problem(Kind.NO_ANSWER, found.ladder.team, ladder=found.ladder, spans=found.spans)
        for found in ladder_coverage.silent(op, every, tables, start, end)
    ]
    for row in rows:
        problems += _of_layer(row, tables[row.id], turns[row.id], seats[row.id], users, reachable, away)
    problems += _double(rows, turns, users)
    problems.sort(key=lambda one: (_RANK[one.kind], one.starts_at or end, one.team.name))
    return Report(start, end, list({row.team_id: row.team for row in rows}.values()), problems, tables)


def gaps_in(table: "routing.Timetable[uuid.UUID]") -> tuple[Span, ...]:
    """When nobody is on call in a timetable, each stretch as long as it can be."""
    return joined((spell.starts_at, spell.ends_at) for spell in table.spells if not spell.members)


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in the order of their starts, those that touch or overlap as one."""
    found: list[Span] = []
    for starts_at, ends_at in spans:
        if found and starts_at <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends_at))
        else:
            found.append((starts_at, ends_at))
    return tuple(found)


def _of_layer(
    row: Rotation,
    table: "routing.Timetable[uuid.UUID]",
    turns: _ByPerson,
    seats: Sequence[uuid.UUID],
    users: Mapping[uuid.UUID, User],
    reachable: set[uuid.UUID],
    away: Mapping[uuid.UUID, Sequence[leave.Away]],
) -> list[Problem]:
    found = []
    if gaps := gaps_in(table):
        found.append(Problem(Kind.GAP, row.team, row, spans=gaps))
    for user_id in dict.fromkeys([*turns, *seats]):
        user, spans = users[user_id], _spans(turns.get(user_id, ()))
        if user.disabled_at is not None:
            found.append(Problem(Kind.DISABLED, row.team, row, user=user, spans=spans))
        elif user_id not in reachable and spans:
            found.append(Problem(Kind.UNREACHABLE, row.team, row, user=user, spans=spans))
        missed = joined(
            (one.starts_at, one.ends_at)
            for start, end in spans
            for one in leave.overlap(away.get(user_id, ()), start, end)
        )
        if missed:
            found.append(Problem(Kind.ON_LEAVE, row.team, row, user=user, spans=missed))
    if len(seats) == 1:
        found.append(Problem(Kind.ALONE, row.team, row, user=users[seats[0]]))
    return found


def _double(
    rows: Sequence[Rotation], turns: Mapping[uuid.UUID, _ByPerson], users: Mapping[uuid.UUID, User]
) -> list[Problem]:
    """Whoever is on call in two layers at once, of one team or of two."""
    layers: dict[uuid.UUID, list[Rotation]] = {}
    for row in rows:
        for user_id in turns[row.id]:
            layers.setdefault(user_id, []).append(row)
    found = []
    for user_id, mine in layers.items():
        for one, other in combinations(mine, 2):
            both = _both(_spans(turns[one.id][user_id]), _spans(turns[other.id][user_id]))
            if both:
                user = users[user_id]
                found.append(Problem(Kind.DOUBLE, one.team, one, user=user, other=other, spans=both))
    return found


def _spans(found: Sequence[MyShift]) -> tuple[Span, ...]:
    return joined((shift.starts_at, shift.ends_at) for shift in found)


def _both(one: Sequence[Span], other: Sequence[Span]) -> tuple[Span, ...]:
    """When both hold."""
    return joined(sorted((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) < min(b, d)))
