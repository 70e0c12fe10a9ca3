"""The webhooks as they come over the wire, signed and ready to send."""

import base64
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from bench.plan import ACCEPT, ACCOUNT, INBOUND, PIN, PIN_FREE, PIN_STEP, PUBLIC_URL, TOKEN
from bench.seed import Prepared

PATHS = {
    INBOUND: "/twilio/voice",
    PIN_STEP: "/twilio/voice/pin/1",
    PIN_FREE: "/twilio/voice/pin/1",
    ACCEPT: "/twilio/voice/engineer-key/1",
}
DIGITS = {PIN_STEP: PIN, PIN_FREE: PIN, ACCEPT: "1"}
# What only the right answer contains.
MARKERS = {
    INBOUND: "/twilio/voice/pin/1",
    PIN_STEP: "/twilio/voice/opened/2",
    PIN_FREE: "/twilio/voice/opened/2",
    ACCEPT: "<Queue ",
}
_VALIDATOR = RequestValidator(TOKEN)


def form(webhook: str, call: Prepared) -> dict[str, str]:
    """The parameters of a webhook, as many as the network sends."""
    fields = {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "CallSid": call.sid,
        "CallStatus": "ringing" if webhook == INBOUND else "in-progress",
        "CallToken": "%7B%22parentCallInfoToken%22%3A%22eyJhbGciOiJFUzI1NiJ9%22%7D",
        "Direction": "outbound-api" if webhook == ACCEPT else "inbound",
        "From": call.from_phone,
        "Caller": call.from_phone,
        "To": call.to_phone,
        "Called": call.to_phone,
    }
    for party in ("From", "Caller", "To", "Called"):
        fields |= {f"{party}City": "JAKARTA", f"{party}State": "", f"{party}Zip": "", f"{party}Country": "ID"}
    if webhook in DIGITS:
        fields |= {"Digits": DIGITS[webhook], "FinishedOnKey": "#", "msg": "Gather End"}
    return fields


def signature(webhook: str, fields: dict[str, str]) -> str:
    """What the network signs them with."""
    return str(_VALIDATOR.compute_signature(PUBLIC_URL + PATHS[webhook], fields))


def on_the_wire(webhook: str, call: Prepared) -> str:
    """A whole HTTP request, in base64."""
    fields = form(webhook, call)
    body = urlencode(fields)
    head = (
        f"POST {PATHS[webhook]} HTTP/1.1\r\nHost: hotline.example.com\r\nUser-Agent: TwilioProxy/1.1\r\n"
        "Accept: */*\r\nCache-Control: max-age=259200\r\nConnection: keep-alive\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        f"Content-Length: {len(body)}\r\nX-Forwarded-Proto: https\r\n"
        f"I-Twilio-Idempotency-Token: {call.sid}\r\nX-Twilio-Signature: {signature(webhook, fields)}\r\n\r\n"
    )
    return base64.b64encode((head + body).encode()).decode()
