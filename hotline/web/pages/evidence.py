"""What an incident left behind: its calls, messages and recordings, with every number masked."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hotline.db.models import Call, CallKind, Incident, Message, MessageStatus, Recording, User
from hotline.phone_numbers import mask
from hotline.services.operation import Operation


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call. ``seconds`` is how long it was talked; None if it was never answered or is not over."""

    at: datetime
    kind: str
    who: str | None
    phone: str
    status: str
    outcome: str | None
    seconds: int | None


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One text message, in or out, and what became of it."""

    at: datetime
    kind: str
    who: str | None
    phone: str
    status: str
    error_code: int | None


@dataclass(frozen=True, slots=True)
class RecordingLine:
    """One recording; ``seconds`` is None until the network has reported it."""

    at: datetime
    seconds: int | None
    status: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it, each list oldest first."""

    calls: list[CallLine]
    messages: list[MessageLine]
    recordings: list[RecordingLine]


def of_incident(op: Operation, incident: Incident) -> Evidence:
    """Three queries, whatever there is."""
    return Evidence(_calls(op, incident), _messages(op, incident), _recordings(op, incident))


def _calls(op: Operation, incident: Incident) -> list[CallLine]:
    query = (
        sa.select(Call, User.name)
        .outerjoin(User, User.id == Call.user_id)
        .where(Call.incident_id == incident.id)
        .order_by(Call.created_at, Call.id)
    )
    return [_call_line(call, name) for call, name in op.session.execute(query)]


def _call_line(call: Call, name: str | None) -> CallLine:
    theirs = call.from_phone if call.kind is CallKind.INBOUND else call.to_phone
    seconds = None
    if call.answered_at is not None and call.ended_at is not None:
        seconds = int((call.ended_at - call.answered_at).total_seconds())
    outcome = None if call.outcome is None else call.outcome.value
    return CallLine(call.created_at, call.kind.value, name, mask(theirs), call.status.value, outcome, seconds)


def _messages(op: Operation, incident: Incident) -> list[MessageLine]:
    query = (
        sa.select(Message, User.name)
        .outerjoin(User, User.id == Message.user_id)
        .where(Message.incident_id == incident.id)
        .order_by(Message.created_at, Message.id)
    )
    return [_message_line(message, name) for message, name in op.session.execute(query)]


def _message_line(message: Message, name: str | None) -> MessageLine:
    is_incoming = message.status is MessageStatus.RECEIVED
    phone = mask(message.from_phone if is_incoming else message.to_phone)
    return MessageLine(
        message.created_at, message.kind.value, name, phone, message.status.value, message.error_code
    )


def _recordings(op: Operation, incident: Incident) -> list[RecordingLine]:
    query = (
        sa.select(Recording)
        .where(Recording.incident_id == incident.id)
        .order_by(Recording.created_at, Recording.id)
    )
    return [RecordingLine(row.created_at, row.duration, row.status) for row in op.session.scalars(query)]
