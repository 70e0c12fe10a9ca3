"""Telephone calls in both directions, what we answered to their webhooks, and recordings."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.db.base import Base, enum_column, id_column


class CallKind(enum.StrEnum):
    """Why a call exists."""

    INBOUND = "inbound"  # somebody dialled a service number
    PAGE = "page"  # we ring an engineer to take an incident
    JOIN = "join"  # we ring the engineer who has it, to be connected with the customer
    CALLBACK = "callback"  # we ring the customer
    CODE = "code"  # we read the code to a number that is being verified
    TEST = "test"  # somebody of the house tries out their own number
    HANDOVER = "hand-over"  # we ring an engineer to whom a colleague hands an incident over
    CHASE = "chase"  # we ring the engineer who has it, and of whom nobody has heard
    SELF_TEST = "self-test"  # the weekly test rings a volunteer


class CallStatus(enum.StrEnum):
    """Where a call is; ``RANK`` makes late or shuffled callbacks harmless."""

    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def rank(self) -> int:
        """Calls only move to a higher rank; all final statuses share the highest."""
        return _RANK.get(self, _FINAL)

    @property
    def is_final(self) -> bool:
        """True when the call is over."""
        return self.rank == _FINAL


_FINAL = 9
_RANK = {
    CallStatus.QUEUED: 0,
    CallStatus.INITIATED: 1,
    CallStatus.RINGING: 2,
    CallStatus.IN_PROGRESS: 3,
}


class CallOutcome(enum.StrEnum):
    """What a call that was answered came to."""

    ACCEPTED = "accepted"  # pressed 1 and was first
    BEATEN = "beaten"  # pressed 1, somebody else had it
    DECLINED = "declined"  # said no
    UNANSWERED = "unanswered"  # picked up, but no person pressed 1: voicemail counts as this
    IDENTIFIED = "identified"  # the customer gave the PIN
    TURNED_AWAY = "turned-away"  # not identified, and too many reports: recorded, but nobody was rung
    ABANDONED = "abandoned"  # ended before anything was settled


class Wish(enum.StrEnum):
    """Why a caller leaves the hold queue, or what an engineer asked a call for."""

    CALLBACK = "callback"  # an engineer's: to call the customer
    MESSAGE = "message"
    DIRECT = "direct"  # not theirs: the REST API is down, so their own leg dials the roster


class Call(Base):
    """One call. ``step`` numbers the documents we answered, so that every action URL is unique."""

    __tablename__ = "calls"
    __table_args__ = (
        sa.Index(
            "ix_calls_live",
            "created_at",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index("ix_calls_parent_id", "parent_id"),
        sa.Index("ix_calls_created_at_id", "created_at", "id"),
        sa.Index("ix_calls_user_id_created_at", "user_id", "created_at"),
    )

    id: Mapped[uuid.UUID] = id_column()
    call_sid: Mapped[str | None] = mapped_column(sa.String(34), unique=True)
    kind: Mapped[CallKind] = mapped_column(enum_column(CallKind))
    status: Mapped[CallStatus] = mapped_column(enum_column(CallStatus), default=CallStatus.QUEUED)
    outcome: Mapped[CallOutcome | None] = mapped_column(enum_column(CallOutcome))
    from_phone: Mapped[str] = mapped_column(sa.String(64))
    to_phone: Mapped[str] = mapped_column(sa.String(64), index=True)
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(sa.String(200))

    service_number_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("service_numbers.id"))
    language: Mapped[str] = mapped_column(sa.String(8), default="en")
    step: Mapped[int] = mapped_column(default=0)

    contract_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("contracts.id"))
    contract_key: Mapped[str | None] = mapped_column(sa.String(80))  # what was typed, as a throttle scope
    known_caller: Mapped[bool] = mapped_column(default=False)
    tries: Mapped[int] = mapped_column(default=0)
    silences: Mapped[int] = mapped_column(default=0)
    authenticated_at: Mapped[datetime | None]

    incident_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("incidents.id", use_alter=True), index=True
    )
    user_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    page_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("pages.id", use_alter=True))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("calls.id"))
    round: Mapped[int] = mapped_column(default=0)
    held_since: Mapped[datetime | None]
    offered_at: Mapped[datetime | None]
    wish: Mapped[Wish | None] = mapped_column(enum_column(Wish))
    bridged_at: Mapped[datetime | None]


class WebhookReply(Base):
    """What a webhook was answered, by (sid, step): a repeat, even a simultaneous one, gets the same.

    ``body`` is empty while a slow step (checking a PIN) is under way.
    """

    __tablename__ = "webhook_replies"

    sid: Mapped[str] = mapped_column(sa.String(34), primary_key=True)
    step: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    at: Mapped[datetime]
    body: Mapped[str | None] = mapped_column(sa.Text())


class Throttle(Base):
    """How often something was tried in the window that began at ``since``, by ``scope``.

    Scopes are such as ``pin:caller:<digest>``, never a number that could be read.
    """

    __tablename__ = "throttles"

    scope: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    since: Mapped[datetime]
    count: Mapped[int]


class Recording(Base):
    """Something a caller recorded; ``duration`` in seconds once the network has reported it.

    ``transcript`` is by ``transcriber_id``; by a machine when that is empty.
    """

    __tablename__ = "recordings"

    id: Mapped[uuid.UUID] = id_column()
    recording_sid: Mapped[str] = mapped_column(sa.String(34), unique=True)
    call_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("calls.id"))
    incident_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("incidents.id"), index=True)
    created_at: Mapped[datetime]
    duration: Mapped[int | None]
    status: Mapped[str] = mapped_column(sa.String(20), default="in-progress")
    url: Mapped[str] = mapped_column(sa.String(300))
    transcript: Mapped[str | None] = mapped_column(sa.Text())
    transcribed_at: Mapped[datetime | None]
    transcriber_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))


class Listening(Base):
    """Somebody listened to a recording: kept once for each person, the first time."""

    __tablename__ = "listenings"

    recording_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("recordings.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    at: Mapped[datetime]
