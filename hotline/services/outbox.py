"""Writing to the outbox: everything that leaves the house is a row first."""

import uuid
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from hotline.db.models import Effect, Incident, OutboxItem
from hotline.services.operation import Operation


def exists(op: Operation, dedupe_key: str) -> bool:
    """True when this effect was written before."""
    query = sa.select(OutboxItem.id).where(OutboxItem.dedupe_key == dedupe_key)
    return op.session.execute(query).first() is not None


def add(
    op: Operation,
    effect: Effect,
    subject_id: uuid.UUID,
    dedupe_key: str,
    *,
    lifetime: timedelta,
    incident: Incident | None = None,
    **payload: Any,
) -> None:
    """Write an effect to be carried out soon, and not after ``lifetime``.

    The unique ``dedupe_key`` refuses a second one; ask :func:`exists` where that may happen.
    """
    op.session.add(
        OutboxItem(
            effect=effect,
            subject_id=subject_id,
            incident_id=None if incident is None else incident.id,
            payload=payload,
            dedupe_key=dedupe_key,
            created_at=op.now,
            next_attempt_at=op.now,
            give_up_at=op.now + lifetime,
        )
    )
