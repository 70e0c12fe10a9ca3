"""What fails for good is tried another way at once: a text by a call, a number by the person's next one.

Only when a person has no other way left is it the next rung's turn
(:func:`hotline.services.response.dispatch.call_over`).
"""

import uuid

import sqlalchemy as sa

from hotline.db.models import (
    Call,
    ContactMethod,
    Effect,
    Incident,
    IncidentStatus,
    Message,
    MessageKind,
    OutboxItem,
    OutboxStatus,
)
from hotline.services.operation import Operation
from hotline.services.outgoing import outbox
from hotline.services.reaching import notification_rules
from hotline.services.response import chasing, paging, ringing, timeline


def text_failed(op: Operation, message: Message) -> None:
    """A page, or a question to whoever has it, did not get through by text: the call comes now."""
    if message.incident_id is None or message.user_id is None:
        return
    if message.kind not in {MessageKind.PAGE, MessageKind.CHASE}:
        return
    incident = op.session.get(Incident, message.incident_id, with_for_update=True, populate_existing=True)
    if incident is None:
        return
    if message.kind is MessageKind.CHASE:
        chasing.text_failed(op, incident)
    elif incident.status is IncidentStatus.OPEN:
        _bring_forward(op, incident, message.user_id)


def call_failed(op: Operation, call: Call) -> bool:
    """A page's call could not be put through: the person's next number is rung now, if there is another.

    A call of their rules that was to come later comes now; else any number of theirs that was not rung in
    this round. Call it before the ladder judges whether anybody is still being rung.
    """
    incident = op.session.get(Incident, call.incident_id, with_for_update=True, populate_existing=True)
    if incident is None or call.user_id is None or incident.status is not IncidentStatus.OPEN:
        return False
    if call.parent_id is not None:
        return False  # the caller's own line dials on by itself
    if _bring_forward(op, incident, call.user_id):
        return True
    page = paging.find_page(op, incident.id, call.user_id)
    rung = set(
        op.session.scalars(
            sa.select(Call.to_phone).where(
                Call.incident_id == incident.id, Call.user_id == call.user_id, Call.round == call.round
            )
        )
    )
    plan = notification_rules.plan(op, call.user_id)
    left = [step.method.value for step in plan.calls if step.method.value not in rung]
    if page is None or not left or plan.reason is not None:
        return False
    other = ringing.new_ring(op, incident, page, left[0])
    other.round = call.round
    ringing.place(op, incident, other)
    return True


def _bring_forward(op: Operation, incident: Incident, user_id: uuid.UUID) -> bool:
    """Make their next later call due now; False when none waits."""
    theirs = sa.select(ContactMethod.id).where(ContactMethod.user_id == user_id)
    waiting = op.session.scalars(
        sa.select(OutboxItem)
        .where(
            OutboxItem.incident_id == incident.id,
            OutboxItem.effect == Effect.RING,
            OutboxItem.status == OutboxStatus.PENDING,
            OutboxItem.next_attempt_at > op.now,
            OutboxItem.subject_id.in_(theirs),
        )
        .order_by(OutboxItem.next_attempt_at, OutboxItem.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if waiting is None:
        return False
    waiting.next_attempt_at, waiting.give_up_at = op.now, op.now + outbox.CALL_LIFETIME
    timeline.record(op, incident, "brought-forward", user=str(user_id))
    return True
