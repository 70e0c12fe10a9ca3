"""Who is on call: teams, rotations, overrides and the ladders that climb through them."""

import enum
import uuid
from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotline.db.base import Base, enum_column, id_column
from hotline.db.models.people import User


class Team(Base):
    """A dedicated team."""

    __tablename__ = "teams"

    id: Mapped[uuid.UUID] = id_column()
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    time_zone: Mapped[str] = mapped_column(sa.String(64))

    rotations: Mapped[list["Rotation"]] = relationship(order_by="Rotation.position", back_populates="team")


class Rotation(Base):
    """One layer of a team's roster (primary, backup, manager), handing over at a local time."""

    __tablename__ = "rotations"
    __table_args__ = (sa.UniqueConstraint("team_id", "layer"),)

    id: Mapped[uuid.UUID] = id_column()
    team_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("teams.id"))
    layer: Mapped[str] = mapped_column(sa.String(40))
    position: Mapped[int] = mapped_column(default=0)
    time_zone: Mapped[str] = mapped_column(sa.String(64))
    starts_on: Mapped[date]
    hand_off: Mapped[time] = mapped_column(sa.Time())
    shift_days: Mapped[int] = mapped_column(default=7)

    team: Mapped[Team] = relationship(back_populates="rotations")
    members: Mapped[list["RotationMember"]] = relationship(order_by="RotationMember.position")
    overrides: Mapped[list["Override"]] = relationship(order_by="Override.created_at, Override.id")


class RotationMember(Base):
    """A person's place in a rotation."""

    __tablename__ = "rotation_members"

    rotation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("rotations.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))


class Override(Base):
    """For a span somebody else is on call, or nobody when ``user_id`` is empty. The latest made wins.

    A row is history: it is never deleted and its span never rewritten. Ending it early, or cancelling it
    before it begins, sets ``cancelled_at`` and by whom; it holds until :attr:`holds_until`.
    """

    __tablename__ = "overrides"

    id: Mapped[uuid.UUID] = id_column()
    rotation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("rotations.id"), index=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_at: Mapped[datetime]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))

    @property
    def holds_until(self) -> datetime:
        """When it ceases to hold: as planned, or when somebody ended it; the start if it never held."""
        if self.cancelled_at is None or self.cancelled_at >= self.ends_at:
            return self.ends_at
        return max(self.starts_at, self.cancelled_at)


class CoverStatus(enum.StrEnum):
    """What became of a request for cover; only an open one may change."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"  # by everybody who was asked
    WITHDRAWN = "withdrawn"  # by who asked
    EXPIRED = "expired"  # nobody answered in time


class CoverRequest(Base):
    """Somebody on the roster asks a colleague, or anyone in the team, to be on call instead for a span.

    It can be answered until ``answer_by``: the start of the span, or its end when it began before it was
    asked for. ``asked_of_id`` is empty when anyone may take it. Accepting writes the override.
    """

    __tablename__ = "cover_requests"
    __table_args__ = (
        sa.Index(
            "ix_cover_requests_open",
            "answer_by",
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        ),
    )

    id: Mapped[uuid.UUID] = id_column()
    rotation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("rotations.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    asked_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"), index=True)
    asked_of_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    status: Mapped[CoverStatus] = mapped_column(enum_column(CoverStatus), default=CoverStatus.OPEN)
    created_at: Mapped[datetime]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    override_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("overrides.id"))

    rotation: Mapped[Rotation] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    asked_of: Mapped[User | None] = relationship(foreign_keys=[asked_of_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    asks: Mapped[list["CoverAsk"]] = relationship(order_by="CoverAsk.user_id")


class CoverAsk(Base):
    """Somebody was asked for cover by text message; ``declined_at`` once they said no."""

    __tablename__ = "cover_asks"

    request_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("cover_requests.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"), primary_key=True, index=True)
    declined_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class Ladder(Base):
    """An escalation ladder: whom to ring, in which order, and when to start again."""

    __tablename__ = "ladders"

    id: Mapped[uuid.UUID] = id_column()
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    team_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("teams.id"))
    repeat_after_seconds: Mapped[int] = mapped_column(default=120)

    team: Mapped[Team] = relationship()
    rungs: Mapped[list["Rung"]] = relationship(order_by="Rung.position")


class Rung(Base):
    """A step of a ladder: ring who is on call in this rotation, ``delay_seconds`` after the step before."""

    __tablename__ = "rungs"

    ladder_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("ladders.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    delay_seconds: Mapped[int]
    rotation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("rotations.id"))

    rotation: Mapped[Rotation] = relationship()
