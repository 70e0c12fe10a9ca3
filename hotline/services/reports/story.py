"""Timelines: what happened to an incident, in plain words."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from hotline.db.models import (
    Incident,
    IncidentEvent,
    User,
)
from hotline.services.operation import Operation
from hotline.speech.render import translations


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One event in plain words. ``who`` is who did it; None is the customer or the service."""

    at: datetime
    kind: str
    who: str | None
    text: str


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
        )
        for event in events
    ]


# What each kind of event says; ``{…}`` are its data, and ``name`` is the user it is about. A kind of
# more than one wording looks at the value after the colon.
_KINDS: Mapping[str, str] = {
    "reported": "The customer called.",
    "reported:unverified": "Somebody called who could not be identified, and left a report.",
    "opened": "The incident was opened for {product}.",
    "paged": "{name} was paged.",
    "ringing": "Ringing {name}.",
    "declined": "{who} passed it on.",
    "not-accepted": "{name} picked up, but nobody pressed 1.",
    "rung-skipped": "A step of the ladder was skipped: {reason}.",
    "accepted": "{who} took it.",
    "accepted:call": "{who} took it on the telephone.",
    "accepted:sms": "{who} took it by text message.",
    "accepted:web": "{who} took it on this board.",
    "told": "The customer was told that {who} is working on it.",
    "told:bridge": "The customer was connected with {who}: the clock stopped.",
    "told:spoken": "The customer heard while holding that {who} has it: the clock stopped.",
    "told:callback": "The customer was called and told that {who} has it: the clock stopped.",
    "told:message": "The customer got the text message that {who} has it: the clock stopped.",
    "told-retracted": "The connection did not come about: the customer has not been told, the clock runs on.",
    "verified": "{who} verified the caller: contract {contract}, {product}. The clock counts from the call.",
    "resolved": "{who} resolved it.",
    "cancelled": "{who} cancelled it: {reason}",
    "note": "{who} noted: {text}",
    "message-delivered": "A text message ({message}) reached {to}.",
    "message-undelivered": "A text message ({message}) did not reach {to}.",
    "message-failed": "A text message ({message}) to {to} could not be sent.",
    "warning": "Warning: {share} of the time has gone and the customer has not been told.",
    "breached": "The promise was missed at the deadline. The fine is {fine}, for miss {ordinal} of the year.",
    "holding": "The customer is holding on the line.",
    "joining": "The customer is on the line and waits for the engineer.",
    "bridged": "The customer and {who} are talking.",
    "caller-left": "The customer left the line.",
    "callback-requested": "The customer asked to be called back.",
    "calling-customer": "Calling the customer.",
    "customer-unreachable": "The customer could not be reached by telephone or text message.",
    "recorded": "The customer left a recording.",
    "outgoing-failed": "Something did not go out ({effect}): {reason}",
    "page-ended": "{name}'s phone stopped ringing, or the call with it ended ({status}).",
    "join-ended": "The call to connect {name} with the customer ended ({status}).",
    "callback-ended": "Our call to the customer ended ({status}).",
    "pin-wrong": "A caller gave a wrong PIN for this incident.",
}


_CUSTOMER = "the customer"


_SERVICE = "the service"


class _Data(dict[str, Any]):
    """An event's data; what an older event did not carry reads as a dash instead of failing."""

    def __missing__(self, key: str) -> str:
        return "–"


def _words(event: IncidentEvent, names: Mapping[str, str], language: str) -> str:
    text = translations(language).gettext
    variant = f"{event.kind}:{'unverified' if event.data.get('verified') is False else event.data.get('by')}"
    template = _KINDS.get(variant) or _KINDS.get(event.kind)
    if template is None:
        return event.kind.replace("-", " ").capitalize() + "."
    data = _Data(event.data)
    data["who"] = text(_SERVICE) if event.actor is None else event.actor.name
    data["name"] = names.get(str(event.data.get("user")), event.data.get("name") or "–")
    data["to"] = names.get(str(event.data.get("to")), text(_CUSTOMER))
    return text(template).format_map(data)


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
