"""When it is whose turn: a person's own shifts, and what each of them holds.

Everything is read from :class:`hotline.services.on_call.rosters.Roster`: it agrees with whom the phone
rings.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import routing
from hotline.db.models import Rotation, Team
from hotline.services.on_call import versions
from hotline.services.on_call.rosters import Roster, load_rotations
from hotline.services.operation import Operation
from routing import first_instant

AHEAD = timedelta(days=90)
_BEYOND = timedelta(days=100)  # so that the first shift is shown from its start and the last to its end
_DAY = timedelta(days=1)
_NIGHT_BEGINS, _NIGHT_ENDS = time(22), time(6)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class MyShift:
    """A person is on call in ``layer`` from ``starts_at`` to just before ``ends_at``."""

    rotation_id: uuid.UUID
    team: Team
    layer: str
    starts_at: datetime
    ends_at: datetime
    is_override: bool

    def nights(self, zone: str) -> int:
        """How many nights (22:00 to 06:00 in ``zone``) it touches."""
        return len(night_dates(self.starts_at, self.ends_at, zone))

    def weekend_days(self, zone: str) -> int:
        """How many Saturdays and Sundays in ``zone`` it touches."""
        return len(weekend_days_in(self.starts_at, self.ends_at, zone))


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in somebody's zone: hours on call in it, and how many of them have passed."""

    first: date
    hours: float
    hours_so_far: float


@dataclass(frozen=True, slots=True)
class Shifts:
    """What a person has from now on, the month that runs, and whether any rotation names them at all."""

    ahead: Sequence[MyShift]
    month: Month
    is_in_a_rotation: bool

    def running(self, now: datetime) -> list[MyShift]:
        """Those that run now."""
        return [shift for shift in self.ahead if shift.starts_at <= now]

    def next(self, now: datetime) -> MyShift | None:
        """The first that has yet to begin."""
        return next((shift for shift in self.ahead if shift.starts_at > now), None)


def of(op: Operation, user_id: uuid.UUID, zone: str, ahead: timedelta = AHEAD) -> Shifts:
    """A person's shifts from those that run now to those that begin before now + ``ahead``."""
    rows = load_rotations(op, since=op.now - _BEYOND)
    roster = Roster(op, rows)
    found = sorted(
        (shift for row in rows for shift in _in_rotation(roster, row, user_id, op.now, op.now + ahead)),
        key=lambda shift: (shift.starts_at, shift.team.name, shift.layer),
    )
    return Shifts(
        ahead=[shift for shift in found if shift.ends_at > op.now and shift.starts_at < op.now + ahead],
        month=_month(found, op.now, zone),
        is_in_a_rotation=versions.has_place(op, user_id),
    )


def day_begins(day: date, zone: str) -> datetime:
    """The instant (UTC) at which a calendar day begins in ``zone``."""
    return first_instant(datetime.combine(day, time()), ZoneInfo(zone))


def night_dates(starts_at: datetime, ends_at: datetime, zone: str) -> set[date]:
    """The evenings of the nights (22:00 to 06:00 in ``zone``) that a span touches."""
    tz = ZoneInfo(zone)
    return {
        day
        for day in _days(starts_at - _DAY, ends_at, zone)
        if first_instant(datetime.combine(day, _NIGHT_BEGINS), tz) < ends_at
        and starts_at < first_instant(datetime.combine(day + _DAY, _NIGHT_ENDS), tz)
    }


def by_person(table: "routing.Timetable[uuid.UUID]", row: Rotation) -> dict[uuid.UUID, list[MyShift]]:
    """Everybody's shifts in a timetable of ``row``, each person's in order.

    Pieces of overrides that touch are one, so that nobody hands over to themselves on a page.
    """
    found: dict[uuid.UUID, list[MyShift]] = {}
    for spell in table.spells:
        for user_id in spell.members:
            shifts = found.setdefault(user_id, [])
            shift = MyShift(row.id, row.team, row.layer, spell.starts_at, spell.ends_at, spell.is_override)
            last = shifts[-1] if shifts else None
            if last and last.ends_at == shift.starts_at and last.is_override and shift.is_override:
                shifts[-1] = replace(last, ends_at=shift.ends_at)
            else:
                shifts.append(shift)
    return found


def between(
    op: Operation, start: datetime, end: datetime, team_id: uuid.UUID | None = None
) -> list[tuple[Rotation, dict[uuid.UUID, list[MyShift]]]]:
    """Every layer of every team (or of one) with everybody's shifts that touch [start, end), unclipped."""
    rows = load_rotations(op, team_id, since=start)
    roster = Roster(op, rows)
    return [
        (
            row,
            {
                user_id: touching
                for user_id, shifts in by_person(
                    roster.timetable(row.id, start - _BEYOND, end + _BEYOND), row
                ).items()
                if (touching := [one for one in shifts if one.ends_at > start and one.starts_at < end])
            },
        )
        for row in rows
    ]


def weekend_days_in(start: datetime, end: datetime, zone: str) -> list[date]:
    """The Saturdays and Sundays in ``zone`` that [start, end) touches."""
    return [day for day in _days(start, end, zone) if day.weekday() >= _SATURDAY]


def covered(shifts: Sequence[MyShift], start: datetime, end: datetime) -> timedelta:
    """How much of [start, end) they cover; an hour in two layers at once is one hour."""
    total, reached = timedelta(), start
    for shift in sorted(shifts, key=lambda shift: shift.starts_at):
        total += max(min(shift.ends_at, end) - max(shift.starts_at, reached), timedelta())
        reached = max(reached, shift.ends_at)
    return total


def _in_rotation(
    roster: Roster, row: Rotation, user_id: uuid.UUID, now: datetime, end: datetime
) -> list[MyShift]:
    table = roster.timetable(row.id, now - _BEYOND, end + _BEYOND)
    return by_person(table, row).get(user_id, [])


def _month(shifts: Sequence[MyShift], now: datetime, zone: str) -> Month:
    first = now.astimezone(ZoneInfo(zone)).date().replace(day=1)
    begins = day_begins(first, zone)
    ends = day_begins((first + timedelta(days=32)).replace(day=1), zone)
    hour = timedelta(hours=1)
    return Month(first, covered(shifts, begins, ends) / hour, covered(shifts, begins, now) / hour)


def _days(start: datetime, end: datetime, zone: str) -> list[date]:
    """The calendar days that [start, end) touches."""
    first = start.astimezone(ZoneInfo(zone)).date()
    last = (end - timedelta.resolution).astimezone(ZoneInfo(zone)).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
