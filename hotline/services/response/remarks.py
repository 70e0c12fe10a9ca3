"""What colleagues add to an incident: notes, and what a recording says; and who listened to it."""

import uuid
from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import Incident, IncidentEvent, Listening, Recording, User
from hotline.errors import InvalidInputError, NotFoundError
from hotline.services import rows
from hotline.services.operation import Operation
from hotline.services.response import timeline

LONGEST_NOTE = 2000
LONGEST_TRANSCRIPT = 4000
# A second tap sends the same words again; the same words later are a new note.
_SAME_NOTE_WITHIN = timedelta(seconds=60)
_LISTENED = rows.on_conflict(
    lambda insert: insert(Listening).on_conflict_do_nothing().returning(Listening.user_id)
)


NOTE, STATUS = "note", "status"


def note(op: Operation, incident: Incident, user: User, text: str, kind: str = NOTE) -> bool:
    """Add a note, or a status, to the timeline; False when the same words were noted just now.

    Raises :class:`InvalidInputError` without words.
    """
    text = text.strip()
    if not text:
        raise InvalidInputError("Write something first.")
    query = sa.select(IncidentEvent.data).where(
        IncidentEvent.incident_id == incident.id,
        IncidentEvent.kind == kind,
        IncidentEvent.actor_id == user.id,
        IncidentEvent.at > op.now - _SAME_NOTE_WITHIN,
    )
    if any(data.get("text") == text for data in op.session.scalars(query)):
        return False
    timeline.record(op, incident, kind, actor=user, text=text[:LONGEST_NOTE])
    return True


def recording(op: Operation, recording_id: uuid.UUID) -> Recording:
    """A recording of an incident. Raises :class:`NotFoundError`."""
    found = op.session.get(Recording, recording_id)
    if found is None or found.incident_id is None:
        raise NotFoundError("There is no such recording.")
    return found


def listened(op: Operation, found: Recording, user: User) -> None:
    """Keep that somebody listened, once for each person and recording, however often they play it."""
    kept = rows.run(op, _LISTENED, recording_id=found.id, user_id=user.id, at=op.now)
    is_first = kept.first() is not None
    if is_first and found.incident_id is not None:
        timeline.record(op, found.incident_id, "listened", actor=user, recording=found.recording_sid)


def write_transcript(op: Operation, found: Recording, user: User, text: str) -> bool:
    """Write down or correct what a recording says; every version stays on the timeline.

    False when these are the words already. Raises :class:`InvalidInputError` without words.
    """
    text = text.strip()[:LONGEST_TRANSCRIPT]
    if not text:
        raise InvalidInputError("Write down what you hear first.")
    op.session.refresh(found, with_for_update=True)
    if found.transcript == text and found.transcriber_id is not None:
        return False
    found.transcript, found.transcribed_at, found.transcriber_id = text, op.now, user.id
    if found.incident_id is not None:
        timeline.record(
            op, found.incident_id, "transcribed", actor=user, recording=found.recording_sid, text=text
        )
    return True


def keep_machines_transcript(op: Operation, recording_sid: str, text: str) -> None:
    """Keep what the network understood, unless a person has written it down already."""
    query = sa.select(Recording).where(Recording.recording_sid == recording_sid).with_for_update()
    found = op.session.scalars(query).first()
    text = text.strip()[:LONGEST_TRANSCRIPT]
    if found is None or found.transcript is not None or not text:
        return
    found.transcript, found.transcribed_at = text, op.now
    if found.incident_id is not None:
        timeline.record(
            op, found.incident_id, "transcribed", recording=recording_sid, text=text, by="machine"
        )
