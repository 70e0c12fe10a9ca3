"""What a customer sees behind their link: the promise, the answer and the status, and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from hotline.db.models import Incident, IncidentEvent, IncidentStatus, ReportChannel, TrackingLink, User
from hotline.services import tracking
from hotline.services.operation import Operation
from hotline.speech import language_or_default


class Progress(StrEnum):
    """How far the work on an incident is, as its customer sees it."""

    RINGING = "ringing"  # nobody has it yet
    TAKEN = "taken"  # somebody has it, and the customer is being told
    WORKING = "working"  # the customer has been told who works on it
    SOLVED = "solved"


@dataclass(frozen=True, slots=True)
class CustomersClock:
    """Everything that the page behind a link may show, in the customer's language and time zone.

    ``engineer`` has it since ``since``; ``answered_by`` is who was named when the customer was told,
    whoever has it by now. ``is_missed``: the customer was not told by ``promised_by``.
    """

    reference: str
    language: str
    time_zone: str
    reported_at: datetime
    channel: ReportChannel
    promised_by: datetime
    progress: Progress
    engineer: str | None
    since: datetime | None
    answered_at: datetime | None
    answered_by: str | None
    is_missed: bool
    solved_at: datetime | None


def behind(op: Operation, code: str) -> CustomersClock | None:
    """What the link with this random half shows; None when it is revoked, expired or was never issued."""
    query = (
        sa.select(TrackingLink, Incident)
        .join(Incident, Incident.id == TrackingLink.incident_id)
        .where(TrackingLink.code == code, TrackingLink.revoked_at.is_(None))
        .options(joinedload(Incident.contract), joinedload(Incident.owner))
    )
    found = op.session.execute(query).first()
    if found is None:
        return None
    row, incident = found
    return _clock_of(op, incident) if op.now < tracking.ends_at(row, incident) else None


def _clock_of(op: Operation, incident: Incident) -> CustomersClock | None:
    """None for an incident without a promise: there is nothing to show."""
    if incident.contract is None or incident.respond_by is None:
        return None
    if incident.status is IncidentStatus.CANCELLED:
        return None
    customer, respond_by, told_at = incident.contract.customer, incident.respond_by, incident.told_at
    owner = None if incident.owner is None else incident.owner.name
    return CustomersClock(
        reference=incident.reference,
        language=language_or_default(customer.language),
        time_zone=customer.time_zone,
        reported_at=incident.reported_at,
        channel=incident.channel,
        promised_by=respond_by,
        progress=_progress(incident),
        engineer=owner,
        since=incident.owned_since,
        answered_at=told_at,
        answered_by=None if told_at is None else _who_was_named(op, incident) or owner,
        is_missed=incident.breached_at is not None or _is_late(op.now, told_at, respond_by),
        solved_at=incident.finished_at,
    )


def _is_late(now: datetime, told_at: datetime | None, respond_by: datetime) -> bool:
    """As :meth:`sla.Clock.is_breached`, before the next sweep has recorded it."""
    return now >= respond_by if told_at is None else told_at > respond_by


def _progress(incident: Incident) -> Progress:
    if incident.status is IncidentStatus.RESOLVED:
        return Progress.SOLVED
    if incident.owner is None:  # also when it was told before, and went back to the ladder
        return Progress.RINGING
    return Progress.TAKEN if incident.told_at is None else Progress.WORKING


def _who_was_named(op: Operation, incident: Incident) -> str | None:
    """Who was named when the customer was told; somebody else may have it by now."""
    query = (
        sa.select(User.name)
        .join(IncidentEvent, IncidentEvent.actor_id == User.id)
        .where(IncidentEvent.incident_id == incident.id, IncidentEvent.kind == "told")
        .order_by(IncidentEvent.recorded_at.desc(), IncidentEvent.id.desc())
        .limit(1)
    )
    return op.session.scalar(query)
