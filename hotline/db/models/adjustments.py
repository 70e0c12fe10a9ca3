"""Adjustments of the ledger: waivers, corrections, payments and disputes, who asked and who decided."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotline.db.base import Base, enum_column, id_column
from hotline.db.models.customers import Contract
from hotline.db.models.ledger import EntryKind, LedgerEntry
from hotline.db.models.people import User


class Decision(enum.StrEnum):
    """What became of a request."""

    APPROVED = "approved"  # it is in the ledger
    REJECTED = "rejected"  # somebody else said no
    WITHDRAWN = "withdrawn"  # whoever asked took it back


class DisputeOutcome(enum.StrEnum):
    """How a dispute ended."""

    UPHELD = "upheld"  # the customer was right; a correction or waiver says what it changes
    REJECTED = "rejected"  # the entry stands


class Adjustment(Base):
    """A request to add an entry to the ledger; ``decision`` is empty while it waits for a second person.

    ``amount`` is signed as the entry will be, in minor units. ``is_for_two`` says that whoever asked may not
    approve it, which the database holds too. ``reference`` is that of a payment, ``outcome`` that of a
    dispute. ``note`` is what was said with the decision, ``written_id`` the entry that it became.
    """

    __tablename__ = "adjustments"
    __table_args__ = (
        sa.CheckConstraint(
            "decision IS NULL OR decision <> 'approved' OR NOT is_for_two"
            " OR decided_by_id <> requested_by_id",
            name="two_people",
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL) AND (written_id IS NULL OR decision = 'approved')",
            name="decided_once",
        ),
        sa.Index(
            "ix_adjustments_waiting",
            "requested_at",
            sqlite_where=sa.text("decision IS NULL"),
            postgresql_where=sa.text("decision IS NULL"),
        ),
        sa.Index("ix_adjustments_contract_id_requested_at", "contract_id", "requested_at"),
        sa.UniqueConstraint("written_id"),
    )

    id: Mapped[uuid.UUID] = id_column()
    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"))
    entry_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("ledger_entries.id"))
    kind: Mapped[EntryKind] = mapped_column(enum_column(EntryKind))
    amount: Mapped[int] = mapped_column(sa.BigInteger())
    currency: Mapped[str] = mapped_column(sa.String(3))
    reference: Mapped[str | None] = mapped_column(sa.String(80))
    outcome: Mapped[DisputeOutcome | None] = mapped_column(enum_column(DisputeOutcome))
    reason: Mapped[str] = mapped_column(sa.Text())
    is_for_two: Mapped[bool]
    requested_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    requested_at: Mapped[datetime]
    decision: Mapped[Decision | None] = mapped_column(enum_column(Decision))
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(sa.Text())
    written_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("ledger_entries.id"))

    contract: Mapped[Contract] = relationship()
    entry: Mapped[LedgerEntry | None] = relationship(foreign_keys=[entry_id])
    written: Mapped[LedgerEntry | None] = relationship(foreign_keys=[written_id])
    requested_by: Mapped[User] = relationship(foreign_keys=[requested_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
