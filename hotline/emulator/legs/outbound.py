"""Outgoing legs: dialled, ringing, answered or not, with answering machine detection."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.emulator.exchange import Callback, Exchange
from hotline.emulator.legs import recordings
from hotline.emulator.legs.interpreter import Interpreter
from hotline.emulator.legs.leg import Answered, Goto, Leg
from hotline.emulator.model import Call, CallStatus
from hotline.emulator.story import Listen, Sleep, Story, TimedOut
from hotline.emulator.webhooks import Webhook


@dataclass(frozen=True)
class Detection:
    """Answering machine detection: ``mode`` is ``Enable`` or ``DetectMessageEnd``."""

    mode: str
    timeout: float = 30.0
    asynchronous: bool = False
    callback: Callback | None = None


@dataclass(frozen=True)
class Plan:
    """How to place one REST call."""

    start: Goto
    ring_seconds: float = 60.0
    detection: Detection | None = None
    record: bool = False
    record_callback: Callback | None = None
    record_channels: int = 1
    time_limit: float | None = None


def new_leg(
    exchange: Exchange,
    call: Call,
    callback: Callback | None = None,
    fallback: tuple[str, str] = ("", "POST"),
) -> Leg:
    """A leg to a telephone; what is not a telephone number has nobody at its end."""
    far = exchange.handset(call.to).end_of(call) if call.to.startswith("+") else None
    return Leg(exchange, call, far, callback, fallback)


def outbound(leg: Leg, interp: Interpreter, plan: Plan) -> Story[None]:
    """The life of a call placed by REST: its turn, its ringing, its TwiML."""
    yield Sleep((_slot(leg.exchange) - leg.exchange.now()).total_seconds())
    outcome = yield from ring(leg, plan.ring_seconds)
    if isinstance(outcome, CallStatus):
        leg.self_ending = True
        leg.end(outcome)
        return
    leg.pick_up()
    if plan.time_limit is not None:
        leg.limit_to(plan.time_limit)
    if plan.record:
        recording = recordings.start(
            leg.exchange, leg, None, "OutboundAPI", plan.record_callback, plan.record_channels
        )
        leg.finally_do(lambda: recordings.finish(leg.exchange, recording))
    start = plan.start
    if plan.detection is not None:
        start = yield from detect(leg, plan.detection, outcome, start)
    yield from interp.life(start)


def _slot(exchange: Exchange) -> datetime:
    now = exchange.now()
    slot = max(now, exchange.next_call_slot or now)
    exchange.next_call_slot = slot + timedelta(seconds=1 / exchange.settings.calls_per_second)
    return slot


def ring(leg: Leg, seconds: float) -> Story[Answered | CallStatus]:
    """Dial and ring for ``seconds`` and Twilio's grace; returns who answered, or why nobody did."""
    settings = leg.exchange.settings
    leg.set_status(CallStatus.INITIATED)
    yield Sleep(settings.post_dial_delay)
    if leg.far is None:
        return CallStatus.FAILED
    refusal = leg.far.offer()
    if refusal is not None:
        return refusal
    leg.set_status(CallStatus.RINGING)
    outcome: Answered | CallStatus | TimedOut = yield Listen(leg.line, seconds + settings.ring_grace)
    return CallStatus.NO_ANSWER if isinstance(outcome, TimedOut) else outcome


def detect(leg: Leg, detection: Detection, answered: Answered, start: Goto) -> Story[Goto]:
    """Say what answered: before the TwiML, or while it plays when the detection is asynchronous."""
    seconds, verdict = _verdict(leg.exchange, detection, answered)
    if not detection.asynchronous:
        yield Sleep(seconds)
        leg.call.answered_by = verdict
        return Goto(start.url, start.method, {**start.params, "AnsweredBy": verdict}, start.document)
    leg.exchange.kernel.later(seconds, lambda: _report(leg, detection, seconds, verdict))
    return start


def _verdict(exchange: Exchange, detection: Detection, answered: Answered) -> tuple[float, str]:
    settings = exchange.settings
    if not answered.machine:
        return min(settings.human_detection, detection.timeout), "human"
    if detection.mode == "Enable":
        seconds, verdict = settings.machine_detection, "machine_start"
    else:
        seconds, verdict = answered.greeting + settings.beep, "machine_end_beep"
    if seconds > detection.timeout:
        return detection.timeout, "unknown"
    return seconds, verdict


def _report(leg: Leg, detection: Detection, seconds: float, verdict: str) -> None:
    if leg.call.over:
        return
    leg.call.answered_by = verdict
    if detection.callback is None:
        return
    params = {
        "CallSid": leg.call.sid,
        "AccountSid": leg.exchange.account_sid,
        "AnsweredBy": verdict,
        "MachineDetectionDuration": str(round(seconds * 1000)),
    }
    leg.exchange.callback(
        Webhook(detection.callback.url, params, detection.callback.method, leg.call.sid, callback=True)
    )
