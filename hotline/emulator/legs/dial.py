"""``<Dial>``: telephones that ring, queues that are emptied, conferences that are joined."""

from hotline.emulator.legs import conference
from hotline.emulator.legs.dialling import Dialling, talk
from hotline.emulator.legs.interpreter import Interpreter
from hotline.emulator.legs.leg import Goto, HungUp
from hotline.emulator.legs.people import dial_people
from hotline.emulator.legs.queueing import Handover, take_or_wait
from hotline.emulator.story import Listen, Story
from hotline.emulator.twiml import Document, Element


def dial(interp: Interpreter, verb: Element, document: Document) -> Story[Goto | None]:
    """Connect the call and, when that is over, ask the action or go on with the next verb."""
    rooms = [child for child in verb.children if child.name == "Conference"]
    queues = [child for child in verb.children if child.name == "Queue"]
    dialling = Dialling(interp, verb, document)
    try:
        if rooms:
            yield from _dial_conference(dialling, rooms[0])
        elif queues:
            yield from _dial_queue(dialling, queues[0])
        else:
            yield from dial_people(dialling)
    except HungUp:
        if dialling.outcome.status == "no-answer":
            dialling.outcome.status = "canceled"
        dialling.over()
        goto = _after(dialling)
        if goto is not None and interp.exchange.faults.action_after_hangup:
            interp.exchange.callback(interp.leg.webhook(goto))
        raise
    dialling.over()
    return _after(dialling)


def _after(dialling: Dialling) -> Goto | None:
    verb, interp = dialling.verb, dialling.interp
    interp.exchange.note("dial", interp.leg.call.sid, f"<Dial> ended: {dialling.outcome.status}")
    if not verb.get("action"):
        return None
    params = dialling.outcome.params(interp)
    return interp.target(dialling.document, verb.get("action"), verb.get("method", "POST"), params)


def _dial_conference(dialling: Dialling, noun: Element) -> Story[None]:
    dialling.outcome.status, dialling.outcome.conference = "answered", True
    leg = dialling.interp.leg
    if dialling.verb.flag("hangupOnStar"):
        leg.sink = dialling.events
    try:
        yield from conference.attend(dialling.interp, noun, dialling.document, dialling.events)
    finally:
        leg.sink = None


def _dial_queue(dialling: Dialling, noun: Element) -> Story[None]:
    """Take the first caller of a queue; an empty queue is waited for, a missing one is an error."""
    interp, outcome = dialling.interp, dialling.outcome
    queue = interp.exchange.queue_named(noun.text)
    if queue is None:
        outcome.status = "failed"
        interp.alert(13000, f"there is no queue {noun.text!r}", dialling.document)
        return
    goto = None
    if noun.get("url"):
        goto = interp.target(dialling.document, noun.get("url"), noun.get("method", "POST"))
    handover = Handover(interp.leg, goto, dialling.events)
    try:
        outcome.leg = yield from take_or_wait(interp.exchange, queue, handover, dialling.seconds)
        if outcome.leg is None:
            return
        outcome.status = "completed"
        while (yield Listen(handover.events)) == "ready":
            dialling.talking()
            yield from talk(dialling)
            return
    finally:
        _release(handover)


def _release(handover: Handover) -> None:
    handover.open = False
    handover.over.put("released")
