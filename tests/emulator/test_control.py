"""The control API: telephones, clock, faults and log as JSON, for a console or a page."""

import json
import threading

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from hotline.emulator import Faults
from tests.emulator.support import ADA, CALLER, LINE, START


@pytest.fixture
def api(server):
    class Api:
        url = server.url + "/emulator"

        def get(self, path: str, **query) -> requests.Response:
            return requests.get(self.url + path, params=query, timeout=30)

        def post(self, path: str, **body) -> requests.Response:
            return requests.post(self.url + path, json=body, timeout=30)

    return Api()


def test_a_whole_call_can_be_made_by_json(emu, service, api):
    service.say("/voice", '<Gather action="/pin"><Say>Your PIN please.</Say></Gather>')
    service.say("/pin", "<Say>Welcome.</Say><Pause length='60'/>")
    dialled = api.post(f"/handsets/{CALLER}/dial", to=LINE).json()
    assert dialled["state"] == "dialling"
    assert dialled["call_sid"] in emu.calls
    api.post("/clock", advance=2)
    phone = api.get(f"/handsets/{CALLER}").json()
    assert phone["state"] == "talking"
    assert phone["heard"] == ["Your PIN please."]
    assert phone["call"]["to"] == LINE
    assert api.post(f"/handsets/{CALLER}/press", keys="1234#").status_code == 200
    api.post("/clock", advance=3)
    assert service.got("/pin")[0]["Digits"] == "1234"
    assert api.post(f"/handsets/{CALLER}/say", text="Hello?").status_code == 200
    api.post(f"/handsets/{CALLER}/hangup")
    api.post("/clock", advance=1)
    assert api.get(f"/handsets/{CALLER}").json()["state"] == "idle"


def test_a_policy_is_set_and_listed_and_a_ringing_telephone_answered(emu, client, api):
    api.post(f"/handsets/{ADA}/policy", kind="voicemail", after=3, greeting="Ada here.", sms="silent")
    (phone,) = api.get("/handsets").json()["handsets"]
    assert phone["policy"] == {"kind": "voicemail", "after": 3.0, "greeting": "Ada here."}
    assert phone["sms"] == "silent"
    api.post(f"/handsets/{ADA}/policy", kind="rings_out")
    client.calls.create(to=ADA, from_=LINE, twiml="<Response><Pause length='60'/></Response>")
    emu.advance(2)
    assert api.get(f"/handsets/{ADA}").json()["state"] == "ringing"
    api.post(f"/handsets/{ADA}/answer")
    emu.run_due()
    assert api.get(f"/handsets/{ADA}").json()["state"] == "talking"


def test_a_text_is_sent_and_the_inbox_shown(emu, service, api):
    service.say("/sms", "<Message>Got it.</Message>")
    sent = api.post(f"/handsets/{ADA}/text", to=LINE, body="ACK 7KM").json()
    assert sent["message_sid"] in emu.messages
    emu.advance(5)
    (text,) = api.get(f"/handsets/{ADA}").json()["inbox"]
    assert (text["from"], text["body"], text["status"]) == (LINE, "Got it.", "delivered")


def test_the_log_is_read_from_an_index_and_waited_for(emu, service, api):
    service.say("/voice", "<Say>Hi.</Say>")
    emu.handset(CALLER).dial(LINE)
    emu.run_due()
    entries = api.get("/log").json()["entries"]
    assert [entry["index"] for entry in entries] == list(range(len(emu.log)))
    last = entries[-1]["index"]
    assert api.get("/log", after=last).json()["entries"] == []
    threading.Timer(0.1, lambda: emu.handset(ADA).text(LINE, "hello")).start()
    later = api.get("/log", after=last, wait=10).json()["entries"]
    assert later[0]["index"] == last + 1
    assert later[0]["kind"] == "sms"


def test_the_clock_is_told_and_moved(emu, api):
    assert api.get("/clock").json() == {"now": START.isoformat(), "speed": 1.0, "can": ["advance"]}
    assert api.post("/clock", advance=60).json()["now"] == "2026-03-02T09:01:00+00:00"
    for cannot in ({"speed": 3}, {"skip": 600}):
        assert api.post("/clock", **cannot).status_code == 400


def test_faults_are_read_and_set(emu, api):
    assert api.get("/faults").json()["rest_503"] is False
    assert api.post("/faults", rest_503=2).json()["rest_503"] == 2
    assert emu.faults.rest_503 == 2
    assert api.post("/faults", earthquake=1).status_code == 400
    assert requests.delete(api.url + "/faults", timeout=30).json()["rest_503"] is False
    assert emu.faults == Faults()


def test_numbers_are_declared_at_run_time(emu, service, api):
    made = api.post("/numbers", phone_number="+62219", voice_url=service.url + "/new")
    assert [one["phone_number"] for one in made.json()["numbers"]] == [LINE, "+62219"]
    emu.handset(CALLER).dial("+62219")
    emu.run_due()
    assert len(service.got("/new")) == 1


def test_alerts_are_listed(emu, service, api):
    service.say("/voice", "<Dance/>")
    emu.handset(CALLER).dial(LINE)
    emu.run_due()
    (alert,) = api.get("/alerts").json()["alerts"]
    assert alert["code"] == 12200
    assert "Dance" in alert["message"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"/handsets/{ADA}/press", {"keys": "1"}, 409),
        (f"/handsets/{ADA}/dial", {}, 400),
        (f"/handsets/{ADA}/dance", {}, 400),
        (f"/handsets/{ADA}/policy", {"kind": "sulks"}, 400),
        (f"/handsets/{ADA}/policy", {"sms": "eaten"}, 400),
    ],
)
def test_nonsense_is_refused_in_words(api, path, body, status):
    answer = api.post(path, **body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_telephone_is_labelled_and_keeps_its_label(emu, api):
    card = [{"name": "PIN", "value": "482913", "keys": "482913#"}]
    label = {"name": "Ada", "kind": "colleague", "first": True, "card": card}
    shown = api.post(f"/handsets/{ADA}/label", **label).json()["label"]
    assert (shown["name"], shown["first"], shown["card"]) == ("Ada", True, card)
    assert api.get(f"/handsets/{ADA}").json()["label"] == shown
    assert api.get("/handsets").json()["handsets"][0]["label"] == shown


@pytest.mark.parametrize(
    ("label", "complaint"),
    [
        ({"nickname": "A"}, "has no nickname"),
        ({"name": 7}, "name is a text"),
        ({"first": "yes"}, "first is true or false"),
        ({"card": "PIN"}, "card is a list"),
        ({"card": ["PIN"]}, "line is a JSON object"),
    ],
)
def test_a_label_that_makes_no_sense_is_refused_in_words(emu, api, label, complaint):
    answer = api.post(f"/handsets/{ADA}/label", **label)
    assert answer.status_code == 400
    assert complaint in answer.json()["error"]
    assert emu.handset(ADA).label.name == ""


def test_notes_about_the_service_are_kept(api):
    assert api.get("/notes").json()["tour"] == []
    step = {
        "title": "Call",
        "how": ["Press Call."],
        "why": "So.",
        "sees": [{"kind": "queue", "text": "^joined"}],
    }
    told = api.post("/notes", service="Hotline", tour=[step]).json()
    assert told["service"] == "Hotline"
    assert told["tour"][0]["sees"][0]["text"] == "^joined"
    assert api.get("/notes").json() == told
    assert api.post("/notes", tour=[{"sees": [{"sort": "queue"}]}]).status_code == 400


def test_what_is_said_has_its_language_and_its_meaning(emu, service, api):
    emu.gloss = {"Halo.": "Hello."}.get
    service.say("/voice", '<Say language="id-ID">Halo.</Say>')
    emu.handset(CALLER).dial(LINE)
    emu.run_due()
    (said,) = [entry for entry in api.get("/log").json()["entries"] if entry["kind"] == "said"]
    assert (said["data"]["language"], said["gloss"], said["data"]["to"]) == ("id-ID", "Hello.", CALLER)


def test_requests_of_the_service_are_logged_with_how_they_ended(emu, client, api):
    client.messages.create(to=ADA, from_=LINE, body="Hello")
    emu.faults.rest_401 = 1
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=ADA, from_=LINE, body="Hello")
    assert (refused.value.status, refused.value.code) == (401, 20003)
    done, failed = [entry for entry in api.get("/log").json()["entries"] if entry["kind"] == "rest"]
    assert done["text"] == "POST Messages.json → 201"
    assert done["sid"] in emu.messages
    assert json.loads(done["data"]["params"])["Body"] == "Hello"
    assert failed["text"].startswith("POST Messages.json → 401 Authentication")
    assert done["took_ms"] >= 0


def test_a_dropped_connection_is_logged_as_dropped(emu, client):
    emu.faults.rest_down = 1
    with pytest.raises(requests.ConnectionError):
        client.messages.create(to=ADA, from_=LINE, body="Hello")
    (entry,) = emu.log.of_kind("rest")
    assert (entry.text, entry.data["status"]) == ("POST Messages.json → dropped", "dropped")


def test_the_latest_of_much_can_be_asked_for(emu, api):
    for number in range(5):
        emu.messaging.send(LINE, ADA, f"text {number}", "outbound-api", None)
        emu.advance(10)
    every = api.get("/log").json()["entries"]
    assert api.get("/log", most=2).json()["entries"] == every[-2:]
    (phone,) = api.get("/handsets", texts=2).json()["handsets"]
    assert [text["body"] for text in phone["inbox"]] == ["text 3", "text 4"]
    assert api.get("/handsets", texts=0).json()["handsets"][0]["inbox"] == []
    assert len(api.get("/handsets").json()["handsets"][0]["inbox"]) == 5


def test_a_call_says_whether_it_waits_and_whether_a_machine_answered(emu, service, client, api):
    service.say("/voice", "<Enqueue>support</Enqueue>")
    emu.handset(CALLER).dial(LINE)
    emu.advance(1)
    assert api.get(f"/handsets/{CALLER}").json()["call"]["is_waiting"] is True
    emu.handset(ADA).voicemail(after=1)
    client.calls.create(to=ADA, from_=LINE, twiml="<Response><Pause length='60'/></Response>")
    emu.advance(4)
    call = api.get(f"/handsets/{ADA}").json()["call"]
    assert (call["by_machine"], call["is_waiting"]) == (True, False)
