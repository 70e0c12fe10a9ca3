"""Breaches and the ledger of fines: written once, never changed."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotline.db.base import Base, enum_column, id_column
from hotline.db.models.incidents import Incident


class EntryKind(enum.StrEnum):
    """What a ledger entry is."""

    FINE = "fine"


class Breach(Base):
    """The promise was missed: one row an incident. ``at`` is the deadline itself."""

    __tablename__ = "breaches"

    incident_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("incidents.id"), primary_key=True)
    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"), index=True)
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class LedgerEntry(Base):
    """Money that is owed: ``amount`` in minor units of ``currency``.

    ``ordinal`` counts the misses of the contract in ``contract_year``, without a hole and without a
    repeat; ``sentence`` says in plain words how the amount came to be and ``record`` the same for machines.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        sa.UniqueConstraint("incident_id", "kind"),
        sa.UniqueConstraint("contract_id", "contract_year", "ordinal"),
        sa.Index("ix_ledger_entries_at_id", "at", "id"),
    )

    id: Mapped[uuid.UUID] = id_column()
    kind: Mapped[EntryKind] = mapped_column(enum_column(EntryKind))
    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"))
    incident_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("incidents.id"))
    contract_year: Mapped[int]
    ordinal: Mapped[int]
    amount: Mapped[int] = mapped_column(sa.BigInteger())
    currency: Mapped[str] = mapped_column(sa.String(3))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    sentence: Mapped[str] = mapped_column(sa.Text())
    record: Mapped[dict[str, Any]]

    incident: Mapped[Incident] = relationship()
