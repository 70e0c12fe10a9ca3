"""Calendars that we read and calendars that we give, tokens for programs, and what coverage has told."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotline.db.base import Base, id_column
from hotline.db.models.people import User
from hotline.db.models.rosters import Team


class LeaveSource(Base):
    """A calendar of somebody's leave, or of a team's holidays: an address that is read again, or a file.

    Exactly one of ``user_id`` and ``team_id`` is set. ``sealed_url`` is the address, sealed because whoever
    has it can read the calendar; empty for a file. ``next_read_at`` is when it is due, empty for a file and
    once ``removed_at`` is set. ``problem`` says in a word why the last reading failed, and since when:
    ``failing_since``; what was read before, at ``read_at``, is kept meanwhile.
    """

    __tablename__ = "leave_sources"

    id: Mapped[uuid.UUID] = id_column()
    user_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    team_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    label: Mapped[str] = mapped_column(sa.String(80))
    sealed_url: Mapped[str | None] = mapped_column(sa.Text())
    created_at: Mapped[datetime]
    created_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    removed_at: Mapped[datetime | None]
    next_read_at: Mapped[datetime | None] = mapped_column(index=True)
    read_at: Mapped[datetime | None]
    etag: Mapped[str | None] = mapped_column(sa.String(200))
    problem: Mapped[str | None] = mapped_column(sa.String(32))
    failing_since: Mapped[datetime | None]

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    team: Mapped[Team | None] = relationship()


class Leave(Base):
    """Somebody is away, or a team has a holiday, from ``starts_at`` to just before ``ends_at``.

    The rows of a source are replaced as a whole whenever it has been read anew.
    """

    __tablename__ = "leaves"

    id: Mapped[uuid.UUID] = id_column()
    source_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("leave_sources.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    summary: Mapped[str] = mapped_column(sa.String(200))

    source: Mapped[LeaveSource] = relationship()


class CalendarFeed(Base):
    """An address at which a calendar program reads shifts: those of ``user_id``, or all of ``team_id``.

    It is ``user_id``'s in both cases and works while they may sign in. The address holds a random token,
    this row its SHA-256; a new address revokes the one before. ``last_read_at`` is true to an hour.
    """

    __tablename__ = "calendar_feeds"

    id: Mapped[uuid.UUID] = id_column()
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"), index=True)
    team_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("teams.id"))
    token_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
    last_read_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiToken(Base):
    """What a program shows to act for somebody: this row holds the SHA-256 of it and ``hint``, its end.

    ``last_used_at`` is true to a minute.
    """

    __tablename__ = "api_tokens"

    id: Mapped[uuid.UUID] = id_column()
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"), index=True)
    label: Mapped[str] = mapped_column(sa.String(60))
    hint: Mapped[str] = mapped_column(sa.String(8))
    token_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class Watch(Base):
    """Something that a worker looks at when ``due_at`` has come, and then puts off.

    ``gaps`` looks for gaps that are near; ``weekly:`` and a time zone is the week's message there.
    """

    __tablename__ = "watches"

    name: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)


class GapAlarm(Base):
    """The managers were told of a gap. They are not told again while it lasts as it was.

    ``closed_at`` is set once somebody is on call there after all; a hole at the same place is news then.
    """

    __tablename__ = "gap_alarms"

    id: Mapped[uuid.UUID] = id_column()
    rotation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("rotations.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    told_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
