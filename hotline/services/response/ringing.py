"""Our calls about an incident: to engineers and back to the customer, placed and ended by the outbox."""

import uuid

import sqlalchemy as sa

from hotline.db.models import Call, CallKind, CallOutcome, Effect, Incident, Page, User
from hotline.services.operation import Operation
from hotline.services.outgoing import outbox
from hotline.services.reaching import notification_rules
from hotline.services.response import paging, timeline

_LIVE = (
    sa.select(Call)
    .where(
        Call.incident_id == sa.bindparam("incident"),
        Call.kind.in_(sa.bindparam("kinds", expanding=True)),
        Call.ended_at.is_(None),
    )
    .order_by(Call.created_at, Call.id)
)


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
