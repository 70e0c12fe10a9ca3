"""Who is on call: teams, rotations, overrides and the ladders that climb through them."""

import enum
import uuid
from datetime import date, datetime
from typing import Any

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
    ended_at: Mapped[datetime | None]

    rotations: Mapped[list["Rotation"]] = relationship(order_by="Rotation.position", back_populates="team")


class Rotation(Base):
    """One layer of a team's roster (primary, backup, manager), shown in ``time_zone``.

    Who has the turn is said by its versions, who has it instead by its overrides. Whoever is on call in a
    layer with ``is_manager`` is the team's duty manager.
    """

    __tablename__ = "rotations"
    __table_args__ = (sa.UniqueConstraint("team_id", "layer"),)

    id: Mapped[uuid.UUID] = id_column()
    team_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("teams.id"))
    layer: Mapped[str] = mapped_column(sa.String(40))
    position: Mapped[int] = mapped_column(default=0)
    time_zone: Mapped[str] = mapped_column(sa.String(64))
    is_manager: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]

    team: Mapped[Team] = relationship(back_populates="rotations")
    versions: Mapped[list["RotationVersion"]] = relationship(
        order_by="RotationVersion.number", back_populates="rotation"
    )
    overrides: Mapped[list["Override"]] = relationship(order_by="Override.created_at, Override.id")


class RotationVersion(Base):
    """The rotation as it is from ``holds_from`` to just before ``holds_until``; the next one follows then.

    ``holds_from`` is empty for the first, which holds from ever; ``holds_until`` is set once a next one is
    saved, and equals ``holds_from`` for one that was replaced before it began. Nothing else of a version
    ever changes: what was, stays.
    """

    __tablename__ = "rotation_versions"
    __table_args__ = (sa.UniqueConstraint("rotation_id", "number"),)

    id: Mapped[uuid.UUID] = id_column()
    rotation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("rotations.id"))
    number: Mapped[int]
    holds_from: Mapped[datetime | None]
    holds_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(sa.String(300))

    rotation: Mapped[Rotation] = relationship(back_populates="versions")
    parts: Mapped[list["RotationPart"]] = relationship(order_by="RotationPart.position")


class RotationPart(Base):
    """People who take turns by the clock of ``time_zone``, always or within ``hours``.

    ``hand_offs`` holds ``[day of the cycle from 0, "HH:MM"]``, ``hours`` holds ``[weekday from 0 for Monday,
    "HH:MM", "HH:MM"]``; see :class:`routing.Part`.
    """

    __tablename__ = "rotation_parts"
    __table_args__ = (sa.UniqueConstraint("version_id", "position"),)

    id: Mapped[uuid.UUID] = id_column()
    version_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("rotation_versions.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(40), default="")
    time_zone: Mapped[str] = mapped_column(sa.String(64))
    starts_on: Mapped[date]
    cycle_days: Mapped[int] = mapped_column(default=7)
    hand_offs: Mapped[list[Any]]
    hours: Mapped[list[Any]] = mapped_column(default=list)

    members: Mapped[list["PartMember"]] = relationship(order_by="PartMember.position")


class PartMember(Base):
    """A person's place in a part of a rotation."""

    __tablename__ = "part_members"

    part_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("rotation_parts.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"), index=True)


class OverrideKind(enum.StrEnum):
    """What an override does; see :class:`routing.OverrideKind`."""

    REPLACE = "replace"
    ADD = "add"
    REMOVE = "remove"


class Override(Base):
    """For a span somebody else is on call, somebody too, or somebody not; they act in the order made.

    Replacing puts ``user_id`` (empty: nobody) in the place of everybody, or of ``instead_of_id`` alone.
    A row is history: it is never deleted and its span never rewritten. Ending it early, or cancelling it
    before it begins, sets ``cancelled_at`` and by whom; it holds until :attr:`holds_until`.
    """

    __tablename__ = "overrides"

    id: Mapped[uuid.UUID] = id_column()
    rotation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("rotations.id"), index=True)
    kind: Mapped[OverrideKind] = mapped_column(enum_column(OverrideKind), default=OverrideKind.REPLACE)
    user_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    instead_of_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
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
    """An escalation ladder: whom to ring, in which order, and what follows when nobody takes it.

    A new round begins ``repeat_after_seconds`` after the last rung. After ``repeats`` rounds (empty: for
    ever) the hunt goes on with ``fallback``, and at once while nobody on this one can be rung.
    """

    __tablename__ = "ladders"

    id: Mapped[uuid.UUID] = id_column()
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    team_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("teams.id"))
    repeat_after_seconds: Mapped[int] = mapped_column(default=120)
    repeats: Mapped[int | None]
    fallback_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("ladders.id"))
    ended_at: Mapped[datetime | None]

    team: Mapped[Team] = relationship()
    rungs: Mapped[list["Rung"]] = relationship(order_by="Rung.position", cascade="all, delete-orphan")


class Rung(Base):
    """A step of a ladder: ring all its targets together, ``delay_seconds`` after the step before."""

    __tablename__ = "rungs"

    ladder_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("ladders.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    delay_seconds: Mapped[int]

    targets: Mapped[list["RungTarget"]] = relationship(
        order_by="RungTarget.place", cascade="all, delete-orphan"
    )


class TargetKind(enum.StrEnum):
    """Whom a target of a rung means; see :mod:`hotline.services.on_call.targets`."""

    ON_CALL = "on_call"  # whoever is on call in a layer
    PERSON = "person"
    TEAM = "team"  # everybody of a team
    DUTY_MANAGER = "duty_manager"  # whoever is on call in the managers' layer of a team


class RungTarget(Base):
    """Whom a rung rings: of a rotation, a person and a team exactly one, as its kind says."""

    __tablename__ = "rung_targets"
    __table_args__ = (
        sa.ForeignKeyConstraint(["ladder_id", "position"], ["rungs.ladder_id", "rungs.position"]),
        sa.CheckConstraint(
            "(kind = 'on_call' AND rotation_id IS NOT NULL AND user_id IS NULL AND team_id IS NULL)"
            " OR (kind = 'person' AND user_id IS NOT NULL AND rotation_id IS NULL AND team_id IS NULL)"
            " OR (kind IN ('team', 'duty_manager') AND team_id IS NOT NULL"
            " AND rotation_id IS NULL AND user_id IS NULL)",
            name="one_target",
        ),
    )

    ladder_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, default=0)
    kind: Mapped[TargetKind] = mapped_column(enum_column(TargetKind), default=TargetKind.ON_CALL)
    rotation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("rotations.id"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    team_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("teams.id"))

    rotation: Mapped[Rotation | None] = relationship()
