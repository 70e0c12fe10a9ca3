"""Everything that happened, in order, for people and for tests to read."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Entry:
    """One thing that happened. ``sid`` names the call or message, ``data`` holds details.

    Digits that a person typed are never in an entry (``masked`` says so); the handset keeps them.
    ``took_ms`` are real milliseconds that a request took; two logs of the same story differ in nothing else.
    """

    index: int
    at: datetime
    kind: str
    sid: str
    text: str
    data: dict[str, str] = field(default_factory=dict)
    masked: bool = False
    took_ms: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Alert:
    """Something that the service did wrong, under the code that Twilio's debugger would show."""

    at: datetime
    code: int | str
    message: str
    sid: str = ""
    url: str = ""


class EventLog:
    """An append-only log that can be read from an index and waited on."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._grown = threading.Condition()

    def add(
        self,
        at: datetime,
        kind: str,
        sid: str,
        text: str,
        data: dict[str, str] | None = None,
        masked: bool = False,
        took_ms: int | None = None,
    ) -> Entry:
        with self._grown:
            entry = Entry(len(self._entries), at, kind, sid, text, data or {}, masked, took_ms)
            self._entries.append(entry)
            self._grown.notify_all()
            return entry

    def since(self, index: int) -> list[Entry]:
        """Entries from ``index`` on."""
        with self._grown:
            return self._entries[index:]

    def wait(self, index: int, real_seconds: float) -> list[Entry]:
        """Entries from ``index`` on, waiting up to ``real_seconds`` for the first of them."""
        with self._grown:
            self._grown.wait_for(lambda: len(self._entries) > index, timeout=real_seconds)
            return self._entries[index:]

    def of_kind(self, kind: str) -> list[Entry]:
        return [entry for entry in self.since(0) if entry.kind == kind]

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.since(0))
