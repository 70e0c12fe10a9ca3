"""The engineer's side of a call: press 1 to accept, be connected, or call the customer back.

Nothing is accepted by silence or by a machine: only a pressed 1 counts, and the database decides.
"""

import sqlalchemy as sa

from hotline.db.models import Call, CallKind, CallOutcome, Handover, Incident, Recording, User, Wish
from hotline.services.callflow import holding, leavers, who_else
from hotline.services.callflow.instructions import (
    Ask,
    Connect,
    HangUp,
    Heard,
    Hold,
    Instruction,
    Leave,
    PlayRecording,
    Say,
)
from hotline.services.operation import Operation
from hotline.services.response import dispatch, followup, handovers, incidents, paging, ringing, timeline
from hotline.speech import ClockTime, Prompt, Reference

_TIMES_ASKED = 2
_TIMES_CONNECTING = 4
_KEY_TO_DECLINE = "2"
_KEY_WHO_ELSE = "3"
_KEY_TO_REPEAT = "*"


def answered(op: Operation, call: Call) -> list[Instruction]:
    """Somebody, or a machine, picked up: first who and what, then how to take it."""
    incident, user = _incident(op, call), _user(op, call)
    if user.disabled_at is not None:
        return leavers.no_account(op, call, incident)
    if incident.is_finished:
        return closed(incident)
    is_asked = handovers.pending_for(op, incident, user) is not None
    if incident.owner is not None and incident.owner_id != user.id and not is_asked:
        call.outcome = CallOutcome.BEATEN
        return taken_by(incident, user)
    return [Ask("engineer-key", (opening(op, call, incident),), digits=1, timeout=6)]


def key_pressed(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """1 takes it, 2 passes it on, 3 says who else is rung, a star repeats; silence ends the call.

    Whoever presses 3 or a star is there, and listens: that is no silence, however often they do.
    """
    incident, user = _incident(op, call), _user(op, call)
    if user.disabled_at is not None:
        return leavers.no_account(op, call, incident)
    key = heard.digits[-1:]
    if key == "1":
        return _press_one(op, call, incident, user)
    if key == _KEY_TO_DECLINE and handovers.pending_for(op, incident, user) is not None:
        call.outcome = CallOutcome.DECLINED
        handovers.decline(op, incident, user, call)
        return [Say((Prompt.of("handover.declined"),)), HangUp()]
    if key == _KEY_TO_DECLINE:
        call.outcome = CallOutcome.DECLINED
        ringing.stop_other_phones(op, incident, call)
        timeline.record(op, incident, "declined", actor=user, call=str(call.id))
        dispatch.call_over(op, call)
        return [Say((Prompt.of("page.declined"),)), HangUp()]
    if key == _KEY_WHO_ELSE and call.kind is CallKind.PAGE:
        return _ask_again(*who_else.said(op, incident, user))
    if key == _KEY_TO_REPEAT:
        return _ask_again(opening(op, call, incident))
    call.silences += 1
    if call.silences < _TIMES_ASKED or key:
        if call.silences > _TIMES_ASKED * 2:
            return nobody_there(op, call, incident)
        return _ask_again(opening(op, call, incident))
    return nobody_there(op, call, incident)


def _ask_again(*said: Prompt) -> list[Instruction]:
    return [Ask("engineer-key", (*said, Prompt.of("page.again")), digits=1)]


def beaten(op: Operation, call: Call) -> list[Instruction]:
    """They had picked up when the incident was settled: they hear how, and are let go."""
    incident, user = _incident(op, call), _user(op, call)
    call.outcome = CallOutcome.BEATEN
    return closed(incident) if incident.owner is None else taken_by(incident, user)


def done(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The connection is over, or never came about: then try again, or offer to call the customer."""
    incident = _incident(op, call)
    if heard.dial_bridged or call.bridged_at is not None:
        return [
            Say((Prompt.of("engineer.over", reference=Reference(incident.reference)),)),
            HangUp(),
        ]
    return _connect_or_wait(op, call, incident)


def connect(op: Operation, call: Call) -> list[Instruction]:
    """The customer was on the way into the queue; by now they may be there."""
    return _connect_or_wait(op, call, _incident(op, call))


def call_back(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The engineer presses 1 to have the customer called, and waits on the line."""
    incident = _incident(op, call)
    phones = followup.phones_to_call(op, incident)
    if heard.digits[-1:] != "1" or not phones or incident.owner_id != call.user_id:
        return [Say((Prompt.of("engineer.over", reference=Reference(incident.reference)),)), HangUp()]
    if not ringing.live_calls(op, incident.id, CallKind.CALLBACK):
        followup.call_customer(op, incident, phones[followup.callbacks_so_far(op, incident) % len(phones)])
    call.held_since = op.now
    calling = Prompt.of("engineer.calling_report")
    if incident.contract is not None:
        calling = Prompt.of("engineer.calling", customer=paging.customer_name(incident))
    return [
        Say((calling,)),
        Hold(engineers_queue(incident), "engineer-wait", "engineer-left"),
    ]


def wait(op: Operation, call: Call) -> list[Instruction]:
    """The engineer waits while the customer is called; no answer ends the waiting."""
    incident = _incident(op, call)
    if not ringing.live_calls(op, incident.id, CallKind.CALLBACK):
        return [Leave()]
    return [Ask("engineer-wait", (Prompt.of("hold.moment"),), digits=1, timeout=1, music=True)]


def left(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The engineer left the waiting: connected and finished, or nobody answered."""
    incident = _incident(op, call)
    call.held_since = None
    if heard.queue_result == "leave":
        return [Ask("engineer-callback", (Prompt.of("engineer.no_answer"),), digits=1, timeout=8)]
    return [Say((Prompt.of("engineer.over", reference=Reference(incident.reference)),)), HangUp()]


def engineers_queue(incident: Incident) -> str:
    """Where the engineer waits for a customer who is being called back."""
    return f"engineer-{incident.id.hex}"


def _press_one(op: Operation, call: Call, incident: Incident, user: User) -> list[Instruction]:
    if incident.is_finished:
        return closed(incident)
    taken = incidents.accept(op, incident, user, "call")
    if taken.owner.id != user.id:
        call.outcome = CallOutcome.BEATEN
        return taken_by(incident, user)
    call.outcome = CallOutcome.ACCEPTED
    ringing.stop_other_phones(op, incident, call)
    customers = incidents.customer_calls(op, incident)
    if taken.handed_over:
        return _handed_over(op, call, incident)
    if not customers and call.wish is Wish.CALLBACK:
        return call_back(op, call, Heard(digits="1"))
    if not customers:
        return alone(op, call, incident)
    if incident.next_notice_at is not None:
        incident.next_notice_at = op.now + followup.WHILE_CONNECTING
    won = Prompt.of("page.won", reference=Reference(incident.reference))
    return [Say((won,)), *_connect_or_wait(op, call, incident)]


def _handed_over(op: Operation, call: Call, incident: Incident) -> list[Instruction]:
    """A colleague's incident is theirs now: connected with a customer who holds, else offered to call.

    A customer who still talks with the colleague is left to finish.
    """
    won = Prompt.of("handover.won", reference=Reference(incident.reference))
    customers = incidents.customer_calls(op, incident)
    if any(customer.held_since is not None and customer.bridged_at is None for customer in customers):
        return [Say((won,)), _connect(incident)]
    if customers or not followup.phones_to_call(op, incident):
        return [Say((won, Prompt.of("goodbye"))), HangUp()]
    return [Ask("engineer-callback", (won, Prompt.of("handover.call")), digits=1, timeout=8)]


def _connect_or_wait(op: Operation, call: Call, incident: Incident) -> list[Instruction]:
    """Connect with a customer who is in the queue; wait a little for one who is on the way there.

    A queue that nobody has entered yet does not exist, and dialling it would be an error.
    """
    customers = incidents.customer_calls(op, incident)
    call.tries += 1
    if call.tries > _TIMES_CONNECTING:
        for customer in customers:  # their hanging up was never reported
            holding.caller_left(op, customer)
        customers = []
    if not customers:
        return alone(op, call, incident)
    if any(customer.held_since is not None for customer in customers):
        return [_connect(incident)]
    for customer in customers:
        followup.fetch(op, incident, customer)
    return [Ask("engineer-connect", (Prompt.of("engineer.busy"),), digits=1, timeout=3)]


def alone(op: Operation, call: Call, incident: Incident) -> list[Instruction]:
    """The customer is not on the line: send word at once, and offer to call them."""
    reference = Reference(incident.reference)
    if incident.verified_at is None:
        recordings = _recordings(op, incident)
        played = [PlayRecording(item.url) for item in recordings]
        return [
            Say((Prompt.of(f"page.won_{paging.words_left(op, incident)}", reference=reference),)),
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


def nobody_there(op: Operation, call: Call, incident: Incident) -> list[Instruction]:
    """Nobody pressed 1: on to the next."""
    call.outcome = CallOutcome.UNANSWERED
    timeline.record(op, incident, "not-accepted", call=str(call.id), user=str(call.user_id))
    dispatch.call_over(op, call)
    return [HangUp()]


def opening(op: Operation, call: Call, incident: Incident) -> Prompt:
    """Who and what, in five seconds."""
    asked = handovers.pending(op, incident) if call.kind is CallKind.HANDOVER else None
    if asked is not None and asked.to_id == call.user_id:
        return _handover_opening(incident, asked)
    if call.kind is not CallKind.PAGE:
        if incident.contract is None:
            return Prompt.of("join.report", reference=Reference(incident.reference))
        key = "join.ask" if incidents.customer_calls(op, incident) else "join.call"
        return Prompt.of(
            key, customer=paging.customer_name(incident), reference=Reference(incident.reference)
        )
    if incident.verified_at is None:
        line = incident.service_number.customer
        if line is not None:
            return Prompt.of("page.unverified_line", customer=line.name)
        return Prompt.of("page.unverified")
    if incident.reopened_at is not None and incident.told_at is not None:
        customer, product = paging.customer_name(incident), paging.product_name(incident)
        return Prompt.of("page.open_again", customer=customer, product=product)
    left_over = paging.minutes_left(op, incident)
    names = {"customer": paging.customer_name(incident), "product": paging.product_name(incident)}
    if left_over is None:
        return Prompt.of("page.late", **names)
    return Prompt.of("page.incident", minutes=left_over, **names)


def _handover_opening(incident: Incident, asked: Handover) -> Prompt:
    engineer = asked.from_user.first_name
    if incident.contract is None:
        return Prompt.of("handover.ask_report", engineer=engineer)
    customer, product = paging.customer_name(incident), paging.product_name(incident)
    return Prompt.of("handover.ask", engineer=engineer, customer=customer, product=product)


def taken_by(incident: Incident, listener: User) -> list[Instruction]:
    """Somebody else has it: who, and since when."""
    owner = incident.owner.first_name if incident.owner is not None else ""
    said = Prompt.of(
        "page.taken",
        engineer=owner,
        reference=Reference(incident.reference),
        time=ClockTime(incident.owned_since or incident.opened_at, listener.time_zone),
    )
    return [Say((said,)), HangUp()]


def closed(incident: Incident) -> list[Instruction]:
    """It is over; nobody has anything to do."""
    return [Say((Prompt.of("page.closed", reference=Reference(incident.reference)),)), HangUp()]


def _recordings(op: Operation, incident: Incident) -> list[Recording]:
    query = (
        sa.select(Recording)
        .where(Recording.incident_id == incident.id, Recording.status == "completed")
        .order_by(Recording.created_at)
    )
    return list(op.session.scalars(query))


def _incident(op: Operation, call: Call) -> Incident:
    return op.session.get_one(Incident, call.incident_id)


def _user(op: Operation, call: Call) -> User:
    return op.session.get_one(User, call.user_id)
