"""Only what is signed with a token of the account, for the URL we published, gets any further."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Request
from twilio.request_validator import RequestValidator
from werkzeug.test import EnvironBuilder

from hotline.db.models import Call
from hotline.settings import Settings
from hotline.web.twilio.signature import SignatureCheck, raw_path
from tests.hotline.house import ACCOUNT, PUBLIC_URL, TOKEN, House, make_settings, new_sid, signature

# Twilio's published vector, twilio.md section 1.
VECTOR_FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675310",
    "Digits": "1234",
    "From": "+14158675310",
    "To": "+18005551212",
}
VECTOR_PATH, VECTOR_SIGNATURE = "/myapp.php?foo=1&bar=2", "L/OH5YylLD5NRKLltdqwSvS0BnU="
OLD_TOKEN = "the token of last year"


def settings(**overrides: Any) -> Settings:
    return make_settings("sqlite:///never.db", **overrides)


def request(path: str, form: dict[str, str], header: str | None, **environ: str) -> Request:
    headers = {} if header is None else {"X-Twilio-Signature": header}
    builder = EnvironBuilder(path, method="POST", data=form, headers=headers)
    return Request({**builder.get_environ(), **environ})


def passes(path: str, form: dict[str, str], header: str | None, **overrides: Any) -> bool:
    return SignatureCheck(settings(**overrides)).passes(request(path, form, header))


def signed(
    path: str, token: str = TOKEN, base: str = PUBLIC_URL, **form: str
) -> tuple[str, dict[str, str], str]:
    """A path, a form about our account, and the signature over both."""
    form = {"AccountSid": ACCOUNT, **form}
    return path, form, signature(base + path, form, token)


def test_twilios_published_vector_is_what_our_signatures_are_made_like() -> None:
    assert (
        RequestValidator("12345").compute_signature(f"https://example.com{VECTOR_PATH}", VECTOR_FORM)
        == VECTOR_SIGNATURE
    )


def test_the_published_vector_passes_up_to_the_account_it_does_not_name() -> None:
    """The vector has no AccountSid, so our check refuses it; with one, and signed anew, it passes."""
    chosen = {"public_url": "https://example.com", "auth_token": "12345"}
    assert not passes(VECTOR_PATH, VECTOR_FORM, VECTOR_SIGNATURE, **chosen)
    path, form, header = signed(VECTOR_PATH, "12345", "https://example.com", **VECTOR_FORM)
    assert passes(path, form, header, **chosen)


def test_a_signed_request_passes() -> None:
    assert passes(*signed("/twilio/voice", CallSid="CA1", Body="Grüße, “ok”"))


def test_a_wrong_token_is_refused() -> None:
    assert not passes(*signed("/twilio/voice", token="another"))


def test_a_missing_and_an_empty_header_are_refused() -> None:
    path, form, _header = signed("/twilio/voice")
    assert not passes(path, form, None)
    assert not passes(path, form, "")


@pytest.mark.parametrize("header", ["é" * 28, "=", "A" * 5000, "L/OH5YylLD5NRKLltdqwSvS0BnU= "])
def test_an_odd_header_is_refused(header: str) -> None:
    path, form, _right = signed("/twilio/voice")
    odd = request(path, form, None)
    odd.environ["HTTP_X_TWILIO_SIGNATURE"] = header
    assert not SignatureCheck(settings()).passes(odd)


def test_the_previous_token_is_good_while_it_is_configured() -> None:
    given = signed("/twilio/voice", token=OLD_TOKEN)
    assert not passes(*given)
    assert passes(*given, auth_token_previous=OLD_TOKEN)
    assert passes(*signed("/twilio/voice"), auth_token_previous=OLD_TOKEN)


@pytest.mark.parametrize("account", ["AC" + "f" * 32, "", None])
def test_another_account_is_refused_though_the_signature_is_right(account: str | None) -> None:
    form = {} if account is None else {"AccountSid": account}
    header = signature(PUBLIC_URL + "/twilio/voice", form)
    assert not passes("/twilio/voice", form, header)


def test_a_parameter_that_was_added_taken_or_changed_is_noticed() -> None:
    path, form, header = signed("/twilio/voice", Digits="1234", From="+62811")
    assert passes(path, form, header)
    assert not passes(path, {**form, "Extra": "1"}, header)
    assert not passes(path, {**form, "Digits": "1235"}, header)
    assert not passes(path, {key: value for key, value in form.items() if key != "From"}, header)


def test_another_path_or_query_is_another_signature() -> None:
    path, form, header = signed("/twilio/voice/pin/3?a=1&b=2")
    assert passes(path, form, header)
    for other in ("/twilio/voice/pin/4?a=1&b=2", "/twilio/voice/pin/3?b=2&a=1", "/twilio/voice/pin/3"):
        assert not passes(other, form, header)


def test_a_public_url_with_a_path_prefix_is_what_is_signed() -> None:
    base = "https://example.com/premier/hotline"
    given = signed("/twilio/voice", base=base)
    assert passes(*given, public_url=base + "/")
    assert not passes(*given, public_url="https://example.com")


def test_a_percent_encoded_path_is_compared_as_it_was_sent() -> None:
    path, form, header = signed("/twilio/voice/p%69n/3?x=%20%2B")
    assert passes(path, form, header)
    assert not passes("/twilio/voice/pin/3?x=%20%2B", form, header)


@pytest.mark.parametrize("port", ["", ":443"])
def test_voice_over_https_is_signed_without_its_port(port: str) -> None:
    path, form, header = signed("/twilio/voice", base=PUBLIC_URL)
    assert passes(path, form, header, public_url=PUBLIC_URL + port)


def test_what_a_proxy_or_a_stranger_says_about_the_host_does_not_matter() -> None:
    path, form, header = signed("/twilio/voice")
    told = {
        "HTTP_HOST": "evil.example",
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_X_FORWARDED_PROTO": "http",
        "HTTP_X_ORIGINAL_URL": "/elsewhere",
        "HTTP_FORWARDED": "host=evil.example;proto=http",
    }
    assert SignatureCheck(settings()).passes(request(path, form, header, **told))
    there = signature("http://evil.example/twilio/voice", form)
    assert not SignatureCheck(settings()).passes(request(path, form, there, **told))


def test_the_raw_path_is_found_however_the_server_gives_it() -> None:
    raw = "/a%2Fb/c?d=%20"
    plain = request("/a", {}, None)
    for environ in ({"REQUEST_URI": raw}, {"REQUEST_URI": "https://h.example" + raw}, {"RAW_URI": raw}):
        cleared = {"REQUEST_URI": "", "RAW_URI": "", **environ}
        assert raw_path(Request({**plain.environ, **cleared})) == raw
    bare = {**plain.environ, "REQUEST_URI": "", "RAW_URI": "", "PATH_INFO": "/x", "QUERY_STRING": "y=%20"}
    assert raw_path(Request(bare)) == "/x?y=%20"


# Through the whole application


def test_an_unsigned_request_gets_403_whatever_it_asks_for(lite: House) -> None:
    form = {"AccountSid": ACCOUNT, "CallSid": new_sid()}
    for path in (
        "/twilio/voice",
        "/twilio/sms",
        "/twilio/voice/fallback",
        "/twilio/calls",
        "/twilio/recordings",
    ):
        assert lite.send(path, form).status_code == 403
    assert lite.count(Call) == 0


def test_a_stranger_is_not_told_which_steps_exist(lite: House) -> None:
    form = {"AccountSid": ACCOUNT, "CallSid": "nonsense"}
    assert lite.send("/twilio/voice/pin/1", form).status_code == 403
    assert lite.send("/twilio/voice/no-such-step/1", form).status_code == 403


def test_get_is_no_way_in(lite: House) -> None:
    client = lite.app.test_client()
    query = {"AccountSid": ACCOUNT, "CallSid": new_sid()}
    header = signature(PUBLIC_URL + "/twilio/voice", query)
    response = client.get("/twilio/voice", query_string=query, headers={"X-Twilio-Signature": header})
    assert response.status_code == 405
    assert lite.count(Call) == 0


def test_the_hold_music_needs_no_signature(lite: House) -> None:
    response = lite.app.test_client().get("/twilio/music.wav")
    assert (response.status_code, response.mimetype) == (200, "audio/wav")
    assert response.data.startswith(b"RIFF")


def test_parameters_in_the_query_do_not_count_as_the_form(lite: House) -> None:
    path = f"/twilio/voice?AccountSid={ACCOUNT}&CallSid={new_sid()}"
    assert lite.send(path, {}, {"X-Twilio-Signature": signature(PUBLIC_URL + path, {})}).status_code == 403


def test_json_and_a_body_hash_are_no_way_in(lite: House) -> None:
    path = "/twilio/voice?bodySHA256=" + "0" * 64
    header = signature(PUBLIC_URL + path, {})
    response = lite.app.test_client().post(
        path, json={"AccountSid": ACCOUNT, "CallSid": new_sid()}, headers={"X-Twilio-Signature": header}
    )
    assert response.status_code == 403


def test_more_than_64_kilobytes_are_refused_before_anything_else(lite: House) -> None:
    form = {"AccountSid": ACCOUNT, "CallSid": new_sid(), "Filler": "x" * 66_000}
    header = signature(PUBLIC_URL + "/twilio/voice", form)
    assert lite.send("/twilio/voice", form, {"X-Twilio-Signature": header}).status_code == 413
    assert lite.send("/twilio/voice", form).status_code == 413
    form["Filler"] = "x" * 60_000
    assert lite.post("/twilio/voice", **form).status_code == 200


@pytest.mark.parametrize("old", [None, OLD_TOKEN])
def test_rotation_through_the_application(house_with: Callable[..., House], old: str | None) -> None:
    house = house_with(auth_token_previous=old)
    form = {"AccountSid": ACCOUNT, "CallSid": new_sid(), "From": "+62811", "To": "+62812"}
    header = signature(PUBLIC_URL + "/twilio/voice", form, OLD_TOKEN)
    response = house.send("/twilio/voice", form, {"X-Twilio-Signature": header})
    assert response.status_code == (403 if old is None else 200)
