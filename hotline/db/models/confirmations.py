"""What customers answer when they are asked whether it is solved."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.db.base import Base, enum_column, id_column


class SolvedAnswer(enum.StrEnum):
    """The customer's word."""

    YES = "yes"
    NO = "no"


class SolvedAsk(Base):
    """One resolution, and the number that was asked by text whether it is one.

    ``answer`` is the latest word from a number of the customer, said at ``answered_at``.
    """

    __tablename__ = "solved_asks"
    __table_args__ = (sa.Index("ix_solved_asks_phone_asked_at", "phone", "asked_at"),)

    id: Mapped[uuid.UUID] = id_column()
    incident_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("incidents.id"), index=True)
    phone: Mapped[str] = mapped_column(sa.String(20))
    asked_at: Mapped[datetime]
    answer: Mapped[SolvedAnswer | None] = mapped_column(enum_column(SolvedAnswer))
    answered_at: Mapped[datetime | None]
