"""What the control API shows of telephones, calls, log, alerts, clock and numbers, as JSON values."""

import dataclasses
from collections.abc import Callable
from typing import Any

from hotline.clock import Clock, ManualClock
from hotline.emulator.handset import Handset
from hotline.emulator.log import Alert, Entry
from hotline.emulator.model import Number, Text
from hotline.emulator.phone_call import PhoneCall

Json = dict[str, Any]
Gloss = Callable[[str], str | None]
NUMBER_FIELDS = (
    "voice_url", "voice_fallback_url", "sms_url", "sms_fallback_url", "status_callback", "friendly_name",
)  # fmt: skip
_FOR_PEOPLE = {"said", "sms"}


def handset(phone: Handset, gloss: Gloss) -> Json:
    """A telephone. Needs the kernel's lock, as whatever shows calls does."""
    return {
        "number": phone.number,
        "label": dataclasses.asdict(phone.label),
        "policy": dataclasses.asdict(phone.policy),
        "sms": phone.sms_fate,
        "state": _state(phone.call),
        "call": None if phone.call is None else _call(phone.call),
        "calls": len(phone.calls),
        "heard": list(phone.heard),
        "inbox": [_text(text, gloss) for text in phone.inbox],
    }


def entry(entry: Entry, gloss: Gloss) -> Json:
    """An entry of the log; what people hear or read has its meaning in English beside it, if known."""
    meaning = gloss(entry.text) if entry.kind in _FOR_PEOPLE else None
    return {**dataclasses.asdict(entry), "at": entry.at.isoformat(), "gloss": meaning or ""}


def alert(alert: Alert) -> Json:
    return {**dataclasses.asdict(alert), "at": alert.at.isoformat()}


def number(number: Number) -> Json:
    return {name: getattr(number, name) for name in ("sid", "phone_number", *NUMBER_FIELDS)}


def clock(clock: Clock) -> Json:
    """The time, the speed, and which of ``speed``, ``skip`` and ``advance`` the clock can be told."""
    can = [name for name in ("speed", "skip") if hasattr(clock, {"speed": "set_speed"}.get(name, name))]
    return {
        "now": clock.now().isoformat(),
        "speed": getattr(clock, "speed", 1.0),
        "can": ["advance"] if isinstance(clock, ManualClock) else can,
    }


def _text(text: Text, gloss: Gloss) -> Json:
    return {
        "at": text.at.isoformat(),
        "from": text.from_,
        "to": text.to,
        "body": text.body,
        "sid": text.sid,
        "status": text.status,
        "gloss": gloss(text.body) or "",
    }


def _state(call: PhoneCall | None) -> str:
    if call is None:
        return "idle"
    if call.call.answered is not None:
        return "talking"
    return "ringing" if call.incoming else "dialling"


def _call(call: PhoneCall) -> Json:
    exchange = call.handset.exchange
    return {
        "sid": call.sid,
        "status": call.status,
        "incoming": call.incoming,
        "from": call.call.from_,
        "to": call.call.to,
        "since": (call.call.answered or call.call.created).isoformat(),
        "is_waiting": call.sid in exchange.waiting,
        "by_machine": call.is_by_machine,
        "connected_with": call.is_connected_with,
    }
