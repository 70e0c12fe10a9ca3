"""From the telephone network's log to the lines of a play.

A line is printed when it happened. What is only machinery is counted and what is repeated is left out.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from hotline.demo.call_ends import Ends, Telephones
from hotline.demo.cast import LINES, first_name
from hotline.demo.gloss import gloss
from hotline.demo.printer import Printer
from hotline.emulator import Entry
from hotline.phone_numbers import pretty

_MACHINERY = {"webhook": "webhooks", "callback": "status callbacks"}
_HEARS, _SAYS, _RINGS = "cyan", "green", "yellow"
_UNHEARD = {"", "[beep]"}
_ENDINGS = {
    "no-answer": "phone rings out: nobody picks up",
    "busy": "phone is busy",
    "failed": "phone cannot be reached",
    "canceled": "phone stops ringing",
}


@dataclass
class Transcript:
    """Tells what :meth:`feed` is given. ``is_brief`` leaves out every call and keeps the messages."""

    telephones: Telephones
    printer: Printer
    is_brief: bool = False
    tells_repeats: bool = False
    glosses: dict[str, str] = field(default_factory=dict)
    """English for what the people of the play say themselves."""

    def __post_init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._ends = Ends(self.telephones)
        self._bodies: dict[str, Entry] = {}
        self._heard: set[tuple[str, str]] = set()
        self._unanswered: list[str] = []

    def feed(self, entry: Entry) -> None:
        """Tell one entry of the log, if there is anything in it for the audience."""
        if entry.kind in _MACHINERY:
            self.counts[_MACHINERY[entry.kind]] += 1
        if (typed := self._ends.typed_before(entry)) is not None:
            self.printer.line(typed.at, first_name(typed.phone), f"presses {typed.keys}", _RINGS)
        tell = getattr(self, "_tell_" + entry.kind.replace("-", "_"), None)
        if tell is not None:
            tell(entry)

    def learn(self, entry: Entry) -> None:
        """Take note of what happened before the audience came."""
        self._ends.learn(entry)

    def machinery(self) -> str:
        """What happened behind the scenes since the last time, as a count."""
        text = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        self.counts.clear()
        return text

    def flush_unanswered(self, at: datetime) -> None:
        """Say in one line whose telephones rang in vain while the play was told briefly."""
        if self._unanswered:
            self.printer.line(at, "", "nobody picks up: " + ", ".join(self._unanswered), "dim")
            self._unanswered.clear()

    def _tell_status(self, entry: Entry) -> None:
        status = entry.text.split(" ")[0]
        self._ends.learn(entry)
        if self._ends.is_inbound(entry.sid):
            self._tell_caller(entry, status)
        elif self.is_brief:
            self._tell_briefly(entry, status)
        else:
            self._tell_called(entry, status)

    def _tell_caller(self, entry: Entry, status: str) -> None:
        who, to = first_name(entry.data["from"]), entry.data["to"]
        if status == "ringing":
            line = LINES.get(to, "the hotline")
            self.printer.line(entry.at, who, f"dials {pretty(to)}, {line}", _RINGS)
        elif status in ("completed", "canceled"):
            by_service = "by the service" in entry.text
            self.printer.line(entry.at, who, "the call ends" if by_service else "hangs up")

    def _tell_called(self, entry: Entry, status: str) -> None:
        who = first_name(entry.data["to"])
        is_machine = self.telephones.is_machine(entry.data["to"])
        if status == "ringing":
            self.printer.line(entry.at, who, "phone rings …", _RINGS)
        elif status == "in-progress":
            self.printer.line(entry.at, who, "voicemail picks up" if is_machine else "picks up", _RINGS)
        elif status in _ENDINGS:
            self.printer.line(entry.at, who, _ENDINGS[status])
        elif status == "completed":
            by_person = entry.data["to"] in entry.text
            self.printer.line(entry.at, who, "hangs up" if by_person and not is_machine else "the call ends")

    def _tell_briefly(self, entry: Entry, status: str) -> None:
        if status not in _ENDINGS:
            return
        who = first_name(entry.data["to"])
        if who in self._unanswered:
            self.flush_unanswered(entry.at)
        self._unanswered.append(who)

    def _tell_said(self, entry: Entry) -> None:
        text = "[music]" if entry.text.startswith("[audio") else entry.text
        is_repeat = (entry.sid, text) in self._heard and not self.tells_repeats
        if self.is_brief or is_repeat or text in _UNHEARD:
            return
        self._heard.add((entry.sid, text))
        phone = entry.data.get("to", "")
        if text == "[music]":
            self.printer.line(entry.at, first_name(phone), "hears quiet music ♪", _HEARS)
            return
        what = "voicemail hears" if self._ends.is_mailbox(entry.sid) else "hears"
        self.printer.line(entry.at, first_name(phone), what, _HEARS, gloss(entry.text), entry.text)

    def _tell_spoken(self, entry: Entry) -> None:
        what = "voicemail says" if self._ends.is_mailbox(entry.sid) else "says"
        if not entry.text.startswith("["):
            meaning = self.glosses.get(entry.text)
            self.printer.line(entry.at, first_name(entry.data["by"]), what, _SAYS, meaning, entry.text)

    def _tell_bridged(self, entry: Entry) -> None:
        if self._ends.is_inbound(entry.sid):
            other, who = first_name(entry.text.rpartition(" ")[2]), first_name(self._ends.person(entry.sid))
            self.printer.line(entry.at, who, f"and {other} are connected", "bold green")

    def _tell_sms(self, entry: Entry) -> None:
        if entry.data["status"] == "received":
            self.printer.line(
                entry.at, first_name(entry.data["from"]), "texts the hotline", _SAYS, quote=entry.text
            )
        else:
            self._bodies[entry.sid] = entry

    def _tell_sms_status(self, entry: Entry) -> None:
        if entry.text == "sent" and (sent := self._bodies.pop(entry.sid, None)) is not None:
            self.flush_unanswered(entry.at)
            self.printer.lock_screen(sent.data["to"], entry.at, sent.text, gloss(sent.text))

    def _tell_alert(self, entry: Entry) -> None:
        self.printer.aside(f"The telephone network complains: {entry.text}", "bold red")
