"""What people changed in the house: one row a change, with before and after."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.db.base import Base, id_column
from hotline.db.names import KEY


class AuditEntry(Base):
    """One change by one person. ``actor_id`` is empty for what the command line did.

    ``kind`` and ``subject_id`` name the row that changed, ``subject`` is what people called it then, and
    ``subject_key`` the same to be searched by.
    ``before`` and ``after`` hold the fields that differ; one of them is empty for what was created or
    ended. No secret and no whole telephone number is in either. Rows are never changed or deleted.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        sa.Index("ix_audit_entries_at_id", "at", "id"),
        sa.Index("ix_audit_entries_kind_subject_id", "kind", "subject_id"),
    )

    id: Mapped[uuid.UUID] = id_column()
    at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(sa.String(32))
    kind: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[uuid.UUID]
    subject: Mapped[str] = mapped_column(sa.String(160))
    subject_key: Mapped[str] = mapped_column(KEY)
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
