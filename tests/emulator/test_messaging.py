"""Text messages: delivery reports, segments, replies, and the words that carriers answer."""

from datetime import timedelta

import pytest
from twilio.base.exceptions import TwilioRestException
from werkzeug import Response

from hotline.emulator.messaging import segments
from tests.emulator.support import ADA, BO, LINE, START


def send(client, service, to=ADA, **more):
    return client.messages.create(
        to=to, from_=LINE, body="Incident 1", status_callback=service.url + "/status", **more
    )


def statuses(service):
    return [one["MessageStatus"] for one in service.got("/status")]


@pytest.mark.parametrize(
    ("body", "count"),
    [("x" * 160, 1), ("x" * 161, 2), ("x" * 306, 2), ("x" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
     ("ž" * 70, 1), ("ž" * 71, 2), ("ž" * 134, 2), ("ž" * 135, 3)],
)  # fmt: skip
def test_a_body_is_split_as_the_network_splits_it(body, count):
    assert segments(body) == count


@pytest.mark.parametrize(
    ("fate", "told", "code", "arrives"),
    [
        ("delivered", ["sent", "delivered"], None, True),
        ("undelivered", ["sent", "undelivered"], 30003, False),
        ("failed", ["failed"], 30003, False),
        ("silent", ["sent"], None, True),
    ],
)
def test_the_fate_of_a_message_is_told_step_by_step(emu, service, client, fate, told, code, arrives):
    emu.handset(ADA).sms(fate)
    sent = send(client, service)
    emu.advance(30)
    assert statuses(service) == told
    assert client.messages(sent.sid).fetch().error_code == code
    assert service.got("/status")[-1].get("ErrorCode") == (str(code) if code else None)
    assert len(emu.handset(ADA).inbox) == int(arrives)
    assert emu.quiet()


def test_a_status_report_carries_the_documented_parameters(emu, service, client):
    sent = send(client, service)
    emu.advance(5)
    last = service.got("/status")[-1]
    assert last["MessageSid"] == last["SmsSid"] == sent.sid
    assert last["SmsStatus"] == "delivered"
    assert last["To"] == ADA
    assert last["RawDlrDoneDate"] == "2603020900"


def test_a_messaging_service_reports_its_own_steps_first(emu, service, client):
    client.messages.create(
        to=ADA, messaging_service_sid="MG1", body="x", status_callback=service.url + "/status"
    )
    emu.advance(5)
    assert statuses(service) == ["accepted", "queued", "sent", "delivered"]


def test_one_number_sends_one_message_a_second(emu, service, client):
    for to in (ADA, BO, "+628119000103"):
        send(client, service, to=to)
    emu.advance(1)
    assert len(emu.handset(ADA).inbox) == 1
    assert emu.handset(BO).inbox == []
    emu.advance(1)
    assert len(emu.handset(BO).inbox) == 1


def test_a_message_that_waits_longer_than_it_is_valid_fails(emu, service, client):
    for _ in range(4):
        send(client, service, to=BO)
    late = send(client, service, validity_period=2)
    emu.advance(10)
    assert client.messages(late.sid).fetch().status == "failed"
    assert client.messages(late.sid).fetch().error_code == 30001


def test_stop_blocks_the_pair_and_the_service_still_hears_of_it(emu, service, client):
    emu.handset(ADA).text(LINE, " stop ")
    emu.advance(3)
    assert service.got("/sms")[0]["Body"] == " stop "
    assert "unsubscribed" in emu.handset(ADA).inbox[-1].body
    with pytest.raises(TwilioRestException) as refused:
        send(client, service)
    assert refused.value.code == 21610
    send(client, service, to=BO)
    emu.handset(ADA).text(LINE, "START")
    emu.advance(3)
    assert send(client, service).status == "queued"


@pytest.mark.parametrize("word", ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"])
def test_every_word_of_the_stop_family_blocks(emu, word):
    emu.handset(ADA).text(LINE, word)
    emu.advance(3)
    assert emu.exchange.stopped == {(ADA, LINE)}


def test_a_word_inside_a_sentence_does_not_block(emu):
    emu.handset(ADA).text(LINE, "please stop")
    emu.advance(3)
    assert emu.exchange.stopped == set()


def test_help_is_answered_by_the_carrier(emu, service):
    emu.handset(ADA).text(LINE, "HELP")
    emu.advance(3)
    assert len(emu.handset(ADA).inbox) == 1
    assert len(service.got("/sms")) == 1


def test_an_inbound_message_carries_the_documented_parameters(emu, service):
    sid = emu.handset(ADA).text(LINE, "ACK 7KM")
    emu.run_due()
    got = service.got("/sms")[0]
    assert got["MessageSid"] == got["SmsSid"] == got["SmsMessageSid"] == sid
    assert (got["From"], got["To"], got["NumMedia"], got["NumSegments"]) == (ADA, LINE, "0", "1")


def test_a_reply_may_redirect_and_go_to_somebody_else(emu, service):
    service.say("/sms", "<Redirect>/other</Redirect>")
    service.say("/other", f'<Message to="{BO}"><Body>Ada is on it.</Body></Message>')
    emu.handset(ADA).text(LINE, "ACK")
    emu.advance(3)
    assert [text.body for text in emu.handset(BO).inbox] == ["Ada is on it."]
    assert emu.alerts == []


def test_a_broken_answer_goes_to_the_fallback(emu, service):
    emu.add_number(LINE, sms_url=service.url + "/sms", sms_fallback_url=service.url + "/fallback")
    service.say("/sms", Response(status=500))
    service.say("/fallback", "<Message>Please call.</Message>")
    emu.handset(ADA).text(LINE, "ACK")
    emu.advance(3)
    assert service.got("/fallback")[0]["ErrorCode"] == "11200"
    assert [text.body for text in emu.handset(ADA).inbox] == ["Please call."]


def test_too_long_a_reply_is_an_alert(emu, service):
    service.say("/sms", f"<Message>{'x' * 1601}</Message>")
    emu.handset(ADA).text(LINE, "ACK")
    emu.advance(3)
    assert [alert.code for alert in emu.alerts] == [21617]
    assert emu.handset(ADA).inbox == []


def test_a_scheduled_message_leaves_at_its_time_unless_canceled(emu, service, client):
    at = START + timedelta(minutes=20)
    made = [
        client.messages.create(
            to=to, messaging_service_sid="MG1", body="x", schedule_type="fixed", send_at=at
        )
        for to in (ADA, BO)
    ]
    assert made[0].status == "scheduled"
    client.messages(made[1].sid).update(status="canceled")
    emu.advance(20 * 60 - 1)
    assert emu.handset(ADA).inbox == []
    emu.advance(10)
    assert len(emu.handset(ADA).inbox) == 1
    assert emu.handset(BO).inbox == []
