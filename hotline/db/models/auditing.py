"""What the auditor found, and when it looks at each contract again."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotline.db.base import Base, id_column
from hotline.db.models.customers import Contract
from hotline.db.models.incidents import Incident
from hotline.db.models.people import User

# What keeps health red: it is still there, and nobody has explained it.
_STANDS = "gone_at IS NULL AND explained_at IS NULL"


class Discrepancy(Base):
    """What was recorded is not what the events say: ``found`` is not ``expected``, either may be empty.

    ``kind`` and ``field`` say of what (:mod:`hotline.services.auditing.differences`); ``incident_id`` or the
    ``sequence`` of a ledger entry where, ``subject`` the same for people. One and the same difference, as its
    ``fingerprint`` says, is one row of a contract for good: seen from ``first_seen`` to ``last_seen``,
    ``gone_at`` when an audit found it no more, ``alarmed_at`` when the managers were told.
    """

    __tablename__ = "discrepancies"
    __table_args__ = (
        sa.UniqueConstraint("contract_id", "fingerprint"),
        sa.Index("ix_discrepancies_first_seen_id", "first_seen", "id"),
        sa.Index(
            "ix_discrepancies_standing",
            "contract_id",
            sqlite_where=sa.text(_STANDS),
            postgresql_where=sa.text(_STANDS),
        ),
    )

    id: Mapped[uuid.UUID] = id_column()
    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"))
    incident_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("incidents.id"))
    sequence: Mapped[int | None]
    kind: Mapped[str] = mapped_column(sa.String(32))
    field: Mapped[str] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(160))
    expected: Mapped[str] = mapped_column(sa.Text())
    found: Mapped[str] = mapped_column(sa.Text())
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    alarmed_at: Mapped[datetime | None]
    explained_at: Mapped[datetime | None]
    explained_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    explanation: Mapped[str | None] = mapped_column(sa.Text())

    contract: Mapped[Contract] = relationship()
    incident: Mapped[Incident | None] = relationship()
    explained_by: Mapped[User | None] = relationship()


class ContractAudit(Base):
    """When a contract is looked at next, and what the last look was: how much it read, and how long it took.

    ``audited_at`` is empty until the first; ``differences`` counts all that it found, also what has no row.
    """

    __tablename__ = "contract_audits"

    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(index=True)
    audited_at: Mapped[datetime | None]
    incidents: Mapped[int] = mapped_column(default=0)
    entries: Mapped[int] = mapped_column(default=0)
    differences: Mapped[int] = mapped_column(default=0)
    milliseconds: Mapped[int] = mapped_column(default=0)
