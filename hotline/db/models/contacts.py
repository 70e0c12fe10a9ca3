"""How people of the house are reached: their numbers, and the rules by which they are paged."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.db.base import Base, enum_column, id_column


class ContactKind(enum.StrEnum):
    """What a contact method is."""

    PHONE = "phone"  # texts and calls


class Channel(enum.StrEnum):
    """How a number is used."""

    SMS = "sms"
    CALL = "call"


_IN_USE = "verified_at IS NOT NULL AND removed_at IS NULL"
_KEPT = "removed_at IS NULL"


class ContactMethod(Base):
    """A number of somebody of the house. It is used for nothing before ``verified_at``.

    ``verified_by`` is how the code went out; empty for a number that an admin entered. ``failed_at``
    is when the network last said for good that it cannot be reached. ``code_nonce`` is set while a
    code is out; the code itself is kept nowhere (see :mod:`hotline.services.reaching.codes`). A row is never
    deleted: ``removed_at`` ends it. The database lets a verified number be one person's only.
    """

    __tablename__ = "contact_methods"
    __table_args__ = (
        sa.Index(
            "uq_contact_methods_value_verified",
            "value",
            unique=True,
            sqlite_where=sa.text(_IN_USE),
            postgresql_where=sa.text(_IN_USE),
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
    value: Mapped[str] = mapped_column(sa.String(64))
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[Channel | None] = mapped_column(enum_column(Channel))
    failed_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    code_nonce: Mapped[str | None] = mapped_column(sa.String(32))
    code_by: Mapped[Channel | None] = mapped_column(enum_column(Channel))
    code_sent_at: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(default=0)


class NotificationRule(Base):
    """One line of how somebody wants to be paged: this channel to that number, so many minutes later."""

    __tablename__ = "notification_rules"
    __table_args__ = (sa.UniqueConstraint("user_id", "position"),)

    id: Mapped[uuid.UUID] = id_column()
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    position: Mapped[int]
    delay_minutes: Mapped[int]
    channel: Mapped[Channel] = mapped_column(enum_column(Channel))
    method_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contact_methods.id"), index=True)
