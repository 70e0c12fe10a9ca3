"""Answering text messages: each once, the same answer to every repeat."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hotline.clock import Clock
from hotline.db.models import Message, MessageKind, MessageStatus
from hotline.db.session import Database
from hotline.phone_numbers import InvalidPhoneNumberError, normalise
from hotline.services import replies
from hotline.services.operation import Operation
from hotline.services.texting import sms_commands
from hotline.settings import Settings

_STEP = "sms"


class MessageDesk:
    """Answers inbound messages."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    def answer(self, sid: str, sender: str, to: str, body: str) -> str | None:
        """Do what a message asks; the answer to send back, or None for none."""
        return self._database.run(lambda session: self._answer(session, sid, sender, to, body)) or None

    def _answer(self, session: Session, sid: str, sender: str, to: str, body: str) -> str:
        op = Operation(session, self._clock.now(), self._settings)
        if not replies.claim(op, sid, _STEP):
            return replies.find(op, sid, _STEP) or ""
        if op.session.scalar(sa.select(Message.id).where(Message.message_sid == sid)) is not None:
            return ""  # one of ours: nobody sent us that
        sender = _e164(sender)
        op.session.add(
            Message(
                message_sid=sid,
                kind=MessageKind.COMMAND,
                status=MessageStatus.RECEIVED,
                from_phone=sender,
                to_phone=_e164(to),
                body=body,
                created_at=op.now,
            )
        )
        reply = sms_commands.answer(op, sender, body, _e164(to)) or ""
        replies.settle(op, sid, _STEP, reply)
        return reply


def _e164(text: str) -> str:
    try:
        return normalise(text)
    except InvalidPhoneNumberError:
        return text
