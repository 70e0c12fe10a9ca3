"""A leg: one call between Twilio and one telephone, its status, its keys and its far end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from requests.cookies import RequestsCookieJar

from hotline.emulator.exchange import Callback, Exchange
from hotline.emulator.model import Call, CallStatus, Recording
from hotline.emulator.story import Channel, Interrupted, Process, Scope, Story, Timer
from hotline.emulator.twiml import Document
from hotline.emulator.webhooks import Webhook

if TYPE_CHECKING:
    from hotline.emulator.phone_call import PhoneCall

_EVENT_OF = {
    CallStatus.INITIATED: "initiated",
    CallStatus.RINGING: "ringing",
    CallStatus.IN_PROGRESS: "answered",
}
_SIP_CODES = {
    CallStatus.COMPLETED: "200",
    CallStatus.BUSY: "486",
    CallStatus.NO_ANSWER: "487",
    CallStatus.CANCELED: "487",
    CallStatus.FAILED: "404",
}


@dataclass(frozen=True)
class Goto:
    """Where the next TwiML comes from: a URL to ask, or a document at hand."""

    url: str = ""
    method: str = "POST"
    params: dict[str, str] = field(default_factory=dict)
    document: Document | None = None


class HungUp(Interrupted):
    """The leg is over; whoever still has to tell the service does so and lets this pass."""


class Redirected(Interrupted):
    """The REST API gave the call new TwiML."""

    def __init__(self, goto: Goto) -> None:
        super().__init__(goto.url)
        self.goto = goto


@dataclass(frozen=True)
class Key:
    """A key that was pressed; its name stays out of every representation."""

    key: str = field(repr=False)


@dataclass(frozen=True)
class Speech:
    """Words that the person at the far end said, and how long they took."""

    words: str
    seconds: float


@dataclass(frozen=True)
class Answered:
    """Somebody or something picked up; a ``machine`` talks for ``greeting`` seconds."""

    machine: bool = False
    greeting: float = 0.0


@dataclass
class Bridge:
    """Two legs that hear each other."""

    one: "Leg"
    two: "Leg"

    def open(self) -> None:
        self.one.bridge = self.two.bridge = self
        for leg, other in ((self.one, self.two), (self.two, self.one)):
            leg.exchange.note("bridged", leg.call.sid, f"connected with {other.party}")

    def close(self) -> None:
        for leg in (self.one, self.two):
            if leg.bridge is self:
                leg.bridge = None
                leg.exchange.note("unbridged", leg.call.sid, "no longer connected")

    def other(self, leg: "Leg") -> "Leg":
        return self.two if leg is self.one else self.one


class Leg:
    """Owns the status of one call; the interpreter tells its story, the handset is its far end."""

    def __init__(
        self,
        exchange: Exchange,
        call: Call,
        far: "PhoneCall | None",
        callback: Callback | None = None,
        fallback: tuple[str, str] = ("", "POST"),
    ) -> None:
        self.exchange = exchange
        self.call = call
        self.far = far
        self.callback = callback
        self.fallback = fallback
        self.line = Channel()
        """What the far telephone does while it rings: :class:`Answered`, or a status."""
        self.input = Channel()
        """Keys and words once the call is up."""
        self.sink: Channel | None = None
        """Where keys go instead, while a ``<Dial>`` watches for the star."""
        self.bridge: Bridge | None = None
        self.room: str | None = None
        self.process: Process | None = None
        self.on_end: list[Channel] = []
        self.at_end: list[Callable[[], None]] = []
        self.recordings: list[Recording] = []
        self.cookies = RequestsCookieJar()
        self.sequence = 0
        self.already_told: set[str] = set()
        self.limit: Timer | None = None
        self.initiated = False
        self.self_ending = False
        self.speaking_until = call.created
        exchange.calls[call.sid] = call
        exchange.legs[call.sid] = self
        if far is not None:
            far.leg = self

    @property
    def party(self) -> str:
        """The number of the person at the far end."""
        return self.far.handset.number if self.far is not None else self.call.to

    def run(self, story: Story[None]) -> None:
        self.process = self.exchange.kernel.spawn(story)

    def set_status(self, status: CallStatus) -> None:
        """Move forward to a status of a live call and tell the status callback."""
        call = self.call
        call.updated = self.exchange.now()
        if status is CallStatus.INITIATED:
            self.initiated = True
        else:
            call.status = status
        self.exchange.note("status", call.sid, str(status), to=call.to, from_=call.from_)
        self._tell(_EVENT_OF[status], str(status))

    def pick_up(self) -> None:
        """The call is answered; from now on it costs, and it ends after Twilio's four hours."""
        if self.call.answered is None and not self.call.over:
            self.call.answered = self.exchange.now()
            self.limit_to(self.exchange.settings.call_limit)
            self.set_status(CallStatus.IN_PROGRESS)

    def finally_do(self, action: Callable[[], None]) -> None:
        """Do ``action`` once the call has ended."""
        self.at_end.append(action)

    def limit_to(self, seconds: float) -> None:
        """End the call after ``seconds`` from now."""
        if self.limit is not None:
            self.limit.cancel()
        self.limit = self.exchange.kernel.later(seconds, lambda: self.end(CallStatus.COMPLETED))

    def end(self, status: CallStatus, why: str = "", sip_code: str | None = None) -> None:
        """End the call, once: whatever comes later finds it ended."""
        call = self.call
        if call.over:
            return
        never_dialled = not self.initiated and call.direction != "inbound"
        call.status = status
        call.ended = call.updated = self.exchange.now()
        call.sip_code = sip_code or _SIP_CODES[status]
        if self.limit is not None:
            self.limit.cancel()
        self.exchange.note("status", call.sid, f"{status} {why}".strip(), to=call.to, from_=call.from_)
        if self.far is not None:
            self.far.over()
        for channel in self.on_end:
            channel.put(self)
        for action in self.at_end:
            action()
        if self.process is not None and not self.self_ending:
            self.process.interrupt(HungUp())
        if not never_dialled and not self.exchange.faults.take("completed_dropped"):
            self._tell("completed", str(status))

    def hang_up(self, why: str = "hung up by the service") -> HungUp:
        """End the call from inside its own story; raise what this returns."""
        self.self_ending = True
        self.end(CallStatus.COMPLETED, why)
        return HungUp()

    def redirect(self, goto: Goto, scope: Scope | None = None) -> None:
        """Give the call new TwiML, whatever it is doing."""
        if self.process is not None:
            self.process.interrupt(Redirected(goto), scope)

    def key(self, key: str) -> None:
        """A key arrives from the far end."""
        if self.call.over:
            return
        self.exchange.note("key", self.call.sid, "pressed a key", masked=True)
        (self.sink or self.input).put(Key(key))

    def speak(self, words: str, seconds: float) -> None:
        """The person at the far end says something: partners hear it, recordings keep it."""
        if self.call.over:
            return
        self.exchange.note("spoken", self.call.sid, words, by=self.party)
        self.speaking_until = self.exchange.now() + timedelta(seconds=seconds)
        recordings = list(self.recordings)
        if self.bridge is not None:
            other = self.bridge.other(self)
            recordings += other.recordings
            other.hear(words, seconds, by=self.party)
        elif self.room is not None:
            self._speak_in_room(words, seconds, recordings)
        else:
            self.input.put(Speech(words, seconds))
        for recording in {id(r): r for r in recordings}.values():
            if recording.paused_at is None:
                recording.words.append(words)

    def _speak_in_room(self, words: str, seconds: float, recordings: list[Recording]) -> None:
        conference = self.exchange.conferences[self.room or ""]
        me = conference.participants.get(self.call.sid)
        if me is None or me.muted or me.hold or conference.status != "in-progress":
            return
        if conference.recording is not None:
            recordings.append(conference.recording)
        for sid, participant in conference.participants.items():
            private = me.coaching and sid != me.coach_sid
            if sid != self.call.sid and not participant.hold and not private:
                self.exchange.legs[sid].hear(words, seconds, by=self.party)

    def hear(self, text: str, seconds: float, by: str = "") -> None:
        """The far end hears ``text``, which takes ``seconds`` from now."""
        if self.far is not None:
            self.far.hear(text, seconds, by)

    def webhook(self, goto: Goto) -> Webhook:
        params = {**self.exchange.standard(self.call), **goto.params}
        return Webhook(goto.url, params, goto.method.upper(), self.call.sid, cookies=self.cookies)

    def progress(self, event: str, status: str) -> Webhook | None:
        """The status callback for ``event``, ``None`` when nobody asked for it."""
        if self.callback is None or event not in self.callback.events:
            return None
        call = self.call
        params = {
            **self.exchange.standard(call),
            "CallStatus": status,
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(self.sequence),
            "Timestamp": format_datetime(self.exchange.now()),
        }
        self.sequence += 1
        if event == "completed":
            params["CallDuration"] = str(call.duration)
            params["Duration"] = str(-(-call.duration // 60))
            params["SipResponseCode"] = call.sip_code or "200"
            if call.answered_by:
                params["AnsweredBy"] = call.answered_by
        return Webhook(self.callback.url, params, self.callback.method, call.sid, callback=True)

    def _tell(self, event: str, status: str) -> None:
        if event in self.already_told:
            return
        webhook = self.progress(event, status)
        if webhook is not None:
            self.exchange.callback(webhook)
