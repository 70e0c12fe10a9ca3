"""When somebody's night is: by the clock of their own zone, from 22:00 to 07:00 unless they say otherwise.

A night begins on a date and ends on the same or the next one. Its ends are read as those of shifts are: a
time that the clocks jump over is the end of the jump, and of one that comes twice the first is meant.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import routing
from hotline.db.models import Hours, Night, User
from hotline.errors import InvalidInputError
from hotline.services.accounts import events
from hotline.services.operation import Operation

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NightHours:
    """From when until when, on the wall."""

    begins: time
    ends: time


USUAL = NightHours(time(22), time(7))


def of(op: Operation, user: User) -> NightHours:
    """The hours of somebody's night."""
    row = op.session.get(Night, user.id)
    return USUAL if row is None else NightHours(row.begins, row.ends)


def change(op: Operation, user: User, chosen: NightHours) -> bool:
    """Set them; False when they are so already. Raises :class:`InvalidInputError` for one of no length."""
    op.session.refresh(user, with_for_update=True)
    if chosen.begins == chosen.ends:
        raise InvalidInputError("The night must end at another time than it begins.")
    if chosen == of(op, user):
        return False
    row = op.session.get(Night, user.id)
    if row is None:
        row = Night(user_id=user.id)
        op.session.add(row)
    row.begins, row.ends = chosen.begins, chosen.ends
    op.session.flush()
    events.record(
        op, user.id, "night-changed", user.id, begins=f"{row.begins:%H:%M}", ends=f"{row.ends:%H:%M}"
    )
    return True


def half(at: datetime, hours: NightHours, time_zone: str) -> Hours:
    """``NIGHT`` or ``DAY`` at an instant."""
    zone = ZoneInfo(time_zone)
    today = at.astimezone(zone).date()
    # The night of yesterday may still go on; at a change of the date line "today" itself is in doubt.
    for date in (today - 2 * _A_DAY, today - _A_DAY, today, today + _A_DAY):
        until = date if hours.begins < hours.ends else date + _A_DAY
        begins = routing.first_instant(datetime.combine(date, hours.begins), zone)
        if begins <= at < routing.first_instant(datetime.combine(until, hours.ends), zone):
            return Hours.NIGHT
    return Hours.DAY
