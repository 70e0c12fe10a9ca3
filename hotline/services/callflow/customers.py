"""The customer's side of a call that we placed: identified first, then told, then connected."""

from hotline.db.models import Call, CallKind, CallOutcome, Incident, ToldBy
from hotline.services.callflow import authentication, engineers, holding, keys
from hotline.services.callflow.instructions import Ask, Connect, GoTo, HangUp, Heard, Instruction, Say
from hotline.services.operation import Operation
from hotline.services.response import incidents, ringing
from hotline.speech import Prompt, Reference


def answered(op: Operation, call: Call) -> list[Instruction]:
    """Somebody picked up. Nothing is disclosed before they give the PIN; a machine cannot.

    Whoever left a report is not asked for one, also when it was verified while their telephone rang:
    the call was placed for the report, and knows of no contract whose PIN it could be.
    """
    incident = _incident(op, call)
    if call.contract_id is None and incident.owner is not None:
        return [_ask_report(incident)]
    return [_ask_pin("callback.greeting")]


def here(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """Whoever left a report that is not verified is called by its owner: with 1 they are connected.

    They have no PIN to give, and nothing is said about any incident; the two find out who it is.
    """
    incident = _incident(op, call)
    if heard.digits[-1:] == "1" and incident.owner is not None:
        call.outcome = CallOutcome.ACCEPTED
        return [Connect(engineers.engineers_queue(incident), "customer-joining", "customer-left")]
    call.silences += 1
    if call.silences >= authentication.TRIES_A_CALL or incident.owner is None:
        return _unconfirmed(call)
    return [_ask_report(incident)]


def left(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The talk with whoever left a report is over, or the engineer had gone."""
    return [Say((Prompt.of("goodbye"),)), HangUp()]


def pin(op: Operation, call: Call, heard: Heard, *, right: bool | None) -> list[Instruction]:
    """The PIN was typed. Right: they are told who has their incident. Three times wrong: goodbye."""
    if right is None:
        call.silences += 1
        typed = keys.read(heard.digits)
        if call.silences >= authentication.TRIES_A_CALL:
            return _unconfirmed(call)
        return [_ask_pin("callback.greeting" if typed.wants_repeat else "pin.explain")]
    authentication.finish(op, call, right=right)
    if right:
        return _identified(op, call)
    if call.tries >= authentication.TRIES_A_CALL:
        return _unconfirmed(call)
    return [_ask_pin("pin.explain")]


def told(op: Operation, call: Call) -> list[Instruction]:
    """The sentence that names the engineer has been spoken: the clock stops. Then connect them."""
    incident = _incident(op, call)
    if incident.owner is None:
        return [holding.hold(op, call, incident)]
    incidents.tell(op, incident, ToldBy.CALLBACK)
    waiting = [
        other
        for other in ringing.live_calls(op, incident.id, CallKind.PAGE, CallKind.JOIN)
        if other.held_since is not None
    ]
    if waiting:
        connecting = Prompt.of("callback.connecting", engineer=incident.owner.name)
        queue = engineers.engineers_queue(incident)
        return [Say((connecting,)), Connect(queue, "customer-joining", "customer-done")]
    return [_offer(incident)]


def joining(op: Operation, call: Call) -> list[Instruction]:
    """On the waiting engineer's side: the customer is there. ``call`` is the engineer's."""
    call.bridged_at = op.now
    return []


def join_or_not(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The customer presses 1 to speak to the engineer now, or hangs up content."""
    if heard.digits[-1:] == "1":
        return holding.join(op, call, _incident(op, call))
    return [Say((Prompt.of("goodbye"),)), HangUp()]


def done(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The conversation is over, or the engineer had gone: then ring them again."""
    incident = _incident(op, call)
    if heard.dial_bridged:
        return [Say((Prompt.of("bridge.over", reference=Reference(incident.reference)),)), HangUp()]
    return holding.join(op, call, incident)


def _identified(op: Operation, call: Call) -> list[Instruction]:
    incident = _incident(op, call)
    call.outcome = CallOutcome.IDENTIFIED
    incident.callback_requested_at = None
    if incident.owner is None:
        return [holding.hold(op, call, incident)]
    said = Prompt.of("told.working", engineer=incident.owner.name, reference=Reference(incident.reference))
    return [Say((said,)), GoTo("customer-told")]


def _offer(incident: Incident) -> Ask:
    name = incident.owner.name if incident.owner is not None else ""
    return Ask("customer-join", (Prompt.of("callback.join", engineer=name),), digits=1)


def _unconfirmed(call: Call) -> list[Instruction]:
    call.outcome = CallOutcome.UNANSWERED
    return [Say((Prompt.of("callback.unconfirmed"),)), HangUp()]


def _ask_report(incident: Incident) -> Ask:
    name = incident.owner.name if incident.owner is not None else ""
    return Ask("customer-here", (Prompt.of("callback.report", engineer=name),), digits=1, timeout=6)


def _ask_pin(key: str) -> Ask:
    return Ask("customer-pin", (Prompt.of(key),), timeout=6)


def _incident(op: Operation, call: Call) -> Incident:
    return op.session.get_one(Incident, call.incident_id)
