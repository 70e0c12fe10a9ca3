"""Twilio's REST API, or anything that speaks like it (``TWILIO_API_BASE_URL``).

Errors are sorted by what they ask for, after Twilio's error catalogue: retry, give the number up,
alarm the operator, or find out first because the request may have been carried out.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from hotline.settings import TWILIO_API, Settings
from hotline.telephony.port import CallOrder, MessageOrder, PlacedCall, TelephonyError

TIMEOUT_SECONDS = 10.0
_EVENTS = ["initiated", "ringing", "answered", "completed"]

_BAD_NUMBER = {21202, 21211, 21214, 21216, 21217, 21610, 21612, 21614, 21635}
_OPERATOR = {20003, 20404, 21210, 21212, 21215, 21408, 21606}
_ALREADY_OVER = {21220, 20404}
_TOO_MANY = {20429, 21611}

Result = TypeVar("Result")


class TwilioTelephony:
    """The telephone network of one Twilio account."""

    def __init__(self, settings: Settings) -> None:
        logging.getLogger("twilio.http_client").setLevel(logging.WARNING)  # it prints whole numbers at INFO
        self._client = Client(
            settings.account_sid,
            settings.auth_token.get_secret_value(),
            http_client=_HttpClient(settings.api_base_url),
        )

    def place_call(self, order: CallOrder) -> str:
        call = _translate(
            lambda: self._client.calls.create(
                to=order.to,
                from_=order.from_,
                url=order.answer_url,
                method="POST",
                status_callback=order.status_url,
                status_callback_method="POST",
                status_callback_event=_EVENTS,
                timeout=order.ring_seconds,
            )
        )
        return str(call.sid)

    def end_call(self, sid: str, *, ringing: bool) -> None:
        try:
            _translate(lambda: self._client.calls(sid).update(status="canceled" if ringing else "completed"))
        except TelephonyError as error:
            if error.code not in _ALREADY_OVER:
                raise

    def redirect_call(self, sid: str, url: str) -> None:
        _translate(lambda: self._client.calls(sid).update(url=url, method="POST"))

    def send_message(self, order: MessageOrder) -> str:
        message = _translate(
            lambda: self._client.messages.create(
                to=order.to,
                from_=order.from_,
                body=order.body,
                status_callback=order.status_url,
                validity_period=order.valid_seconds,
            )
        )
        return str(message.sid)

    def find_calls(self, to: str, since: datetime) -> Sequence[PlacedCall]:
        # The API filters by day only, so the instant is compared here.
        found = _translate(lambda: self._client.calls.list(to=to, limit=50))
        return [
            PlacedCall(str(call.sid), str(call.status), call.date_created)
            for call in found
            if call.date_created is None or call.date_created >= since
        ]


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]
    """The SDK's client aimed at a base URL of ours, never through a proxy, never without a time limit."""

    def __init__(self, base_url: str) -> None:
        super().__init__(timeout=TIMEOUT_SECONDS)
        self._base_url = urlsplit(base_url)
        self._is_twilio = base_url == TWILIO_API
        if self.session is not None and not self._is_twilio:
            self.session.trust_env = False

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        if not self._is_twilio:
            parts = urlsplit(url)
            path = self._base_url.path + parts.path
            url = urlunsplit((self._base_url.scheme, self._base_url.netloc, path, parts.query, ""))
        return super().request(method, url, *args, **kwargs)


def _translate(ask: Callable[[], Result]) -> Result:
    try:
        return ask()
    except (TwilioRestException, TwilioServiceException) as error:
        raise _sorted(error) from error
    except requests.ConnectionError as error:
        # Refused before anything was sent is safe to repeat; cut off afterwards is not known.
        unknown = not isinstance(error, requests.exceptions.ConnectTimeout) and "refused" not in str(error)
        raise TelephonyError("the network's API cannot be reached", unknown=unknown) from error
    except requests.RequestException as error:
        raise TelephonyError("the network's API did not answer in time", unknown=True) from error
    except (TwilioException, ValueError) as error:  # a success that is no JSON is a ValueError
        raise TelephonyError("the network's API answered something unexpected", unknown=True) from error


def _sorted(error: TwilioRestException | TwilioServiceException) -> TelephonyError:
    code = error.code
    text = f"HTTP {error.status}"
    if error.status == 429 or code in _TOO_MANY:
        return TelephonyError(f"{text}, too many requests", code=code)
    if error.status >= 500:
        return TelephonyError(f"{text}, trouble at the network", code=code, unknown=True)
    # What the operator has to mend (a token, a suspended account) is no fault of this call: it is tried
    # on, and meanwhile callers' own legs dial the roster as if the API were down, which for us it is.
    is_ours = code in _OPERATOR or error.status in {401, 403}
    return TelephonyError(
        f"{text}, refused",
        code=code,
        permanent=not is_ours,
        number_is_bad=code in _BAD_NUMBER,
        alarm=is_ours,
    )
