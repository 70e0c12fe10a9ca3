"""Text messages: written to the outbox with the change that caused them, followed until delivered."""

import uuid
from datetime import timedelta
from typing import Any

from hotline.db.models import (
    Effect,
    Incident,
    Message,
    MessageKind,
    MessageStatus,
    OutboxStatus,
    User,
)
from hotline.services import rows
from hotline.services.operation import Operation
from hotline.services.outgoing import bundles, outbox
from hotline.services.response import timeline
from hotline.speech import Prompt, render

LIFETIME = timedelta(minutes=20)


def send(
    op: Operation,
    kind: MessageKind,
    *,
    to: str,
    prompt: Prompt,
    language: str,
    from_: str,
    dedupe_key: str,
    incident: Incident | None = None,
    user: User | None = None,
    after: timedelta = timedelta(0),
    lifetime: timedelta = LIFETIME,
    **payload: Any,
) -> bool:
    """Send a message once for ``dedupe_key``, ``after`` so long; False when that was done before.

    One of lesser weight may leave a little later, with others (:mod:`hotline.services.outgoing.bundles`).
    """
    if outbox.exists(op, dedupe_key):
        return False
    leader_id = None
    if user is not None and kind in bundles.LESSER and not after:
        found = bundles.slot(op, user.id, to)
        after, leader_id = found.after, found.leader_id
    message_id = rows.insert(
        op,
        Message,
        kind=kind,
        from_phone=from_,
        to_phone=to,
        body=render(prompt, language, written=True),
        created_at=op.now,
        incident_id=None if incident is None else incident.id,
        user_id=None if user is None else user.id,
        bundle_id=leader_id,
    )
    outbox.add(
        op,
        Effect.SEND_MESSAGE,
        message_id,
        dedupe_key,
        lifetime=lifetime,
        after=after,
        incident=incident,
        status=OutboxStatus.PENDING if leader_id is None else OutboxStatus.BUNDLED,
        **payload,
    )
    return True


def find(op: Operation, message_id: uuid.UUID) -> Message | None:
    """The message we sent, locked for this operation."""
    return op.session.get(Message, message_id, with_for_update=True, populate_existing=True)


def report_status(op: Operation, message: Message, status: MessageStatus, error_code: int | None) -> bool:
    """Take a delivery report, for all that left with it. False when it came late or twice."""
    if status.rank <= message.status.rank:
        return False
    for rider in bundles.riders(op, message):
        report_status(op, rider, status, error_code)
    message.status = status
    message.error_code = error_code
    if status.rank == MessageStatus.DELIVERED.rank:
        message.settled_at = op.now
        if message.incident_id is not None:
            timeline.record(
                op,
                message.incident_id,
                "message-" + status.value,
                message=message.kind.value,
                to=None if message.user_id is None else str(message.user_id),
                error_code=error_code,
            )
    return True
