"""Reports that come by other ways than a call: the keys of customers' programs, and where each came from."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotline.db.base import Base, id_column
from hotline.db.models.customers import Contract
from hotline.db.models.incidents import Incident
from hotline.db.models.people import User


class ContractKey(Base):
    """A key with which a customer's programs report for one contract; good until ``ended_at``.

    The key is kept as its SHA-256, and as the ``hint`` of its last four letters. ``nonce_digest`` is of
    the nonce that it was worked out from: a second tap finds the row instead of making another.
    ``last_used_at`` is true to a minute.
    """

    __tablename__ = "contract_keys"

    id: Mapped[uuid.UUID] = id_column()
    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"), index=True)
    label: Mapped[str] = mapped_column(sa.String(60))
    hint: Mapped[str] = mapped_column(sa.String(4))
    key_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    nonce_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    last_used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    contract: Mapped[Contract] = relationship()
    created_by: Mapped[User] = relationship()


class ReportOrigin(Base):
    """Where a report came from: each opens one incident, however often it is sent.

    ``origin`` names it, such as ``call:<id>`` or ``api:<contract>:<digest>``, never a number that could
    be read. ``fingerprint`` is the SHA-256 of what was said, by which a repeat is told from a mistake.
    """

    __tablename__ = "report_origins"

    origin: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime]
    incident_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("incidents.id"), index=True)

    incident: Mapped[Incident | None] = relationship()
