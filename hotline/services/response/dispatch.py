"""Hunting: ring who is on call, climb when nobody takes it, stop when somebody does.

Everything is decided over rows: an incident's ``round`` and ``rung`` are what is to be rung next and
``next_rung_at`` says when. A restart, a second worker or a late tick therefore changes nothing.
"""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

import routing
from hotline.db.models import (
    Call,
    CallKind,
    CallOutcome,
    Effect,
    Incident,
    IncidentStatus,
    OutboxItem,
    OutboxStatus,
    Page,
    User,
)
from hotline.services.on_call.rosters import load_ladder
from hotline.services.operation import Operation
from hotline.services.outgoing import later_rings, outbox
from hotline.services.reaching import notification_rules
from hotline.services.response import paging, timeline
from hotline.speech import Prompt, Reference

_GIVEN_UP = (CallOutcome.UNANSWERED, CallOutcome.DECLINED, CallOutcome.BEATEN)

_LIVE = (
    sa.select(Call)
    .where(
        Call.incident_id == sa.bindparam("incident"),
        Call.kind.in_(sa.bindparam("kinds", expanding=True)),
        Call.ended_at.is_(None),
    )
    .order_by(Call.created_at, Call.id)
)


def begin(op: Operation, incident: Incident) -> None:
    """Start hunting now: the first rung is rung in this very transaction if its delay is none."""
    _row, ladder, _roster = load_ladder(op, incident.ladder_id)
    incident.round, incident.rung = 0, 0
    incident.next_rung_at = ladder.starts_at(op.now)
    if incident.next_rung_at <= op.now:
        climb(op, incident)


def climb(op: Operation, incident: Incident) -> None:
    """Ring the next rung that has anybody, skip empty ones at once and say so, and plan the next.

    Does nothing once the incident has an owner or is finished.
    """
    if incident.status is not IncidentStatus.OPEN:
        incident.next_rung_at = None
        return
    row, ladder, roster = load_ladder(op, incident.ladder_id)
    step = routing.next_step(
        ladder,
        incident.rung,
        incident.round,
        op.now,
        roster.resolve,
        skip=lambda user_id: _why_not(op, incident, user_id),
        tried=_tried(op, incident),
    )
    _report_skipped(op, incident, step.skipped)
    if isinstance(step, routing.Step):
        for user_id in step.targets:
            ring(op, incident, op.session.get_one(User, user_id))
    elif step.is_whole_ladder:
        _shout(op, incident, f"ladder {row.name}: nobody can be rung")
    incident.round, incident.rung, incident.next_rung_at = step.next_round, step.next_rung, step.next_at


def ring(op: Operation, incident: Incident, user: User) -> None:
    """Ring an engineer as their rules say, and page them by text message when that was not done yet.

    A call of the rules that is to come later waits in the outbox and is no call yet: it neither holds
    the ladder back nor counts as ringing (:mod:`hotline.services.outgoing.later_rings`).
    """
    plan = notification_rules.plan(op, user.id)
    page = paging.page(op, incident, user, plan)
    for step in plan.calls:
        if step.delay:
            later_rings.plan(op, incident, page, step)
        else:
            place(op, incident, new_ring(op, incident, page, step.method.value))


def new_ring(
    op: Operation, incident: Incident, page: Page, phone: str, kind: CallKind = CallKind.PAGE
) -> Call:
    """A call to one number of whoever was paged, written on the timeline and not placed yet."""
    call = new_call(op, incident, page.user, kind, phone)
    call.page_id = page.id
    timeline.record(op, incident, "ringing", user=str(page.user_id), name=page.user.name, call=str(call.id))
    return call


def ring_to_join(op: Operation, incident: Incident, user: User) -> None:
    """Ring the engineer who has it, on one phone, so that they can be connected with the customer."""
    plan = notification_rules.plan(op, user.id)
    phone = plan.call_number or user.phone
    if phone is None:
        return
    page = paging.page(op, incident, user, plan)
    place(op, incident, new_ring(op, incident, page, phone, CallKind.JOIN))


def new_call(
    op: Operation, incident: Incident, user: User | None, kind: CallKind, phone: str | None = None
) -> Call:
    """A call from the incident's own service number that is not placed yet.

    It goes to ``phone``, else to the number on which ``user`` is called first.
    """
    to = phone or (None if user is None else notification_rules.plan(op, user.id).call_number or user.phone)
    if to is None:
        raise ValueError("a call needs a number to go to")
    call = Call(
        kind=kind,
        from_phone=incident.service_number.phone,
        to_phone=to,
        created_at=op.now,
        service_number_id=incident.service_number_id,
        incident_id=incident.id,
        user_id=None if user is None else user.id,
        language=incident.language if user is None else user.language,
        round=incident.round,
    )
    op.session.add(call)
    op.session.flush()
    return call


def place(op: Operation, incident: Incident, call: Call) -> None:
    """Have the call placed from the outbox."""
    outbox.add(
        op, Effect.PLACE_CALL, call.id, f"place:{call.id}", lifetime=outbox.CALL_LIFETIME, incident=incident
    )


def stop_other_phones(op: Operation, incident: Incident, call: Call) -> None:
    """Somebody took it, or passed it on, on one of their phones: their others stop ringing."""
    for other in live_calls(op, incident.id, CallKind.PAGE):
        if other.user_id == call.user_id and other.id != call.id and other.parent_id is None:
            end(op, incident, other)


def stop_ringing(op: Operation, incident: Incident, *, keep: uuid.UUID | None = None) -> None:
    """End every call that asks somebody to take the incident, except to the user ``keep``.

    A call in which somebody accepted asks no more: whoever talks in it is not interrupted.
    """
    for call in live_calls(op, incident.id, CallKind.PAGE, CallKind.HANDOVER):
        if call.user_id != keep and call.outcome is not CallOutcome.ACCEPTED:
            end(op, incident, call)


def end(op: Operation, incident: Incident | None, call: Call) -> None:
    """Have a call ended from the outbox, once."""
    key = f"end:{call.id}"
    if not outbox.exists(op, key):
        outbox.add(op, Effect.END_CALL, call.id, key, lifetime=outbox.CALL_LIFETIME, incident=incident)


def live_calls(op: Operation, incident_id: uuid.UUID, *kinds: CallKind) -> list[Call]:
    """Calls of an incident that are not over, oldest first."""
    return list(op.session.scalars(_LIVE, {"incident": incident_id, "kinds": kinds}))


def call_over(op: Operation, call: Call) -> None:
    """A page call came to nothing. If no other is alive in this round, the next rung is due at once.

    The pause between rounds is kept: a phone that is off is not rung again and again.
    """
    incident = op.session.get(Incident, call.incident_id, with_for_update=True, populate_existing=True)
    if incident is None or incident.status is not IncidentStatus.OPEN or incident.next_rung_at is None:
        return
    alive = [
        other
        for other in live_calls(op, incident.id, CallKind.PAGE)
        if other.id != call.id and other.outcome not in _GIVEN_UP and not _same_no(other, call)
    ]
    if not alive and incident.round == call.round:
        incident.next_rung_at = min(incident.next_rung_at, op.now)


def _same_no(other: Call, call: Call) -> bool:
    """Whoever passed it on did so for all of their phones, also for one that is about to stop ringing."""
    return call.outcome is CallOutcome.DECLINED and other.user_id == call.user_id


def rest_is_down(op: Operation, incident: Incident) -> bool:
    """True when calls wait in the outbox after a failed attempt and none could be placed meanwhile."""
    stuck = sa.select(OutboxItem.id).where(
        OutboxItem.incident_id == incident.id,
        OutboxItem.effect == Effect.PLACE_CALL,
        OutboxItem.status == OutboxStatus.PENDING,
        OutboxItem.attempts > 0,
        OutboxItem.last_error.is_not(None),
    )
    placed = sa.select(Call.id).where(
        Call.incident_id == incident.id,
        Call.kind == CallKind.PAGE,
        Call.call_sid.is_not(None),
        Call.ended_at.is_(None),
    )
    found = op.session.execute
    return found(stuck.limit(1)).first() is not None and found(placed.limit(1)).first() is None


def people_to_dial(op: Operation, incident: Incident) -> list[User]:
    """Everybody on the ladder who can be rung now, in order."""
    _row, ladder, roster = load_ladder(op, incident.ladder_id)
    users = routing.everyone(
        ladder,
        op.now,
        roster.resolve,
        skip=lambda user_id: notification_rules.plan(op, user_id).reason,
    )
    return [op.session.get_one(User, user_id) for user_id in users]


def _tried(op: Operation, incident: Incident) -> set[uuid.UUID]:
    query = sa.select(Call.user_id).where(
        Call.incident_id == incident.id,
        Call.kind == CallKind.PAGE,
        Call.round == incident.round,
        Call.user_id.is_not(None),
    )
    return {user_id for user_id in op.session.scalars(query) if user_id is not None}


def _why_not(op: Operation, incident: Incident, user_id: uuid.UUID) -> str | None:
    being_rung = any(call.user_id == user_id for call in live_calls(op, incident.id, CallKind.PAGE))
    return "is being rung already" if being_rung else notification_rules.plan(op, user_id).reason


def _report_skipped(
    op: Operation, incident: Incident, skipped: Sequence["routing.Skipped[uuid.UUID, uuid.UUID]"]
) -> None:
    quiet = {routing.SkipReason.ALREADY_TRIED.value, "is being rung already"}
    for item in skipped:
        if item.reason in quiet:
            continue
        name = "" if item.member is None else op.session.get_one(User, item.member).name
        reason = "nobody is on call" if item.member is None else f"{name} {item.reason}"
        timeline.record(op, incident, "rung-skipped", rung=item.position, reason=reason)
        _shout(op, incident, f"rung {item.position + 1}: {reason}")


def _shout(op: Operation, incident: Incident, reason: str) -> None:
    prompt = Prompt.of(
        "sms.alarm_nobody",
        reference=Reference(incident.reference),
        customer=paging.customer_name(incident),
        reason=reason,
        link=paging.link(op, incident),
    )
    paging.alarm(op, incident, prompt, f"alarm:{incident.id}:{reason}"[:80])
