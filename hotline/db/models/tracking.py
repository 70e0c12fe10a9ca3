"""The links that customers follow to their own clock."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotline.db.base import Base, id_column
from hotline.db.models.people import User

_NOT_REVOKED = sa.text("revoked_at IS NULL")


class TrackingLink(Base):
    """A link to one incident's clock that was sent to ``sent_to``; at most one of each is in force.

    ``code`` is the random half of the token. The other half is a signature that is kept nowhere, so
    who reads this table cannot follow the links. ``revoked_by_id`` is empty for a link that had expired
    when the next one was issued.
    """

    __tablename__ = "tracking_links"
    __table_args__ = (
        sa.Index(
            "ix_tracking_links_in_force",
            "incident_id",
            "sent_to",
            unique=True,
            sqlite_where=_NOT_REVOKED,
            postgresql_where=_NOT_REVOKED,
        ),
    )

    id: Mapped[uuid.UUID] = id_column()
    code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    incident_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("incidents.id"), index=True)
    sent_to: Mapped[str] = mapped_column(sa.String(64))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))

    revoked_by: Mapped[User | None] = relationship()
