"""Conferences: music that does not loop, the start, the end, mute, hold, coach, and REST."""

from hotline.emulator import Emulator, PhoneCall
from tests.emulator.support import ADA, BO, CALLER, LINE, Service

EVENTS = "start end join leave mute hold modify"


def room(attributes: str = "", action: str = "") -> str:
    return f"<Dial {action}><Conference {attributes}>incident-7</Conference></Dial>"


def caller_joins(emu: Emulator, service: Service, attributes: str = "") -> PhoneCall:
    service.say("/voice", room(attributes, 'action="/after"'))
    service.say("/after", "<Say>The conference is over.</Say>")
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    return call


def joins(emu: Emulator, client, who: str, attributes: str = "") -> PhoneCall:
    phone = emu.handset(who).answers(after=1)
    twiml = f"<Response>{room(attributes)}</Response>"
    client.calls.create(to=who, from_=LINE, twiml=twiml)
    emu.advance(4)
    return phone.calls[-1]


def test_the_wait_music_plays_once_and_the_second_to_join_starts_the_conference(emu, service, client):
    service.say("/music", "<Say>Somebody will join you.</Say>")
    call = caller_joins(
        emu, service, f'waitUrl="/music" statusCallback="/events" statusCallbackEvent="{EVENTS}"'
    )
    emu.advance(60)
    assert len(service.got("/music")) == 1
    assert call.heard == ["Somebody will join you."]
    assert call.is_connected_with is None
    ada = joins(emu, client, ADA)
    assert call.is_connected_with == ADA
    assert ada.is_connected_with == CALLER
    told = [one["StatusCallbackEvent"] for one in service.got("/events")]
    assert told == ["participant-join", "participant-join", "conference-start"]
    first = service.got("/events")[0]
    assert first["FriendlyName"] == "incident-7"
    assert first["CallSid"] == call.sid
    assert first["Muted"] == first["Hold"] == first["Coaching"] == "false"
    assert first["SequenceNumber"] == "1"
    assert emu.alerts == []


def test_the_conference_waits_for_somebody_who_starts_it(emu, service, client):
    caller_joins(emu, service, 'startConferenceOnEnter="false"')
    ada = joins(emu, client, ADA, 'startConferenceOnEnter="false"')
    assert ada.is_connected_with is None
    bo = joins(emu, client, BO)
    assert bo.is_connected_with == f"{CALLER}, {ADA}"


def test_it_ends_for_all_when_the_customer_leaves(emu, service, client):
    call = caller_joins(emu, service, 'endConferenceOnExit="true"')
    ada = joins(emu, client, ADA)
    call.hang_up()
    emu.advance(2)
    (conference,) = emu.conferences.values()
    assert conference.status == "completed"
    assert conference.reason_ended == "participant-with-end-conference-on-exit-left"
    assert ada.status == "completed"
    assert service.got("/after")[0]["DialCallStatus"] == "answered"


def test_it_goes_on_when_somebody_else_leaves_and_ends_with_the_last(emu, service, client):
    call = caller_joins(emu, service)
    ada = joins(emu, client, ADA)
    ada.hang_up()
    emu.advance(1)
    assert call.status == "in-progress"
    call.hang_up()
    emu.advance(1)
    (conference,) = emu.conferences.values()
    assert conference.reason_ended == "last-participant-left"


def test_who_hears_whom_with_mute_hold_and_coaching(emu, service, client):
    call = caller_joins(emu, service)
    ada = joins(emu, client, ADA)
    bo = joins(emu, client, BO, f'coach="{ada.sid}"')
    ada.say("Hello from Ada.")
    emu.run_due()
    assert call.heard[-1] == bo.heard[-1] == "Hello from Ada."
    bo.say("Ask for the version.")
    emu.run_due()
    assert ada.heard[-1] == "Ask for the version."
    assert call.heard[-1] == "Hello from Ada."
    (conference,) = client.conferences.list(status="in-progress")
    members = client.conferences(conference.sid).participants
    members(ada.sid).update(muted=True)
    ada.say("Nobody hears this.")
    emu.run_due()
    assert call.heard[-1] == "Hello from Ada."
    members(ada.sid).update(muted=False, hold=True)
    call.say("Is anybody there?")
    emu.run_due()
    assert "Is anybody there?" not in ada.heard
    assert "Is anybody there?" in bo.heard
    assert [one.call_sid for one in members.list(hold=True)] == [ada.sid]


def test_a_participant_is_kicked_by_rest(emu, service, client):
    call = caller_joins(emu, service)
    ada = joins(emu, client, ADA)
    (conference,) = client.conferences.list()
    assert client.conferences(conference.sid).participants(ada.sid).delete()
    emu.advance(1)
    assert ada.status == "completed"
    assert call.status == "in-progress"


def test_the_conference_is_ended_by_rest(emu, service, client):
    call = caller_joins(emu, service)
    joins(emu, client, ADA)
    (conference,) = client.conferences.list()
    assert client.conferences(conference.sid).update(status="completed").status == "completed"
    emu.run_due()
    assert call.heard[-1] == "The conference is over."
    assert emu.conferences[conference.sid].reason_ended == "conference-ended-via-api"


def test_a_participant_called_by_rest_joins_when_answering(emu, service, client):
    call = caller_joins(emu, service)
    emu.handset(ADA).answers(after=2)
    made = client.conferences("incident-7").participants.create(
        from_=LINE, to=ADA, label="ada", end_conference_on_exit=False
    )
    assert made.status == "queued"
    emu.advance(5)
    assert call.is_connected_with == ADA
    (conference,) = client.conferences.list()
    found = client.conferences(conference.sid).participants("ada").fetch()
    assert (found.call_sid, found.status) == (made.call_sid, "connected")


def test_both_legs_of_a_queue_bridge_move_into_a_conference(emu, service, client):
    service.say("/voice", "<Enqueue>support</Enqueue>")
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    emu.handset(ADA).answers(after=1)
    client.calls.create(to=ADA, from_=LINE, twiml="<Response><Dial><Queue>support</Queue></Dial></Response>")
    emu.advance(3)
    ada = emu.handset(ADA).call
    assert call.is_connected_with == ADA
    service.say("/room", room('endConferenceOnExit="true"'))
    client.calls(call.sid).update(url=service.url + "/room")
    client.calls(ada.sid).update(url=service.url + "/room")
    emu.run_due()
    bo = joins(emu, client, BO)
    assert bo.is_connected_with == f"{CALLER}, {ADA}"
    assert emu.alerts == []


def test_a_recorded_conference_tells_when_the_file_is_there(emu, service, client):
    call = caller_joins(emu, service, 'record="record-from-start" recordingStatusCallback="/rec"')
    joins(emu, client, ADA)
    emu.advance(10)
    call.hang_up()
    emu.handset(ADA).hang_up()
    emu.advance(1)
    assert service.got("/rec") == []
    emu.advance(5)
    (told,) = service.got("/rec")
    assert told["RecordingSource"] == "Conference"
    assert told["RecordingStatus"] == "completed"
    assert int(told["RecordingDuration"]) >= 10


def test_an_announcement_is_heard_by_those_inside(emu, service, client):
    call = caller_joins(emu, service)
    ada = joins(emu, client, ADA)
    service.say("/announce", "<Say>Five minutes left.</Say>")
    (conference,) = client.conferences.list()
    client.conferences(conference.sid).update(announce_url=service.url + "/announce")
    emu.advance(3)
    assert call.heard[-1] == ada.heard[-1] == "Five minutes left."
    assert call.is_connected_with == ADA
