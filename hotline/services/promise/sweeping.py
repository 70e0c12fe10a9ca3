"""Doing something for every incident of which a due column has come, one fault at a time."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute

from hotline.db.models import Incident
from hotline.services.operation import Operation

log = structlog.get_logger()

AGAIN = timedelta(seconds=60)


def each(
    op: Operation,
    column: InstrumentedAttribute[datetime | None],
    act: Callable[[Operation, Incident], None],
    limit: int = 50,
) -> int:
    """Act on every incident whose ``column`` is due, the longest due first; returns how many.

    An incident that cannot be handled (a broken roster, say) is put off by a minute and logged as an
    error, so that it never stands in the way of the others. Trouble with the database itself is raised.
    """
    query = sa.select(Incident).where(column <= op.now).order_by(column).limit(limit)
    due = op.session.scalars(query.with_for_update(skip_locked=True, of=Incident)).all()
    for incident in due:
        try:
            with op.session.begin_nested():
                act(op, incident)
        except DBAPIError:
            raise
        except Exception as error:
            log.exception("incident_broken", incident=str(incident.id), error=type(error).__name__)
            op.session.execute(
                sa.update(Incident).where(Incident.id == incident.id).values({column: op.now + AGAIN})
            )
    return len(due)
