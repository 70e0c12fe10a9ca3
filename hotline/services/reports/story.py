"""Timelines: what happened to an incident, in plain words."""

import enum
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from hotline.db.models import Incident, IncidentEvent, User
from hotline.services.operation import Operation
from hotline.services.reports.sentences import CUSTOMER, GROUPS, KINDS, SERVICE
from hotline.services.reports.words import reason, said
from hotline.speech.render import translations


class Group(enum.StrEnum):
    """What a timeline can be filtered by."""

    CALLS = "calls"
    MESSAGES = "messages"
    DECISIONS = "decisions"
    NOTES = "notes"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One event in plain words. ``who`` is who did it; None is the customer or the service.

    ``about`` is the call, recording or user that it is about, as text, if there is one.
    """

    at: datetime
    kind: str
    who: str | None
    text: str
    group: Group = Group.DECISIONS
    id: uuid.UUID | None = None
    actor_id: uuid.UUID | None = None
    about: str | None = None
    is_unverified: bool = False


def timeline(op: Operation, incident: Incident, language: str = "en") -> list[TimelineLine]:
    """What happened to an incident, oldest first, every event in plain words, unknown kinds too."""
    query = (
        sa.select(IncidentEvent)
        .where(IncidentEvent.incident_id == incident.id)
        .options(joinedload(IncidentEvent.actor))
        .order_by(IncidentEvent.at, IncidentEvent.recorded_at, IncidentEvent.id)
    )
    events = list(op.session.scalars(query))
    names = _names(op, events)
    return [
        TimelineLine(
            event.at,
            event.kind,
            None if event.actor is None else event.actor.name,
            _words(event, names, language),
            Group(GROUPS.get(event.kind, Group.DECISIONS.value)),
            event.id,
            event.actor_id,
            event.data.get("call") or event.data.get("recording") or event.data.get("user"),
            event.data.get("verified") is False,
        )
        for event in events
    ]


class _Data(dict[str, Any]):
    """An event's data; what an older event did not carry reads as a dash instead of failing."""

    def __missing__(self, key: str) -> str:
        return "–"


def _words(event: IncidentEvent, names: Mapping[str, str], language: str) -> str:
    text = translations(language).gettext
    template = KINDS.get(f"{event.kind}:{_variant(event)}") or KINDS.get(event.kind)
    if template is None:
        return event.kind.replace("-", " ").capitalize() + "."
    data = _Data(event.data)
    data["who"] = text(SERVICE) if event.actor is None else event.actor.name
    data["name"] = names.get(str(event.data.get("user")), event.data.get("name") or "–")
    data["to"] = names.get(str(event.data.get("to")), text(CUSTOMER))
    if event.kind in {"rung-skipped", "outgoing-failed"} and event.data.get("reason"):
        data["reason"] = reason(event.data["reason"], language)
    return text(template).format_map(data)


def _variant(event: IncidentEvent) -> object:
    data = event.data
    if data.get("verified") is False:
        return f"{data['by']}-unverified" if data.get("by") else "unverified"
    if event.kind == "identified":
        return f"{data.get('by')}-again" if data.get("tries") else data.get("by")
    if event.kind == "outgoing-failed":
        return data.get("effect")
    if event.kind == "breached":
        return "fined" if data.get("fine") else None
    if event.kind in {"resolved", "handover-asked"}:
        return "noted" if data.get("text") else None
    return data.get("by")


def _names(op: Operation, events: Sequence[IncidentEvent]) -> dict[str, str]:
    """The names of the users that events are about, by id as text."""
    ids = {_uuid(event.data.get(key)) for event in events for key in ("user", "to")} - {None}
    query = sa.select(User.id, User.name).where(User.id.in_(ids))
    return {str(user_id): name for user_id, name in op.session.execute(query)}


def _uuid(text: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def silent(language: str) -> str:
    """What is said of a caller whose report holds no words."""
    return said(KINDS["reported:silent"], language)
