"""When promises are missed: by the hour and the weekday on which the time was up."""

import sqlalchemy as sa

from hotline.db.models import Incident
from hotline.services.operation import Operation
from hotline.services.statistics.frames import Frame
from hotline.services.statistics.instants import hour_of_week

DAYS, HOURS = 7, 24


def by_hour(op: Operation, frame: Frame) -> list[list[int]]:
    """How many were missed, for every weekday from Monday and every hour of the frame's zone."""
    missed = (Incident.breached_at.is_not(None), Incident.due_on.is_not(None), *frame.incidents)
    span = sa.select(sa.func.min(Incident.breached_at), sa.func.max(Incident.breached_at)).where(*missed)
    first, last = op.session.execute(span).one()
    counts = [[0] * HOURS for _ in range(DAYS)]
    if first is None or last is None:
        return counts
    hour = hour_of_week(Incident.breached_at, frame.zone, first, last).label("hour")
    for place, count in op.session.execute(sa.select(hour, sa.func.count()).where(*missed).group_by(hour)):
        counts[place // HOURS][place % HOURS] = count
    return counts
