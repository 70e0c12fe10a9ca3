"""What a worker does at every tick: sweep what is due, then carry out the outbox.

Each sweep is its own transaction over rows that are due, so any number of workers may tick at once
and one may die anywhere: what it did not commit is due for the next.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from hotline.clock import Clock
from hotline.db.base import UtcDateTime
from hotline.db.models import (
    AttainmentPeriod,
    CoverRequest,
    CoverStatus,
    Incident,
    SelfTest,
    StatementSchedule,
    Watch,
)
from hotline.db.session import Database
from hotline.sending.calendars import Calendars, CalendarUnreadableError
from hotline.sending.port import PostOffice
from hotline.services import pruning
from hotline.services.auditing.auditor import Auditor
from hotline.services.calendars import leave
from hotline.services.callflow import calls
from hotline.services.coverage import watch
from hotline.services.operation import Operation
from hotline.services.outgoing.delivery import Delivery
from hotline.services.planning import cover
from hotline.services.promise import announcements, enforcement, heartbeat, settlements, sweeping
from hotline.services.reaching import self_tests
from hotline.services.response import chasing, dispatch, followup
from hotline.services.statements import schedule as statements
from hotline.settings import Settings
from hotline.telephony.port import Telephony

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sweep:
    """Something to do for incidents of which ``column`` has come, where ``also`` holds."""

    act: Callable[[Operation], int]
    column: sa.ColumnElement[datetime | None]
    also: sa.ColumnElement[bool] = field(default_factory=sa.true)


class Worker:
    """One worker's tick. ``senders`` outgoing requests are made at a time."""

    def __init__(
        self,
        database: Database,
        telephony: Telephony,
        clock: Clock,
        settings: Settings,
        senders: int = 1,
        post_office: PostOffice | None = None,
        calendars: Calendars | None = None,
    ) -> None:
        self._database = database
        self._calendars = calendars
        self._clock = clock
        self._settings = settings
        self._beat_at = clock.now() - heartbeat.EVERY
        self._test_at = self_tests.slot_before(settings, clock.now())  # one that was missed just now, too
        self._walk, self._pruned_at = pruning.Walk(), clock.now()
        self._auditor = Auditor(database, clock, settings)
        self._delivery = Delivery(database, telephony, clock, settings, senders, post_office)

    def tick(self) -> int:
        """Do everything that is due now; returns how much was done."""
        return self.enforce() + self.hunt() + self.send()

    def enforce(self) -> int:
        """Breaches and fines first of all, then warnings and the news."""
        if self._clock.now() - self._beat_at >= heartbeat.EVERY:
            self._database.run(lambda session: heartbeat.beat(self._operation(session)))
            self._drain(calls.reap)
            self._beat_at = self._clock.now()
            self._test_if_due()
        done = self._sweep(_ENFORCEMENT)
        if self._clock.now() - self._pruned_at >= pruning.EVERY:
            self._pruned_at = self._clock.now()
            self._walk.stand(self._database.run(lambda session: self._walk.step(self._operation(session))))
        return done

    def hunt(self) -> int:
        """Ladders that are to climb, customers who are to be told, cover that nobody gave."""
        return self._sweep(_HUNT)

    def send(self) -> int:
        """Whatever is to leave the house."""
        total = 0
        while done := self._delivery.deliver_due():
            total += done
        return total

    def audit(self) -> int:
        """Contracts whose ledger is to be worked out again: a job of its own that holds up no other."""
        return self._auditor.work()

    def read_calendars(self) -> int:
        """Calendars of leave that are due, one after another; nothing waits in a transaction meanwhile."""
        total = 0
        while self._calendars is not None:
            due = self._database.run(lambda session: leave.claim(self._operation(session)))
            if due is None:
                break
            self._read_calendar(self._calendars, due)
            total += 1
        return total

    def close(self) -> None:
        """Let what is in hand finish."""
        self._delivery.close()

    def _read_calendar(self, calendars: Calendars, due: leave.Due) -> None:
        try:
            found = calendars.fetch(due.url, due.etag)
        except CalendarUnreadableError as error:
            problem = error.problem
            self._database.run(
                lambda session: leave.give_up(self._operation(session), due.source_id, problem)
            )
            return
        self._database.run(
            lambda session: leave.keep(self._operation(session), due.source_id, found.data, found.etag)
        )

    def _test_if_due(self) -> None:
        """Begin the weekly test when its time has come; the database sees to it that one worker does."""
        now = self._clock.now()
        if now >= self._test_at:
            slot = self_tests.slot_before(self._settings, now)
            self._database.run(lambda session: self_tests.begin_week(self._operation(session), slot))
            self._test_at = self_tests.slot_after(self._settings, now)

    def _sweep(self, sweeps: Sequence[Sweep]) -> int:
        """Ask first what is due, by a plain read: an idle worker must not stand in the writers' queue."""
        with self._database.read() as session:
            due = session.connection().execute(_probe(tuple(sweeps)), {"now": self._clock.now()}).one()
        failures: list[Exception] = []
        total = 0
        for sweep in itertools.compress(sweeps, due):
            try:
                total += self._drain(sweep.act)
            except Exception as error:  # one sweep's trouble must not keep the others from their turn
                log.exception("sweep_failed", sweep=sweep.act.__name__, error=type(error).__name__)
                failures.append(error)
        if failures:
            raise failures[0]
        return total

    def _drain(self, sweep: Callable[[Operation], int]) -> int:
        total = 0
        while done := self._database.run(lambda session: sweep(self._operation(session))):
            log.info("swept", sweep=sweep.__name__, count=done)
            total += done
        return total

    def _operation(self, session: Session) -> Operation:
        return Operation(session, self._clock.now(), self._settings)


def _sweep_rungs(op: Operation) -> int:
    return sweeping.each(op, Incident.next_rung_at, dispatch.climb)


def _sweep_notices(op: Operation) -> int:
    return sweeping.each(op, Incident.next_notice_at, followup.advance)


def _sweep_chases(op: Operation) -> int:
    return sweeping.each(op, Incident.next_chase_at, chasing.look)


_COVER = CoverRequest.__table__.c
_ENFORCEMENT = (
    Sweep(enforcement.sweep_deadlines, Incident.__table__.c.respond_by, enforcement.MAY_BREACH),
    Sweep(settlements.sweep, AttainmentPeriod.__table__.c.due_at),
    Sweep(announcements.sweep_warnings, Incident.__table__.c.next_warning_at),
    Sweep(announcements.sweep_news, Incident.__table__.c.next_news_at),
)
_HUNT = (
    Sweep(_sweep_rungs, Incident.__table__.c.next_rung_at),
    Sweep(_sweep_notices, Incident.__table__.c.next_notice_at),
    Sweep(_sweep_chases, Incident.__table__.c.next_chase_at),
    Sweep(self_tests.sweep, SelfTest.__table__.c.next_at),
    Sweep(watch.sweep, Watch.__table__.c.due_at),
    Sweep(statements.sweep, StatementSchedule.__table__.c.due_at),
    Sweep(cover.sweep_expired, _COVER.answer_by, _COVER.status == CoverStatus.OPEN),
)


@cache
def _probe(sweeps: tuple[Sweep, ...]) -> sa.Select[*tuple[bool, ...]]:
    now = sa.bindparam("now", type_=UtcDateTime())
    return sa.select(
        *(
            sa.exists(sa.select(1).where(sweep.column <= now, sweep.also)).label(f"due{place}")
            for place, sweep in enumerate(sweeps)
        )
    )
