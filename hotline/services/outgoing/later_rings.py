"""Calls of somebody's rules that are to come later: "after 2 minutes: call Home".

Each is an outbox item with its own due time, written with the page. Only then is it decided whether
it is still wanted, and only then it becomes a call: until that it holds nothing back.
"""

import sqlalchemy as sa

from hotline.db.models import (
    Call,
    CallKind,
    CallOutcome,
    ContactMethod,
    Effect,
    Incident,
    IncidentStatus,
    OutboxItem,
    OutboxStatus,
    Page,
)
from hotline.services.operation import Operation
from hotline.services.outgoing import outbox
from hotline.services.reaching.notification_rules import Step


def plan(op: Operation, incident: Incident, page: Page, step: Step) -> None:
    """Have a number rung later. One that waits already from an earlier round goes on waiting.

    A ladder's round is shorter than the longest delay: if every round began the waiting anew, or took
    it back, such a rule would never come to anything.
    """
    key = f"ring:{page.id}:{step.method.id}:{int(step.delay.total_seconds())}:{incident.round}"
    if _waits(op, page, step) or outbox.exists(op, key):
        return
    outbox.add(
        op,
        Effect.RING,
        step.method.id,
        key,
        lifetime=outbox.CALL_LIFETIME,
        after=step.delay,
        incident=incident,
        page=page.id.hex,
        round=incident.round,
        delay=int(step.delay.total_seconds()),
    )


def why_not(op: Operation, incident: Incident, page: Page, method: ContactMethod, round_: int) -> str | None:
    """Why a number whose time has come is not rung, or None. Call it with the incident locked."""
    if incident.status is not IncidentStatus.OPEN:
        return "somebody has it already"
    if method.verified_at is None or method.removed_at is not None:
        return "the number was removed"
    about_this = sa.select(Call.id).where(Call.incident_id == incident.id, Call.user_id == page.user_id)
    declined = about_this.where(Call.outcome == CallOutcome.DECLINED, Call.round == round_)
    if op.session.execute(declined.limit(1)).first() is not None:
        return "they passed it on"
    ringing = about_this.where(
        Call.to_phone == method.value,
        Call.kind.in_((CallKind.PAGE, CallKind.JOIN)),
        Call.ended_at.is_(None),
    )
    if op.session.execute(ringing.limit(1)).first() is not None:
        return "that phone is being rung already"
    return None


def _waits(op: Operation, page: Page, step: Step) -> bool:
    waiting = sa.select(OutboxItem.payload).where(
        OutboxItem.effect == Effect.RING,
        OutboxItem.subject_id == step.method.id,
        OutboxItem.status == OutboxStatus.PENDING,
    )
    seconds = int(step.delay.total_seconds())
    return any(
        payload.get("page") == page.id.hex and payload.get("delay") == seconds
        for payload in op.session.scalars(waiting)
    )
