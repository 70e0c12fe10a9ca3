"""Who watches the watchdog: the worker signs in the database that it was at work, and everybody looks.

A worker that died looks like a quiet night until a promise is missed. So the pages and the health
check say for how long nobody has enforced anything.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hotline.db.models import Heartbeat
from hotline.services.operation import Operation

ENFORCEMENT = "enforcement"
EVERY = timedelta(seconds=5)
SILENT_AFTER = timedelta(seconds=30)


def beat(op: Operation, name: str = ENFORCEMENT) -> None:
    """Sign that ``name`` was at work now; never moves back, whatever another machine's clock says."""
    insert = postgresql.insert if op.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(Heartbeat).values(name=name, at=op.now)
    op.session.execute(
        statement.on_conflict_do_update(
            index_elements=[Heartbeat.name], set_={"at": op.now}, where=Heartbeat.at < op.now
        )
    )


def silent_since(op: Operation, name: str = ENFORCEMENT) -> datetime | None:
    """Since when nobody has been at work, or None when somebody was just now.

    The beginning of time when nobody ever was.
    """
    last = op.session.scalar(sa.select(Heartbeat.at).where(Heartbeat.name == name))
    if last is None:
        return datetime.min.replace(tzinfo=op.now.tzinfo)
    return last if op.now - last > SILENT_AFTER else None
