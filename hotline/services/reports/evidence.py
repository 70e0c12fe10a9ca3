"""What an incident left behind: its calls, messages and recordings, in plain words.

Numbers are masked and codes hidden, whoever looks; a fixed number of queries, whatever there is.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hotline.db.models import (
    Call,
    CallKind,
    CallOutcome,
    CallStatus,
    Effect,
    Incident,
    Message,
    MessageKind,
    MessageStatus,
    OutboxItem,
    OutboxStatus,
    Recording,
    User,
)
from hotline.phone_numbers import mask
from hotline.services.lists import secrets
from hotline.services.operation import Operation
from hotline.services.reports.words import length, marked, network_error, reason, said

SILENT_SECONDS = 1  # a recording this short holds no words


@dataclass(frozen=True, slots=True)
class Item:
    """A call or a text message: what it was, what became of it, and its words if it was a text."""

    at: datetime
    id: uuid.UUID
    kind: str
    user_id: uuid.UUID | None
    text: str
    became: str
    is_over: bool
    is_trouble: bool
    settled_at: datetime | None = None
    body: str | None = None
    has_arrived: bool = False  # delivered, or picked up


@dataclass(frozen=True, slots=True)
class RecordingLine:
    """One recording. ``seconds`` is None until the network has reported it; ``by`` is None for a machine."""

    id: uuid.UUID
    sid: str
    call_id: uuid.UUID
    at: datetime
    seconds: int | None
    is_ready: bool
    is_silent: bool
    transcript: str | None
    transcribed_at: datetime | None
    by: str | None


_PLACING = (Effect.PLACE_CALL, Effect.RING)
_RANG = {
    CallKind.INBOUND: marked("The customer called ({phone})."),
    CallKind.PAGE: marked("Rang {name} ({phone})."),
    CallKind.JOIN: marked("Rang {name} ({phone}) to connect them with the customer."),
    CallKind.CALLBACK: marked("Called the customer ({phone})."),
    CallKind.HANDOVER: marked("Rang {name} ({phone}) to hand the incident over."),
    CallKind.CHASE: marked("Rang {name} ({phone}) to ask for a word."),
}
_STRANGER = marked("Somebody called ({phone}).")
_FROM_CALLERS_LINE = marked("Rang {name} ({phone}) from the caller's own line.")
_UNANSWERED = {
    CallStatus.NO_ANSWER: marked("Nobody picked up."),
    CallStatus.BUSY: marked("The line was busy."),
    CallStatus.FAILED: marked("It could not be put through."),
    CallStatus.CANCELED: marked("The ringing was stopped; it was not needed any more."),
}
_OUTCOMES = {
    CallOutcome.ACCEPTED: marked("Pressed 1 and took it."),
    CallOutcome.BEATEN: marked("Picked up when it was settled already."),
    CallOutcome.DECLINED: marked("Pressed 2 and passed it on."),
    CallOutcome.UNANSWERED: marked("Picked up, but nobody pressed 1: perhaps voicemail."),
    CallOutcome.IDENTIFIED: marked("Gave the PIN."),
    CallOutcome.ABANDONED: marked("Hung up."),
    CallOutcome.TURNED_AWAY: marked("Not identified while too many reported: nobody was rung."),
}
_OUTCOMES_OF = {
    (CallKind.JOIN, CallOutcome.ACCEPTED): marked("Pressed 1 to be connected."),
    (CallKind.HANDOVER, CallOutcome.ACCEPTED): marked("Pressed 1 and took it over."),
    (CallKind.HANDOVER, CallOutcome.DECLINED): marked("Pressed 2: cannot take it over."),
    (CallKind.CHASE, CallOutcome.ACCEPTED): marked("Pressed 1: they are on it."),
    (CallKind.CALLBACK, CallOutcome.ACCEPTED): marked("Pressed 1 to speak to the engineer."),
    (CallKind.CALLBACK, CallOutcome.UNANSWERED): marked("Picked up, but did not show who they are."),
}
_SENT = {
    MessageKind.PAGE: marked("Page to {name} ({phone})."),
    MessageKind.HANDOVER: marked("Request to {name} ({phone}) to take it over."),
    MessageKind.CHASE: marked("Asked {name} ({phone}) for a word."),
    MessageKind.TAKEN: marked("Who has it, to {name} ({phone})."),
    MessageKind.WARNING: marked("Warning to {name} ({phone})."),
    MessageKind.BREACH: marked("News of the miss to {name} ({phone})."),
    MessageKind.ALARM: marked("Alarm to {name} ({phone})."),
    MessageKind.REFERENCE: marked("Number and time to {name} ({phone})."),
    MessageKind.NOTICE: marked("Who is working on it, to {name} ({phone})."),
    MessageKind.FORWARDED: marked("What the customer wrote, to {name} ({phone})."),
    MessageKind.COMMAND: marked("{name} ({phone}) sent a text message."),
}
_ANY_MESSAGE = marked("Text message to {name} ({phone}).")
_DELIVERY = {
    MessageStatus.QUEUED: marked("Waiting to be sent."),
    MessageStatus.SENT: marked("Sent; no delivery report yet."),
    MessageStatus.DELIVERED: marked("Delivered."),
    MessageStatus.RECEIVED: marked("Received."),
}


def calls(op: Operation, incident: Incident, language: str) -> list[Item]:
    """Every call about the incident, both directions, oldest first."""
    query = (
        sa.select(Call, User.name, OutboxItem)
        .outerjoin(User, User.id == Call.user_id)
        .outerjoin(OutboxItem, sa.and_(OutboxItem.subject_id == Call.id, OutboxItem.effect.in_(_PLACING)))
        .where(Call.incident_id == incident.id)
        .order_by(Call.created_at, Call.id)
    )
    return [_call(incident, *row, language) for row in op.session.execute(query)]


def messages(op: Operation, incident: Incident, language: str) -> list[Item]:
    """Every text message about the incident, oldest first."""
    query = (
        sa.select(Message, User.name, OutboxItem)
        .outerjoin(User, User.id == Message.user_id)
        .outerjoin(OutboxItem, OutboxItem.subject_id == Message.id)
        .where(Message.incident_id == incident.id)
        .order_by(Message.created_at, Message.id)
    )
    return [_message(*row, language) for row in op.session.execute(query)]


def recordings(op: Operation, incident: Incident) -> list[RecordingLine]:
    """Every recording of the incident, oldest first."""
    query = (
        sa.select(Recording, User.name)
        .outerjoin(User, User.id == Recording.transcriber_id)
        .where(Recording.incident_id == incident.id)
        .order_by(Recording.created_at, Recording.id)
    )
    return [_recording(row, name) for row, name in op.session.execute(query)]


def _recording(row: Recording, name: str | None) -> RecordingLine:
    is_ready = row.status == "completed"
    is_short = row.duration is not None and row.duration <= SILENT_SECONDS
    return RecordingLine(
        row.id,
        row.recording_sid,
        row.call_id,
        row.created_at,
        row.duration,
        is_ready,
        row.status == "absent" or (is_ready and is_short),
        row.transcript,
        row.transcribed_at,
        name,
    )


def _call(incident: Incident, call: Call, name: str | None, item: OutboxItem | None, language: str) -> Item:
    theirs = call.from_phone if call.kind is CallKind.INBOUND else call.to_phone
    template = _RANG.get(call.kind, _RANG[CallKind.PAGE])
    if call.kind is CallKind.INBOUND and incident.verified_at is None:
        template = _STRANGER
    if call.parent_id is not None:
        template = _FROM_CALLERS_LINE
    is_trouble = call.ended_at is not None and call.status is CallStatus.FAILED
    return Item(
        call.created_at,
        call.id,
        f"call-{call.kind.value}",
        call.user_id,
        said(template, language, name=name or "–", phone=mask(theirs)),
        how_it_ended(call, item, language),
        call.ended_at is not None,
        is_trouble,
        call.ended_at,
        has_arrived=call.answered_at is not None or call.outcome in _ANSWERED_ONES,
    )


def how_it_ended(call: Call, item: OutboxItem | None, language: str) -> str:
    if call.ended_at is None:
        return _still_going(call, item, language)
    if call.answered_at is None and call.outcome not in _ANSWERED_ONES:
        why = reason(call.error, language)
        plain = said(_UNANSWERED.get(call.status, marked("Ended before anybody picked up.")), language)
        if call.status is CallStatus.CANCELED:  # once it rang, the network's word for that says nothing
            return (
                said(marked("Not rung: {reason}."), language, reason=why)
                if why and not call.call_sid
                else plain
            )
        return f"{plain} ({why})" if why else plain
    ended = marked("Ended before anything was settled.")
    if call.kind is CallKind.INBOUND:
        ended = marked("Hung up.")
    if call.outcome is not None:
        ended = _OUTCOMES_OF.get((call.kind, call.outcome), _OUTCOMES[call.outcome])
    seconds = int((call.ended_at - (call.answered_at or call.created_at)).total_seconds())
    lasted = said(marked("It lasted {length}."), language, length=length(seconds, language))
    return f"{said(ended, language)} {lasted}"


# Known to have been answered even when the network's report of that never came.
_ANSWERED_ONES = {CallOutcome.ACCEPTED, CallOutcome.DECLINED, CallOutcome.IDENTIFIED, CallOutcome.BEATEN}


def _still_going(call: Call, item: OutboxItem | None, language: str) -> str:
    if call.answered_at is not None:
        return said(marked("On the line now."), language)
    if call.call_sid is None and call.parent_id is None:
        return said(marked("About to be rung."), language) + _tries(item, language)
    return said(marked("Ringing now."), language)


def _message(message: Message, name: str | None, item: OutboxItem | None, language: str) -> Item:
    is_incoming = message.status is MessageStatus.RECEIVED
    phone = mask(message.from_phone if is_incoming else message.to_phone)
    who = name or said(marked("the customer"), language)
    return Item(
        message.created_at,
        message.id,
        f"message-{message.kind.value}",
        message.user_id,
        said(_SENT.get(message.kind, _ANY_MESSAGE), language, name=who, phone=phone),
        _delivery(message, item, language),
        message.status.rank > 1,
        message.status in {MessageStatus.FAILED, MessageStatus.UNDELIVERED} and not _was_dropped(item),
        message.settled_at,
        secrets.shown(message.kind, message.body),
        has_arrived=message.status is MessageStatus.DELIVERED,
    )


def _delivery(message: Message, item: OutboxItem | None, language: str) -> str:
    if item is not None and _was_dropped(item):
        why = reason(item.last_error, language)
        return said(marked("Not sent: {reason}."), language, reason=why)
    if message.status in _DELIVERY:
        return said(_DELIVERY[message.status], language) + _tries(item, language)
    why = network_error(message.error_code, language) or reason(item.last_error if item else None, language)
    failed = marked("It could not be sent: {reason}.")
    if message.status is MessageStatus.UNDELIVERED:
        failed = marked("It was not delivered: {reason}.")
    return said(failed, language, reason=why or said(marked("the network gives no reason"), language))


def _was_dropped(item: OutboxItem | None) -> bool:
    return item is not None and item.status is OutboxStatus.EXPIRED


def _tries(item: OutboxItem | None, language: str) -> str:
    """What was tried in vain so far, while it is being tried on."""
    if item is None or item.status is not OutboxStatus.PENDING or item.last_error is None:
        return ""
    template = marked(" Tried {count} times: {reason}.")
    return said(template, language, count=item.attempts, reason=reason(item.last_error, language))
