"""When the REST API is down: the caller's own leg dials the roster by TwiML, one after the other.

Whoever answers hears a whisper first and presses 1, as ever; a voicemail cannot.
"""

from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import Call, CallKind, CallOutcome, Incident, ToldBy, User
from hotline.services.callflow import engineers, holding, leavers
from hotline.services.callflow.calls import is_over
from hotline.services.callflow.instructions import Ask, Dial, GoTo, HangUp, Heard, Instruction, Say
from hotline.services.operation import Operation
from hotline.services.reaching import notification_rules
from hotline.services.response import dispatch, incidents, paging, ringing, timeline
from hotline.speech import Prompt, Reference

_BETWEEN_ROUNDS = timedelta(seconds=60)


def dial_next(op: Operation, call: Call) -> list[Instruction]:
    """The REST API is down: the caller's own leg dials the next person of the roster by itself."""
    incident = op.session.get_one(Incident, call.incident_id)
    if incident.owner is not None or incident.is_finished:
        return [holding.hold(op, call, incident)]
    people, children = dispatch.people_to_dial(op, incident), _children(op, call)
    place = len(children) % len(people) if people else 0
    if not people or (children and place == 0 and not _may_go_round_again(op, children)):
        return [holding.hold(op, call, incident)]
    user = people[place]
    plan = notification_rules.plan(op, user.id)
    child = ringing.new_call(op, incident, user, CallKind.PAGE, plan.call_number)
    child.page_id = paging.page(op, incident, user, plan).id
    child.parent_id = call.id
    timeline.record(op, incident, "ringing", user=str(user.id), name=user.name, direct=True)
    return [Dial(child.to_phone, child.id, "whisper", "direct-done", op.settings.ring_seconds)]


def whispered(op: Operation, call: Call) -> list[Instruction]:
    """Somebody, or a machine, answered the caller's own dialling: ask before connecting."""
    incident, user = op.session.get_one(Incident, call.incident_id), op.session.get_one(User, call.user_id)
    if user.disabled_at is not None:
        return leavers.no_account(op, call, incident)
    if incident.owner is not None and incident.owner_id != user.id:
        call.outcome = CallOutcome.BEATEN
        return engineers.taken_by(incident, user)
    return [Ask("whisper-key", (engineers.opening(op, call, incident),), digits=1, timeout=6)]


def whisper_key(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """An engineer rung by the caller's own leg pressed a key: 1 connects by going on."""
    incident, user = op.session.get_one(Incident, call.incident_id), op.session.get_one(User, call.user_id)
    if user.disabled_at is not None:
        return leavers.no_account(op, call, incident)
    if heard.digits[-1:] != "1":
        return engineers.nobody_there(op, call, incident)
    if incident.is_finished:
        return engineers.closed(incident)
    taken = incidents.accept(op, incident, user, "call")
    if taken.owner.id != user.id:
        call.outcome = CallOutcome.BEATEN
        return engineers.taken_by(incident, user)
    call.outcome = CallOutcome.ACCEPTED
    if _caller_has_gone(op, call):
        return engineers.alone(op, call, incident)
    incident.next_notice_at = None
    incidents.tell(op, incident, ToldBy.BRIDGE, call)
    incident.callback_requested_at = None
    timeline.record(op, incident, "bridged", actor=user, call=str(call.id))
    return []


def dialled(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The caller's own dialling ended: they talked, or the next person is rung.

    An answered leg reports ``completed`` even when its whisper failed; only ``DialBridged`` tells.
    """
    incident = op.session.get_one(Incident, call.incident_id)
    if heard.dial_bridged:
        return [Say((Prompt.of("bridge.over", reference=Reference(incident.reference)),)), HangUp()]
    for child in _children(op, call):
        if not is_over(child):
            child.ended_at = op.now
            child.outcome = child.outcome or CallOutcome.UNANSWERED
        if child.outcome is CallOutcome.ACCEPTED and child.bridged_at is None:
            incidents.retract_leg(op, incident, child)
    return [GoTo("direct")]


def _caller_has_gone(op: Operation, child: Call) -> bool:
    """Whether the caller whose own leg dialled this engineer hung up before the key was pressed."""
    parent = None if child.parent_id is None else op.session.get(Call, child.parent_id)
    return parent is not None and is_over(parent)


def _children(op: Operation, call: Call) -> list[Call]:
    query = sa.select(Call).where(Call.parent_id == call.id).order_by(Call.created_at, Call.id)
    return list(op.session.scalars(query))


def _may_go_round_again(op: Operation, children: list[Call]) -> bool:
    return op.now - children[-1].created_at >= _BETWEEN_ROUNDS
