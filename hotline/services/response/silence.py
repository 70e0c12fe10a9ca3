"""Since when nobody has heard of an incident that somebody has: read off what is on record.

A sign of life is anything that a person of the house did about it, or a talk with the customer. Nothing
has to be remembered elsewhere for it: whoever writes it down puts the chase off by that alone.
"""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from hotline.db.models import Call, Incident, IncidentEvent, IncidentStatus
from hotline.services.operation import Operation

CHASED = "chased"
SETTLED = "still-on-it"
REOPENED = "reopened"
SIGNS = frozenset(
    {"accepted", "note", "status", SETTLED, "transcribed", "listened", "verified", "call-asked", "bridged"}
    | {"handover-asked", "handover-withdrawn", "handed-over", "taken-over", "link-sent"}
)


def span(op: Operation, incident: Incident) -> timedelta:
    """How long whoever has this incident may be silent."""
    return timedelta(seconds=op.settings.chase_seconds)


def last_words(op: Operation, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """The latest sign of life of each incident that has one, in two queries; now while they talk."""
    written = (
        sa.select(IncidentEvent.incident_id, sa.func.max(IncidentEvent.at))
        .where(
            IncidentEvent.incident_id.in_(ids),
            IncidentEvent.kind.in_(SIGNS),
            IncidentEvent.actor_id.is_not(None),
        )
        .group_by(IncidentEvent.incident_id)
    )
    found: dict[uuid.UUID | None, datetime] = {row[0]: row[1] for row in op.session.execute(written)}
    talks = sa.select(Call.incident_id, Call.ended_at).where(
        Call.incident_id.in_(ids), Call.bridged_at.is_not(None)
    )
    for incident_id, ended_at in op.session.execute(talks):
        until = ended_at or op.now
        found[incident_id] = max(found.get(incident_id, until), until)
    return {incident_id: at for incident_id, at in found.items() if incident_id is not None}


def last_word(op: Operation, incident: Incident) -> datetime:
    """The latest sign of life; when they took it, if there is none."""
    began = incident.owned_since or incident.opened_at
    return max(last_words(op, [incident.id]).get(incident.id, began), began)


def silent_since(op: Operation, incidents: Collection[Incident]) -> dict[uuid.UUID, datetime]:
    """The last word of each of these incidents whose owner has been silent for too long."""
    taken = {one.id: one for one in incidents if one.status is IncidentStatus.ACKNOWLEDGED}
    words = last_words(op, taken) if taken else {}
    heard = {key: words.get(key, one.owned_since or one.opened_at) for key, one in taken.items()}
    return {key: at for key, at in heard.items() if op.now - at >= span(op, taken[key])}


def chases_since(op: Operation, incident: Incident, heard: datetime) -> int:
    """How many steps were taken to hear of them since they were heard."""
    query = sa.select(sa.func.count()).where(
        IncidentEvent.incident_id == incident.id,
        IncidentEvent.kind == CHASED,
        IncidentEvent.recorded_at >= heard,
    )
    return int(op.session.execute(query).scalar_one())


def waits_for_owner(incident: Incident, heard: datetime) -> bool:
    """True while the customer's NO waits for the owner to take it up again."""
    return incident.reopened_at is not None and heard < incident.reopened_at
