"""Statements of service credits: numbered without a hole, and never changed once they are."""

import enum
import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotline.db.base import Base, enum_column, id_column
from hotline.db.models.customers import Contract
from hotline.db.models.messages import Message
from hotline.db.models.people import User


class StatementKind(enum.StrEnum):
    """What a statement is about."""

    MONTH = "month"  # a calendar month of the customer
    YEAR = "year"  # a contract year


class Statement(Base):
    """What one contract's account in one currency came to in a period; the database refuses a change.

    ``number`` is made of ``year``, the customer's year in which it was drawn up, and ``serial``, which counts
    from 1 in each year without a hole. ``opening`` is the closing balance of the statement before it of the
    same kind, ``moved`` the sum of its lines, ``closing`` both together, in minor units of ``currency``, owed
    to the customer. ``last_sequence`` and ``last_hash`` are the end of the contract's ledger at that moment.
    ``content`` is everything that is printed, as it was then: who changes a name later changes no statement.
    """

    __tablename__ = "statements"
    __table_args__ = (
        sa.UniqueConstraint("year", "serial"),
        sa.UniqueConstraint("contract_id", "currency", "kind", "starts_on", name="uq_statements_period"),
        sa.Index("ix_statements_drawn_at_id", "drawn_at", "id"),
    )

    id: Mapped[uuid.UUID] = id_column()
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    year: Mapped[int]
    serial: Mapped[int]
    kind: Mapped[StatementKind] = mapped_column(enum_column(StatementKind))
    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"))
    currency: Mapped[str] = mapped_column(sa.String(3))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    opening: Mapped[int] = mapped_column(sa.BigInteger())
    moved: Mapped[int] = mapped_column(sa.BigInteger())
    closing: Mapped[int] = mapped_column(sa.BigInteger())
    last_sequence: Mapped[int]
    last_hash: Mapped[str] = mapped_column(sa.String(64))
    drawn_at: Mapped[datetime]
    drawn_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    content: Mapped[dict[str, Any]]

    contract: Mapped[Contract] = relationship()
    drawn_by: Mapped[User | None] = relationship()


class StatementLine(Base):
    """A ledger entry on a statement: on one of each kind, for ever."""

    __tablename__ = "statement_lines"
    __table_args__ = (sa.UniqueConstraint("entry_id", "kind", name="uq_statement_lines_once"),)

    id: Mapped[uuid.UUID] = id_column()
    statement_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("statements.id"), index=True)
    entry_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("ledger_entries.id"))
    kind: Mapped[StatementKind] = mapped_column(enum_column(StatementKind))


class StatementNumber(Base):
    """The last serial of a year; the row is the lock under which numbers are given."""

    __tablename__ = "statement_numbers"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class StatementSchedule(Base):
    """When to look whether statements of a contract are to be drawn up; empty: its account is at rest."""

    __tablename__ = "statement_schedule"
    __table_args__ = (
        sa.Index(
            "ix_statement_schedule_due_at",
            "due_at",
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        ),
    )

    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"), primary_key=True)
    due_at: Mapped[datetime | None]


class StatementRecipient(Base):
    """Where a contract's statements go: somebody at the customer, written to in their language."""

    __tablename__ = "statement_recipients"

    id: Mapped[uuid.UUID] = id_column()
    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254))
    language: Mapped[str] = mapped_column(sa.String(8), default="en")
    ended_at: Mapped[datetime | None]


class StatementSending(Base):
    """A statement leaves the house: ``round`` 1 when it is released, later ones with a reason.

    ``sent_by_id`` is empty when the contract releases its statements by itself. Two who send at once meet
    the primary key, and one of them does.
    """

    __tablename__ = "statement_sendings"

    statement_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("statements.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    sent_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(sa.Text())

    sent_by: Mapped[User | None] = relationship()


class StatementMail(Base):
    """One e-mail of a sending, with the address as it was then; ``message`` says what became of it."""

    __tablename__ = "statement_mails"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["statement_id", "round"],
            ["statement_sendings.statement_id", "statement_sendings.round"],
            name="fk_statement_mails_sending",
        ),
        sa.UniqueConstraint("statement_id", "round", "recipient_id", name="uq_statement_mails_once"),
    )

    id: Mapped[uuid.UUID] = id_column()
    statement_id: Mapped[uuid.UUID]
    round: Mapped[int]
    recipient_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("statement_recipients.id"))
    message_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("messages.id"), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254))
    language: Mapped[str] = mapped_column(sa.String(8))

    message: Mapped[Message] = relationship()
