"""Conferences: who is in, who hears whom, when it starts and what ends it."""

from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any

from hotline.emulator.audio import speech_seconds
from hotline.emulator.exchange import Callback, Exchange
from hotline.emulator.legs import recordings
from hotline.emulator.legs.interpreter import DocumentFailed, Interpreter
from hotline.emulator.legs.leg import Goto, Key, Leg
from hotline.emulator.model import CallStatus, Conference, Participant
from hotline.emulator.story import Channel, Fetch, Interrupted, Listen, Scope, Sleep, Story
from hotline.emulator.twiml import Document, Element, read
from hotline.emulator.webhooks import Answer, Webhook

EVENTS = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
}
_MUSIC = "[conference music]"


@dataclass
class Room:
    """A conference and the channels by which its participants are told to go."""

    conference: Conference
    doors: dict[str, Channel] = field(default_factory=dict)


class Started(Interrupted):
    """The conference began; the waiting music stops."""


def attend(interp: Interpreter, noun: Element, document: Document, events: Channel) -> Story[None]:
    """Join, wait for the start with music, talk until something ends it, leave."""
    exchange, leg = interp.exchange, interp.leg
    room = open_room(exchange, noun.text, noun.number("maxParticipants", 250))
    conference = room.conference
    if len(conference.participants) >= conference.max_participants:
        exchange.alert(13000, f"conference {noun.text!r} is full", leg.call.sid, document.url)
        return
    _fix_callback(interp, noun, document, conference)
    if noun.get("recordingStatusCallback"):
        url = interp.target(document, noun.get("recordingStatusCallback"), "POST").url
        noun.attributes["recordingStatusCallback"] = url
    room.doors[leg.call.sid] = events
    participant = _join(exchange, room, leg, noun)
    try:
        yield from _wait_for_start(interp, noun, document, room)
        while (event := (yield Listen(events))) != "leave":
            if isinstance(event, Key) and event.key == "*":
                return
    finally:
        depart(exchange, room, participant)


def open_room(exchange: Exchange, name: str, most: int = 250) -> Room:
    """The living conference of that name, or a new one."""
    for room in exchange.rooms.values():
        if room.conference.name == name and room.conference.status != "completed":
            return room
    now = exchange.now()
    conference = Conference(exchange.sids.new("CF"), name, now, now, max_participants=most)
    exchange.conferences[conference.sid] = conference
    exchange.rooms[conference.sid] = Room(conference)
    return exchange.rooms[conference.sid]


def _fix_callback(interp: Interpreter, noun: Element, document: Document, conference: Conference) -> None:
    """The first to join fixes where the conference reports to."""
    if conference.participants or conference.callback_url or not noun.get("statusCallback"):
        return
    conference.callback_url = interp.target(document, noun.get("statusCallback"), "POST").url
    conference.callback_method = noun.get("statusCallbackMethod", "POST")
    conference.callback_events = frozenset(noun.get("statusCallbackEvent").split())


def _join(exchange: Exchange, room: Room, leg: Leg, noun: Element) -> Participant:
    now = exchange.now()
    coach = noun.get("coach") or None
    participant = Participant(
        leg.call.sid, now, now,
        label=noun.get("participantLabel") or None,
        muted=noun.flag("muted"),
        coaching=coach is not None,
        coach_sid=coach,
        start_on_enter=noun.flag("startConferenceOnEnter", default=True),
        end_on_exit=noun.flag("endConferenceOnExit"),
    )  # fmt: skip
    conference = room.conference
    conference.participants[leg.call.sid] = participant
    leg.room = conference.sid
    tell(exchange, conference, "participant-join", participant)
    starters = any(p.start_on_enter for p in conference.participants.values())
    if conference.status == "init" and starters and len(conference.participants) >= 2:
        _start(exchange, room, noun)
    elif conference.status == "init" and starters and noun.get("record") in ("true", "record-from-start"):
        _record(exchange, conference, noun, leg)
    return participant


def _start(exchange: Exchange, room: Room, noun: Element) -> None:
    conference = room.conference
    conference.status = "in-progress"
    conference.updated = exchange.now()
    tell(exchange, conference, "conference-start", None)
    for sid in conference.participants:
        _stop_music(exchange, sid)
    if noun.get("record") in ("true", "record-from-start"):
        _record(exchange, conference, noun, exchange.legs[next(iter(conference.participants))])


def _stop_music(exchange: Exchange, sid: str) -> None:
    process, scope = exchange.legs[sid].process, exchange.conference_waits.get(sid)
    if process is not None and scope is not None:
        process.interrupt(Started(), scope)


def _record(exchange: Exchange, conference: Conference, noun: Element, leg: Leg) -> None:
    if conference.recording is not None:
        return
    url = noun.get("recordingStatusCallback")
    events = frozenset(noun.get("recordingStatusCallbackEvent", "completed").split())
    callback = Callback(url, noun.get("recordingStatusCallbackMethod", "POST"), events) if url else None
    recording = recordings.start(exchange, None, conference, "Conference", callback)
    recording.call_sid = leg.call.sid
    conference.recording = recording


def _wait_for_start(interp: Interpreter, noun: Element, document: Document, room: Room) -> Story[None]:
    """Hear the wait document (once: a conference's does not loop) until the conference starts."""
    if room.conference.status == "in-progress":
        return
    scope = Scope()
    interp.exchange.conference_waits[interp.leg.call.sid] = scope
    try:
        if noun.get("waitUrl"):
            target = interp.target(document, noun.get("waitUrl"), noun.get("waitMethod", "POST"))
            yield from interp.within("conference-wait").play(target)
        elif "waitUrl" not in noun.attributes:
            interp.say(_MUSIC, 60.0)
    except (Started, DocumentFailed):
        return
    finally:
        scope.close()
        interp.exchange.conference_waits.pop(interp.leg.call.sid, None)


def depart(exchange: Exchange, room: Room, participant: Participant, kicked: bool = False) -> None:
    """A participant is gone; the last one, or one whose leaving ends it, closes the conference."""
    conference = room.conference
    if conference.participants.pop(participant.call_sid, None) is None:
        return
    room.doors.pop(participant.call_sid, None)
    exchange.legs[participant.call_sid].room = None
    tell(exchange, conference, "participant-leave", participant)
    verb = "kicked" if kicked else "left"
    if participant.end_on_exit and conference.status != "completed":
        close(exchange, room, f"participant-with-end-conference-on-exit-{verb}", participant.call_sid)
    elif not conference.participants:
        close(exchange, room, f"last-participant-{verb}", participant.call_sid)


def close(exchange: Exchange, room: Room, reason: str, by: str | None) -> None:
    """End the conference; everybody in it goes on with what follows their ``<Dial>``."""
    conference = room.conference
    if conference.status == "completed":
        return
    conference.status, conference.reason_ended, conference.ended_by = "completed", reason, by
    conference.updated = exchange.now()
    for sid, door in list(room.doors.items()):
        door.put("leave")
        _stop_music(exchange, sid)
    if conference.recording is not None:
        recordings.finish(exchange, conference.recording)
    tell(exchange, conference, "conference-end", None)


def kick(exchange: Exchange, room: Room, call_sid: str) -> None:
    """Remove a participant by REST: its call ends."""
    participant = room.conference.participants[call_sid]
    depart(exchange, room, participant, kicked=True)
    exchange.legs[call_sid].end(CallStatus.COMPLETED, "removed from the conference")


def tell(exchange: Exchange, conference: Conference, event: str, who: Participant | None) -> None:
    """Note a conference event and send it to the callback if that asked for it."""
    exchange.note("conference", who.call_sid if who else conference.sid, f"{event} {conference.name}")
    if conference.callback_url is None or EVENTS[event] not in conference.callback_events:
        return
    conference.sequence += 1
    params: dict[str, Any] = {
        "ConferenceSid": conference.sid,
        "FriendlyName": conference.name,
        "AccountSid": exchange.account_sid,
        "SequenceNumber": str(conference.sequence),
        "Timestamp": format_datetime(exchange.now()),
        "StatusCallbackEvent": event,
    }
    if who is not None:
        params |= {
            "CallSid": who.call_sid,
            "Muted": str(who.muted).lower(),
            "Hold": str(who.hold).lower(),
            "Coaching": str(who.coaching).lower(),
            "EndConferenceOnExit": str(who.end_on_exit).lower(),
            "StartConferenceOnEnter": str(who.start_on_enter).lower(),
        }
        if who.label:
            params["ParticipantLabel"] = who.label
    elif conference.reason_ended:
        params["ReasonConferenceEnded"] = conference.reason_ended
    exchange.callback(
        Webhook(conference.callback_url, params, conference.callback_method, conference.sid, callback=True)
    )


def announce(exchange: Exchange, conference: Conference, sids: list[str], goto: Goto) -> None:
    """Let some participants hear a document while they stay in the conference."""
    exchange.kernel.spawn(_announce(exchange, conference, sids, goto))


def _announce(exchange: Exchange, conference: Conference, sids: list[str], goto: Goto) -> Story[None]:
    params = {
        "AccountSid": exchange.account_sid,
        "ConferenceSid": conference.sid,
        "FriendlyName": conference.name,
    }
    webhook = Webhook(goto.url, params, goto.method, conference.sid)
    answer: Answer = yield Fetch(lambda: exchange.client.deliver(webhook))
    if answer.error is not None:
        return
    document = read(answer.body, answer.content_type, answer.url)
    for problem in document.problems:
        exchange.alert(problem.code, problem.message, conference.sid, goto.url)
    for verb in document.verbs:
        seconds = speech_seconds(verb.text, verb.get("language", "en-US"), exchange.settings)
        for sid in sids:
            if sid in conference.participants and verb.name == "Say":
                exchange.legs[sid].hear(verb.text, seconds)
                language = verb.get("language", "en-US")
                exchange.note("said", sid, verb.text, to=exchange.legs[sid].party, language=language)
        yield Sleep(seconds)
