"""The people of the vendor: engineers, managers and admins."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.db.base import Base, enum_column, id_column


class Role(enum.StrEnum):
    """What somebody may do on the pages."""

    ENGINEER = "engineer"
    MANAGER = "manager"
    ADMIN = "admin"
    AUDITOR = "auditor"


class User(Base):
    """Somebody who signs in, and who can be rung when ``phone`` is set.

    ``phone_failed_at`` is when the network last said for good that the number cannot be reached.
    """

    __tablename__ = "users"

    id: Mapped[uuid.UUID] = id_column()
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(200), unique=True)
    role: Mapped[Role] = mapped_column(enum_column(Role), default=Role.ENGINEER)
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    phone: Mapped[str | None] = mapped_column(sa.String(20), index=True)
    phone_failed_at: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(sa.String(8), default="en")
    time_zone: Mapped[str] = mapped_column(sa.String(64))

    @property
    def first_name(self) -> str:
        """The name that colleagues use."""
        return self.name.split(" ")[0]
