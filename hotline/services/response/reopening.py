"""A resolved incident that is not solved, and an owner who cannot be rung: back to a human within minutes.

The owner is asked first, by text and by call, for they know it best. Who does not answer within
:data:`OWNERS_TIME` gives it up: the incident is open again and the ladder is rung from the bottom.

The promise is not touched by any of this: it was made for the first answer, and that was given or missed.
``respond_by``, ``told_at``, ``breached_at`` and the fine stay exactly as they are.
"""

from datetime import timedelta

from hotline.db.models import CallKind, Incident, IncidentStatus, MessageKind, User
from hotline.services.operation import Operation
from hotline.services.response import (
    dispatch,
    handovers,
    notices,
    paging,
    ringing,
    rousing,
    silence,
    timeline,
)
from hotline.speech import Prompt, Reference

OWNERS_TIME = timedelta(minutes=5)
UNREACHABLE, SLEPT, PASSED_ON = "unreachable", "slept", "passed-on"
_RINGING = (CallKind.PAGE, CallKind.JOIN, CallKind.CHASE)


def by_customer(op: Operation, incident: Incident) -> bool:
    """The customer says that it is not solved. True when its owner is asked, False when the ladder is rung.

    ``incident`` is locked. Raises :class:`ForbiddenTransitionError` unless it is resolved.
    """
    incident.become(IncidentStatus.ACKNOWLEDGED)
    incident.finished_at, incident.reopened_at = None, op.now
    incident.next_chase_at = op.now + OWNERS_TIME
    timeline.record(op, incident, silence.REOPENED)
    owner = incident.owner
    if owner is None or rousing.why_not(op, owner) is not None:
        to_the_ladder(op, incident, UNREACHABLE)
        return False
    key = f"reopened:{incident.id}:{int(op.now.timestamp())}"
    rousing.text(op, incident, owner, "sms.reopened", key)
    rousing.ring(op, incident, owner)
    return True


def to_the_ladder(op: Operation, incident: Incident, why: str) -> None:
    """Nobody has it any more, and the hunt begins anew, now. Whoever had it is told by text.

    ``incident`` is locked. It is hunted on the ladder on which the first hunt began.
    """
    before = incident.owner
    incident.become(IncidentStatus.OPEN)
    handovers.overtake(op, incident)
    incident.owner, incident.owner_id, incident.owned_since = None, None, None
    incident.reopened_at, incident.next_chase_at, incident.next_notice_at = op.now, None, None
    incident.notices = 0 if incident.told_at is None else incident.notices
    dispatch.begin_again(op, incident)
    op.session.flush()
    timeline.record(op, incident, "back-to-ladder", user=None if before is None else str(before.id), by=why)
    if before is not None:
        _let_go(op, incident, before)
    dispatch.climb(op, incident)


def taken_up(op: Operation, incident: Incident) -> None:
    """Somebody works on it again: the customer, who said that it is not solved, learns who."""
    if incident.reopened_at is not None and incident.told_at is not None:
        key = f"again:{incident.id}:{int(incident.reopened_at.timestamp())}:{incident.owner_id}"
        notices.name_the_owner(op, incident, "sms.again", key[:120])


def _let_go(op: Operation, incident: Incident, before: User) -> None:
    for call in ringing.live_calls(op, incident.id, *_RINGING):
        if call.user_id == before.id and call.answered_at is None:
            ringing.end(op, incident, call)
    if before.disabled_at is None:
        told = Prompt.of(
            "sms.let_go", reference=Reference(incident.reference), link=paging.link(op, incident)
        )
        key = f"let-go:{incident.id}:{int(op.now.timestamp())}"
        paging.tell(op, incident, before, MessageKind.TAKEN, told, dedupe_key=key)
