"""Texts of lesser weight: nobody gets forty of them in a storm, and none is lost.

The first of them leaves at once. What comes within a minute of it waits for the end of that minute and
leaves as one text; after six texts within an hour the pause is six minutes. So nobody gets more than
fifteen an hour, and nothing waits for longer than six minutes. Pages, hand-overs, codes and answers are
not of this kind: they are never held back, bundled or counted.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import (
    Channel,
    Effect,
    Message,
    MessageKind,
    OutboxItem,
    OutboxStatus,
    User,
)
from hotline.services.operation import Operation
from hotline.speech import Prompt, render

LESSER = frozenset(
    {
        MessageKind.TAKEN,
        MessageKind.WARNING,
        MessageKind.BREACH,
        MessageKind.ALARM,
        MessageKind.ROSTER,
        MessageKind.FORWARDED,
    }
)
PAUSE, LONG_PAUSE = timedelta(minutes=1), timedelta(minutes=6)
MANY = 6
_HOUR = timedelta(hours=1)
_LISTED = 4


@dataclass(frozen=True, slots=True)
class Slot:
    """When a text leaves: with the text ``leader_id``, or by itself ``after`` so long."""

    after: timedelta
    leader_id: uuid.UUID | None = None


def slot(op: Operation, user_id: uuid.UUID, phone: str) -> Slot:
    """When the next text of lesser weight to somebody's ``phone`` leaves."""
    query = (
        sa.select(OutboxItem.id, OutboxItem.subject_id, OutboxItem.next_attempt_at, Message.to_phone)
        .join(Message, Message.id == OutboxItem.subject_id)
        .where(
            Message.user_id == user_id,
            Message.created_at > op.now - _HOUR - LONG_PAUSE,
            Message.kind.in_(LESSER),
            Message.channel == Channel.SMS,
            Message.bundle_id.is_(None),
            OutboxItem.effect == Effect.SEND_MESSAGE,
            OutboxItem.status != OutboxStatus.EXPIRED,
            OutboxItem.next_attempt_at > op.now - _HOUR,
        )
        .order_by(OutboxItem.next_attempt_at.desc())
    )
    found = op.session.execute(query).all()
    for item_id, message_id, due_at, to in found:
        if due_at > op.now and to == phone and _still_waits(op, item_id):
            return Slot(due_at - op.now, message_id)
    if not found:
        return Slot(timedelta(0))
    pause = LONG_PAUSE if len(found) >= MANY else PAUSE
    return Slot(max(found[0].next_attempt_at + pause - op.now, timedelta(0)))


def riders(op: Operation, message: Message) -> list[Message]:
    """The texts that leave with this one, oldest first."""
    if message.kind not in LESSER:
        return []
    query = sa.select(Message).where(Message.bundle_id == message.id)
    return list(op.session.scalars(query.order_by(Message.created_at, Message.id)))


def text(op: Operation, parts: list[Message]) -> str:
    """The words of texts that leave together: the first few, and how many there are besides."""
    lines = [part.body for part in parts[:_LISTED]]
    if len(parts) > _LISTED:
        language = op.session.get_one(User, parts[0].user_id).language
        more = Prompt.of("sms.more", count=len(parts) - _LISTED, link=op.settings.public_url)
        lines.append(render(more, language, written=True))
    return "\n".join(lines)


def without(
    op: Operation, row: OutboxItem, message: Message, unwanted: list[Message], reason: str
) -> Message:
    """Take what is not wanted any more out of a bundle; returns the text that leads what is left.

    Something of it is still wanted. The item that is being sent stays the one that is sent.
    """
    parts = [message, *riders(op, message)]
    left = [part for part in parts if part not in unwanted]
    leader = left[0]
    if leader is not message:  # its place in the outbox passes to the first that is wanted
        other = _item(op, leader)
        row.subject_id, other.subject_id = leader.id, message.id
        row.incident_id, other.incident_id = leader.incident_id, message.incident_id
        op.session.flush()
    for part in unwanted:
        part.bundle_id = None
        item = _item(op, part)
        item.status, item.last_error = OutboxStatus.EXPIRED, reason
    for part in left:
        part.bundle_id = None if part is leader else leader.id
    op.session.flush()
    return leader


def settle(op: Operation, message: Message, status: OutboxStatus, reason: str | None = None) -> None:
    """What became of the one became of all."""
    for rider in riders(op, message):
        item = _item(op, rider)
        item.status, item.last_error = status, reason


def _item(op: Operation, message: Message) -> OutboxItem:
    query = sa.select(OutboxItem).where(
        OutboxItem.subject_id == message.id, OutboxItem.effect == Effect.SEND_MESSAGE
    )
    return op.session.scalars(query).one()


def _still_waits(op: Operation, item_id: uuid.UUID) -> bool:
    """True when nobody has begun to send it; from here on nobody does before this transaction ends."""
    query = sa.select(OutboxItem.id).where(
        OutboxItem.id == item_id,
        OutboxItem.status == OutboxStatus.PENDING,
        OutboxItem.attempts == 0,
    )
    return op.session.execute(query.with_for_update()).first() is not None
