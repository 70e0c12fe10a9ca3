"""Who watches the watchdog: the worker signs in the database that it was at work, and everybody looks.

A worker that died looks like a quiet night until a promise is missed. So the pages and the health
check say for how long nobody has enforced anything.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from hotline.db.models import Heartbeat
from hotline.services import rows
from hotline.services.operation import Operation

ENFORCEMENT = "enforcement"
EVERY = timedelta(seconds=5)
SILENT_AFTER = timedelta(seconds=30)


def _beating(insert: Callable[[type[Heartbeat]], Any]) -> Any:
    statement = insert(Heartbeat).values(name=sa.bindparam("name"), at=sa.bindparam("at"))
    return statement.on_conflict_do_update(
        index_elements=[Heartbeat.name],
        set_={"at": statement.excluded.at},
        where=Heartbeat.at < statement.excluded.at,
    )


_BEAT = rows.on_conflict(_beating)


def beat(op: Operation, name: str = ENFORCEMENT) -> None:
    """Sign that ``name`` was at work now; never moves back, whatever another machine's clock says."""
    rows.run(op, _BEAT, name=name, at=op.now)


def silent_since(op: Operation, name: str = ENFORCEMENT, after: timedelta = SILENT_AFTER) -> datetime | None:
    """Since when nobody has been at work, or None when somebody was within ``after``.

    The beginning of time when nobody ever was.
    """
    last = op.session.scalar(sa.select(Heartbeat.at).where(Heartbeat.name == name))
    if last is None:
        return datetime.min.replace(tzinfo=op.now.tzinfo)
    return last if op.now - last > after else None
