"""One ``<Dial>`` at work: its outcome, its other ends, and the conversation itself."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hotline.emulator.legs import recordings
from hotline.emulator.legs.interpreter import Interpreter
from hotline.emulator.legs.leg import Key, Leg
from hotline.emulator.model import Recording
from hotline.emulator.story import TIMED_OUT, Channel, Listen, Story
from hotline.emulator.twiml import Document, Element


@dataclass
class Outcome:
    """What became of a ``<Dial>``: the status for its action, the other leg, since when they talked."""

    status: str = "no-answer"
    leg: Leg | None = None
    bridged_at: datetime | None = None
    recording: Recording | None = None
    seconds: int = 0
    conference: bool = False

    def params(self, interp: Interpreter) -> dict[str, str]:
        told = {"DialCallStatus": self.status}
        if not self.conference:
            told["DialBridged"] = str(self.bridged_at is not None).lower()
        if self.leg is not None:
            told["DialCallSid"] = self.leg.call.sid
            told["DialCallDuration"] = str(self.seconds)
        if self.recording is not None:
            told["RecordingUrl"] = recordings.media_url(interp.exchange, self.recording)
        return told


@dataclass
class Child:
    leg: Leg
    noun: Element


@dataclass
class Dialling:
    """One ``<Dial>`` at work: ``events`` collects what happens on its other ends."""

    interp: Interpreter
    verb: Element
    document: Document
    outcome: Outcome = field(default_factory=Outcome)
    events: Channel = field(default_factory=Channel)
    children: list[Child] = field(default_factory=list)

    @property
    def seconds(self) -> int:
        return max(5, min(600, self.verb.number("timeout", 30)))

    def talking(self) -> None:
        """The two parties hear each other from now on."""
        leg = self.interp.leg
        leg.pick_up()
        self.outcome.bridged_at = self.interp.exchange.now()
        if "record" in self.verb.get("record") or self.verb.get("record") == "true":
            url = self.interp.target(self.document, self.verb.get("recordingStatusCallback"), "POST").url
            self.outcome.recording = recordings.start(
                self.interp.exchange, leg, None, "DialVerb", recordings.wanted_by(self.verb, url),
                2 if self.verb.get("record").endswith("dual") else 1,
            )  # fmt: skip

    def over(self) -> None:
        """Count the seconds and close what is open; the other ends are ended by the caller."""
        outcome, now = self.outcome, self.interp.exchange.now()
        if outcome.bridged_at is not None:
            outcome.seconds = -int(-(now - outcome.bridged_at).total_seconds() // 1)
        if outcome.recording is not None:
            recordings.finish(self.interp.exchange, outcome.recording)


def talk(dialling: Dialling) -> Story[None]:
    """Wait for the end of a conversation: the other end, the star key, or the time limit."""
    leg = dialling.interp.leg
    now = dialling.interp.exchange.now
    if dialling.verb.flag("hangupOnStar"):
        leg.sink = dialling.events
    end = now() + timedelta(seconds=dialling.verb.number("timeLimit", 14400))
    try:
        while (left := (end - now()).total_seconds()) > 0:
            event = yield Listen(dialling.events, left)
            if event is TIMED_OUT or event == "ended" or isinstance(event, Leg):
                return
            if isinstance(event, Key) and event.key == "*":
                return
    finally:
        leg.sink = None
