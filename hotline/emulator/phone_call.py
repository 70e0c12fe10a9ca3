"""A call as the telephone at its far end sees it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from hotline.emulator.audio import speech_seconds
from hotline.emulator.legs.leg import Answered, Leg
from hotline.emulator.model import Call, CallStatus
from hotline.emulator.story import Timer

if TYPE_CHECKING:
    from hotline.emulator.handset import Handset

_KEYS = set("0123456789*#ABCDw")


class PhoneCall:
    """One call as its telephone sees it. Actions happen as events: in manual mode, at the next run."""

    def __init__(self, handset: Handset, call: Call) -> None:
        self.handset = handset
        self.call = call
        self.heard: list[str] = []
        self.pressed: list[str] = []
        self.leg: Leg | None = None
        self.ended = False
        self.is_by_machine = False
        """Whether a mailbox picked up, rather than a person."""
        self._timers: list[Timer] = []

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do ``action`` in a while, unless the call is over by then."""
        self._timers.append(self.handset.exchange.kernel.later(seconds, action))

    @property
    def sid(self) -> str:
        return self.call.sid

    @property
    def status(self) -> str:
        return str(self.call.status)

    @property
    def incoming(self) -> bool:
        """Whether the telephone was called, rather than dialling."""
        return self.call.direction != "inbound"

    @property
    def is_connected_with(self) -> str | None:
        """The number of the person at the other end, of several if it is a conference, else ``None``."""
        if self.leg is None or self.ended:
            return None
        if self.leg.bridge is not None:
            return self.leg.bridge.other(self.leg).party
        if self.leg.room is None:
            return None
        exchange = self.handset.exchange
        conference = exchange.conferences[self.leg.room]
        if conference.status != "in-progress":
            return None
        others = [exchange.legs[sid].party for sid in conference.participants if sid != self.sid]
        return ", ".join(others) or None

    def press(self, keys: str) -> PhoneCall:
        """Type ``keys`` one after another. Raises ``ValueError`` for what no telephone has."""
        if not keys or set(keys) - _KEYS:
            raise ValueError("a telephone has the keys 0-9, *, # and A-D")
        kernel, gap = self.handset.exchange.kernel, self.handset.exchange.settings.key_gap
        with kernel.lock:
            for number, key in enumerate(keys):
                self.later(number * gap, partial(self._key, key))
        return self

    def _key(self, key: str) -> None:
        if self.leg is not None and not self.ended and self.call.answered is not None:
            self.pressed.append(key)
            self.leg.key(key)

    def say(self, words: str, seconds: float | None = None) -> PhoneCall:
        """Speak; a Gather that takes speech, a Record and partners hear it."""
        exchange = self.handset.exchange
        length = speech_seconds(words, "en", exchange.settings) if seconds is None else seconds

        def speak() -> None:
            if self.leg is not None and self.call.answered is not None:
                self.leg.speak(words, length)

        with exchange.kernel.lock:
            self.later(0.0, speak)
        return self

    def hang_up(self) -> PhoneCall:
        """Put the receiver down; while it still rings, that declines the call or gives up dialling."""
        with self.handset.exchange.kernel.lock:
            self.handset.exchange.kernel.soon(self.put_down)
        return self

    def put_down(self) -> None:
        if self.leg is None or self.ended:
            return
        if self.call.answered is not None:
            self.leg.end(CallStatus.COMPLETED, f"{self.handset.number} hung up")
        elif self.incoming:
            self.leg.line.put(CallStatus.BUSY)
        else:
            self.leg.end(CallStatus.CANCELED, f"{self.handset.number} gave up")

    def answer(self) -> PhoneCall:
        """Pick up a ringing telephone by hand."""
        with self.handset.exchange.kernel.lock:
            self.handset.exchange.kernel.soon(lambda: self.pick_up(Answered()))
        return self

    def pick_up(self, how: Answered) -> None:
        if self.leg is not None and not self.ended and self.call.status is CallStatus.RINGING:
            self.is_by_machine = how.machine
            self.leg.line.put(how)

    def offer(self) -> CallStatus | None:
        """Somebody calls: begin to do what the policy says, or refuse with a status at once."""
        return self.handset.offer(self)

    def over(self) -> None:
        """The call ended: nothing that was planned for it happens any more."""
        self.ended = True
        for timer in self._timers:
            timer.cancel()

    def hear(self, text: str, seconds: float, by: str = "") -> None:
        self.heard.append(text)
        if by:
            self.handset.exchange.note("heard", self.sid, text, by=by, to=self.handset.number)
        self.handset.react(self, text, seconds)
