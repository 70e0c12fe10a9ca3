"""The promise of one incident as instants: what a bar or a sentence about its clock is drawn from."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hotline.db.models import Incident, IncidentEvent, ToldBy, User
from hotline.services.operation import Operation
from hotline.services.promise.promises import terms_of_incident


@dataclass(frozen=True, slots=True)
class Promise:
    """From the call to the deadline. ``accepted_by`` and ``told_name`` are names of people."""

    reported_at: datetime
    respond_by: datetime
    warnings: tuple[datetime, ...]
    accepted_at: datetime | None
    accepted_by: str | None
    told_at: datetime | None
    told_by: ToldBy | None
    told_name: str | None
    breached_at: datetime | None

    @property
    def stopped_at(self) -> datetime | None:
        """When the clock stopped; None while it runs."""
        return self.told_at


def promise_of(op: Operation, incident: Incident) -> Promise | None:
    """The promise of an incident; None while its caller is not verified."""
    terms = terms_of_incident(op, incident)
    if terms is None or incident.respond_by is None:
        return None
    return Promise(
        incident.reported_at,
        incident.respond_by,
        tuple(warning.at for warning in terms.clock(incident.reported_at).warnings),
        incident.accepted_at,
        _actor(op, incident, "accepted"),
        incident.told_at,
        incident.told_by,
        _actor(op, incident, "told"),
        incident.breached_at,
    )


def _actor(op: Operation, incident: Incident, kind: str) -> str | None:
    """Who did the last thing of a kind: whoever had the incident then, not who has it now."""
    query = (
        sa.select(User.name)
        .join(IncidentEvent, IncidentEvent.actor_id == User.id)
        .where(IncidentEvent.incident_id == incident.id, IncidentEvent.kind == kind)
        .order_by(IncidentEvent.recorded_at.desc(), IncidentEvent.id.desc())
    )
    return op.session.scalars(query.limit(1)).first()
