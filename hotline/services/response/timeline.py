"""Writing an incident's timeline."""

import uuid
from datetime import datetime
from typing import Any

from hotline.db.models import Incident, IncidentEvent, User
from hotline.services import rows
from hotline.services.operation import Operation


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
