"""The Calls resource: place, look up, list, redirect and end calls."""

import re

from hotline.emulator.exchange import Callback, Exchange
from hotline.emulator.legs.interpreter import Interpreter
from hotline.emulator.legs.leg import Goto, Leg
from hotline.emulator.legs.outbound import Detection, Plan, new_leg, outbound
from hotline.emulator.legs.verbs import VERBS
from hotline.emulator.model import Call, CallStatus
from hotline.emulator.rest import render, specs
from hotline.emulator.rest.context import Context, Reply, within
from hotline.emulator.rest.errors import RestError, bad, not_found
from hotline.emulator.rest.params import Params
from hotline.emulator.twiml import Document, read

MAGIC_TO = {
    "+15005550001": (21217, "the number is invalid"),
    "+15005550002": (21214, "the number cannot be reached"),
    "+15005550003": (21215, "the account may not call that country"),
    "+15005550004": (21216, "the number is blocked"),
}
MAGIC_FROM = {"+15005550001": (21212, "the caller ID is invalid")}
MAGIC_GOOD = "+15005550006"
MOST_TWIML = 4000
_E164 = re.compile(r"^\+[1-9]\d{6,14}$")


def create(context: Context) -> Reply:
    """Accept a call; it is dialled when its turn comes."""
    params, exchange = context.form(specs.CREATE_CALL), context.exchange
    check_parties(exchange, params)
    start = _start(params)
    callback = _callback(params)
    fallback = (params.text("FallbackUrl"), params.text("FallbackMethod", "POST"))
    plan = Plan(
        start,
        ring_seconds=float(params.number("Timeout", 60)),
        detection=_detection(params),
        record=params.flag("Record"),
        record_callback=recording_callback(params),
        record_channels=2 if params.text("RecordingChannels") == "dual" else 1,
        time_limit=float(params.number("TimeLimit", 0)) or None,
    )
    leg = place(exchange, params, callback, fallback, plan)
    if exchange.faults.callback_before_answer:
        context.before_answer.append(lambda: _tell_early(exchange, leg))
    return 201, render.call(exchange, leg.call)


def place(
    exchange: Exchange, params: Params, callback: Callback | None, fallback: tuple[str, str], plan: Plan
) -> Leg:
    """Make the call and start its story."""
    from_, to = params.text("From"), params.text("To")
    number = exchange.numbers.get(from_)
    call = Call(
        exchange.sids.new("CA"), from_, to, "outbound-api", exchange.now(),
        phone_number_sid=number.sid if number else None,
    )  # fmt: skip
    exchange.note("status", call.sid, "queued", to=to, from_=from_)
    leg = new_leg(exchange, call, callback, fallback)
    leg.run(outbound(leg, Interpreter(leg, VERBS), plan))
    return leg


def check_parties(exchange: Exchange, params: Params) -> None:
    to, from_ = params.text("To"), params.text("From")
    if not to:
        raise bad(21201, "No 'To' number is specified")
    if not from_:
        raise bad(21213, "No 'From' number is specified")
    if from_ in MAGIC_FROM:
        raise bad(*MAGIC_FROM[from_])
    if to in MAGIC_TO:
        raise bad(*MAGIC_TO[to])
    if not _E164.match(to) and not to.startswith(("client:", "sip:")):
        raise bad(21211, f"The 'To' number {to} is not valid")
    if from_ not in exchange.numbers and from_ != MAGIC_GOOD:
        raise bad(21210, f"The 'From' number {from_} is not verified for this account")


def _start(params: Params) -> Goto:
    if params.text("Url"):
        return Goto(params.text("Url"), params.text("Method", "POST"))
    if params.text("Twiml"):
        return Goto(document=inline(params.text("Twiml")))
    raise bad(21205, "Url or Twiml is required")


def inline(twiml: str) -> Document:
    """Parse the ``Twiml`` parameter; too long or unreadable is refused at once."""
    if len(twiml) > MOST_TWIML:
        raise bad(20001, f"Twiml has {len(twiml)} characters, above {MOST_TWIML}")
    document = read(twiml.encode(), "text/xml")
    if document.fatal is not None:
        raise bad(document.fatal.code, document.fatal.message)
    return document


def _callback(params: Params) -> Callback | None:
    if not params.text("StatusCallback"):
        return None
    events = frozenset(params.many("StatusCallbackEvent")) or frozenset({"completed"})
    return Callback(params.text("StatusCallback"), params.text("StatusCallbackMethod", "POST"), events)


def recording_callback(params: Params) -> Callback | None:
    if not params.text("RecordingStatusCallback"):
        return None
    events = frozenset(params.many("RecordingStatusCallbackEvent")) or frozenset({"completed"})
    method = params.text("RecordingStatusCallbackMethod", "POST")
    return Callback(params.text("RecordingStatusCallback"), method, events)


def _detection(params: Params) -> Detection | None:
    mode = params.text("MachineDetection")
    if not mode:
        return None
    url = params.text("AsyncAmdStatusCallback")
    callback = Callback(url, params.text("AsyncAmdStatusCallbackMethod", "POST")) if url else None
    timeout = float(params.number("MachineDetectionTimeout", 30))
    return Detection(mode, timeout, params.flag("AsyncAmd"), callback)


def _tell_early(exchange: Exchange, leg: Leg) -> None:
    """Deliver the first status callback while the service still waits for the REST answer."""
    with exchange.kernel.lock:
        event = next((e for e in ("initiated", "ringing") if leg.callback and e in leg.callback.events), None)
        if event is None or not exchange.faults.take("callback_before_answer"):
            return
        leg.already_told.add(event)
        webhook = leg.progress(event, event)
    if webhook is not None:
        exchange.client.deliver(webhook)


def find(context: Context, sid: str) -> Call:
    call = context.exchange.calls.get(sid)
    if call is None:
        raise not_found(f"/Calls/{sid}.json")
    return call


def fetch(context: Context, sid: str) -> Reply:
    return 200, render.call(context.exchange, find(context, sid))


def list_all(context: Context) -> Reply:
    params = context.query(specs.LIST_CALLS)
    chosen = [call for call in reversed(context.exchange.calls.values()) if _fits(call, params)]
    return context.page("calls", chosen, params, lambda call: render.call(context.exchange, call))


def _fits(call: Call, params: Params) -> bool:
    return (
        params.text("To") in ("", call.to)
        and params.text("From") in ("", call.from_)
        and params.text("ParentCallSid") in ("", call.parent_sid)
        and params.text("Status") in ("", str(call.status))
        and within(params, "StartTime", call.answered or call.created)
        and within(params, "EndTime", call.ended)
    )


def delete(context: Context, sid: str) -> Reply:
    call = find(context, sid)
    if not call.over:
        raise RestError(409, 20409, "a call that is not over cannot be deleted")
    del context.exchange.calls[sid]
    return 204, None


def update(context: Context, sid: str) -> Reply:
    """Redirect a call, or end it; an ended call is 21220, which is a race and no error."""
    params, exchange = context.form(specs.UPDATE_CALL), context.exchange
    call = find(context, sid)
    leg = exchange.legs[sid]
    if call.over:
        raise bad(21220, "Call is not in-progress. Cannot redirect.")
    _update_settings(leg, params)
    if params.text("Status"):
        _stop(leg, params.text("Status"))
    elif params.text("Url") or params.text("Twiml"):
        _redirect(leg, params)
    return 200, render.call(exchange, call)


def _update_settings(leg: Leg, params: Params) -> None:
    if params.text("StatusCallback"):
        events = leg.callback.events if leg.callback else frozenset({"completed"})
        method = params.text("StatusCallbackMethod", "POST")
        leg.callback = Callback(params.text("StatusCallback"), method, events)
    if params.text("FallbackUrl"):
        leg.fallback = (params.text("FallbackUrl"), params.text("FallbackMethod", "POST"))
    if params.text("TimeLimit"):
        leg.limit_to(float(params.number("TimeLimit", 0)))


def _stop(leg: Leg, status: str) -> None:
    """``canceled`` stops what is not answered yet; ``completed`` ends whatever it is."""
    if leg.call.answered is None and leg.call.direction != "inbound":
        leg.end(CallStatus.CANCELED, "canceled by the service")
    elif status == "completed":
        leg.end(CallStatus.COMPLETED, "ended by the service")


def _redirect(leg: Leg, params: Params) -> None:
    if leg.call.status is not CallStatus.IN_PROGRESS:
        raise bad(21220, "Call is not in-progress. Cannot redirect.")
    leg.exchange.note("redirect", leg.call.sid, "redirected by the service")
    leg.redirect(_start(params))
