"""Silence is chased: whoever has an incident and is not heard of is paged again, and then the managers are.

``incidents.next_chase_at`` says when to look; what was heard is read off the record then. So a restart or
a second worker changes nothing, each step is taken once, and any sign of life begins the waiting anew:

1. Silent for a span: a text that says how to answer.
2. Not answered within two minutes: a call, in which a pressed 1 answers.
3. Silent for another span: the managers are told, and how to take it over.
4. From then on the call and the managers again, each time twice as long apart, at most eight spans.

Whoever cannot be rung at all is passed at once: the ladder is rung anew.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from hotline.db.models import Call, CallOutcome, CallStatus, Incident, IncidentStatus, User
from hotline.services.operation import Operation
from hotline.services.response import paging, remarks, reopening, rousing, silence, timeline
from hotline.speech import Minutes, Prompt, Reference

TO_ANSWER = timedelta(minutes=2)
_TEXT, _CALL, _MANAGERS = "text", "call", "managers"
_MOST_SPANS = 8


def look(op: Operation, incident: Incident) -> None:
    """The time to look has come: put it off, or take the next step. ``incident`` is locked."""
    owner = incident.owner
    if incident.status is not IncidentStatus.ACKNOWLEDGED or owner is None:
        incident.next_chase_at = None
        return
    if owner.disabled_at is not None:
        reopening.to_the_ladder(op, incident, reopening.UNREACHABLE)
        return
    heard = silence.last_word(op, incident)
    if silence.waits_for_owner(incident, heard):
        reopening.to_the_ladder(op, incident, reopening.SLEPT)
        return
    span = silence.span(op, incident)
    done = silence.chases_since(op, incident, heard)
    planned = heard + span if done == 0 else incident.next_chase_at or op.now
    if done == 0 and planned > op.now:
        incident.next_chase_at = planned
        return
    _take_step(op, incident, owner, done, planned, heard)


def settle(op: Operation, incident: Incident, user: User, by: str) -> bool:
    """The owner says that they are on it; False for anybody else and once it is finished.

    ``by`` is how: ``call``, ``sms`` or ``web``.
    """
    op.session.flush()
    op.session.refresh(incident, with_for_update=True)
    if incident.status is not IncidentStatus.ACKNOWLEDGED or incident.owner_id != user.id:
        return False
    waited = silence.waits_for_owner(incident, silence.last_word(op, incident))
    timeline.record(op, incident, silence.SETTLED, actor=user, by=by)
    answered(op, incident, waited=waited)
    return True


def note(op: Operation, incident: Incident, user: User, text: str, kind: str = remarks.NOTE) -> bool:
    """Keep a note or a status; the owner's own settles what they were asked. False when it was kept just now.

    Raises :class:`InvalidInputError` without words.
    """
    op.session.flush()
    op.session.refresh(incident, with_for_update=True)
    is_owners = incident.owner_id == user.id and incident.status is IncidentStatus.ACKNOWLEDGED
    waited = is_owners and silence.waits_for_owner(incident, silence.last_word(op, incident))
    added = remarks.note(op, incident, user, text, kind)
    if is_owners:
        answered(op, incident, waited=waited)
    return added


def answered(op: Operation, incident: Incident, *, waited: bool) -> None:
    """A sign of life was just put on record: their telephone stops ringing, the waiting begins anew.

    ``waited``: the customer had said that it is not solved, and learns now who works on it.
    """
    incident.next_chase_at = op.now + silence.span(op, incident)
    rousing.stop(op, incident)
    if waited:
        reopening.taken_up(op, incident)


def awaited(op: Operation, user: User) -> list[Incident]:
    """The incidents about which a word of ``user`` is awaited: asked for, and not given yet."""
    query = sa.select(Incident).where(
        Incident.owner_id == user.id, Incident.status == IncidentStatus.ACKNOWLEDGED
    )
    return [one for one in op.session.scalars(query.order_by(Incident.reported_at)) if is_awaited(op, one)]


def is_awaited(op: Operation, incident: Incident) -> bool:
    """Whether the owner was asked for a word and has not given it yet."""
    heard = silence.last_word(op, incident)
    return silence.waits_for_owner(incident, heard) or silence.chases_since(op, incident, heard) > 0


def call_over(op: Operation, call: Call) -> None:
    """The call to the owner ended. One that could not even be put through: the next step is due now."""
    incident = op.session.get(Incident, call.incident_id, with_for_update=True, populate_existing=True)
    if incident is None or call.status is not CallStatus.FAILED or call.outcome is CallOutcome.ACCEPTED:
        return
    text_failed(op, incident)


def text_failed(op: Operation, incident: Incident) -> None:
    """The owner cannot be asked this way: the next step is due now, if one is planned."""
    if incident.next_chase_at is not None and is_awaited(op, incident):
        incident.next_chase_at = min(incident.next_chase_at, op.now)


def _take_step(
    op: Operation, incident: Incident, owner: User, done: int, planned: datetime, heard: datetime
) -> None:
    span = silence.span(op, incident)
    step = (_TEXT, _CALL)[done] if done < 2 else _MANAGERS
    if step is not _MANAGERS and rousing.why_not(op, owner) is not None:
        step = _MANAGERS  # nobody can be rung: waiting for an answer would be pretending
    silent = Minutes(int((planned - heard).total_seconds()) // 60)
    key = f"chase:{incident.id}:{int(heard.timestamp())}:{done}"
    timeline.record(
        op, incident, silence.CHASED, at=planned, user=str(owner.id), by=step, minutes=silent.count
    )
    if step is _TEXT:
        rousing.text(op, incident, owner, "sms.chase", key, minutes=silent)
        incident.next_chase_at = op.now + TO_ANSWER
        return
    rousing.ring(op, incident, owner)
    if step is _CALL:
        incident.next_chase_at = max(heard + 2 * span, op.now + TO_ANSWER)
        return
    _tell_managers(op, incident, owner, silent, key)
    incident.next_chase_at = op.now + span * min(2 ** max(done - 1, 1), _MOST_SPANS)


def _tell_managers(op: Operation, incident: Incident, owner: User, silent: Minutes, key: str) -> None:
    prompt = Prompt.of(
        "sms.alarm_silent",
        reference=Reference(incident.reference),
        customer=paging.customer_name(incident),
        engineer=owner.name,
        minutes=silent,
        link=paging.link(op, incident),
    )
    paging.alarm(op, incident, prompt, key)
