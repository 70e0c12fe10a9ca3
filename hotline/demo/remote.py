"""The telephones of a running emulator, over its control API."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

from hotline.emulator import Entry
from hotline.errors import ConfigurationError, InvalidInputError

Json = dict[str, Any]
_TIMEOUT = 30.0


class Remote:
    """Speaks to the control API at ``url``.

    Raises :class:`ConfigurationError` when nobody answers there, and :class:`InvalidInputError` in the
    emulator's own words when it refuses.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False

    def handsets(self) -> list[Json]:
        """Every telephone that was used so far."""
        return list(self._ask("GET", "/handsets")["handsets"])

    def handset(self, number: str) -> Json:
        """One telephone with its call, what it heard and its messages."""
        return self._ask("GET", f"/handsets/{quote(number)}")

    def act(self, number: str, action: str, **body: object) -> Json:
        """Do something with a telephone; returns it as it is afterwards."""
        return self._ask("POST", f"/handsets/{quote(number)}/{action}", body)

    def log(self, after: int, wait: float) -> list[Entry]:
        """Entries of the log after an index, waiting up to ``wait`` seconds for the first."""
        found = self._ask("GET", f"/log?after={after}&wait={wait}")["entries"]
        return [_entry(entry) for entry in found]

    def clock(self) -> tuple[datetime, float]:
        """What time it is there, and how many seconds pass there in one here."""
        return _clock(self._ask("GET", "/clock"))

    def set_speed(self, speed: float) -> tuple[datetime, float]:
        """Change the pace of a clock that allows it."""
        return _clock(self._ask("POST", "/clock", {"speed": speed}))

    def is_machine(self, phone: str) -> bool:
        """Whether a mailbox answers there."""
        return bool(self.handset(phone)["policy"]["kind"] == "voicemail")

    def keys(self, phone: str, sid: str) -> list[str]:
        """None: whoever pressed them knows, and nobody else should."""
        return []

    def close(self) -> None:
        self._session.close()

    def _ask(self, method: str, path: str, body: Json | None = None) -> Json:
        try:
            answer = self._session.request(method, f"{self.url}/emulator{path}", json=body, timeout=_TIMEOUT)
            found = answer.json()
        except (requests.RequestException, ValueError):
            raise ConfigurationError(
                f"No telephones answer at {self.url}. Start them with `make run` in another terminal, "
                "or say where they are with --url."
            ) from None
        if not answer.ok:
            raise InvalidInputError(f"That did not work: {found.get('error', answer.reason)}.")
        return dict(found)


def _entry(found: Json) -> Entry:
    """An entry as it was logged, without what the control API adds for people."""
    logged = {field.name: found[field.name] for field in fields(Entry)}
    return Entry(**{**logged, "at": datetime.fromisoformat(found["at"])})


def _clock(found: Json) -> tuple[datetime, float]:
    return datetime.fromisoformat(found["now"]), float(found["speed"])
