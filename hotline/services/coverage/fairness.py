"""Fairness: how hours, nights, weekends and pages at night are shared among the people of a team.

Nights (22:00 to 06:00) and weekend days are those where the person lives, and each counts once however many
layers or shifts touch it. What lies far from the team's mean is marked.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from hotline.db.models import Incident, Ladder, Page, Rotation, Team, User
from hotline.services.on_call import rosters, shifts, versions
from hotline.services.on_call.shifts import MyShift
from hotline.services.operation import Operation

AHEAD, PAST = timedelta(days=30), timedelta(days=90)
MEASURES = ("hours", "nights", "weekend_days", "shifts", "night_pages")
# Far from the mean is more than half of it away, and by more than this.
_AT_LEAST = {"hours": 24.0, "nights": 2.0, "weekend_days": 1.0, "shifts": 2.0, "night_pages": 2.0}


@dataclass(frozen=True, slots=True)
class Share:
    """What one person of a team carries: the :data:`MEASURES`.

    ``hours`` on call, ``nights`` and ``weekend_days`` touched, the count of ``shifts``, and ``night_pages``,
    pages of the team that came at night.
    """

    team: Team
    user: User
    values: Mapping[str, float]
    far: Mapping[str, int]  # measure: 1 far above the mean, -1 far below


@dataclass(frozen=True, slots=True)
class TeamShares:
    """A team: its people by name, and the largest value of each measure, for bars."""

    team: Team
    shares: Sequence[Share]

    def most(self, measure: str) -> float:
        """The largest value; 0 when nobody has any."""
        return max((share.values[measure] for share in self.shares), default=0.0)

    def mean(self, measure: str) -> float:
        """What each would have if all had the same."""
        return sum(share.values[measure] for share in self.shares) / len(self.shares) if self.shares else 0.0


def read(op: Operation, *, is_past: bool = False) -> list[TeamShares]:
    """Every team over the past 90 days, or over the next 30; pages are always those of the past."""
    start, end = (op.now - PAST, op.now) if is_past else (op.now, op.now + AHEAD)
    found = shifts.between(op, start, end)
    pages = _night_pages(op, op.now - PAST, op.now)
    by_team: dict[uuid.UUID, list[tuple[Rotation, Mapping[uuid.UUID, list[MyShift]]]]] = {}
    for row, turns in found:
        if row.team.ended_at is None:
            by_team.setdefault(row.team_id, []).append((row, turns))
    people: dict[uuid.UUID, set[uuid.UUID]] = {
        team_id: {user_id for row, turns in layers for user_id in [*turns, *versions.member_ids(row, op.now)]}
        for team_id, layers in by_team.items()
    }
    users = rosters.people(op, (user_id for ids in people.values() for user_id in ids))
    return [
        _team(layers, [users[user_id] for user_id in people[team_id]], pages, (start, end))
        for team_id, layers in by_team.items()
    ]


def _team(
    layers: Sequence[tuple[Rotation, Mapping[uuid.UUID, list[MyShift]]]],
    users: Iterable[User],
    pages: Mapping[tuple[uuid.UUID, uuid.UUID], int],
    span: tuple[datetime, datetime],
) -> TeamShares:
    team = layers[0][0].team
    rows: list[tuple[User, dict[str, float]]] = []
    for user in sorted(users, key=lambda user: (user.name, user.id)):
        mine = [shift for _row, turns in layers for shift in turns.get(user.id, ())]
        clipped = [(max(one.starts_at, span[0]), min(one.ends_at, span[1])) for one in mine]
        values = {
            "hours": shifts.covered(mine, *span) / timedelta(hours=1),
            "nights": len({day for one in clipped for day in shifts.night_dates(*one, user.time_zone)}),
            "weekend_days": len(
                {day for one in clipped for day in shifts.weekend_days_in(*one, user.time_zone)}
            ),
            "shifts": len(mine),
            "night_pages": pages.get((team.id, user.id), 0),
        }
        rows.append((user, values))
    means = (
        {measure: sum(row[measure] for _user, row in rows) / len(rows) for measure in MEASURES}
        if rows
        else {}
    )
    return TeamShares(team, [Share(team, user, row, _far(row, means)) for user, row in rows])


def _far(row: Mapping[str, float], means: Mapping[str, float]) -> dict[str, int]:
    found = {}
    for measure, mean in means.items():
        away = row[measure] - mean
        if abs(away) > max(mean / 2, _AT_LEAST[measure]):
            found[measure] = 1 if away > 0 else -1
    return found


def _night_pages(op: Operation, start: datetime, end: datetime) -> dict[tuple[uuid.UUID, uuid.UUID], int]:
    """How many pages came at night where the person lives, by team and person."""
    query = (
        sa.select(Ladder.team_id, User.id, User.time_zone, Page.created_at)
        .join(Incident, Incident.id == Page.incident_id)
        .join(Ladder, Ladder.id == sa.func.coalesce(Incident.first_ladder_id, Incident.ladder_id))
        .join(User, User.id == Page.user_id)
        .where(Page.created_at >= start, Page.created_at < end)
    )
    counts: dict[tuple[uuid.UUID, uuid.UUID], int] = {}
    for team_id, user_id, zone, at in op.session.execute(query):
        if shifts.night_dates(at, at + timedelta.resolution, zone):
            counts[team_id, user_id] = counts.get((team_id, user_id), 0) + 1
    return counts
