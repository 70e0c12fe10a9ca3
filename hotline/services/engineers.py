"""The engineer's side of a call: press 1 to accept, be connected, or call the customer back.

Nothing is accepted by silence or by a machine: only a pressed 1 counts, and the database decides.
"""

from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import Call, CallKind, CallOutcome, Incident, Recording, ToldBy, User
from hotline.services import dispatch, followup, holding, incidents, paging, timeline
from hotline.services.calls import is_over
from hotline.services.instructions import (
    Ask,
    Connect,
    Dial,
    GoTo,
    HangUp,
    Heard,
    Hold,
    Instruction,
    Leave,
    PlayRecording,
    Say,
)
from hotline.services.operation import Operation
from hotline.speech import ClockTime, Prompt, Reference

_TIMES_ASKED = 2
_TIMES_CONNECTING = 4
_KEY_TO_DECLINE = "2"
_BETWEEN_ROUNDS = timedelta(seconds=60)


def answered(op: Operation, call: Call) -> list[Instruction]:
    """Somebody, or a machine, picked up: first who and what, then how to take it."""
    incident, user = _incident(op, call), _user(op, call)
    if incident.is_finished:
        return _closed(incident)
    if incident.owner is not None and incident.owner_id != user.id:
        call.outcome = CallOutcome.BEATEN
        return _taken(incident, user)
    return [Ask("engineer-key", (_opening(op, call, incident),), digits=1, timeout=6)]


def key_pressed(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """1 takes it, 2 passes it on, anything else asks once more; silence then ends the call."""
    incident, user = _incident(op, call), _user(op, call)
    key = heard.digits[-1:]
    if key == "1":
        return _press_one(op, call, incident, user)
    if key == _KEY_TO_DECLINE:
        call.outcome = CallOutcome.DECLINED
        timeline.record(op, incident, "declined", actor=user, call=str(call.id))
        dispatch.call_over(op, call)
        return [Say((Prompt.of("page.declined"),)), HangUp()]
    call.silences += 1
    if call.silences < _TIMES_ASKED or key:
        if call.silences > _TIMES_ASKED * 2:
            return _nobody_there(op, call, incident)
        return [Ask("engineer-key", (_opening(op, call, incident), Prompt.of("page.again")), digits=1)]
    return _nobody_there(op, call, incident)


def beaten(op: Operation, call: Call) -> list[Instruction]:
    """They had picked up when the incident was settled: they hear how, and are let go."""
    incident, user = _incident(op, call), _user(op, call)
    call.outcome = CallOutcome.BEATEN
    return _closed(incident) if incident.owner is None else _taken(incident, user)


def done(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The connection is over, or never came about: then try again, or offer to call the customer."""
    incident = _incident(op, call)
    if heard.dial_bridged or call.bridged_at is not None:
        return [
            Say((Prompt.of("engineer.over", reference=Reference(incident.reference)),)),
            HangUp(),
        ]
    call.tries += 1
    customers = incidents.customer_calls(op, incident)
    if customers and call.tries < _TIMES_CONNECTING:
        for customer in customers:
            if customer.held_since is None:
                followup.fetch(op, incident, customer)
        return [Say((Prompt.of("engineer.busy"),)), _connect(incident)]
    for customer in customers:  # their hanging up was never reported
        holding.caller_left(op, customer)
    return _alone(op, call, incident)


def call_back(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The engineer presses 1 to have the customer called, and waits on the line."""
    incident = _incident(op, call)
    phones = followup.contracted_phones(op, incident)
    if heard.digits[-1:] != "1" or not phones:
        return [Say((Prompt.of("engineer.over", reference=Reference(incident.reference)),)), HangUp()]
    if not dispatch.live_calls(op, incident.id, CallKind.CALLBACK):
        followup.call_customer(op, incident, phones[call.tries % len(phones)])
    call.tries += 1
    call.held_since = op.now
    return [
        Say((Prompt.of("engineer.calling", customer=paging.customer_name(incident)),)),
        Hold(engineers_queue(incident), "engineer-wait", "engineer-left"),
    ]


def wait(op: Operation, call: Call) -> list[Instruction]:
    """The engineer waits while the customer is called; no answer ends the waiting."""
    incident = _incident(op, call)
    if not dispatch.live_calls(op, incident.id, CallKind.CALLBACK):
        return [Leave()]
    return [Ask("engineer-wait", (Prompt.of("hold.moment"),), digits=1, timeout=1, music=True)]


def left(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The engineer left the waiting: connected and finished, or nobody answered."""
    incident = _incident(op, call)
    call.held_since = None
    if heard.queue_result == "leave":
        return [Ask("engineer-callback", (Prompt.of("engineer.no_answer"),), digits=1, timeout=8)]
    return [Say((Prompt.of("engineer.over", reference=Reference(incident.reference)),)), HangUp()]


def direct(op: Operation, call: Call) -> list[Instruction]:
    """The REST API is down: the caller's own leg dials the next person of the roster by itself."""
    incident = _incident(op, call)
    if incident.owner is not None or incident.is_finished:
        return [holding.hold(op, call, incident)]
    people, children = dispatch.people_to_dial(op, incident), _children(op, call)
    place = len(children) % len(people) if people else 0
    if not people or (children and place == 0 and not _may_go_round_again(op, children)):
        return [holding.hold(op, call, incident)]
    user = people[place]
    child = dispatch.new_call(op, incident, user, CallKind.PAGE)
    child.page_id = paging.page(op, incident, user).id
    child.parent_id = call.id
    timeline.record(op, incident, "ringing", user=str(user.id), name=user.name, direct=True)
    return [Dial(child.to_phone, child.id, "whisper", "direct-done", op.settings.ring_seconds)]


def whispered(op: Operation, call: Call) -> list[Instruction]:
    """Somebody, or a machine, answered the caller's own dialling: ask before connecting."""
    incident, user = _incident(op, call), _user(op, call)
    if incident.owner is not None:
        call.outcome = CallOutcome.BEATEN
        return _taken(incident, user)
    return [Ask("whisper-key", (_opening(op, call, incident),), digits=1, timeout=6)]


def whisper_key(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """An engineer rung by the caller's own leg pressed a key: 1 connects by going on."""
    incident, user = _incident(op, call), _user(op, call)
    if heard.digits[-1:] != "1":
        return _nobody_there(op, call, incident)
    if incident.is_finished:
        return _closed(incident)
    taken = incidents.accept(op, incident, user, "call")
    if taken.owner.id != user.id:
        call.outcome = CallOutcome.BEATEN
        return _taken(incident, user)
    call.outcome = CallOutcome.ACCEPTED
    if _caller_has_gone(op, call):
        return _alone(op, call, incident)
    incident.next_notice_at = None
    if taken.won:
        incidents.tell(op, incident, ToldBy.BRIDGE)
        timeline.record(op, incident, "bridged", actor=user, call=str(call.id))
    return []


def direct_done(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The caller's own dialling ended: they talked, or the next person is rung.

    An answered leg reports ``completed`` even when its whisper failed; only ``DialBridged`` tells.
    """
    incident = _incident(op, call)
    if heard.dial_bridged:
        return [Say((Prompt.of("bridge.over", reference=Reference(incident.reference)),)), HangUp()]
    for child in _children(op, call):
        if not is_over(child):
            child.ended_at = op.now
            child.outcome = child.outcome or CallOutcome.UNANSWERED
        if child.outcome is CallOutcome.ACCEPTED and child.bridged_at is None:
            incidents.retract(op, incident, ToldBy.BRIDGE)
    return [GoTo("direct")]


def engineers_queue(incident: Incident) -> str:
    """Where the engineer waits for a customer who is being called back."""
    return f"engineer-{incident.id.hex}"


def _press_one(op: Operation, call: Call, incident: Incident, user: User) -> list[Instruction]:
    if incident.is_finished:
        return _closed(incident)
    taken = incidents.accept(op, incident, user, "call")
    if taken.owner.id != user.id:
        call.outcome = CallOutcome.BEATEN
        return _taken(incident, user)
    call.outcome = CallOutcome.ACCEPTED
    customers = incidents.customer_calls(op, incident)
    if not customers:
        return _alone(op, call, incident)
    for customer in customers:
        if customer.held_since is None:
            followup.fetch(op, incident, customer)
    if incident.next_notice_at is not None:
        incident.next_notice_at = op.now + followup.WHILE_CONNECTING
    won = Prompt.of("page.won", reference=Reference(incident.reference))
    return [Say((won,)), _connect(incident)]


def _caller_has_gone(op: Operation, child: Call) -> bool:
    """Whether the caller whose own leg dialled this engineer hung up before the key was pressed."""
    parent = None if child.parent_id is None else op.session.get(Call, child.parent_id)
    return parent is not None and is_over(parent)


def _alone(op: Operation, call: Call, incident: Incident) -> list[Instruction]:
    """The customer is not on the line: send word at once, and offer to call them."""
    reference = Reference(incident.reference)
    if incident.verified_at is None:
        recordings = _recordings(op, incident)
        played = [PlayRecording(item.url) for item in recordings]
        return [
            Say((Prompt.of("page.won_report", reference=reference),)),
            *played,
            Say((Prompt.of("page.verify", reference=reference),)),
            HangUp(),
        ]
    if incident.next_notice_at is not None:
        followup.advance(op, incident)
    return [
        Ask("engineer-callback", (Prompt.of("page.won_alone", reference=reference),), digits=1, timeout=8)
    ]


def _connect(incident: Incident) -> Connect:
    return Connect(incident.queue_name, "joining", "engineer-done", timeout=15)


def _nobody_there(op: Operation, call: Call, incident: Incident) -> list[Instruction]:
    call.outcome = CallOutcome.UNANSWERED
    timeline.record(op, incident, "not-accepted", call=str(call.id), user=str(call.user_id))
    dispatch.call_over(op, call)
    return [HangUp()]


def _opening(op: Operation, call: Call, incident: Incident) -> Prompt:
    if call.kind is CallKind.JOIN:
        key = "join.ask" if incidents.customer_calls(op, incident) else "join.call"
        return Prompt.of(
            key, customer=paging.customer_name(incident), reference=Reference(incident.reference)
        )
    if incident.verified_at is None:
        return Prompt.of("page.unverified")
    left_over = paging.minutes_left(op, incident)
    names = {"customer": paging.customer_name(incident), "product": paging.product_name(incident)}
    if left_over is None:
        return Prompt.of("page.late", **names)
    return Prompt.of("page.incident", minutes=left_over, **names)


def _taken(incident: Incident, listener: User) -> list[Instruction]:
    owner = incident.owner.first_name if incident.owner is not None else ""
    said = Prompt.of(
        "page.taken",
        engineer=owner,
        reference=Reference(incident.reference),
        time=ClockTime(incident.accepted_at or incident.opened_at, listener.time_zone),
    )
    return [Say((said,)), HangUp()]


def _closed(incident: Incident) -> list[Instruction]:
    return [Say((Prompt.of("page.closed", reference=Reference(incident.reference)),)), HangUp()]


def _children(op: Operation, call: Call) -> list[Call]:
    query = sa.select(Call).where(Call.parent_id == call.id).order_by(Call.created_at, Call.id)
    return list(op.session.scalars(query))


def _may_go_round_again(op: Operation, children: list[Call]) -> bool:
    return op.now - children[-1].created_at >= _BETWEEN_ROUNDS


def _recordings(op: Operation, incident: Incident) -> list[Recording]:
    query = sa.select(Recording).where(Recording.incident_id == incident.id).order_by(Recording.created_at)
    return list(op.session.scalars(query))


def _incident(op: Operation, call: Call) -> Incident:
    return op.session.get_one(Incident, call.incident_id)


def _user(op: Operation, call: Call) -> User:
    return op.session.get_one(User, call.user_id)
