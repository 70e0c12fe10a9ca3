"""The people of the vendor: engineers, managers and admins."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column, validates

from hotline.db.base import Base, enum_column, id_column
from hotline.db.models.contacts import ContactKind, ContactMethod
from hotline.db.names import Named


class Role(enum.StrEnum):
    """What somebody may do on the pages."""

    ENGINEER = "engineer"
    MANAGER = "manager"
    ADMIN = "admin"
    AUDITOR = "auditor"


def first_number(column: str, user_id: Any) -> Any:
    """``column`` of the first verified number of a user."""
    return (
        sa.select(ContactMethod.__table__.c[column])
        .where(
            ContactMethod.user_id == user_id,
            ContactMethod.kind == ContactKind.PHONE,
            ContactMethod.verified_at.is_not(None),
            ContactMethod.removed_at.is_(None),
        )
        .order_by(ContactMethod.position, ContactMethod.id)
        .limit(1)
        .correlate_except(ContactMethod)
        .scalar_subquery()
    )


class User(Named, Base):
    """Somebody who signs in, and who can be rung when they have a verified number.

    ``phone`` is the first of their verified numbers, None without any, and ``phone_failed_at`` is when
    the network last said for good that it cannot be reached. Both are read from the contact methods in
    the same statement; :func:`hotline.services.reaching.numbers.enter` is how somebody gets a number.
    Whoever has ``disabled_at`` cannot sign in; what they did stays theirs.
    """

    __tablename__ = "users"

    id: Mapped[uuid.UUID] = id_column()
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(200), unique=True)
    role: Mapped[Role] = mapped_column(enum_column(Role), default=Role.ENGINEER)
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    language: Mapped[str] = mapped_column(sa.String(8), default="en")
    time_zone: Mapped[str] = mapped_column(sa.String(64))
    disabled_at: Mapped[datetime | None]
    volunteer_since: Mapped[datetime | None]  # takes part in the weekly test

    phone: Mapped[str | None] = column_property(first_number("value", id))  # noqa: A003 - the column
    phone_failed_at: Mapped[datetime | None] = column_property(first_number("failed_at", id))  # noqa: A003

    @validates("phone", "phone_failed_at")
    def _is_read_only(self, name: str, value: object) -> object:
        if value is not None:
            raise TypeError(f"User.{name} is read from the contact methods: enter the number there")
        return value

    @property
    def first_name(self) -> str:
        """The name that colleagues use."""
        return self.name.split(" ")[0]
