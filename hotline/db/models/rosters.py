"""Who is on call: teams, rotations, overrides and the ladders that climb through them."""

import uuid
from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotline.db.base import Base, id_column


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
    """For a span somebody else is on call, or nobody when ``user_id`` is empty. The latest made wins."""

    __tablename__ = "overrides"

    id: Mapped[uuid.UUID] = id_column()
    rotation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("rotations.id"), index=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_at: Mapped[datetime]


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
