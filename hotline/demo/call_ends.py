"""Who is at the end of which call, and what they typed there: the state behind a transcript.

A PIN is never told: more than one key in a row reads ``••••••#``.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hotline.demo.cast import LINES
from hotline.emulator import Entry


class Telephones(Protocol):
    """What the log does not say about telephones."""

    def is_machine(self, phone: str) -> bool:
        """Whether a mailbox answers there."""
        ...

    def keys(self, phone: str, sid: str) -> list[str]:
        """Every key that was pressed there in one call; empty when that is nobody's business."""
        ...


@dataclass(frozen=True, slots=True)
class Typed:
    """Keys that somebody pressed one after another, as they may be shown."""

    at: datetime
    phone: str
    keys: str


class Ends:
    """Learns from the log's entries which telephone is in which call."""

    def __init__(self, telephones: Telephones) -> None:
        self._telephones = telephones
        self._ends: dict[str, tuple[str, str]] = {}
        self._waiting: dict[str, tuple[datetime, int]] = {}
        self._told: Counter[str] = Counter()

    def learn(self, entry: Entry) -> None:
        """Take note of whose call an entry is about."""
        if entry.kind == "status":
            self._ends[entry.sid] = entry.data["from"], entry.data["to"]

    def is_inbound(self, sid: str) -> bool:
        """Whether somebody called one of our lines, rather than being called."""
        return self._ends.get(sid, ("", ""))[1] in LINES

    def person(self, sid: str) -> str:
        """The number of the telephone in a call."""
        from_, to = self._ends.get(sid, ("", ""))
        return from_ if to in LINES else to

    def is_mailbox(self, sid: str) -> bool:
        """Whether a voicemail is what we called."""
        return not self.is_inbound(sid) and self._telephones.is_machine(self.person(sid))

    def typed_before(self, entry: Entry) -> Typed | None:
        """Keys are known once they are all there: when something else happens in their call."""
        if entry.kind == "key":
            at, count = self._waiting.get(entry.sid, (entry.at, 0))
            self._waiting[entry.sid] = at, count + 1
            return None
        if entry.sid not in self._waiting:
            return None
        at, count = self._waiting.pop(entry.sid)
        phone, told = self.person(entry.sid), self._told[entry.sid]
        keys = "".join(self._telephones.keys(phone, entry.sid)[told : told + count])
        self._told[entry.sid] += count
        return Typed(at, phone, _masked(keys)) if keys else None


def _masked(keys: str) -> str:
    return keys if len(keys) == 1 else "•" * len(keys.rstrip("#*")) + ("#" if keys.endswith("#") else "")
