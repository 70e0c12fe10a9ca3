"""Breaches, the ledger, and the periods whose attainment is to be settled: written once, never changed."""

import enum
import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotline.db.base import Base, enum_column, id_column
from hotline.db.models.customers import Contract
from hotline.db.models.incidents import Incident


class EntryKind(enum.StrEnum):
    """What a ledger entry is."""

    FINE = "fine"  # one missed deadline
    CREDIT = "credit"  # a period's attainment
    WAIVER = "waiver"  # the customer lets an entry go, or a part of it
    CORRECTION = "correction"  # an entry was wrong
    DISPUTE = "dispute"  # somebody disputes an entry: no money moves
    RESOLUTION = "resolution"  # the dispute is over: no money moves by itself
    PAYMENT = "payment"  # what was owed has been paid or set off


class Breach(Base):
    """The promise was missed: one row an incident. ``at`` is the deadline, ``missed_on`` its local day."""

    __tablename__ = "breaches"
    __table_args__ = (sa.Index("ix_breaches_contract_id_missed_on", "contract_id", "missed_on"),)

    incident_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("incidents.id"), primary_key=True)
    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    missed_on: Mapped[date]


class LedgerEntry(Base):
    """One line of a contract's account: ``amount`` in minor units of ``currency``, owed to the customer.

    What takes away from it is negative. The database refuses to change or delete an entry; whatever is to
    change is another entry, with ``entry_id`` of the one it is about, who asked (``requested_by_id``), who
    approved and why. ``at`` is when the rule fired and ``day`` the local day that it belongs to.

    ``sequence`` counts a contract's entries from 1 without a hole. ``hash`` is taken over all that the entry
    says and over ``previous_hash``, that of the entry before. ``ordinal`` is the number of the miss in the
    period, for credits of one period the number of the revision. ``sentence`` says in plain words how the
    amount came to be and ``record`` the same for machines.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        sa.UniqueConstraint("contract_id", "sequence"),
        sa.UniqueConstraint(
            "contract_id",
            "kind",
            "period_starts_on",
            "period_ends_on",
            "ordinal",
            name="uq_ledger_entries_numbered",
        ),
        sa.Index(
            "uq_ledger_entries_fine",
            "incident_id",
            unique=True,
            sqlite_where=sa.text("kind = 'fine'"),
            postgresql_where=sa.text("kind = 'fine'"),
        ),
        sa.Index("ix_ledger_entries_at_id", "at", "id"),
        sa.Index("ix_ledger_entries_contract_id_day", "contract_id", "day"),
        sa.Index("ix_ledger_entries_incident_id", "incident_id"),
        sa.Index("ix_ledger_entries_entry_id", "entry_id"),
    )

    id: Mapped[uuid.UUID] = id_column()
    kind: Mapped[EntryKind] = mapped_column(enum_column(EntryKind))
    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"))
    incident_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("incidents.id"))
    entry_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("ledger_entries.id"))
    terms_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("contract_terms.id"))
    sequence: Mapped[int]
    contract_year: Mapped[int]
    period_starts_on: Mapped[date | None]
    period_ends_on: Mapped[date | None]
    ordinal: Mapped[int | None]
    amount: Mapped[int] = mapped_column(sa.BigInteger())
    currency: Mapped[str] = mapped_column(sa.String(3))
    day: Mapped[date]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    requested_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    approved_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(sa.Text())
    sentence: Mapped[str] = mapped_column(sa.Text())
    record: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))

    incident: Mapped[Incident | None] = relationship()
    contract: Mapped[Contract] = relationship()


class AttainmentPeriod(Base):
    """A period with incidents, whose attainment is settled when ``due_at`` has come; empty: nothing is due.

    ``terms_id`` are those that settle it. A report that is verified late makes its period due again.
    """

    __tablename__ = "attainment_periods"
    __table_args__ = (
        sa.Index(
            "ix_attainment_periods_due_at",
            "due_at",
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        ),
    )

    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date] = mapped_column(primary_key=True)
    terms_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contract_terms.id"))
    due_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
