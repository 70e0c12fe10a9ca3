"""APScheduler, glued in one place: it says when to look; the rows say what is due.

No job per incident. Interval jobs sweep, and a date job armed for the next deadline makes the breach
fall on time rather than at the next tick. ``misfire_grace_time=None`` because a late sweep is still
wanted (the default drops it after a second), ``coalesce`` because one late sweep does for many.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import structlog
from apscheduler.executors.pool import BasePoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler

from hotline.clock import Clock
from hotline.db.models import Incident
from hotline.db.session import Database
from hotline.services.auditing import auditor
from hotline.worker import Worker

log = structlog.get_logger()

_TICK_SECONDS = 1.0
_SWEEPERS = 8
_CALENDARS_SECONDS = 20.0
_FASTEST_AUDIT_SECONDS = 1.0
_FASTEST_TICK_SECONDS = 0.05
_NEXT_DEADLINE = sa.select(sa.func.min(Incident.respond_by)).where(
    Incident.told_at.is_(None), Incident.breached_at.is_(None), Incident.respond_by.is_not(None)
)


class _Sweepers(BasePoolExecutor):  # type: ignore[misc]
    """APScheduler's way of running jobs, in a pool of ours that :func:`stop` can wait for."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        super().__init__(pool)


def stop(scheduler: BaseScheduler) -> None:
    """Stop, and come back when the sweeps in hand have finished.

    Not ``shutdown(wait=True)``: that waits with APScheduler's own lock in hand, which a job that is
    just arming the next deadline waits for in turn.
    """
    scheduler.shutdown(wait=False)
    scheduler.pool.shutdown(wait=True)


def create_scheduler(worker: Worker, database: Database, clock: Clock, *, blocking: bool) -> BaseScheduler:
    """A scheduler that keeps the promise as long as it runs. ``blocking`` for a process of its own."""
    pool = ThreadPoolExecutor(_SWEEPERS, "sweeper")
    scheduler = (BlockingScheduler if blocking else BackgroundScheduler)(
        timezone=UTC,
        executors={"default": _Sweepers(pool)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    scheduler.pool = pool
    seconds = max(_FASTEST_TICK_SECONDS, min(_TICK_SECONDS, clock.real_seconds(_TICK_SECONDS)))
    for job in (worker.enforce, worker.hunt, worker.send):
        scheduler.add_job(job, "interval", seconds=seconds, id=job.__name__)

    scheduler.add_job(worker.read_calendars, "interval", seconds=_CALENDARS_SECONDS, id="read_calendars")
    every = auditor.EVERY.total_seconds()
    every = max(_FASTEST_AUDIT_SECONDS, min(every, clock.real_seconds(every)))
    scheduler.add_job(worker.audit, "interval", seconds=every, id="audit")

    def arm() -> None:
        """Arm the date job for the next deadline; two may overlap, the rows decide what is left to do."""
        with database.read() as session:
            deadline = session.scalar(_NEXT_DEADLINE)
        if deadline is not None and deadline > clock.now():
            wait = clock.real_seconds((deadline - clock.now()).total_seconds())
            scheduler.add_job(
                worker.enforce,
                "date",
                run_date=datetime.now(UTC) + timedelta(seconds=wait),
                id="deadline",
                replace_existing=True,
                max_instances=3,
            )

    scheduler.add_job(arm, "interval", seconds=seconds, id="arm")
    return scheduler
