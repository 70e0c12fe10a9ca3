"""Conferences and their participants."""

from hotline.emulator.exchange import Callback
from hotline.emulator.legs import conference as rooms
from hotline.emulator.legs.leg import Goto
from hotline.emulator.legs.outbound import Detection, Plan
from hotline.emulator.model import Conference, Participant
from hotline.emulator.rest import calls, render, specs
from hotline.emulator.rest.context import Context, Reply, within
from hotline.emulator.rest.errors import not_found
from hotline.emulator.rest.params import Params
from hotline.emulator.twiml import Document, Element


def find(context: Context, sid: str) -> Conference:
    conference = context.exchange.conferences.get(sid)
    if conference is None:
        raise not_found(f"/Conferences/{sid}.json")
    return conference


def fetch(context: Context, sid: str) -> Reply:
    return 200, render.conference(context.exchange, find(context, sid))


def list_all(context: Context) -> Reply:
    params = context.query(specs.LIST_CONFERENCES)
    chosen = [
        conference
        for conference in reversed(context.exchange.conferences.values())
        if params.text("FriendlyName") in ("", conference.name)
        and params.text("Status") in ("", conference.status)
        and within(params, "DateCreated", conference.created)
        and within(params, "DateUpdated", conference.updated)
    ]
    return context.page("conferences", chosen, params, lambda one: render.conference(context.exchange, one))


def update(context: Context, sid: str) -> Reply:
    """End a conference, or let everybody in it hear a document."""
    params, conference = context.form(specs.UPDATE_CONFERENCE), find(context, sid)
    if params.text("Status") == "completed":
        rooms.close(context.exchange, context.exchange.rooms[sid], "conference-ended-via-api", None)
    if params.text("AnnounceUrl"):
        goto = Goto(params.text("AnnounceUrl"), params.text("AnnounceMethod", "POST"))
        rooms.announce(context.exchange, conference, list(conference.participants), goto)
    return 200, render.conference(context.exchange, conference)


def _conference(context: Context, sid: str) -> Conference:
    """A living conference may be addressed by its name too."""
    if sid in context.exchange.conferences:
        return context.exchange.conferences[sid]
    for conference in context.exchange.conferences.values():
        if conference.name == sid and conference.status != "completed":
            return conference
    raise not_found(f"/Conferences/{sid}.json")


def _participant(conference: Conference, call_sid: str) -> Participant:
    for participant in conference.participants.values():
        if call_sid in (participant.call_sid, participant.label):
            return participant
    raise not_found(f"/Conferences/{conference.sid}/Participants/{call_sid}.json")


def fetch_participant(context: Context, conference_sid: str, call_sid: str) -> Reply:
    conference = _conference(context, conference_sid)
    return 200, render.participant(context.exchange, conference, _participant(conference, call_sid))


def list_participants(context: Context, conference_sid: str) -> Reply:
    params, conference = context.query(specs.LIST_PARTICIPANTS), find(context, conference_sid)
    chosen = [
        one
        for one in conference.participants.values()
        if ("Muted" not in params or one.muted is params.flag("Muted"))
        and ("Hold" not in params or one.hold is params.flag("Hold"))
        and ("Coaching" not in params or one.coaching is params.flag("Coaching"))
    ]
    return context.page(
        "participants", chosen, params, lambda one: render.participant(context.exchange, conference, one)
    )


def update_participant(context: Context, conference_sid: str, call_sid: str) -> Reply:
    """Mute, hold, coach, announce to, or change what a participant's leaving does."""
    params, exchange = context.form(specs.UPDATE_PARTICIPANT), context.exchange
    conference = _conference(context, conference_sid)
    participant = _participant(conference, call_sid)
    participant.updated = exchange.now()
    _mute_and_hold(context, conference, participant, params)
    if "EndConferenceOnExit" in params:
        participant.end_on_exit = params.flag("EndConferenceOnExit")
    if "Coaching" in params or params.text("CallSidToCoach"):
        participant.coaching = params.flag("Coaching", bool(params.text("CallSidToCoach")))
        participant.coach_sid = params.text("CallSidToCoach") or participant.coach_sid
    if {"EndConferenceOnExit", "Coaching", "CallSidToCoach"} & {
        n for n in specs.UPDATE_PARTICIPANT if n in params
    }:
        rooms.tell(exchange, conference, "participant-modify", participant)
    if params.text("AnnounceUrl"):
        goto = Goto(params.text("AnnounceUrl"), params.text("AnnounceMethod", "POST"))
        rooms.announce(exchange, conference, [participant.call_sid], goto)
    return 200, render.participant(exchange, conference, participant)


def _mute_and_hold(
    context: Context, conference: Conference, participant: Participant, params: Params
) -> None:
    exchange = context.exchange
    if "Muted" in params and participant.muted is not params.flag("Muted"):
        participant.muted = params.flag("Muted")
        event = "participant-mute" if participant.muted else "participant-unmute"
        rooms.tell(exchange, conference, event, participant)
    if "Hold" in params and participant.hold is not params.flag("Hold"):
        participant.hold = params.flag("Hold")
        event = "participant-hold" if participant.hold else "participant-unhold"
        rooms.tell(exchange, conference, event, participant)
    if participant.hold and params.text("HoldUrl"):
        goto = Goto(params.text("HoldUrl"), params.text("HoldMethod", "POST"))
        rooms.announce(exchange, conference, [participant.call_sid], goto)


def kick_participant(context: Context, conference_sid: str, call_sid: str) -> Reply:
    conference = _conference(context, conference_sid)
    participant = _participant(conference, call_sid)
    rooms.kick(context.exchange, context.exchange.rooms[conference.sid], participant.call_sid)
    return 204, None


def create_participant(context: Context, conference_sid: str) -> Reply:
    """Call somebody who joins the conference, made on demand, as soon as they answer."""
    params, exchange = context.form(specs.CREATE_PARTICIPANT), context.exchange
    calls.check_parties(exchange, params)
    known = exchange.conferences.get(conference_sid)
    room = rooms.open_room(exchange, known.name if known else conference_sid)
    plan = Plan(
        Goto(document=_joining(params, room.conference.name)),
        ring_seconds=float(params.number("Timeout", 60)),
        detection=_detection(params),
        record=params.flag("Record"),
        record_callback=calls.recording_callback(params),
        time_limit=float(params.number("TimeLimit", 0)) or None,
    )
    events = frozenset(params.many("StatusCallbackEvent")) or frozenset({"completed"})
    url = params.text("StatusCallback")
    callback = Callback(url, params.text("StatusCallbackMethod", "POST"), events) if url else None
    leg = calls.place(exchange, params, callback, ("", "POST"), plan)
    now = exchange.now()
    waiting = Participant(
        leg.call.sid, now, now,
        label=params.text("Label") or None,
        muted=params.flag("Muted"),
        start_on_enter=params.flag("StartConferenceOnEnter", True),
        end_on_exit=params.flag("EndConferenceOnExit"),
        status="queued",
    )  # fmt: skip
    return 201, render.participant(exchange, room.conference, waiting)


def _joining(params: Params, name: str) -> Document:
    given = {
        "muted": params.text("Muted"),
        "startConferenceOnEnter": params.text("StartConferenceOnEnter"),
        "endConferenceOnExit": params.text("EndConferenceOnExit"),
        "waitUrl": params.text("WaitUrl"),
        "participantLabel": params.text("Label"),
        "coach": params.text("CallSidToCoach"),
        "maxParticipants": params.text("MaxParticipants"),
        "record": params.text("ConferenceRecord"),
        "recordingStatusCallback": params.text("ConferenceRecordingStatusCallback"),
        "statusCallback": params.text("ConferenceStatusCallback"),
        "statusCallbackEvent": " ".join(params.many("ConferenceStatusCallbackEvent")),
    }
    noun = Element("Conference", {name: value for name, value in given.items() if value}, name)
    return Document([Element("Dial", {}, "", [noun])], [])


def _detection(params: Params) -> Detection | None:
    if not params.text("MachineDetection"):
        return None
    url = params.text("AmdStatusCallback")
    callback = Callback(url, params.text("AmdStatusCallbackMethod", "POST")) if url else None
    timeout = float(params.number("MachineDetectionTimeout", 30))
    return Detection(params.text("MachineDetection"), timeout, True, callback)
