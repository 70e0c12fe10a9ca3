"""The facade: one account, its numbers, the telephones around it, and the clock."""

from collections.abc import Callable
from datetime import datetime
from types import TracebackType

from hotline.clock import Clock
from hotline.emulator.exchange import Exchange
from hotline.emulator.faults import Faults
from hotline.emulator.handset import Handset
from hotline.emulator.lab.notes import Notes
from hotline.emulator.log import Alert, EventLog
from hotline.emulator.messaging import Messaging
from hotline.emulator.model import Call, Conference, Message, Number, Queue, Recording
from hotline.emulator.server import Server
from hotline.emulator.settings import Settings


class Emulator:
    """A local Twilio account. Times are the clock's; the same seed and story give the same log."""

    def __init__(self, account_sid: str, auth_token: str, clock: Clock, seed: int = 0) -> None:
        self.exchange = Exchange(account_sid, auth_token, clock, seed)
        self.messaging = Messaging(self.exchange)
        self.notes = Notes()
        """What the lab tells people about the service."""
        self.gloss: Callable[[str], str | None] = lambda _text: None
        """What a sentence in another language means in English, for people who watch."""
        self.exchange.make_handset = lambda number: Handset(self.exchange, number, self.messaging.receive)

    def add_number(
        self,
        phone_number: str,
        voice_url: str = "",
        voice_fallback_url: str | None = None,
        sms_url: str | None = None,
        status_callback: str | None = None,
        sms_fallback_url: str | None = None,
        friendly_name: str | None = None,
    ) -> Number:
        """Buy a number and say where its calls and messages go; a known number is set anew."""
        with self.exchange.kernel.lock:
            now = self.exchange.now()
            number = self.exchange.numbers.get(phone_number)
            if number is None:
                number = Number(self.exchange.sids.new("PN"), phone_number, now, now)
                self.exchange.numbers[phone_number] = number
            number.updated = now
            number.friendly_name = friendly_name or phone_number
            number.voice_url, number.voice_fallback_url = voice_url, voice_fallback_url or ""
            number.sms_url, number.sms_fallback_url = sms_url or "", sms_fallback_url or ""
            number.status_callback = status_callback or ""
            return number

    def serve(self, port: int = 0, host: str = "127.0.0.1") -> Server:
        """Serve the REST and control API from a thread of its own; a context manager."""
        return Server(self, host, port)

    def start(self) -> None:
        """Run by itself, as a live clock goes. Refuses a manual clock."""
        self.exchange.kernel.start()

    def stop(self) -> None:
        self.exchange.kernel.stop()

    def run_due(self) -> int:
        """Run everything that is due now; returns how many events ran."""
        return self.exchange.kernel.run_due()

    def next_event_at(self) -> datetime | None:
        return self.exchange.kernel.next_event_at()

    def advance(self, seconds: float) -> None:
        """Move the manual clock on by ``seconds``, event by event."""
        self.exchange.kernel.advance(seconds)

    def handset(self, number: str) -> Handset:
        """The telephone with that number; made on first use, when it rings and nobody answers."""
        with self.exchange.kernel.lock:
            return self.exchange.handset(number)

    def rotate_token(self, token: str) -> None:
        """Make ``token`` the primary one: webhooks are signed with it, REST takes it from now on."""
        self.exchange.auth_token = token
        self.exchange.client.token = token

    def quiet(self) -> bool:
        """Whether nothing rings, talks, travels or is due."""
        with self.exchange.kernel.lock:
            live = any(not call.over for call in self.exchange.calls.values())
            return not live and self.exchange.kernel.idle()

    @property
    def account_sid(self) -> str:
        return self.exchange.account_sid

    @property
    def clock(self) -> Clock:
        return self.exchange.kernel.clock

    @property
    def settings(self) -> Settings:
        return self.exchange.settings

    @property
    def faults(self) -> Faults:
        return self.exchange.faults

    @property
    def log(self) -> EventLog:
        return self.exchange.log

    @property
    def alerts(self) -> list[Alert]:
        return self.exchange.alerts

    @property
    def numbers(self) -> dict[str, Number]:
        return self.exchange.numbers

    @property
    def handsets(self) -> dict[str, Handset]:
        return self.exchange.handsets

    @property
    def calls(self) -> dict[str, Call]:
        return self.exchange.calls

    @property
    def messages(self) -> dict[str, Message]:
        return self.exchange.messages

    @property
    def queues(self) -> dict[str, Queue]:
        return self.exchange.queues

    @property
    def conferences(self) -> dict[str, Conference]:
        return self.exchange.conferences

    @property
    def recordings(self) -> dict[str, Recording]:
        return self.exchange.recordings

    def __enter__(self) -> "Emulator":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
