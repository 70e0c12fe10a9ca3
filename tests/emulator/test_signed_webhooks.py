"""Webhooks: signature, timeouts and retries, redirects, cookies, fallback, and what Twilio refuses."""

import time

import pytest
from twilio.request_validator import RequestValidator
from werkzeug import Response

from hotline.emulator import Emulator
from hotline.emulator.webhooks import signed_url
from tests.emulator.support import ACCOUNT, CALLER, LINE, TOKEN, Got, Service


def dial(emu: Emulator):
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    return call


def codes(emu: Emulator) -> list[int | str]:
    return [alert.code for alert in emu.alerts]


def test_the_published_signature_example_comes_out():
    url = "https://example.com/myapp.php?foo=1&bar=2"
    params = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    signature = RequestValidator("12345").compute_signature(signed_url(url, sms=False), params)
    assert signature == "L/OH5YylLD5NRKLltdqwSvS0BnU="


@pytest.mark.parametrize(
    ("url", "sms", "signed"),
    [
        ("https://u:p@host:8443/a?b=1#rc=2", False, "https://host/a?b=1"),
        ("https://u:p@host:8443/a?b=1#rc=2", True, "https://host:8443/a?b=1"),
        ("http://host:5000/a", False, "http://host:5000/a"),
        ("http://host:5000/a", True, "http://host:5000/a"),
    ],
)
def test_the_signed_url_loses_user_fragment_and_for_voice_over_https_the_port(url, sms, signed):
    assert signed_url(url, sms) == signed


def test_a_webhook_is_signed_with_the_primary_token_over_its_form(emu, service):
    dial(emu)
    (got,) = service.requests
    validator = RequestValidator(TOKEN)
    assert validator.validate(got.url, got.form, got.headers["X-Twilio-Signature"])
    assert got.headers["User-Agent"] == "TwilioProxy/1.1"
    assert got.headers["I-Twilio-Idempotency-Token"]
    emu.rotate_token("e" * 32)
    emu.handset("+628119000009").dial(LINE)
    emu.run_due()
    got = service.requests[-1]
    assert not validator.validate(got.url, got.form, got.headers["X-Twilio-Signature"])
    assert RequestValidator("e" * 32).validate(got.url, got.form, got.headers["X-Twilio-Signature"])


def test_a_get_carries_its_parameters_in_the_signed_url(emu, service):
    service.say("/voice", '<Redirect method="GET">/next?a=1</Redirect>')
    service.say("/next", "<Say>Hi.</Say>")
    dial(emu)
    got = service.requests[-1]
    assert got.method == "GET"
    assert got.query["a"] == "1"
    assert got.query["CallSid"].startswith("CA")
    assert RequestValidator(TOKEN).validate(got.url, {}, got.headers["X-Twilio-Signature"])


def test_cookies_are_kept_for_a_call_and_not_shared_with_another(emu, service):
    def first(got: Got) -> Response:
        response = Response("<Response><Redirect>/next</Redirect></Response>", content_type="text/xml")
        response.set_cookie("seen", got.form["CallSid"])
        return response

    service.say("/voice", first)
    service.say("/next", "<Say>Hi.</Say>")
    call = dial(emu)
    assert service.requests[1].cookies == {"seen": call.sid}
    emu.handset("+628119000009").dial(LINE)
    emu.run_due()
    assert service.requests[2].cookies == {}


def test_http_redirects_are_followed_without_the_digits_and_not_for_ever(emu, service):
    service.say("/voice", '<Gather numDigits="1" action="/moved"/>')
    service.say("/moved", Response(status=302, headers={"Location": "/here"}))
    service.say("/here", "<Say>Found.</Say>")
    call = dial(emu)
    call.press("1")
    emu.run_due()
    assert call.heard == ["Found."]
    here = service.requests[-1]
    assert here.method == "GET"
    assert "Digits" not in here.query
    service.say("/voice", Response(status=302, headers={"Location": "/voice"}))
    emu.handset("+628119000009").dial(LINE)
    emu.run_due()
    assert codes(emu) == [11215]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response("oops", status=500), 11200),
        (Response("gone", status=404), 11200),
        (Response("<Response><Say>", content_type="text/xml"), 12100),
        (Response(" <Response/>", content_type="text/xml"), 12100),
        (Response("<Hello/>", content_type="text/xml"), 12100),
        (Response("<Response/>", content_type="application/json"), 12300),
        (Response("<Response/>", headers={"Content-Type": ""}), 12300),
        (Response("<Response>" + " " * 66_000 + "</Response>", content_type="text/xml"), 11750),
    ],
)
def test_an_unusable_answer_goes_to_the_fallback_with_code_and_url(emu, service, answer, code):
    emu.add_number(LINE, service.url + "/voice", voice_fallback_url=service.url + "/fallback")
    service.say("/voice", answer)
    service.say("/fallback", "<Say>Please call again.</Say>")
    call = dial(emu)
    assert call.heard == ["Please call again."]
    told = service.got("/fallback")[0]
    assert told["ErrorCode"] == str(code)
    assert told["ErrorUrl"] == service.url + "/voice"
    assert codes(emu) == [code]


def test_without_any_answer_there_is_an_apology_and_the_end(emu, service):
    service.say("/voice", Response(status=503))
    call = dial(emu)
    assert call.heard == ["We are sorry, an application error has occurred. Goodbye."]
    emu.advance(5)
    assert call.ended


def test_a_service_that_is_down_is_a_connection_failure(emu):
    emu.add_number(LINE, "http://127.0.0.1:9/voice")
    dial(emu)
    assert codes(emu) == [11205]


def test_a_slow_answer_is_cut_off_and_never_used(emu, service):
    def slow(_: Got) -> str:
        time.sleep(0.4)
        return "<Say>Too late.</Say>"

    service.say("/voice", slow)
    emu.add_number(LINE, service.url + "/voice#rt=100&rc=0")
    call = dial(emu)
    assert codes(emu) == [11200]
    assert "Too late." not in call.heard
    assert len(service.requests) == 1
    time.sleep(0.4)  # the slow handler ends before its server is closed


def test_retries_happen_only_as_the_url_asks(emu, service):
    service.say("/voice", Response(status=503))
    emu.add_number(LINE, service.url + "/voice#rc=2&rp=5xx")
    dial(emu)
    assert len(service.got("/voice")) == 3
    tokens = {one.headers["I-Twilio-Idempotency-Token"] for one in service.requests}
    assert len(tokens) == 1
    service.requests.clear()
    emu.add_number(LINE, service.url + "/voice")
    emu.handset("+628119000009").dial(LINE)
    emu.run_due()
    assert len(service.got("/voice")) == 1


def test_a_bad_answer_to_a_status_callback_is_15003(emu, service):
    emu.add_number(LINE, service.url + "/voice", status_callback=service.url + "/ended")
    service.say("/voice", "<Say>Hi.</Say>")
    service.say("/ended", Response(status=500))
    dial(emu)
    emu.advance(5)
    assert codes(emu) == [15003]


def test_a_relative_target_is_resolved_against_the_document(emu, service):
    emu.add_number(LINE, service.url + "/deep/voice?x=1")
    service.say("/deep/voice", "<Redirect>../other</Redirect>")
    service.say("/other", "<Say>Resolved.</Say>")
    assert dial(emu).heard == ["Resolved."]


def test_a_relative_target_without_a_document_is_an_invalid_url(emu, service, client):
    emu.handset(CALLER).answers(after=1)
    client.calls.create(to=CALLER, from_=LINE, twiml="<Response><Redirect>/next</Redirect></Response>")
    emu.advance(5)
    assert codes(emu) == [11100]


def test_inbound_messages_are_signed_too(emu, service):
    emu.handset(CALLER).text(LINE, "hello")
    emu.run_due()
    (got,) = service.requests
    assert RequestValidator(TOKEN).validate(got.url, got.form, got.headers["X-Twilio-Signature"])
    assert got.form["AccountSid"] == ACCOUNT


def test_the_log_keeps_request_and_answer(emu: Emulator, service: Service):
    service.say("/voice", "<Say>Hi.</Say>")
    call = dial(emu)
    (entry,) = emu.log.of_kind("webhook")
    assert entry.sid == call.sid
    assert entry.text == "POST /voice → 200"
    assert entry.data["answer"] == "<Response><Say>Hi.</Say></Response>"
    assert '"CallStatus": "ringing"' in entry.data["params"]
