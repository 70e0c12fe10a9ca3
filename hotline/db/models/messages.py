"""Pages, text messages and the outbox from which everything that leaves the house is sent."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotline.db.base import Base, enum_column, id_column
from hotline.db.models.contacts import Channel
from hotline.db.models.people import User


class Page(Base):
    """An engineer is asked to take an incident. ``code`` is what a text-message reply must carry."""

    __tablename__ = "pages"
    __table_args__ = (sa.UniqueConstraint("incident_id", "user_id"),)

    id: Mapped[uuid.UUID] = id_column()
    incident_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("incidents.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"), index=True)
    code: Mapped[str] = mapped_column(sa.String(8))
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class MessageKind(enum.StrEnum):
    """What a text message is for."""

    PAGE = "page"
    HANDOVER = "hand-over"
    TAKEN = "taken"
    WARNING = "warning"
    BREACH = "breach"
    ALARM = "alarm"
    REFERENCE = "reference"
    NOTICE = "notice"
    CHASE = "chase"  # to whoever has an incident, and of whom nobody has heard
    FORWARDED = "forwarded"  # what a customer wrote, to the engineer who has the incident
    REPLY = "reply"
    ROSTER = "roster"
    CODE = "code"  # to a number that is being verified; the body that is kept hides the code
    TEST = "test"  # somebody of the house tries out their own number
    SELF_TEST = "self-test"  # the weekly test, to its volunteer
    STATEMENT = "statement"  # service credits, to somebody at a customer; amounts are in its files alone
    ACCOUNT = "account"  # something about somebody's own account changed
    COMMAND = "command"  # the only kind that comes in


class MessageStatus(enum.StrEnum):
    """Where a message is; a callback never moves it to a lower rank."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    RECEIVED = "received"

    @property
    def rank(self) -> int:
        """0 queued, 1 sent, 2 final."""
        return {"queued": 0, "sent": 1}.get(self.value, 2)


class Message(Base):
    """A text message, out or in; or an e-mail or a post to a webhook, as ``channel`` says.

    ``to_phone`` is the number; of an e-mail or a post it is the masked address, and ``method_id`` says
    where it goes (empty: to somebody outside, whose address whoever wrote to them keeps). A text with a
    ``bundle_id`` leaves with that other text, in one.
    """

    __tablename__ = "messages"
    __table_args__ = (
        sa.Index("ix_messages_created_at_id", "created_at", "id"),
        sa.Index("ix_messages_user_id_created_at", "user_id", "created_at"),
    )

    id: Mapped[uuid.UUID] = id_column()
    message_sid: Mapped[str | None] = mapped_column(sa.String(34), unique=True)
    kind: Mapped[MessageKind] = mapped_column(enum_column(MessageKind))
    status: Mapped[MessageStatus] = mapped_column(enum_column(MessageStatus), default=MessageStatus.QUEUED)
    from_phone: Mapped[str] = mapped_column(sa.String(64))
    to_phone: Mapped[str] = mapped_column(sa.String(64))
    body: Mapped[str] = mapped_column(sa.Text())
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    error_code: Mapped[int | None]
    incident_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("incidents.id"), index=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    channel: Mapped[Channel] = mapped_column(enum_column(Channel), default=Channel.SMS)
    method_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("contact_methods.id"))
    bundle_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("messages.id"), index=True)


class Effect(enum.StrEnum):
    """What an outbox item does to the world."""

    PLACE_CALL = "place-call"  # subject: a call
    RING = "ring"  # subject: a contact method; becomes the placing of a call when its time has come
    END_CALL = "end-call"  # subject: a call
    REDIRECT_CALL = "redirect-call"  # subject: a call; payload: the step to go to
    SEND_MESSAGE = "send-message"  # subject: a message
    SEND_MAIL = "send-mail"  # subject: a message; payload: its subject line
    POST_WEBHOOK = "post-webhook"  # subject: a message


class OutboxStatus(enum.StrEnum):
    """What became of an outbox item."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"  # refused for good
    EXPIRED = "expired"  # no longer wanted, or too late to be of use
    BUNDLED = "bundled"  # a text that leaves with another


class OutboxItem(Base):
    """An effect that must happen, written with the change that caused it.

    ``dedupe_key`` makes writing it twice harmless. A worker claims it until ``claimed_until``; when
    that passes without a result, another may try. After ``give_up_at`` it is not sent any more.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        sa.Index(
            "ix_outbox_due",
            "next_attempt_at",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        ),
    )

    id: Mapped[uuid.UUID] = id_column()
    effect: Mapped[Effect] = mapped_column(enum_column(Effect))
    subject_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid(), index=True)
    incident_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("incidents.id"), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    dedupe_key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    status: Mapped[OutboxStatus] = mapped_column(enum_column(OutboxStatus), default=OutboxStatus.PENDING)
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    give_up_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(sa.String(200))
