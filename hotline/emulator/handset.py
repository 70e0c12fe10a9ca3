"""Telephones of people: they ring, answer, hear, press keys, speak and send text messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from hotline.emulator.audio import speech_seconds
from hotline.emulator.exchange import Callback, Exchange
from hotline.emulator.lab.notes import Label
from hotline.emulator.legs.interpreter import Interpreter
from hotline.emulator.legs.leg import Answered, Goto, Leg
from hotline.emulator.legs.verbs import VERBS
from hotline.emulator.model import Call, CallStatus, Text
from hotline.emulator.phone_call import PhoneCall

SmsFate = Literal["delivered", "undelivered", "silent", "failed"]
_PICKS_UP_MAILBOX = 0.5
_DECLINES_AFTER = 2.0


@dataclass(frozen=True)
class Policy:
    """What a telephone does when it rings."""

    kind: Literal["rings_out", "answers", "busy", "rejects", "unreachable", "voicemail"] = "rings_out"
    after: float = 0.0
    greeting: str = ""


@dataclass
class Reaction:
    """What its owner does on hearing certain words, ``after`` seconds from the end of the sentence."""

    words: str
    press: str | None
    say: str | None
    hang_up: bool
    after: float
    once: bool
    spent: bool = False


class Handset:
    """A telephone with a policy for calls, a habit on hearing words, and an inbox."""

    def __init__(self, exchange: Exchange, number: str, send_text: Callable[[str, str, str], str]) -> None:
        self.exchange = exchange
        self.number = number
        self.label = Label()
        self.policy = Policy()
        self.calls: list[PhoneCall] = []
        self.reactions: list[Reaction] = []
        self.sms_fate: SmsFate = "delivered"
        self.sms_error_code = 30003
        self._inbox: list[Text] = []
        self._send_text = send_text

    @property
    def call(self) -> PhoneCall | None:
        """The call that is going on or ringing."""
        return next((call for call in reversed(self.calls) if not call.ended), None)

    @property
    def heard(self) -> list[str]:
        """What was said in the latest call."""
        return self.calls[-1].heard if self.calls else []

    @property
    def inbox(self) -> list[Text]:
        """Text messages that arrived, oldest first, each with its present status."""
        return [replace(text, status=self._status(text)) for text in self._inbox]

    def _status(self, text: Text) -> str:
        message = self.exchange.messages.get(text.sid)
        return message.status if message else text.status

    def answers(self, after: float = 4.0) -> Handset:
        """Pick up ``after`` seconds of ringing."""
        return self._be(Policy("answers", after))

    def rings_out(self) -> Handset:
        """Ring until the caller gives up."""
        return self._be(Policy())

    def busy(self) -> Handset:
        """Be engaged."""
        return self._be(Policy("busy"))

    def rejects(self, after: float = _DECLINES_AFTER) -> Handset:
        """Decline after a moment of ringing."""
        return self._be(Policy("rejects", after))

    def unreachable(self) -> Handset:
        """Be switched off, or be no number at all."""
        return self._be(Policy("unreachable"))

    def voicemail(self, after: float = 20.0, greeting: str = "Please leave a message.") -> Handset:
        """Let a mailbox answer: it speaks its greeting, beeps and listens; it never presses a key."""
        return self._be(Policy("voicemail", after, greeting))

    def _be(self, policy: Policy) -> Handset:
        self.policy = policy
        return self

    def sms(self, fate: SmsFate, error_code: int = 30003) -> Handset:
        """Decide what becomes of messages to this telephone."""
        if fate not in ("delivered", "undelivered", "silent", "failed"):
            raise ValueError(f"a message is delivered, undelivered, silent or failed, not {fate!r}")
        self.sms_fate, self.sms_error_code = fate, error_code
        return self

    def when_hears(
        self,
        words: str,
        press: str | None = None,
        after: float = 1.0,
        once: bool = True,
        say: str | None = None,
        hang_up: bool = False,
    ) -> Handset:
        """React to a sentence that contains ``words``, ``after`` seconds from its end."""
        self.reactions.append(Reaction(words.lower(), press, say, hang_up, after, once))
        return self

    def react(self, call: PhoneCall, text: str, seconds: float) -> None:
        """Schedule the first reaction that fits; a mailbox has none."""
        if call.incoming and self.policy.kind == "voicemail":
            return
        fits = (one for one in self.reactions if one.words in text.lower() and not one.spent)
        reaction = next(fits, None)
        if reaction is not None:
            reaction.spent = reaction.once
            call.later(seconds + reaction.after, partial(_do, call, reaction))

    def dial(self, number: str) -> PhoneCall:
        """Call a number of the account."""
        with self.exchange.kernel.lock:
            if self.call is not None:
                raise RuntimeError(f"{self.number} is in a call already")
            return self._dial(number)

    def _dial(self, to: str) -> PhoneCall:
        exchange = self.exchange
        target = exchange.numbers.get(to)
        call = Call(exchange.sids.new("CA"), self.number, to, "inbound", exchange.now())
        call.status = CallStatus.RINGING
        phone_call = self.end_of(call)
        self.calls.append(phone_call)
        if target is None or not target.voice_url:
            call.status, phone_call.ended = CallStatus.FAILED, True
            exchange.note("status", call.sid, f"failed {to} is no number with a voice URL")
            return phone_call
        call.phone_number_sid = target.sid
        callback = Callback(target.status_callback, target.status_callback_method)
        fallback = (target.voice_fallback_url, target.voice_fallback_method)
        leg = Leg(exchange, call, phone_call, callback if target.status_callback else None, fallback)
        exchange.note("status", call.sid, "ringing", to=to, from_=self.number)
        interpreter = Interpreter(leg, VERBS)
        leg.run(interpreter.life(Goto(target.voice_url, target.voice_method)))
        return phone_call

    def end_of(self, call: Call) -> PhoneCall:
        """This telephone's end of a call; the telephone knows of it once it is offered or dialled."""
        return PhoneCall(self, call)

    def offer(self, call: PhoneCall) -> CallStatus | None:
        """A call reaches the telephone: refuse it with a status, or begin to do what the policy says."""
        engaged = self.call is not None
        self.calls.append(call)
        policy, later = self.policy, call.later
        if policy.kind == "unreachable":
            return CallStatus.FAILED
        if policy.kind == "busy" or engaged:
            return CallStatus.BUSY
        if policy.kind == "answers":
            later(policy.after, lambda: call.pick_up(Answered()))
        elif policy.kind == "rejects":
            later(policy.after, call.put_down)
        elif policy.kind == "voicemail":
            later(policy.after, lambda: self._mailbox(call, policy.greeting))
        return None

    def _mailbox(self, call: PhoneCall, greeting: str) -> None:
        settings, later = self.exchange.settings, call.later
        length = speech_seconds(greeting, "en", settings) + _PICKS_UP_MAILBOX
        call.pick_up(Answered(machine=True, greeting=length))
        later(_PICKS_UP_MAILBOX, lambda: _speak(call, greeting, length - _PICKS_UP_MAILBOX))
        later(length, lambda: _speak(call, "[beep]", settings.beep))
        later(length + settings.voicemail_listens, call.put_down)

    def press(self, keys: str) -> Handset:
        """Type keys in the present call. Raises ``RuntimeError`` without one."""
        self._present().press(keys)
        return self

    def say(self, words: str, seconds: float | None = None) -> Handset:
        """Speak in the present call. Raises ``RuntimeError`` without one."""
        self._present().say(words, seconds)
        return self

    def hang_up(self) -> Handset:
        """End the present call. Raises ``RuntimeError`` without one."""
        self._present().hang_up()
        return self

    def answer(self) -> Handset:
        """Pick up by hand. Raises ``RuntimeError`` when nothing rings."""
        self._present().answer()
        return self

    def _present(self) -> PhoneCall:
        if self.call is None:
            raise RuntimeError(f"{self.number} is in no call")
        return self.call

    def text(self, to: str, body: str) -> str:
        """Send an SMS to a number of the account; returns its sid."""
        with self.exchange.kernel.lock:
            return self._send_text(self.number, to, body)

    def receive(self, text: Text) -> None:
        self._inbox.append(text)


def _do(call: PhoneCall, reaction: Reaction) -> None:
    if reaction.press:
        call.press(reaction.press)
    if reaction.say:
        call.say(reaction.say)
    if reaction.hang_up:
        call.hang_up()


def _speak(call: PhoneCall, words: str, seconds: float) -> None:
    if call.leg is not None and not call.ended:
        call.leg.speak(words, seconds)
