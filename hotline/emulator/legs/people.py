"""``<Dial>`` to telephones: several at once or one after another, each with its whisper."""

from dataclasses import dataclass

import phonenumbers

from hotline.emulator.exchange import Callback
from hotline.emulator.legs.dialling import Child, Dialling, talk
from hotline.emulator.legs.interpreter import DocumentFailed, Interpreter
from hotline.emulator.legs.leg import Bridge, Goto, Leg
from hotline.emulator.legs.outbound import Detection, detect, new_leg, ring
from hotline.emulator.model import Call, CallStatus
from hotline.emulator.story import Channel, Interrupted, Listen, Story
from hotline.emulator.twiml import Element

MOST_NUMBERS = 10


def dial_people(dialling: Dialling) -> Story[None]:
    nouns = dialling.verb.children or [Element("Number", {}, dialling.verb.text)]
    if len(nouns) > MOST_NUMBERS:
        dialling.interp.alert(13250, f"<Dial> names {len(nouns)} numbers, above 10", dialling.document)
        nouns = nouns[:MOST_NUMBERS]
    if not _caller_id_allowed(dialling):
        dialling.outcome.status = "failed"
        return
    groups = [[noun] for noun in nouns] if dialling.verb.flag("sequential") else [nouns]
    try:
        for group in groups:
            winner = yield from _ring_group(dialling, group)
            if winner is not None:
                yield from _with_winner(dialling, winner)
                return
    finally:
        _end_children(dialling)


def _caller_id_allowed(dialling: Dialling) -> bool:
    interp, given = dialling.interp, dialling.verb.get("callerId")
    call = interp.leg.call
    if not given or given in (call.from_, call.to) or given in interp.exchange.numbers:
        return True
    interp.alert(13214, f"{given} is no caller ID of this account", dialling.document)
    return False


def _ring_group(dialling: Dialling, nouns: list[Element]) -> Story[Leg | None]:
    """Ring several telephones; the first to pick up wins and the others stop ringing."""
    ringing = [leg for leg in (_start_child(dialling, noun) for noun in nouns) if leg is not None]
    if not ringing:
        dialling.outcome.status = "failed"
    while ringing:
        event = yield Listen(dialling.events)
        if isinstance(event, Leg):
            ringing = [leg for leg in ringing if leg is not event]
            dialling.outcome.leg, dialling.outcome.status = event, str(event.call.status)
        elif isinstance(event, _PickedUp):
            for loser in ringing:
                if loser is not event.leg:
                    loser.end(CallStatus.CANCELED, "somebody else picked up")
            return event.leg
    return None


def _with_winner(dialling: Dialling, winner: Leg) -> Story[None]:
    outcome = dialling.outcome
    outcome.leg, outcome.status = winner, "completed"
    while True:
        event = yield Listen(dialling.events)
        if event is winner:
            return
        if isinstance(event, _Ready) and event.leg is winner:
            bridge = Bridge(dialling.interp.leg, winner)
            bridge.open()
            dialling.talking()
            try:
                yield from talk(dialling)
            finally:
                bridge.close()
            return


@dataclass(frozen=True)
class _PickedUp:
    leg: Leg


@dataclass(frozen=True)
class _Ready:
    leg: Leg


def _start_child(dialling: Dialling, noun: Element) -> Leg | None:
    interp, exchange = dialling.interp, dialling.interp.exchange
    to = _address(noun)
    if to is None:
        interp.alert(13224, f"{noun.text!r} is no number that can be dialled", dialling.document)
        return None
    parent = interp.leg.call
    call = Call(
        exchange.sids.new("CA"),
        dialling.verb.get("callerId") or parent.from_,
        to,
        "outbound-dial",
        exchange.now(),
        parent_sid=parent.sid,
    )
    leg = new_leg(exchange, call, _child_callback(dialling, noun))
    leg.on_end.append(dialling.events)
    dialling.children.append(Child(leg, noun))
    leg.run(_child_story(dialling, leg, noun))
    return leg


def _child_callback(dialling: Dialling, noun: Element) -> Callback | None:
    if not noun.get("statusCallback"):
        return None
    url = dialling.interp.target(dialling.document, noun.get("statusCallback"), "POST").url
    events = frozenset(noun.get("statusCallbackEvent", "completed").split())
    return Callback(url, noun.get("statusCallbackMethod", "POST"), events)


def _child_story(dialling: Dialling, leg: Leg, noun: Element) -> Story[None]:
    """A dialled telephone: it rings, is answered, hears its whisper, and is connected."""
    interp = Interpreter(leg, dialling.interp.verbs)
    outcome = yield from ring(leg, dialling.seconds)
    if isinstance(outcome, CallStatus):
        leg.self_ending = True
        leg.end(outcome)
        return
    leg.pick_up()
    dialling.events.put(_PickedUp(leg))
    detection = _detection(dialling, noun)
    if detection is not None:
        yield from detect(leg, detection, outcome, Goto())
    try:
        if noun.get("url"):
            whisper = dialling.interp.target(dialling.document, noun.get("url"), noun.get("method", "POST"))
            yield from interp.within("whisper").play(whisper)
        dialling.events.put(_Ready(leg))
        yield Listen(Channel())
    except DocumentFailed:
        leg.self_ending = True
        leg.end(CallStatus.COMPLETED, "the whisper failed")
    except Interrupted as why:
        yield from _child_leaves(dialling, leg, interp, why)


def _child_leaves(dialling: Dialling, leg: Leg, interp: Interpreter, why: Interrupted) -> Story[None]:
    """A dialled party that REST leads elsewhere lives on; its caller's ``<Dial>`` is over."""
    goto = getattr(why, "goto", None)
    if not isinstance(goto, Goto):
        raise why
    leg.on_end.remove(dialling.events)
    dialling.children[:] = [child for child in dialling.children if child.leg is not leg]
    dialling.events.put(leg)
    yield from interp.life(goto)


def _detection(dialling: Dialling, noun: Element) -> Detection | None:
    if not noun.get("machineDetection"):
        return None
    callback = None
    if noun.get("amdStatusCallback"):
        url = dialling.interp.target(dialling.document, noun.get("amdStatusCallback"), "POST").url
        callback = Callback(url, noun.get("amdStatusCallbackMethod", "POST"))
    timeout = float(noun.number("machineDetectionTimeout", 30))
    return Detection(noun.get("machineDetection"), timeout, True, callback)


def _end_children(dialling: Dialling) -> None:
    for child in dialling.children:
        answered = child.leg.call.answered is not None
        if answered:
            child.leg.end(CallStatus.COMPLETED, "the other party left")
        else:
            stopped = dialling.interp.leg.call.over
            child.leg.end(CallStatus.CANCELED if stopped else CallStatus.NO_ANSWER)


def _address(noun: Element) -> str | None:
    """Whom a noun names; a number that is not in E.164 is read as an American one, as Twilio does."""
    if noun.name == "Client":
        identity = next((child.text for child in noun.children if child.name == "Identity"), noun.text)
        return f"client:{identity}"
    if noun.name == "Sip":
        return noun.text
    try:
        number = phonenumbers.parse(noun.text, "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
