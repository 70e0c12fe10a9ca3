"""The whole story: a caller waits, engineers are called, one presses 1 and is bridged."""

from twilio.rest import Client

from hotline.emulator import Emulator
from tests.emulator.support import ADA, BO, CALLER, LINE, Got, Service

OFFER = (
    '<Gather numDigits="1" action="/accept" timeout="5"><Say>Press 1 to accept.</Say></Gather>'
    "<Say>Nobody pressed.</Say><Hangup/>"
)


def script(service: Service) -> None:
    service.say("/voice", '<Enqueue waitUrl="/wait" action="/left">incident-1</Enqueue><Say>After.</Say>')
    service.say("/wait", "<Say>Please hold.</Say><Pause length='10'/>")
    service.say("/offer", OFFER)
    service.say(
        "/accept",
        '<Dial timeout="10" action="/dialled"><Queue url="/connecting">incident-1</Queue></Dial>',
    )
    service.say("/connecting", "<Say>Ada takes your call.</Say>")
    service.say("/left", "<Say>Goodbye caller.</Say>")
    service.say("/dialled", "<Say>Goodbye engineer.</Say>")


def place(client: Client, service: Service, to: str):
    return client.calls.create(
        to=to,
        from_=LINE,
        url=service.url + "/offer",
        status_callback=service.url + "/status",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
        timeout=20,
    )


def test_the_engineer_who_presses_1_is_bridged_with_the_waiting_caller(emu, service, client):
    script(service)
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    emu.advance(30)
    assert call.heard.count("Please hold.") == 3
    ada = emu.handset(ADA).answers(after=4.0).when_hears("press 1", press="1", after=1.0)
    made = place(client, service, ADA)
    emu.advance(15)
    assert call.heard[-1] == "Ada takes your call."
    assert call.is_connected_with == ADA
    assert ada.call.is_connected_with == CALLER
    ada.say("Hello, this is Ada.")
    emu.advance(5)
    assert call.heard[-1] == "Hello, this is Ada."
    call.hang_up()
    emu.advance(10)
    left = service.got("/left")
    assert [one["QueueResult"] for one in left] == ["bridged"]
    dialled = service.got("/dialled")[0]
    assert dialled["DialCallStatus"] == "completed"
    assert dialled["DialBridged"] == "true"
    assert dialled["DialCallSid"] == call.sid
    assert ada.heard[-1] == "Goodbye engineer."
    told = [one["CallStatus"] for one in service.got("/status")]
    assert told == ["initiated", "ringing", "in-progress", "completed"]
    assert [one["SequenceNumber"] for one in service.got("/status")] == ["0", "1", "2", "3"]
    assert client.calls(made.sid).fetch().status == "completed"
    assert emu.alerts == []
    assert emu.quiet()


def test_the_caller_stays_on_when_the_engineer_hangs_up_first(emu, service, client):
    script(service)
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    ada = emu.handset(ADA).answers(after=4.0).when_hears("press 1", press="1")
    place(client, service, ADA)
    emu.advance(20)
    assert call.is_connected_with == ADA
    ada.hang_up()
    emu.run_due()
    assert call.heard[-1] == "Goodbye caller."
    assert [one["QueueResult"] for one in service.got("/left")] == ["bridged"]


def test_a_mailbox_that_answers_never_accepts(emu, service, client):
    script(service)
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    bo = emu.handset(BO).voicemail(after=6.0, greeting="You have reached Bo. Press 1 to page me.")
    bo.when_hears("press 1", press="1")
    made = place(client, service, BO)
    emu.advance(60)
    assert "Nobody pressed." in bo.heard
    assert service.got("/accept") == []
    assert client.calls(made.sid).fetch().status == "completed"
    assert call.status == "in-progress"


def test_second_call_waits_for_its_turn_and_can_be_canceled_silently(emu, service, client):
    script(service)
    first = place(client, service, ADA)
    second = place(client, service, BO)
    emu.run_due()
    assert [one["CallSid"] for one in service.got("/status")] == [first.sid]
    client.calls(second.sid).update(status="canceled")
    emu.advance(100)
    assert {one["CallSid"] for one in service.got("/status")} == {first.sid}
    assert client.calls(second.sid).fetch().status == "canceled"
    assert client.calls(first.sid).fetch().status == "no-answer"
    assert service.got("/status")[-1]["SipResponseCode"] == "487"


def test_sms_travels_both_ways(emu: Emulator, service, client):
    sent = client.messages.create(
        to=ADA, from_=LINE, body="Incident 1: reply ACK 7KM", status_callback=service.url + "/sms-status"
    )
    assert sent.status == "queued"
    emu.advance(5)
    ada = emu.handset(ADA)
    assert [text.body for text in ada.inbox] == ["Incident 1: reply ACK 7KM"]
    assert [one["MessageStatus"] for one in service.got("/sms-status")] == ["sent", "delivered"]
    service.say("/sms", "<Message>Thank you, it is yours.</Message>")
    ada.text(LINE, "ACK 7KM")
    emu.advance(5)
    assert service.got("/sms")[0]["Body"] == "ACK 7KM"
    assert ada.inbox[-1].body == "Thank you, it is yours."
    assert emu.alerts == []


def test_the_service_may_use_rest_from_inside_a_webhook(emu, service, client):
    script(service)
    emu.settings.calls_per_second = 1000
    losers = []

    def accept(_: Got) -> str:
        for sid in losers:
            client.calls(sid).update(status="canceled")
        client.messages.create(to=BO, from_=LINE, body="Ada has it.")
        return '<Dial timeout="10"><Queue>incident-1</Queue></Dial>'

    service.say("/accept", accept)
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    emu.handset(ADA).answers(after=2).when_hears("press 1", press="1")
    place(client, service, ADA)
    losers.append(place(client, service, BO).sid)
    emu.advance(10)
    assert call.is_connected_with == ADA
    assert emu.handset(BO).calls[0].status == "canceled"
    assert [text.body for text in emu.handset(BO).inbox] == ["Ada has it."]


def test_an_accept_that_races_the_callers_hang_up_finds_the_queue_empty(emu, service, client):
    script(service)
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    ada = emu.handset(ADA).answers(after=2)
    place(client, service, ADA)
    emu.advance(5)
    assert ada.heard == ["Press 1 to accept."]
    ada.press("1")
    call.hang_up()
    emu.advance(15)
    assert [one["QueueResult"] for one in service.got("/left")] == ["hangup"]
    (dialled,) = service.got("/dialled")
    assert (dialled["DialCallStatus"], dialled["DialBridged"]) == ("no-answer", "false")
    assert ada.heard[-1] == "Goodbye engineer."
