"""Misfortunes on request, each one a bug that somebody once had."""

import itertools

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from hotline.emulator import Faults
from tests.emulator.support import ACCOUNT, ADA, CALLER, LINE, TOKEN, Got

PAUSE = "<Response><Pause length='60'/></Response>"
EVENTS = ["initiated", "ringing", "answered", "completed"]


def place(client, service=None):
    told = {"status_callback": service.url + "/status", "status_callback_event": EVENTS} if service else {}
    return client.calls.create(to=ADA, from_=LINE, twiml=PAUSE, **told)


def test_a_switch_is_off_always_on_or_good_for_a_count():
    faults = Faults(rest_503=2, rest_429=True)
    assert [faults.take("rest_503") for _ in range(4)] == [True, True, False, False]
    assert [faults.take("rest_429") for _ in range(3)] == [True, True, True]
    assert not faults.take("rest_500")


def test_an_unknown_switch_or_a_wrong_value_is_refused():
    with pytest.raises(ValueError, match="no fault"):
        Faults().set(earthquake=1)
    with pytest.raises(ValueError, match="count"):
        Faults().set(rest_503=-1)


def test_clearing_switches_everything_off():
    faults = Faults(rest_503=2, action_after_hangup=False, sms_error_code=30005)
    faults.clear()
    assert faults == Faults()


def test_a_webhook_delivered_twice_is_acted_on_once_and_equal_answers_are_fine(emu, service):
    emu.faults.webhook_twice = True
    service.say("/voice", "<Say>Hello.</Say>")
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    assert len(service.got("/voice")) == 2
    assert call.heard == ["Hello."]
    assert emu.alerts == []
    tokens = {one.headers["I-Twilio-Idempotency-Token"] for one in service.requests}
    assert len(tokens) == 1


@pytest.mark.parametrize("fault", ["webhook_twice", "webhook_twice_at_once"])
def test_two_different_answers_to_one_webhook_are_noticed(emu, service, fault):
    counter = itertools.count()
    service.say("/voice", lambda _: f"<Say>Answer {next(counter)}.</Say>")
    emu.faults.set(**{fault: 1})
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    assert len(service.got("/voice")) == 2
    assert [alert.code for alert in emu.alerts] == ["answers-differ"]
    assert len(call.heard) == 1


def test_both_deliveries_are_really_out_at_the_same_time(emu, service):
    import threading

    meeting = threading.Barrier(2, timeout=5)

    def answer(_: Got) -> str:
        meeting.wait()
        return "<Say>Together.</Say>"

    service.say("/voice", answer)
    emu.faults.webhook_twice_at_once = 1
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    assert call.heard == ["Together."]


def test_status_callbacks_arrive_out_of_order_but_all_arrive(emu, service, client):
    emu.faults.callbacks_shuffled = True
    emu.handset(ADA).answers(after=0.5)
    made = place(client, service)
    emu.advance(3)
    client.calls(made.sid).update(status="completed")
    emu.advance(60)
    numbers = [one["SequenceNumber"] for one in service.got("/status")]
    assert sorted(numbers) == ["0", "1", "2", "3"]
    assert numbers != sorted(numbers), "with this seed they are out of order"


def test_each_status_callback_may_come_twice(emu, service, client):
    emu.faults.callbacks_duplicated = True
    place(client, service)
    emu.advance(2)
    assert [one["SequenceNumber"] for one in service.got("/status")] == ["0", "0", "1", "1"]


def test_the_last_status_callback_may_be_missing(emu, service, client):
    emu.faults.completed_dropped = 1
    made = place(client, service)
    emu.advance(100)
    assert [one["CallStatus"] for one in service.got("/status")] == ["initiated", "ringing"]
    assert client.calls(made.sid).fetch().status == "no-answer"


def test_a_status_callback_may_come_before_the_rest_answer(emu, service, client):
    emu.faults.callback_before_answer = 1
    made = place(client, service)
    assert [one["CallStatus"] for one in service.got("/status")] == ["initiated"]
    assert service.got("/status")[0]["CallSid"] == made.sid
    emu.advance(2)
    assert [one["CallStatus"] for one in service.got("/status")] == ["initiated", "ringing"]


def test_a_lost_webhook_costs_fifteen_seconds_and_goes_to_the_fallback(emu, service):
    emu.add_number(LINE, service.url + "/voice", voice_fallback_url=service.url + "/fallback")
    service.say("/fallback", "<Say>Second try.</Say>")
    emu.faults.webhook_lost = 1
    call = emu.handset(CALLER).dial(LINE)
    emu.advance(14.9)
    assert service.requests == []
    emu.advance(0.2)
    assert call.heard == ["Second try."]
    assert service.got("/fallback")[0]["ErrorCode"] == "11200"


def test_a_lost_answer_was_nevertheless_handled_by_the_service(emu, service):
    service.say("/voice", "<Say>Never heard.</Say>")
    emu.faults.webhook_answer_lost = 1
    call = emu.handset(CALLER).dial(LINE)
    emu.advance(16)
    assert len(service.got("/voice")) == 1
    assert "Never heard." not in call.heard


def test_unknown_parameters_may_come_with_everything(emu, service):
    emu.faults.extra_parameters = True
    emu.handset(CALLER).dial(LINE)
    emu.handset(ADA).text(LINE, "hi")
    emu.run_due()
    assert "FutureParameter" in service.got("/voice")[0]
    assert "FutureParameter" in service.got("/sms")[0]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("rest_503", 503, 20503), ("rest_429", 429, 20429), ("rest_500", 500, 20500)],
)
def test_rest_refuses_before_it_does_anything(emu, client, fault, status, code):
    emu.faults.set(**{fault: 1})
    with pytest.raises(TwilioRestException) as refused:
        place(client)
    assert (refused.value.status, refused.value.code) == (status, code)
    assert emu.calls == {}
    place(client)
    assert len(emu.calls) == 1


def test_rest_that_is_down_drops_the_connection_and_does_nothing(emu, client):
    emu.faults.rest_down = 1
    with pytest.raises(requests.ConnectionError):
        place(client)
    assert emu.calls == {}


def test_a_call_may_be_made_although_the_connection_dropped(emu, client):
    emu.faults.calls_done_then_dropped = 1
    with pytest.raises(requests.ConnectionError):
        place(client)
    assert [call.to for call in emu.calls.values()] == [ADA]
    assert [call.to for call in client.calls.list(to=ADA)] == [ADA]


def test_a_call_may_be_made_although_the_answer_is_500(emu, client):
    emu.faults.calls_done_then_500 = 1
    with pytest.raises(TwilioRestException):
        place(client)
    assert len(emu.calls) == 1


def test_a_message_may_be_sent_although_the_connection_dropped(emu, client):
    emu.faults.messages_done_then_dropped = 1
    with pytest.raises(requests.ConnectionError):
        client.messages.create(to=ADA, from_=LINE, body="Incident 1")
    emu.advance(5)
    assert [text.body for text in emu.handset(ADA).inbox] == ["Incident 1"]


def test_a_dropped_connection_carries_no_byte(emu, server):
    emu.faults.rest_down = 1
    url = f"{server.url}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    with pytest.raises(requests.ConnectionError):
        requests.get(url, auth=(ACCOUNT, TOKEN), timeout=5)
    assert requests.get(url, auth=(ACCOUNT, TOKEN), timeout=5).status_code == 200
