"""How people of the house are reached: their numbers, and the rules by which they are paged."""

import enum
import uuid
from datetime import datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.db.base import Base, enum_column, id_column


class ContactKind(enum.StrEnum):
    """What a contact method is."""

    PHONE = "phone"  # texts and calls
    EMAIL = "email"
    WEBHOOK = "webhook"  # an address of a chat tool, to which signed posts go


class Channel(enum.StrEnum):
    """How a contact method is used."""

    SMS = "sms"
    CALL = "call"
    EMAIL = "email"
    WEBHOOK = "webhook"


class Hours(enum.StrEnum):
    """When a rule holds. Night is what its owner says (:class:`Night`); day is the rest."""

    ALWAYS = "always"
    DAY = "day"
    NIGHT = "night"


# A chat room may be shared: colleagues who page into it each have a webhook of their own.
_ONE_OWNER = "verified_at IS NOT NULL AND removed_at IS NULL AND kind <> 'webhook'"
_KEPT = "removed_at IS NULL"


class ContactMethod(Base):
    """A number, e-mail address or webhook of somebody of the house; used for nothing before ``verified_at``.

    ``verified_by`` is how the code went out; empty for a number that an admin entered. ``failed_at``
    is when the network last said for good that it cannot be reached; ``failures`` counts what did not
    get through since something last did, and ``flagged_at`` is when that became too much to keep from
    its owner and the managers (:mod:`hotline.services.reaching.flags`). ``code_nonce`` is set while a
    code is out; the code itself is kept nowhere (see :mod:`hotline.services.reaching.codes`). A row is never
    deleted: ``removed_at`` ends it. The database lets a verified number or address be one person's only.
    ``sealed_secret`` is what a webhook's posts are signed with.
    """

    __tablename__ = "contact_methods"
    __table_args__ = (
        sa.Index(
            "uq_contact_methods_value_verified",
            "value",
            unique=True,
            sqlite_where=sa.text(_ONE_OWNER),
            postgresql_where=sa.text(_ONE_OWNER),
        ),
        sa.Index(
            "uq_contact_methods_user_id_value",
            "user_id",
            "value",
            unique=True,
            sqlite_where=sa.text(_KEPT),
            postgresql_where=sa.text(_KEPT),
        ),
    )

    id: Mapped[uuid.UUID] = id_column()
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    kind: Mapped[ContactKind] = mapped_column(enum_column(ContactKind), default=ContactKind.PHONE)
    label: Mapped[str] = mapped_column(sa.String(40))
    value: Mapped[str] = mapped_column(sa.String(500))
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[Channel | None] = mapped_column(enum_column(Channel))
    failed_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    flagged_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    code_nonce: Mapped[str | None] = mapped_column(sa.String(32))
    code_by: Mapped[Channel | None] = mapped_column(enum_column(Channel))
    code_sent_at: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(default=0)
    sealed_secret: Mapped[str | None] = mapped_column(sa.Text())


class NotificationRule(Base):
    """One line of how somebody wants to be paged: this channel to that number, so many minutes later,
    always, or by day or by night only."""

    __tablename__ = "notification_rules"
    __table_args__ = (sa.UniqueConstraint("user_id", "position"),)

    id: Mapped[uuid.UUID] = id_column()
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    position: Mapped[int]
    delay_minutes: Mapped[int]
    channel: Mapped[Channel] = mapped_column(enum_column(Channel))
    method_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contact_methods.id"), index=True)
    hours: Mapped[Hours] = mapped_column(enum_column(Hours), default=Hours.ALWAYS)


class Night(Base):
    """The hours of somebody's night on the clock of their own zone; it may end on the next day.

    Whoever has no row has the usual night (:mod:`hotline.services.reaching.nights`).
    """

    __tablename__ = "nights"

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    begins: Mapped[time]
    ends: Mapped[time]
