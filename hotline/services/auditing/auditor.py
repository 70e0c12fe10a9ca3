"""The auditor at work: contract by contract, each in a read of its own, and never in anybody's way."""

import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import structlog
from sqlalchemy.orm import Session

from hotline.clock import Clock
from hotline.db.session import Database
from hotline.services.auditing import alarms, discrepancies, reading, turns
from hotline.services.auditing.audit import Result, audit
from hotline.services.operation import Operation
from hotline.services.promise import heartbeat
from hotline.settings import Settings

log = structlog.get_logger()

EVERY = timedelta(seconds=20)
# So long one call of work goes on before it comes back; in real seconds.
_STINT_SECONDS = 20.0
_WORKED_SECONDS = 0.005
_LONGEST_NAP_SECONDS = 0.1
Found = TypeVar("Found")


class Auditor:
    """Audits whatever contract is due. It holds no lock while it works, and rests as long as it works.

    The interpreter runs one thread at a time: without the naps, enforcement would wait for its turn.
    """

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._since = turns.Since()
        self._worked_since = time.monotonic()

    def work(self) -> int:
        """Look for news, audit what is due for some seconds, tell the managers; returns how many audits."""
        self._write(lambda op: heartbeat.beat(op, discrepancies.AUDITOR))
        self._look()
        until = time.monotonic() + _STINT_SECONDS
        count = 0
        for turn in self._read(turns.due):
            if time.monotonic() > until:
                break
            if self._write(lambda op, turn=turn: turns.take(op, turn)):  # type: ignore[misc]
                _result, new = self._audit(turn.contract_id)
                count += 1
                if new:
                    log.error("discrepancies_found", contract=str(turn.contract_id), new=new)
        if self._read(lambda op: op.session.scalar(alarms.ANY)):
            self._write(alarms.sweep)
        return count

    def audit(self, contract_id: uuid.UUID) -> Result:
        """Audit one contract now and keep what was found."""
        return self._audit(contract_id)[0]

    def _audit(self, contract_id: uuid.UUID) -> tuple[Result, int]:
        """The outcome, and how many differences are new."""
        began, self._worked_since = self._clock.now(), time.monotonic()
        started = time.monotonic()
        with reading.snapshot(self._database) as session:
            result = audit(session, contract_id, began, self._pause)
        milliseconds = round((time.monotonic() - started) * 1000)

        def keep(op: Operation) -> int:
            turns.done(op, contract_id, began, result, milliseconds)
            heartbeat.beat(op, discrepancies.AUDITOR)
            return discrepancies.keep(op, contract_id, result)

        return result, self._write(keep)

    def _look(self) -> None:
        missing = self._read(turns.unknown)
        if missing:
            self._write(lambda op: turns.give(op, turns.unknown(op)))
        since = self._since.advance()
        woken = self._read(lambda op: turns.woken(op, since))
        if woken:
            self._write(lambda op: turns.wake(op, woken))

    def _pause(self) -> None:
        worked = time.monotonic() - self._worked_since
        if worked >= _WORKED_SECONDS:
            time.sleep(min(worked, _LONGEST_NAP_SECONDS))
            self._worked_since = time.monotonic()

    def _read(self, work: Callable[[Operation], Found]) -> Found:
        with self._database.read() as session:
            return work(self._operation(session))

    def _write(self, work: Callable[[Operation], Found]) -> Found:
        return self._database.run(lambda session: work(self._operation(session)))

    def _operation(self, session: Session) -> Operation:
        return Operation(session, self._clock.now(), self._settings)
