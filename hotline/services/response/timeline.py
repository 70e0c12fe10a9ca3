"""Writing an incident's timeline."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hotline.db.models import Incident, IncidentEvent, User
from hotline.services import rows
from hotline.services.operation import Operation


def has(op: Operation, incident: Incident, kind: str, **data: Any) -> bool:
    """Whether the incident has such a line with just this data."""
    query = sa.select(IncidentEvent.data).where(
        IncidentEvent.incident_id == incident.id, IncidentEvent.kind == kind
    )
    return data in op.session.scalars(query).all()


def last(op: Operation, incident: Incident, kind: str, **data: Any) -> datetime | None:
    """The instant of the incident's last line with just this data; None when there is none."""
    query = sa.select(IncidentEvent.at, IncidentEvent.data).where(
        IncidentEvent.incident_id == incident.id, IncidentEvent.kind == kind
    )
    return max((at for at, found in op.session.execute(query) if found == data), default=None)


def record(
    op: Operation,
    incident: Incident | uuid.UUID,
    kind: str,
    *,
    at: datetime | None = None,
    actor: User | None = None,
    **data: Any,
) -> None:
    """Add one line: what happened, at the instant the rule fired (``at``, else now)."""
    rows.insert(
        op,
        IncidentEvent,
        incident_id=incident if isinstance(incident, uuid.UUID) else incident.id,
        at=at or op.now,
        recorded_at=op.now,
        kind=kind,
        actor_id=None if actor is None else actor.id,
        data=data,
    )
