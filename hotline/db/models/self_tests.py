"""The weekly test of the whole way from the outbox to a pressed key."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.db.base import Base, enum_column, id_column


class TestResult(enum.StrEnum):
    """What a test came to."""

    __test__ = False  # its name is no test's, whatever a test runner thinks

    PASSED = "passed"
    UNANSWERED = "unanswered"  # rung, and nobody pressed 1 in time
    FAILED = "failed"  # the call did not leave the house, or could not be put through
    NOBODY = "nobody"  # no volunteer, or none who can be rung


class SelfTest(Base):
    """One test. ``slot`` is the week's own instant, and unique: two workers make one. Empty when by hand.

    ``next_at`` is when it is to be looked at again (to ring once more, or to give up), empty once it is
    over. ``result`` is empty until then.
    """

    __tablename__ = "self_tests"
    __table_args__ = (
        sa.Index(
            "ix_self_tests_next_at",
            "next_at",
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = id_column()
    slot: Mapped[datetime | None] = mapped_column(unique=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    started_at: Mapped[datetime]
    started_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    answer_by: Mapped[datetime]
    next_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    result: Mapped[TestResult | None] = mapped_column(enum_column(TestResult))
