"""Fetching recordings from Twilio, or from anything that speaks like it, with the account's credentials."""

import re

import requests

from hotline.settings import TWILIO_API, Settings
from hotline.telephony.port import Sound, TelephonyError

TIMEOUT_SECONDS = 10.0
LARGEST = 16 * 1024 * 1024  # a quarter of an hour of telephone sound; we record two minutes
_CHUNK = 64 * 1024
_SID = re.compile(r"RE[0-9a-fA-F]{32}")
_GONE = {404, 410}


class TwilioRecordings:
    """The recordings of one Twilio account."""

    def __init__(self, settings: Settings) -> None:
        account = settings.account_sid
        self._base = f"{settings.api_base_url}/2010-04-01/Accounts/{account}/Recordings"
        self._auth = (account, settings.auth_token.get_secret_value())
        self._may_use_proxies = settings.api_base_url == TWILIO_API

    def fetch(self, sid: str) -> Sound:
        """The audio of a recording. Raises :class:`TelephonyError`; permanent when it is gone for good."""
        if not _SID.fullmatch(sid):
            raise TelephonyError("that is no recording", permanent=True)
        with requests.Session() as session:
            session.trust_env = self._may_use_proxies
            try:
                with session.get(
                    f"{self._base}/{sid}.wav", auth=self._auth, timeout=TIMEOUT_SECONDS, stream=True
                ) as answer:
                    return _read(answer)
            except requests.RequestException as error:
                raise TelephonyError("the network's API cannot be reached") from error


def _read(answer: requests.Response) -> Sound:
    if answer.status_code != 200:
        code = answer.status_code
        raise TelephonyError(f"HTTP {code}", code=code, permanent=code in _GONE)
    content_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    if not content_type.startswith("audio/"):
        raise TelephonyError("the network answered something that is no sound")
    content = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        content += chunk
        if len(content) > LARGEST:
            raise TelephonyError("the recording is too large to be played here", permanent=True)
    return Sound(bytes(content), content_type)
