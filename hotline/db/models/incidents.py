"""Incidents, their clocks and their timelines."""

import enum
import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotline.db.base import Base, enum_column, id_column
from hotline.db.models.customers import Contract, Product, ServiceNumber
from hotline.db.models.people import User
from hotline.errors import ForbiddenTransitionError


class IncidentStatus(enum.StrEnum):
    """Where the work on an incident is. The promise to the customer has its own columns."""

    OPEN = "open"  # nobody has taken it yet
    ACKNOWLEDGED = "acknowledged"  # an engineer has it
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


TRANSITIONS: dict[IncidentStatus, frozenset[IncidentStatus]] = {
    IncidentStatus.OPEN: frozenset(
        {IncidentStatus.ACKNOWLEDGED, IncidentStatus.RESOLVED, IncidentStatus.CANCELLED}
    ),
    IncidentStatus.ACKNOWLEDGED: frozenset(
        # Open again when whoever has it cannot be rung any more, or sleeps through a reopening.
        {IncidentStatus.RESOLVED, IncidentStatus.CANCELLED, IncidentStatus.OPEN}
    ),
    IncidentStatus.RESOLVED: frozenset({IncidentStatus.ACKNOWLEDGED}),  # the customer says it is not solved
    IncidentStatus.CANCELLED: frozenset(),
}


class ReportChannel(enum.StrEnum):
    """How a report reached us. The clock counts from its arrival, whatever the channel."""

    CALL = "call"
    SMS = "sms"
    WEB = "web"  # an e-mail, a visitor, anything that somebody of the house put down
    API = "api"  # a program of the customer
    MISSED_CALL = "missed-call"  # a call that left no report, found later


class ToldBy(enum.StrEnum):
    """How the customer was told that a named person is working on it."""

    BRIDGE = "bridge"  # connected to the engineer
    SPOKEN = "spoken"  # told while holding
    CALLBACK = "callback"  # told in a call that we placed
    MESSAGE = "message"  # a text message that was delivered


# A clock that runs, or one that was stopped too late and has not been judged yet.
_MAY_BREACH = "breached_at IS NULL AND respond_by IS NOT NULL AND (told_at IS NULL OR told_at > respond_by)"


class Incident(Base):
    """A reported problem.

    While ``verified_at`` is empty the caller could not be identified: there is no contract and no
    clock. Once verified, the clock counts from ``reported_at``, the arrival of the report by its
    ``channel``, which may lie before ``opened_at``. The clock stops at ``told_at``; ``breached_at`` is
    the deadline itself, whenever it was noticed. ``caller_phone`` is empty when no number is known.
    ``summary`` is what was reported, in the words of who reported it. The ``next_…`` columns are the
    schedule: an empty one asks for nothing.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        sa.CheckConstraint("verified_at IS NULL OR contract_id IS NOT NULL", name="verified_has_contract"),
        sa.CheckConstraint("status = 'open' OR status = 'cancelled' OR owner_id IS NOT NULL", name="owned"),
        *(  # the lists are walked by these
            sa.Index(f"ix_incidents_{'_'.join(columns)}", *columns)
            for columns in (
                ("reported_at", "id"),
                ("respond_by", "id"),
                ("finished_at", "id"),
                ("contract_id", "reported_at"),
                ("contract_id", "due_on"),
                ("owner_id", "reported_at"),
                ("caller_phone",),
            )
        ),
        sa.Index(
            "ix_incidents_running",
            "respond_by",
            sqlite_where=sa.text(_MAY_BREACH),
            postgresql_where=sa.text(_MAY_BREACH),
        ),
        sa.Index(
            "ix_incidents_unfinished",
            "contract_id",
            sqlite_where=sa.text("status IN ('open', 'acknowledged')"),
            postgresql_where=sa.text("status IN ('open', 'acknowledged')"),
        ),
        *(
            sa.Index(
                f"ix_incidents_{column}",
                column,
                sqlite_where=sa.text(f"{column} IS NOT NULL"),
                postgresql_where=sa.text(f"{column} IS NOT NULL"),
            )
            for column in (
                "next_rung_at",
                "next_warning_at",
                "next_notice_at",
                "next_news_at",
                "next_chase_at",
            )
        ),
    )

    id: Mapped[uuid.UUID] = id_column()
    reference: Mapped[str] = mapped_column(sa.String(12), unique=True)
    status: Mapped[IncidentStatus] = mapped_column(enum_column(IncidentStatus), default=IncidentStatus.OPEN)
    contract_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("contracts.id"))
    product_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("products.id"))
    service_number_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_numbers.id"))
    ladder_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("ladders.id"))
    language: Mapped[str] = mapped_column(sa.String(8), default="en")
    channel: Mapped[ReportChannel] = mapped_column(enum_column(ReportChannel), default=ReportChannel.CALL)
    summary: Mapped[str | None] = mapped_column(sa.String(1000))
    caller_phone: Mapped[str] = mapped_column(sa.String(64))
    notify_phone: Mapped[str | None] = mapped_column(sa.String(20))

    reported_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    callback_requested_at: Mapped[datetime | None]

    owner_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[str | None] = mapped_column(sa.String(20))
    owned_since: Mapped[datetime | None]  # accepted_at, or when the incident was handed over or taken over

    terms_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("contract_terms.id"))
    respond_by: Mapped[datetime | None]
    due_on: Mapped[date | None]  # the local day of the deadline, by the terms
    told_at: Mapped[datetime | None]
    told_by: Mapped[ToldBy | None] = mapped_column(enum_column(ToldBy))
    breached_at: Mapped[datetime | None]

    round: Mapped[int] = mapped_column(default=0)
    rung: Mapped[int] = mapped_column(default=0)
    ladder_since: Mapped[int] = mapped_column(default=0)  # the round in which the hunt came to this ladder
    first_ladder_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("ladders.id"))  # where it began
    # The ladder on which nobody could be rung, for which the present one stands in until the round is over.
    stands_in_for_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("ladders.id"))
    next_rung_at: Mapped[datetime | None]
    next_warning_at: Mapped[datetime | None]
    next_news_at: Mapped[datetime | None]
    notices: Mapped[int] = mapped_column(default=0)
    next_notice_at: Mapped[datetime | None]
    next_chase_at: Mapped[datetime | None]  # when the silence of whoever has it is looked at
    reopened_at: Mapped[datetime | None]  # when the hunt, or its owner's work, last began anew

    contract: Mapped[Contract | None] = relationship()
    product: Mapped[Product | None] = relationship()
    service_number: Mapped[ServiceNumber] = relationship()
    owner: Mapped[User | None] = relationship()

    def become(self, status: IncidentStatus) -> None:
        """Change the status, or raise :class:`ForbiddenTransitionError`."""
        if status not in TRANSITIONS[self.status]:
            raise ForbiddenTransitionError(
                f"Incident {self.reference} is {self.status} and cannot become {status}."
            )
        self.status = status

    @property
    def queue_name(self) -> str:
        """The incident's own hold queue: an opaque name, for names of queues must tell nothing."""
        return f"incident-{self.id.hex}"

    @property
    def is_finished(self) -> bool:
        """True when nobody works on it any more."""
        return self.status in {IncidentStatus.RESOLVED, IncidentStatus.CANCELLED}


class IncidentEvent(Base):
    """One line of an incident's timeline; never changed or deleted.

    ``at`` is the instant at which it happened or the rule fired, ``recorded_at`` when it was
    written. ``actor_id`` is a user; empty means the customer or the service, as ``kind`` tells.
    """

    __tablename__ = "incident_events"
    __table_args__ = (sa.Index("ix_incident_events_timeline", "incident_id", "at"),)

    id: Mapped[uuid.UUID] = id_column()
    incident_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("incidents.id"))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(40))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)

    actor: Mapped[User | None] = relationship()
