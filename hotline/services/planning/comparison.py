"""Before and after: what a change of a roster does to whom, where it leaves nobody, and its digest."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import routing
from hotline.services.on_call.shifts import night_dates

Table = routing.Timetable[uuid.UUID]
Members = tuple[uuid.UUID, ...]
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """From ``starts_at`` to ``ends_at`` (UTC) ``now`` are on call, where ``was`` were."""

    was: Members
    now: Members
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Comparison:
    """The final schedule of one layer over the same window, before a change and after it."""

    rotation_id: uuid.UUID
    team: str
    layer: str
    time_zone: str
    before: Table
    after: Table

    def differences(self) -> list[Difference]:
        """Every stretch in which somebody else is on call, in order, each as long as it can be."""
        spells = (*self.before.spells, *self.after.spells)
        edges = sorted({spell.starts_at for spell in spells})
        found: list[Difference] = []
        for start, end in pairwise([*edges, self.before.end]):
            was, now = self.before.members_at(start), self.after.members_at(start)
            if {*was} == {*now}:
                continue
            joins = bool(found) and (found[-1].ends_at, found[-1].was, found[-1].now) == (start, was, now)
            starts_at = found.pop().starts_at if joins else start
            found.append(Difference(was, now, starts_at, end))
        return found

    def new_gaps(self) -> list[routing.Gap]:
        """Where nobody is on call after the change and somebody was before it."""
        return _joined((one.starts_at, one.ends_at) for one in self.differences() if not one.now and one.was)

    def gained(self, user_id: uuid.UUID) -> list[routing.Gap]:
        """Where somebody is on call who was not."""
        return _joined(
            (one.starts_at, one.ends_at)
            for one in self.differences()
            if user_id in one.now and user_id not in one.was
        )

    def lost(self, user_id: uuid.UUID) -> list[routing.Gap]:
        """Where somebody is not on call who was."""
        return _joined(
            (one.starts_at, one.ends_at)
            for one in self.differences()
            if user_id in one.was and user_id not in one.now
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """What a change means for one person: nights (22:00 to 06:00) and hours more, or fewer."""

    user_id: uuid.UUID
    nights: int
    hours: float


def tallies(rows: Sequence[Comparison]) -> list[Tally]:
    """Everybody whose duty changes, who gains most first; nights by the clock of each layer's team."""
    users = {
        user_id
        for row in rows
        for one in row.differences()
        for user_id in {*one.was} ^ {*one.now}
    }  # fmt: skip
    found = [_tally(rows, user_id) for user_id in users]
    return sorted(found, key=lambda one: (-one.nights, -one.hours, str(one.user_id)))


def digest(rows: Sequence[Comparison], *more: object) -> str:
    """A short text for what was looked at: the same as long as saving it would do the same.

    The instant at which the window begins is left out, for it moves with the clock.
    """
    told: list[object] = [str(one) for one in more]
    for row in rows:
        told.append(str(row.rotation_id))
        told.extend(
            [([str(one) for one in spell.members], spell.ends_at.isoformat()) for spell in _plain(table)]
            for table in (row.before, row.after)
        )
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def spans_of(table: Table, user_id: uuid.UUID) -> list[routing.Gap]:
    """When somebody is on call within a timetable; spells that touch are one."""
    return _joined((spell.starts_at, spell.ends_at) for spell in table.spells if user_id in spell.members)


def _tally(rows: Sequence[Comparison], user_id: uuid.UUID) -> Tally:
    nights, hours = 0, 0.0
    for row in rows:
        nights += len(_nights(row.after, user_id, row) - _nights(row.before, user_id, row))
        nights -= len(_nights(row.before, user_id, row) - _nights(row.after, user_id, row))
        hours += sum((one.ends_at - one.starts_at) / _HOUR for one in row.gained(user_id))
        hours -= sum((one.ends_at - one.starts_at) / _HOUR for one in row.lost(user_id))
    return Tally(user_id, nights, hours)


def _nights(table: Table, user_id: uuid.UUID, row: Comparison) -> set[date]:
    spans = spans_of(table, user_id)
    return {day for one in spans for day in night_dates(one.starts_at, one.ends_at, row.time_zone)}


def _plain(table: Table) -> list[routing.Spell[uuid.UUID]]:
    """Spells of the same people in a row are one."""
    found: list[routing.Spell[uuid.UUID]] = []
    for spell in table.spells:
        joins = bool(found) and found[-1].members == spell.members
        starts_at = found.pop().starts_at if joins else spell.starts_at
        found.append(routing.Spell(spell.members, starts_at, spell.ends_at))
    return found


def _joined(spans: Iterable[tuple[datetime, datetime]]) -> list[routing.Gap]:
    found: list[routing.Gap] = []
    for starts_at, ends_at in spans:
        joins = bool(found) and found[-1].ends_at == starts_at
        begins = found.pop().starts_at if joins else starts_at
        found.append(routing.Gap(begins, ends_at))
    return found
