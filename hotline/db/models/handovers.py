"""Handing an incident over to a colleague: asked for, and settled once."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotline.db.base import Base, enum_column, id_column
from hotline.db.models.people import User


class HandoverState(enum.StrEnum):
    """What became of a hand-over; until the colleague accepts, the owner keeps the incident."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"  # by the colleague
    WITHDRAWN = "withdrawn"  # by the owner
    OVERTAKEN = "overtaken"  # the incident was finished, or taken over by a manager


class Handover(Base):
    """The owner of an incident asks a colleague to take it. At most one is unsettled per incident."""

    __tablename__ = "handovers"
    __table_args__ = (
        sa.Index(
            "uq_handovers_unsettled",
            "incident_id",
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = id_column()
    incident_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("incidents.id"), index=True)
    from_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    to_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"), index=True)
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    state: Mapped[HandoverState] = mapped_column(enum_column(HandoverState), default=HandoverState.ASKED)
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    unanswered_at: Mapped[datetime | None]

    from_user: Mapped[User] = relationship(foreign_keys=from_id)
    to_user: Mapped[User] = relationship(foreign_keys=to_id)
