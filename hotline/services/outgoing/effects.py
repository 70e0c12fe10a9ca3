"""What each outbox effect does: whether it is still wanted, what to send, what follows from the outcome."""

import uuid
from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import (
    Call,
    CallKind,
    CallOutcome,
    CallStatus,
    Effect,
    Incident,
    IncidentStatus,
    Message,
    MessageKind,
    MessageStatus,
    OutboxItem,
    OutboxStatus,
)
from hotline.services.callflow import calls
from hotline.services.operation import Operation
from hotline.services.outgoing import bundles, deliveries, letters, permitted, posting, rings
from hotline.services.outgoing.orders import Order, Parcel
from hotline.services.reaching import codes, flags, numbers
from hotline.services.response import chasing, handovers, timeline
from hotline.telephony.port import CallOrder, MessageOrder, Telephony, TelephonyError

_MESSAGE_VALIDITY = 1800
_SETTLED = "somebody has it already"
_FIRST_STEP = {
    CallKind.CALLBACK: "customer",
    CallKind.CODE: "code",
    CallKind.TEST: "test",
    CallKind.CHASE: "chase",
    CallKind.SELF_TEST: "self-test",
}


def prepare(
    op: Operation, item_id: uuid.UUID, effect: Effect, *, attempt: int, reconcile: bool
) -> Order | Parcel | None:
    """What to send now, or None when there is nothing (any more), which is then recorded.

    ``attempt`` is the number that the claim was given: a worker whose claim has passed to another does
    nothing. ``reconcile``: an earlier attempt may have got through, so a call is looked for before it
    is placed.
    """
    row = op.session.get_one(OutboxItem, item_id, with_for_update=True, populate_existing=True)
    if row.status is not OutboxStatus.PENDING or row.attempts != attempt:
        return None
    if not op.settings.outgoing:
        return _refuse(op, row, "outgoing calls and messages are switched off")
    if effect is Effect.SEND_MESSAGE:
        return _message_order(op, row)
    if effect in letters.EFFECTS:
        return _letter_parcel(op, row)
    if row.effect is Effect.RING:
        reason = rings.begin(op, row)
        if reason is not None:
            return _drop(row, reason)
        effect = row.effect
    call = op.session.get_one(Call, row.subject_id)
    if effect is Effect.PLACE_CALL:
        return _call_order(op, row, call, reconcile=reconcile)
    if call.call_sid is None or calls.is_over(call):
        return _drop(row, "the call is not there any more") if _never_placed(op, call) else _later(op, row)
    if effect is Effect.END_CALL:
        return _end_order(op, row, call)
    if _is_talking(op, call, row.payload["step"]):
        return _drop(row, "they have been told, and are talking")
    return _redirect_order(op, call, row.payload["step"])


def succeeded(op: Operation, row: OutboxItem, sid: str | None) -> None:
    """The network took it."""
    if row.effect is Effect.PLACE_CALL:
        call = op.session.get_one(Call, row.subject_id, with_for_update=True, populate_existing=True)
        if call.call_sid is None:
            call.call_sid = sid
    elif row.effect is Effect.SEND_MESSAGE:
        message = op.session.get_one(Message, row.subject_id, with_for_update=True, populate_existing=True)
        if message.message_sid is None:
            message.message_sid = sid
        bundles.settle(op, message, OutboxStatus.DONE)
    elif row.effect in letters.EFFECTS:
        posting.left(op, row)


def failed(op: Operation, row: OutboxItem, error: TelephonyError) -> None:
    """The network refused it for good, or it was tried long enough."""
    reason = f"{error.code}: {error}" if error.code else str(error)
    if row.effect is Effect.PLACE_CALL:
        call = op.session.get_one(Call, row.subject_id, with_for_update=True, populate_existing=True)
        _flag_number(op, call.user_id, call.to_phone, error)  # first, so that another number is chosen
        calls.report_status(op, call, CallStatus.FAILED, error=reason[:200])
    elif row.effect is Effect.SEND_MESSAGE:
        message = op.session.get_one(Message, row.subject_id, with_for_update=True, populate_existing=True)
        bundles.settle(op, message, OutboxStatus.FAILED, row.last_error)
        deliveries.message_report(op, message, MessageStatus.FAILED, error.code)
    elif row.effect in letters.EFFECTS:
        posting.came_back(op, row, is_bad=error.number_is_bad)
    if row.incident_id is not None:
        timeline.record(op, row.incident_id, "outgoing-failed", effect=row.effect.value, reason=reason[:200])


def _call_order(op: Operation, row: OutboxItem, call: Call, *, reconcile: bool) -> Order | None:
    if call.call_sid is not None:
        return _finish(row)
    reason = _not_wanted(op, row, call) or permitted.why_not_call(op, call)
    if reason is not None:
        return _refuse(op, row, reason)
    base = op.settings.public_url
    order = CallOrder(
        to=call.to_phone,
        from_=call.from_phone,
        answer_url=f"{base}/twilio/voice/{_FIRST_STEP.get(call.kind, 'engineer')}/{call.id.hex}",
        status_url=f"{base}/twilio/calls/{call.id.hex}",
        ring_seconds=op.settings.ring_seconds,
    )
    if not reconcile:
        return Order(lambda network: network.place_call(order))
    known = set(op.session.scalars(sa.select(Call.call_sid).where(Call.to_phone == call.to_phone)))
    since = call.created_at - timedelta(seconds=5)  # a later ring is planned long before it is a call

    def find_or_place(network: Telephony) -> str:
        there = [found.sid for found in network.find_calls(order.to, since) if found.sid not in known]
        return there[0] if there else network.place_call(order)

    return Order(find_or_place)


def _message_order(op: Operation, row: OutboxItem) -> Order | None:
    message = op.session.get_one(Message, row.subject_id)
    if message.message_sid is not None:
        return _finish(row)
    parts = [message, *bundles.riders(op, message)]
    unwanted = [part for part in parts if _is_settled(op, part)]
    if unwanted == parts:
        bundles.settle(op, message, OutboxStatus.EXPIRED, _SETTLED)
        return _drop(row, _SETTLED)
    if unwanted:
        message = bundles.without(op, row, message, unwanted, _SETTLED)
    if row.give_up_at <= op.now:
        return _refuse(op, row, "too late to be of use")
    if not numbers.is_allowed(op, message.to_phone):
        return _refuse(op, row, "messages to that country are not allowed")
    is_code = message.kind is MessageKind.CODE
    wanted = [part for part in parts if part not in unwanted]
    body = codes.text(op, row.payload) if is_code else bundles.text(op, wanted)
    if body is None:
        return _refuse(op, row, "that code is not good any more")
    order = MessageOrder(
        to=message.to_phone,
        from_=message.from_phone,
        body=body,
        status_url=f"{op.settings.public_url}/twilio/messages/{message.id.hex}",
        valid_seconds=_MESSAGE_VALIDITY,
    )
    return Order(lambda network: network.send_message(order))


def _letter_parcel(op: Operation, row: OutboxItem) -> Parcel | None:
    message = op.session.get_one(Message, row.subject_id)
    if _is_settled(op, message):
        _drop(row, _SETTLED)
        return None
    made = posting.parcel(op, row, message)
    if isinstance(made, Parcel):
        return made
    _refuse(op, row, made)
    return None


def _end_order(op: Operation, row: OutboxItem, call: Call) -> Order | None:
    """Stop a call that rings; whoever picked up already hears why before it ends."""
    if call.outcome is CallOutcome.BEATEN:
        return _drop(row, "the engineer is being told and the call ends by itself")
    sid = call.call_sid or ""
    if call.status is not CallStatus.IN_PROGRESS:
        return Order(lambda network: network.end_call(sid, ringing=True))
    if call.kind in {CallKind.PAGE, CallKind.HANDOVER} and call.parent_id is None:
        return _redirect_order(op, call, "engineer-beaten")
    return Order(lambda network: network.end_call(sid, ringing=False))


def _is_talking(op: Operation, call: Call, step: str) -> bool:
    """True when the sentence that the call was to be fetched for has been spoken, and they went on."""
    incident = None if call.incident_id is None else op.session.get(Incident, call.incident_id)
    return (
        step == "told" and incident is not None and incident.told_at is not None and call.held_since is None
    )


def _redirect_order(op: Operation, call: Call, step: str) -> Order:
    call.step += 1
    sid = call.call_sid or ""
    url = f"{op.settings.public_url}/twilio/voice/{step}/{call.step}"
    return Order(lambda network: network.redirect_call(sid, url))


def _not_wanted(op: Operation, row: OutboxItem, call: Call) -> str | None:
    """A page is not sent once somebody has it; a callback not once the customer was told and hung up."""
    if row.give_up_at <= op.now:
        return "too late to be of use"
    incident = None if call.incident_id is None else op.session.get(Incident, call.incident_id)
    if incident is None:
        return None
    if call.kind is CallKind.PAGE and incident.status is not IncidentStatus.OPEN:
        return "somebody has it already"
    if call.kind is CallKind.HANDOVER and not _is_asked(op, incident, call.user_id):
        return "the hand-over is settled"
    if call.kind is CallKind.CHASE and not _is_awaited(op, incident, call.user_id):
        return "they have been heard of"
    return "the incident is finished" if incident.status is IncidentStatus.CANCELLED else None


def _is_asked(op: Operation, incident: Incident, user_id: uuid.UUID | None) -> bool:
    row = handovers.pending(op, incident)
    return row is not None and row.to_id == user_id


def _is_awaited(op: Operation, incident: Incident, user_id: uuid.UUID | None) -> bool:
    is_theirs = incident.owner_id == user_id and not incident.is_finished
    return is_theirs and chasing.is_awaited(op, incident)


def _is_settled(op: Operation, message: Message) -> bool:
    """True for a page once somebody has it, a warning once the customer was told, a chase once heard of."""
    incident = None if message.incident_id is None else op.session.get(Incident, message.incident_id)
    if incident is None:
        return False
    if message.kind is MessageKind.WARNING:
        return incident.told_at is not None
    if message.kind is MessageKind.HANDOVER:
        return not _is_asked(op, incident, message.user_id)
    if message.kind is MessageKind.CHASE:
        return not _is_awaited(op, incident, message.user_id)
    return message.kind is MessageKind.PAGE and incident.status is not IncidentStatus.OPEN


def _never_placed(op: Operation, call: Call) -> bool:
    """True unless the call is on its way out at this moment."""
    placing = sa.select(OutboxItem.id).where(
        OutboxItem.subject_id == call.id,
        OutboxItem.effect == Effect.PLACE_CALL,
        OutboxItem.status == OutboxStatus.PENDING,
    )
    return calls.is_over(call) or op.session.execute(placing).first() is None


def _flag_number(op: Operation, user_id: uuid.UUID | None, phone: str, error: TelephonyError) -> None:
    if user_id is not None and error.number_is_bad:
        numbers.failed(op, user_id, phone)
        flags.unreached(op, user_id, phone)


def _refuse(op: Operation, row: OutboxItem, reason: str) -> Order | None:
    """Do not send it, and say so to whoever waits for it: the ladder climbs, the next way is tried."""
    if row.effect is Effect.PLACE_CALL:
        call = op.session.get_one(Call, row.subject_id, with_for_update=True, populate_existing=True)
        calls.report_status(op, call, CallStatus.CANCELED, error=reason)
    elif row.effect is Effect.SEND_MESSAGE:
        message = op.session.get_one(Message, row.subject_id, with_for_update=True, populate_existing=True)
        bundles.settle(op, message, OutboxStatus.EXPIRED, reason)
        deliveries.message_report(op, message, MessageStatus.FAILED, None)
    elif row.effect in letters.EFFECTS:
        posting.came_back(op, row, is_bad=False)
    return _drop(row, reason)


def _drop(row: OutboxItem, reason: str) -> Order | None:
    row.status, row.claimed_until, row.last_error = OutboxStatus.EXPIRED, None, reason
    return None


def _finish(row: OutboxItem) -> Order | None:
    row.status, row.claimed_until = OutboxStatus.DONE, None
    return None


def _later(op: Operation, row: OutboxItem) -> Order | None:
    """The call is being placed right now: come back when its sid is known."""
    row.claimed_until = None
    row.next_attempt_at = op.now + timedelta(seconds=1)
    if row.next_attempt_at >= row.give_up_at:
        return _drop(row, "the call never came about")
    return None
