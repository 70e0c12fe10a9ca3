"""The REST API through the real SDK: what it accepts, refuses, and how it looks."""

import json
from datetime import UTC, date, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from hotline.emulator.rest import app, render, specs
from tests.emulator.support import ACCOUNT, ADA, BO, CALLER, LINE, START, TOKEN, Redirecting

OPENAPI = Path(__file__).parents[3] / "shared" / "twilio-oai" / "twilio_api_v2010.json"
PAUSE = "<Response><Pause length='60'/></Response>"


def refusal(action) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as refused:
        action()
    return refused.value.status, refused.value.code


def test_a_wrong_token_is_20003(server):
    http = Redirecting(server.url)
    intruder = Client(ACCOUNT, "wrong", http_client=http)
    assert refusal(lambda: intruder.calls("CA1").fetch()) == (401, 20003)
    http.session.close()


def test_an_error_has_twilios_shape(server):
    url = f"{server.url}/2010-04-01/Accounts/{ACCOUNT}/Calls/CA404.json"
    answer = requests.get(url, auth=(ACCOUNT, TOKEN), timeout=5)
    assert answer.status_code == 404
    body = answer.json()
    assert set(body) == {"code", "message", "more_info", "status"}
    assert (body["code"], body["status"]) == (20404, 404)


def test_a_wrong_method_is_405_and_a_wrong_path_404(server):
    url = f"{server.url}/2010-04-01/Accounts/{ACCOUNT}"
    assert requests.delete(f"{url}/Calls.json", auth=(ACCOUNT, TOKEN), timeout=5).json()["code"] == 20004
    assert requests.get(f"{url}/Nothing.json", auth=(ACCOUNT, TOKEN), timeout=5).json()["code"] == 20404


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"From": LINE, "Twiml": PAUSE}, 21201),
        ({"To": ADA, "Twiml": PAUSE}, 21213),
        ({"To": ADA, "From": LINE}, 21205),
        ({"To": "0811", "From": LINE, "Twiml": PAUSE}, 21211),
        ({"To": ADA, "From": "+15550001111", "Twiml": PAUSE}, 21210),
        ({"To": ADA, "From": LINE, "Twiml": PAUSE, "Colour": "red"}, 20001),
        ({"To": ADA, "From": LINE, "Twiml": PAUSE, "Timeout": "601"}, 20001),
        ({"To": ADA, "From": LINE, "Url": "not-a-url"}, 20001),
        ({"To": ADA, "From": LINE, "Twiml": PAUSE, "StatusCallbackEvent": "picked-up"}, 20001),
        ({"To": ADA, "From": LINE, "Twiml": "<Response><Say>" + "x" * 4000 + "</Say></Response>"}, 20001),
        ({"To": ADA, "From": LINE, "Twiml": "<Response>"}, 12100),
        ({"To": "+15005550001", "From": "+15005550006", "Twiml": PAUSE}, 21217),
        ({"To": "+15005550002", "From": "+15005550006", "Twiml": PAUSE}, 21214),
        ({"To": "+15005550003", "From": "+15005550006", "Twiml": PAUSE}, 21215),
        ({"To": "+15005550004", "From": "+15005550006", "Twiml": PAUSE}, 21216),
    ],
)
def test_a_call_that_cannot_be_is_refused_with_its_code(emu, server, given, code):
    url = f"{server.url}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    answer = requests.post(url, data=given, auth=(ACCOUNT, TOKEN), timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert emu.calls == {}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"From": LINE, "Body": "x"}, 21604),
        ({"To": ADA, "Body": "x"}, 21603),
        ({"To": ADA, "From": LINE}, 21602),
        ({"To": ADA, "From": LINE, "Body": "x" * 1601}, 21617),
        ({"To": "0811", "From": LINE, "Body": "x"}, 21211),
        ({"To": ADA, "From": "+15550001111", "Body": "x"}, 21606),
        ({"To": ADA, "From": "+15005550001", "Body": "x"}, 21212),
        ({"To": ADA, "From": "+15005550007", "Body": "x"}, 21606),
        ({"To": ADA, "From": "+15005550008", "Body": "x"}, 21611),
        ({"To": "+15005550001", "From": "+15005550006", "Body": "x"}, 21211),
        ({"To": "+15005550002", "From": "+15005550006", "Body": "x"}, 21612),
        ({"To": "+15005550003", "From": "+15005550006", "Body": "x"}, 21408),
        ({"To": "+15005550004", "From": "+15005550006", "Body": "x"}, 21610),
        ({"To": "+15005550009", "From": "+15005550006", "Body": "x"}, 21614),
    ],
)
def test_a_message_that_cannot_be_is_refused_with_its_code(emu, server, given, code):
    url = f"{server.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    answer = requests.post(url, data=given, auth=(ACCOUNT, TOKEN), timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert emu.messages == {}


def test_one_call_a_second_is_started(emu, client):
    for who in (ADA, BO, CALLER):
        client.calls.create(to=who, from_=LINE, twiml=PAUSE)
    emu.advance(1.0)
    assert [call.status for call in client.calls.list()] == ["queued", "queued", "ringing"]
    emu.advance(2.0)
    assert {call.status for call in client.calls.list()} == {"ringing"}


def test_an_ended_call_cannot_be_changed(emu, client):
    made = client.calls.create(to=ADA, from_=LINE, twiml=PAUSE)
    client.calls(made.sid).update(status="canceled")
    assert refusal(lambda: client.calls(made.sid).update(status="completed")) == (400, 21220)
    assert refusal(lambda: client.calls(made.sid).update(twiml=PAUSE)) == (400, 21220)


def test_a_ringing_call_cannot_be_redirected_but_canceled(emu, client):
    made = client.calls.create(to=ADA, from_=LINE, twiml=PAUSE)
    emu.advance(2)
    assert client.calls(made.sid).fetch().status == "ringing"
    assert refusal(lambda: client.calls(made.sid).update(twiml=PAUSE)) == (400, 21220)
    assert client.calls(made.sid).update(status="canceled").status == "canceled"
    emu.run_due()
    assert emu.handset(ADA).call is None


def test_canceled_does_not_touch_an_answered_call_but_completed_ends_it(emu, client):
    emu.handset(ADA).answers(after=1)
    made = client.calls.create(to=ADA, from_=LINE, twiml=PAUSE)
    emu.advance(5)
    assert client.calls(made.sid).update(status="canceled").status == "in-progress"
    ended = client.calls(made.sid).update(status="completed")
    assert ended.status == "completed"
    assert int(ended.duration) == 3


def test_calls_are_found_by_party_status_parent_and_time(emu, client, service):
    client.calls.create(to=ADA, from_=LINE, twiml=PAUSE)
    emu.handset(BO).answers(after=1)
    client.calls.create(to=BO, from_=LINE, twiml=f"<Response><Dial>{CALLER}</Dial></Response>")
    emu.advance(6)
    assert [call.to for call in client.calls.list(to=ADA)] == [ADA]
    assert [call.to for call in client.calls.list(status="in-progress")] == [BO]
    parent = client.calls.list(to=BO)[0]
    assert [call.to for call in client.calls.list(parent_call_sid=parent.sid)] == [CALLER]
    assert len(client.calls.list(start_time_after=START - timedelta(days=1))) == 3
    assert client.calls.list(start_time_after=START + timedelta(days=1)) == []


def test_lists_come_in_pages(emu, client):
    emu.settings.calls_per_second = 1000
    made = [client.calls.create(to=f"+62811900{n:04}", from_=LINE, twiml=PAUSE).sid for n in range(7)]
    assert [call.sid for call in client.calls.list(page_size=3)] == made[::-1]
    page = client.calls.page(page_size=3)
    assert page.next_page_url.endswith("PageToken=PA1")


def test_machine_detection_tells_a_mailbox_from_a_person(emu, client, service):
    for who, answered_by in ((ADA, "human"), (BO, "machine_start")):
        emu.handset(ADA).answers(after=1)
        emu.handset(BO).voicemail(after=1)
        client.calls.create(to=who, from_=LINE, url=f"{service.url}/{who[-1]}", machine_detection="Enable")
        emu.advance(10)
        assert service.got(f"/{who[-1]}")[0]["AnsweredBy"] == answered_by


def test_detecting_the_end_of_the_message_waits_for_the_beep(emu, client, service):
    emu.handset(BO).voicemail(after=1, greeting="x" * 140)
    client.calls.create(to=BO, from_=LINE, url=service.url + "/u", machine_detection="DetectMessageEnd")
    emu.advance(12)
    assert service.got("/u") == []
    emu.advance(2)
    assert service.got("/u")[0]["AnsweredBy"] == "machine_end_beep"


def test_asynchronous_detection_plays_at_once_and_reports_later(emu, client, service):
    emu.handset(BO).voicemail(after=1)
    service.say("/u", "<Pause length='30'/>")
    client.calls.create(
        to=BO, from_=LINE, url=service.url + "/u", machine_detection="Enable", async_amd="true",
        async_amd_status_callback=service.url + "/amd",
    )  # fmt: skip
    emu.advance(2.5)
    assert "AnsweredBy" not in service.got("/u")[0]
    emu.advance(10)
    (told,) = service.got("/amd")
    assert told["AnsweredBy"] == "machine_start"
    assert int(told["MachineDetectionDuration"]) > 0
    assert set(told) == {"CallSid", "AccountSid", "AnsweredBy", "MachineDetectionDuration"}


def test_queues_are_made_changed_and_deleted_when_empty(emu, client, service):
    queue = client.queues.create(friendly_name="support", max_size=3)
    assert refusal(lambda: client.queues.create(friendly_name="support")) == (400, 22003)
    assert refusal(lambda: client.queues.create(friendly_name="q" * 65)) == (400, 22002)
    assert client.queues(queue.sid).update(max_size=5).max_size == 5
    service.say("/voice", "<Enqueue>support</Enqueue>")
    emu.handset(CALLER).dial(LINE)
    emu.run_due()
    assert refusal(lambda: client.queues(queue.sid).delete()) == (400, 22004)
    emu.handset(CALLER).hang_up()
    emu.run_due()
    assert client.queues(queue.sid).delete()


def test_numbers_are_bought_listed_changed_and_given_back(emu, client, service):
    number = client.incoming_phone_numbers.create(phone_number="+6221555", voice_url=service.url + "/new")
    assert client.incoming_phone_numbers(number.sid).update(sms_url=service.url + "/s").sms_url
    assert {one.phone_number for one in client.incoming_phone_numbers.list()} == {LINE, "+6221555"}
    assert [one.sid for one in client.incoming_phone_numbers.list(phone_number="+6221555")] == [number.sid]
    assert client.incoming_phone_numbers(number.sid).delete()
    assert set(emu.numbers) == {LINE}


def test_a_message_is_redacted_and_deleted(emu, client):
    sent = client.messages.create(to=ADA, from_=LINE, body="secret")
    emu.advance(5)
    assert client.messages(sent.sid).fetch().status == "delivered"
    assert client.messages(sent.sid).update(body="").body == ""
    assert [one.sid for one in client.messages.list(to=ADA, date_sent=date(2026, 3, 2))] == [sent.sid]
    assert client.messages(sent.sid).delete()
    assert client.messages.list() == []


def test_dates_are_rfc_2822(emu, client, server):
    made = client.calls.create(to=ADA, from_=LINE, twiml=PAUSE)
    url = f"{server.url}/2010-04-01/Accounts/{ACCOUNT}/Calls/{made.sid}.json"
    text = requests.get(url, auth=(ACCOUNT, TOKEN), timeout=5).json()["date_created"]
    assert parsedate_to_datetime(text) == START
    assert made.date_created == START.astimezone(UTC)


# ---- against Twilio's own description -------------------------------------------------------


@pytest.fixture(scope="module")
def openapi() -> dict:
    if not OPENAPI.exists():
        pytest.skip(f"Twilio's OpenAPI description is not at {OPENAPI}: the comparison was not made")
    return json.loads(OPENAPI.read_text())


SPECS = {
    ("/Calls.json", "post"): specs.CREATE_CALL,
    ("/Calls.json", "get"): specs.LIST_CALLS,
    ("/Calls/{Sid}.json", "post"): specs.UPDATE_CALL,
    ("/Calls/{CallSid}/Recordings.json", "post"): specs.CREATE_CALL_RECORDING,
    ("/Calls/{CallSid}/Recordings.json", "get"): specs.LIST_CALL_RECORDINGS,
    ("/Calls/{CallSid}/Recordings/{Sid}.json", "post"): specs.UPDATE_CALL_RECORDING,
    ("/Messages.json", "post"): specs.CREATE_MESSAGE,
    ("/Messages.json", "get"): specs.LIST_MESSAGES,
    ("/Messages/{Sid}.json", "post"): specs.UPDATE_MESSAGE,
    ("/Queues.json", "post"): specs.CREATE_QUEUE,
    ("/Queues.json", "get"): specs.LIST_QUEUES,
    ("/Queues/{Sid}.json", "post"): specs.UPDATE_QUEUE,
    ("/Queues/{QueueSid}/Members.json", "get"): specs.LIST_MEMBERS,
    ("/Queues/{QueueSid}/Members/{CallSid}.json", "post"): specs.UPDATE_MEMBER,
    ("/Conferences.json", "get"): specs.LIST_CONFERENCES,
    ("/Conferences/{Sid}.json", "post"): specs.UPDATE_CONFERENCE,
    ("/Conferences/{ConferenceSid}/Participants.json", "get"): specs.LIST_PARTICIPANTS,
    ("/Conferences/{ConferenceSid}/Participants.json", "post"): specs.CREATE_PARTICIPANT,
    ("/Conferences/{ConferenceSid}/Participants/{CallSid}.json", "post"): specs.UPDATE_PARTICIPANT,
    ("/Recordings.json", "get"): specs.LIST_RECORDINGS,
    ("/Recordings/{Sid}.json", "get"): specs.FETCH_RECORDING,
    ("/IncomingPhoneNumbers.json", "get"): specs.LIST_NUMBERS,
    ("/IncomingPhoneNumbers.json", "post"): specs.CREATE_NUMBER,
    ("/IncomingPhoneNumbers/{Sid}.json", "post"): specs.UPDATE_NUMBER,
}


@pytest.mark.parametrize(("path", "method"), SPECS, ids=lambda part: part)
def test_the_accepted_parameters_are_the_documented_ones(openapi, path, method):
    operation = openapi["paths"]["/2010-04-01/Accounts/{AccountSid}" + path][method]
    if method == "get":
        documented = {one["name"] for one in operation["parameters"] if one["in"] == "query"}
    else:
        (content,) = operation["requestBody"]["content"].values()
        documented = set(content["schema"]["properties"])
    assert set(SPECS[path, method]) == documented


def test_every_route_and_method_is_documented(openapi):
    known = {
        (_nameless(path.removeprefix("/2010-04-01/Accounts/{AccountSid}")), method.upper())
        for path, operations in openapi["paths"].items()
        for method in operations
    }
    served = {(_nameless(path), method) for path, methods in app.ROUTES.items() for method in methods}
    assert served <= known


def _nameless(path: str) -> str:
    return "/".join("*" if part[:1] in "<{" and part else part for part in path.split("/")).replace(
        "*.json", "*"
    )


def everything(emu, service, client) -> dict[str, object]:
    """One record of each kind, made by a small story."""
    service.say("/voice", "<Record/><Enqueue>support</Enqueue>")
    call = emu.handset(CALLER).dial(LINE)
    emu.advance(1)
    call.say("Help.", seconds=2)
    emu.advance(20)
    emu.handset(ADA).answers(after=1)
    client.calls.create(
        to=ADA, from_=LINE, twiml="<Response><Dial><Conference>c</Conference></Dial></Response>"
    )
    client.messages.create(to=ADA, from_=LINE, body="x")
    emu.advance(5)
    exchange = emu.exchange
    (queue,), (conference,) = exchange.queues.values(), exchange.conferences.values()
    (participant,) = conference.participants.values()
    return {
        "call": render.call(exchange, exchange.calls[call.sid]),
        "message": render.message(exchange, next(iter(exchange.messages.values()))),
        "queue": render.queue(exchange, queue),
        "queue.member": render.member(exchange, queue, queue.members[0], 1),
        "conference": render.conference(exchange, conference),
        "conference.participant": render.participant(exchange, conference, participant),
        "recording": render.recording(exchange, next(iter(exchange.recordings.values()))),
        "incoming_phone_number": render.number(exchange, exchange.numbers[LINE]),
    }


_TYPES = {"string": str, "integer": int, "boolean": bool, "object": dict}


def test_every_documented_property_is_there_with_its_type(openapi, emu, service, client):
    schemas = openapi["components"]["schemas"]
    rendered = everything(emu, service, client)
    for name, resource in rendered.items():
        for prop, schema in schemas[f"api.v2010.account.{name}"]["properties"].items():
            assert prop in resource, f"{name} lacks {prop}"
            value = resource[prop]
            if "$ref" in schema:
                enum = schemas[schema["$ref"].rpartition("/")[2]]["enum"]
                assert value is None or value in enum, (name, prop, value)
            elif value is not None and "type" in schema:
                assert isinstance(value, _TYPES[schema["type"]]), (name, prop, value)
                if schema.get("format") == "date-time-rfc-2822":
                    assert parsedate_to_datetime(value).tzinfo is not None
