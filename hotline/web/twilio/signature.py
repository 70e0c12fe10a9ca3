"""Is this request from Twilio? Fail closed.

The signature covers the URL that Twilio was given, so it is checked against the configured public
URL and the raw path of the request, never against headers that a proxy or a stranger may set.
"""

from collections.abc import Sequence

from flask import Request
from twilio.request_validator import RequestValidator

from hotline.settings import Settings


class SignatureCheck:
    """Checks requests against the account's tokens: the present one and, in rotation, the previous."""

    def __init__(self, settings: Settings) -> None:
        self._public_url = settings.public_url
        self._account_sid = settings.account_sid
        self._validators: Sequence[RequestValidator] = [
            RequestValidator(token) for token in settings.auth_tokens
        ]

    def passes(self, request: Request) -> bool:
        """True when the request is signed with one of our tokens and is about our account."""
        signature = request.headers.get("X-Twilio-Signature", "")
        url = self._public_url + raw_path(request)
        signed = any(validator.validate(url, request.form, signature) for validator in self._validators)
        return signed and request.form.get("AccountSid") == self._account_sid


def raw_path(request: Request) -> str:
    """Path and query exactly as they were sent, before anything was decoded."""
    raw = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI")
    if raw:
        return str(raw) if str(raw).startswith("/") else "/" + str(raw).split("/", 3)[-1]
    query = request.query_string.decode("latin-1")
    return request.path + (f"?{query}" if query else "")
