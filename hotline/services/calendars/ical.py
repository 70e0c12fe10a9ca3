"""Shifts as an iCalendar file (RFC 5545) that is the same, to the byte, until a shift is another one.

A shift keeps its UID as long as it is of the same person, in the same layer, from the same instant. Whatever
changes the roster of a layer makes the SEQUENCE of its shifts grow: versions and overrides are never deleted,
so they are counted. A shift that is no more is not in the file. Times are in UTC, so no clock change can move
one; calendar programs show them in the zone of their owner.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import icalendar

from hotline.db.models import Rotation, Team, User
from hotline.services.on_call import rosters, shifts
from hotline.services.on_call.shifts import MyShift
from hotline.services.operation import Operation
from hotline.speech import Prompt, render

BACK, AHEAD = timedelta(days=30), timedelta(days=90)
_EVERY = timedelta(hours=1)
_NAMESPACE = uuid.UUID("5f2f8f0e-6f0c-4f2e-9f57-6c8f4bd1c7a1")


def of_person(op: Operation, user: User) -> bytes:
    """Somebody's own shifts, from 30 days back to 90 ahead."""
    found = [
        (row, shift, user)
        for row, turns in shifts.between(op, op.now - BACK, op.now + AHEAD)
        for shift in turns.get(user.id, ())
    ]
    return _file(
        op,
        user,
        render(Prompt.of("feed.mine", engineer=user.name), user.language, written=True),
        found,
        is_mine=True,
    )


def of_team(op: Operation, team: Team, reader: User) -> bytes:
    """The shifts of everybody in every layer of a team, over the same span, for ``reader``."""
    found = shifts.between(op, op.now - BACK, op.now + AHEAD, team.id)
    users = rosters.people(op, (user_id for _row, turns in found for user_id in turns))
    entries = [
        (row, shift, users[user_id])
        for row, turns in found
        for user_id, mine in turns.items()
        for shift in mine
    ]
    return _file(
        op,
        reader,
        render(Prompt.of("feed.team", team=team.name), reader.language, written=True),
        entries,
        is_mine=False,
    )


def _file(
    op: Operation,
    reader: User,
    name: str,
    entries: Iterable[tuple[Rotation, MyShift, User]],
    *,
    is_mine: bool,
) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Hotline//Shifts//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for row, shift, user in sorted(
        entries, key=lambda one: (one[1].starts_at, str(one[0].id), str(one[2].id))
    ):
        calendar.add_component(_event(op, reader, row, shift, user, is_mine=is_mine))
    return bytes(calendar.to_ical())


def _event(
    op: Operation, reader: User, row: Rotation, shift: MyShift, user: User, *, is_mine: bool
) -> icalendar.Event:
    where = Prompt.of("feed.shift", team=row.team.name, layer=row.layer)
    mine = render(where, reader.language, written=True)
    what = mine if is_mine else f"{user.name}: {row.layer} ({row.team.name})"
    changes = _changes(row, op.now)
    event = icalendar.Event()
    event.add("uid", f"{uid_of(row, user.id, shift)}@{urlsplit(op.settings.public_url).hostname}")
    event.add("dtstamp", changes[-1])
    event.add("last-modified", changes[-1])
    event.add("sequence", len(changes) - 1)
    event.add("dtstart", shift.starts_at)
    event.add("dtend", shift.ends_at)
    event.add("summary", what)
    event.add("url", f"{op.settings.public_url}/on-call")
    event.add("transp", "TRANSPARENT")
    return event


def uid_of(row: Rotation, user_id: uuid.UUID, shift: MyShift) -> uuid.UUID:
    """What a shift is known by for ever."""
    return uuid.uuid5(_NAMESPACE, f"{row.id}/{user_id}/{shift.starts_at.isoformat()}")


def _changes(row: Rotation, now: datetime) -> list[datetime]:
    """When the roster of a layer was made and changed so far, in order; never empty."""
    made = [version.created_at for version in row.versions]
    overrides = [at for entry in row.overrides for at in (entry.created_at, entry.cancelled_at)]
    found = sorted(at.replace(microsecond=0) for at in [*made, *overrides] if at is not None and at <= now)
    return found or [now.replace(hour=0, minute=0, second=0, microsecond=0)]
