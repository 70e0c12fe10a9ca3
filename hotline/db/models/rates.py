"""Rate cards: what premier support costs, as data that an admin enters."""

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.db.base import Base, id_column


class RateCard(Base):
    """The prices of one currency from a day on, until the next card of that currency begins.

    ``card`` is what :func:`sla.rate_card_from_json` reads; products stand in it by their code. A card that
    has begun is never changed; one that has not may end, and is then as if it had never been entered.
    """

    __tablename__ = "rate_cards"
    __table_args__ = (sa.UniqueConstraint("currency", "effective_from"),)

    id: Mapped[uuid.UUID] = id_column()
    currency: Mapped[str] = mapped_column(sa.String(3))
    effective_from: Mapped[date]
    card: Mapped[dict[str, Any]]
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
