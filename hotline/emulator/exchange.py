"""The state of one account and the few things everybody needs: time, log, alerts, deliveries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from hotline.clock import Clock
from hotline.emulator.faults import Faults
from hotline.emulator.kernel import Kernel
from hotline.emulator.log import Alert, EventLog
from hotline.emulator.model import (
    API_VERSION,
    Call,
    Conference,
    Message,
    Number,
    Queue,
    Recording,
    Sids,
)
from hotline.emulator.settings import Settings
from hotline.emulator.story import Channel, Fetch, Scope, Sleep, Story
from hotline.emulator.webhooks import Webhook, WebhookClient

if TYPE_CHECKING:
    from hotline.emulator.handset import Handset
    from hotline.emulator.legs.conference import Room
    from hotline.emulator.legs.leg import Leg
    from hotline.emulator.legs.queueing import Waiting


class SendMessage(Protocol):
    """Sends an SMS from one of our numbers; see :mod:`hotline.emulator.messaging`."""

    def __call__(
        self,
        from_: str,
        to: str,
        body: str,
        direction: str,
        status_callback: str | None,
        service: str | None = None,
        media: list[str] | None = None,
        send_at: datetime | None = None,
        validity: int = 36000,
    ) -> Message: ...


@dataclass(frozen=True)
class Callback:
    """Where the service wants to be told, how, and about what."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


class Exchange:
    """Everything a Twilio account is. Guarded by the kernel's lock, except log and alerts."""

    def __init__(self, account_sid: str, auth_token: str, clock: Clock, seed: int) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.settings = Settings()
        self.faults = Faults()
        self.log = EventLog()
        self.alerts: list[Alert] = []
        self.sids = Sids(seed)
        self.kernel = Kernel(clock, on_error=lambda error: self.alert("emulator", repr(error)))
        self.client = WebhookClient(
            auth_token, self.faults, self.settings, self.note_request, self.alert, lambda: self.sids.new("id")
        )
        self.calls: dict[str, Call] = {}
        self.legs: dict[str, Leg] = {}
        self.messages: dict[str, Message] = {}
        self.queues: dict[str, Queue] = {}
        self.conferences: dict[str, Conference] = {}
        self.recordings: dict[str, Recording] = {}
        self.numbers: dict[str, Number] = {}
        self.handsets: dict[str, Handset] = {}
        self.stopped: set[tuple[str, str]] = set()
        """(handset, our number) pairs that said STOP."""
        self.make_handset: Callable[[str], Handset]
        self.arrivals: dict[str, list[Channel]] = {}
        """By queue sid: who waits for somebody to join."""
        self.waiting: dict[str, Waiting] = {}
        """By call sid: who waits in a queue."""
        self.rooms: dict[str, Room] = {}
        """By conference sid."""
        self.conference_waits: dict[str, Scope] = {}
        """By call sid: who hears the music of a conference that has not started."""
        self.audio_lengths: dict[str, float | None] = {}
        self.base_url = "https://api.twilio.com"
        self.send_message: SendMessage
        self.next_call_slot: datetime | None = None
        self.next_message_slot: dict[str, datetime] = {}

    def now(self) -> datetime:
        return self.kernel.now()

    def note(self, kind: str, sid: str, text: str, masked: bool = False, **data: str) -> None:
        """Log something; ``from_`` and ``to`` in ``data`` are numbers."""
        named = {name.rstrip("_"): value for name, value in data.items()}
        self.log.add(self.now(), kind, sid, text, named, masked)

    def note_request(self, kind: str, sid: str, text: str, data: dict[str, str], took_ms: int) -> None:
        """Log a request over HTTP, either way, that took so many real milliseconds."""
        self.log.add(self.now(), kind, sid, text, data, took_ms=took_ms)

    def alert(self, code: int | str, message: str, sid: str = "", url: str = "") -> None:
        self.alerts.append(Alert(self.now(), code, message, sid, url))
        self.log.add(self.now(), "alert", sid, f"{code} {message}", {"code": str(code), "url": url})

    def handset(self, number: str) -> Handset:
        """The phone with that number, made on first use."""
        if number not in self.handsets:
            self.handsets[number] = self.make_handset(number)
        return self.handsets[number]

    def callback(self, webhook: Webhook) -> None:
        """Deliver asynchronously: nobody waits for it and its answer is only looked at for errors."""
        self.kernel.spawn(self._callback(webhook))

    def _callback(self, webhook: Webhook) -> Story[None]:
        if self.faults.take("callbacks_shuffled"):
            yield Sleep(self.sids.shuffle_delay(self.settings.callback_shuffle))
        yield Fetch(lambda: self.client.deliver(webhook))

    def standard(self, call: Call) -> dict[str, str]:
        """The parameters of every voice request."""
        params = {
            "CallSid": call.sid,
            "AccountSid": self.account_sid,
            "From": call.from_,
            "To": call.to,
            "Caller": call.from_,
            "Called": call.to,
            "CallStatus": str(call.status),
            "ApiVersion": API_VERSION,
            "Direction": call.direction,
        }
        if call.parent_sid:
            params["ParentCallSid"] = call.parent_sid
        if call.forwarded_from:
            params["ForwardedFrom"] = call.forwarded_from
        if call.caller_name:
            params["CallerName"] = call.caller_name
        return params

    def queue_named(self, name: str) -> Queue | None:
        return next((queue for queue in self.queues.values() if queue.name == name), None)

    def make_queue(self, name: str, max_size: int) -> Queue:
        now = self.now()
        queue = Queue(self.sids.new("QU"), name, now, now, max_size)
        self.queues[queue.sid] = queue
        return queue
