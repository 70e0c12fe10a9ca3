"""Carrying out the outbox: claim, send outside any transaction, record.

What a crash can do: between sending and recording, a message may be sent twice but never lost; a call
is looked for at the network first (``find_calls``) and adopted if it is there. What is no longer
wanted (a page after somebody accepted) is dropped instead of sent late.
"""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import sqlalchemy as sa
import structlog

from hotline.clock import Clock
from hotline.db.models import Effect, OutboxItem, OutboxStatus
from hotline.db.session import Database
from hotline.sending.port import PostOffice, SendingError
from hotline.services.operation import Operation
from hotline.services.outgoing import effects
from hotline.services.outgoing.orders import Order, Parcel
from hotline.settings import Settings
from hotline.telephony.port import Telephony, TelephonyError

log = structlog.get_logger()

Result = TypeVar("Result")

UNKNOWN = "outcome unknown"
CLAIM = timedelta(seconds=60)
BATCH = 20
_LONGEST_BACKOFF = 30


@dataclass(frozen=True, slots=True)
class Claimed:
    """An outbox item that this worker may carry out until its claim ends."""

    id: uuid.UUID
    effect: Effect
    attempts: int
    is_uncertain: bool


class Delivery:
    """Carries out what is due. ``workers`` items at a time; with 1 strictly in order."""

    def __init__(
        self,
        database: Database,
        telephony: Telephony,
        clock: Clock,
        settings: Settings,
        workers: int = 1,
        post_office: PostOffice | None = None,
    ) -> None:
        self._database = database
        self._telephony = telephony
        self._post_office = post_office
        self._clock = clock
        self._settings = settings
        self._pool = ThreadPoolExecutor(workers, "delivery") if workers > 1 else None

    def deliver_due(self) -> int:
        """Carry out one batch of what is due; returns how many items were taken up."""
        claimed = self._run(_claim)
        if self._pool is None:
            for item in claimed:
                self._deliver(item)
        else:
            list(self._pool.map(self._deliver, claimed))
        return len(claimed)

    def close(self) -> None:
        """Let the items in hand finish."""
        if self._pool is not None:
            self._pool.shutdown()

    def _deliver(self, item: Claimed) -> None:
        """One item's fault must not hold up the others: it stays claimed, and is tried again after that."""
        try:
            self._carry_out(item)
        except Exception as error:
            log.exception(
                "outbox_broken", item=str(item.id), effect=item.effect.value, error=type(error).__name__
            )

    def _carry_out(self, item: Claimed) -> None:
        order = self._run(lambda op: _prepare(op, item))
        if order is None:
            return
        try:
            sid = self._ask(order)
        except TelephonyError as error:
            (log.error if error.alarm else log.warning)(
                "outbox_failed",
                item=str(item.id),
                effect=item.effect.value,
                code=error.code,
                permanent=error.permanent,
                attempts=item.attempts,
            )
            failure = error  # the name of an except clause ends with it
            self._run(lambda op: _failed(op, item, failure))
            return
        self._run(lambda op: _done(op, item, sid))

    def _ask(self, order: Order | Parcel) -> str | None:
        if isinstance(order, Order):
            return order.carry_out(self._telephony)
        if self._post_office is None:
            raise SendingError("no post office is set", permanent=True)
        order.carry_out(self._post_office)
        return None

    def _run(self, work: Callable[[Operation], Result]) -> Result:
        return self._database.run(lambda session: work(Operation(session, self._clock.now(), self._settings)))


def _claim(op: Operation) -> list[Claimed]:
    """Claim what is due: rows that nobody claims, or whose claim has lapsed."""
    due = (
        sa.select(OutboxItem.id)
        .where(
            OutboxItem.status == OutboxStatus.PENDING,
            OutboxItem.next_attempt_at <= op.now,
            sa.or_(OutboxItem.claimed_until.is_(None), OutboxItem.claimed_until <= op.now),
        )
        .order_by(OutboxItem.next_attempt_at, OutboxItem.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    rows = op.session.scalars(
        sa.select(OutboxItem).where(OutboxItem.id.in_(list(op.session.scalars(due))))
    ).all()
    claimed = []
    for row in sorted(rows, key=lambda row: (row.next_attempt_at, row.id)):
        # A claim that lapsed without a result: the worker died, perhaps after sending.
        uncertain = row.claimed_until is not None or row.last_error == UNKNOWN
        row.claimed_until = op.now + CLAIM
        row.attempts += 1
        claimed.append(Claimed(row.id, row.effect, row.attempts, uncertain))
    return claimed


def _prepare(op: Operation, item: Claimed) -> Order | Parcel | None:
    order = effects.prepare(op, item.id, item.effect, attempt=item.attempts, reconcile=item.is_uncertain)
    if order is not None:  # the claim counts from here, however long the items before it took
        op.session.get_one(OutboxItem, item.id).claimed_until = op.now + CLAIM
    return order


def _done(op: Operation, item: Claimed, sid: str | None) -> None:
    row = op.session.get_one(OutboxItem, item.id, with_for_update=True, populate_existing=True)
    row.status, row.claimed_until, row.last_error = OutboxStatus.DONE, None, None
    effects.succeeded(op, row, sid)


def _failed(op: Operation, item: Claimed, error: TelephonyError) -> None:
    row = op.session.get_one(OutboxItem, item.id, with_for_update=True, populate_existing=True)
    if row.status is not OutboxStatus.PENDING or row.attempts != item.attempts:
        return  # another worker has it by now, and knows better
    row.claimed_until = None
    row.last_error = UNKNOWN if error.unknown else str(error)[:200]
    retry_at = op.now + backoff(item.attempts)
    if error.permanent or retry_at >= row.give_up_at:
        row.status = OutboxStatus.FAILED
        effects.failed(op, row, error)
        return
    row.next_attempt_at = retry_at


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 1, 2, 4 … at most 30 seconds."""
    return timedelta(seconds=min(2 ** (attempts - 1), _LONGEST_BACKOFF))
