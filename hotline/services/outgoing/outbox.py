"""Writing to the outbox: everything that leaves the house is a row first."""

import uuid
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from hotline.db.models import Effect, Incident, OutboxItem, OutboxStatus
from hotline.services import rows
from hotline.services.operation import Operation

CALL_LIFETIME = timedelta(minutes=2)
_BY_KEY = sa.select(OutboxItem.id).where(OutboxItem.dedupe_key == sa.bindparam("key"))


def exists(op: Operation, dedupe_key: str) -> bool:
    """True when this effect was written before."""
    return op.session.connection().execute(_BY_KEY, {"key": dedupe_key}).first() is not None


def add(
    op: Operation,
    effect: Effect,
    subject_id: uuid.UUID,
    dedupe_key: str,
    *,
    lifetime: timedelta,
    after: timedelta = timedelta(0),
    incident: Incident | None = None,
    status: OutboxStatus = OutboxStatus.PENDING,
    **payload: Any,
) -> None:
    """Write an effect to be carried out ``after`` so long, and not once ``lifetime`` has passed from then.

    The unique ``dedupe_key`` refuses a second one; ask :func:`exists` where that may happen. ``status`` is
    for what leaves with another item.
    """
    rows.insert(
        op,
        OutboxItem,
        effect=effect,
        subject_id=subject_id,
        incident_id=None if incident is None else incident.id,
        payload=payload,
        dedupe_key=dedupe_key,
        status=status,
        created_at=op.now,
        next_attempt_at=op.now + after,
        give_up_at=op.now + after + lifetime,
    )
