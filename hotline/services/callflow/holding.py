"""On hold: told honestly what happens, with a way out, and never left to wait for ever.

A holding call hears ``wait`` over and over. Each round says something true, plays a little music and
takes keys meanwhile. After the configured patience it offers to hold on, to be called back or to
leave a message, and again every minute; the hunt goes on whatever the caller chooses.
"""

from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import (
    Call,
    Caller,
    CallKind,
    CallOutcome,
    CallStatus,
    Incident,
    IncidentStatus,
    Recording,
    ToldBy,
    Wish,
)
from hotline.services.callflow import reports_of_strangers
from hotline.services.callflow.instructions import (
    Ask,
    GoTo,
    HangUp,
    Heard,
    Hold,
    Instruction,
    Leave,
    Record,
    Say,
)
from hotline.services.operation import Operation
from hotline.services.response import dispatch, incidents, paging, reopening, ringing, timeline
from hotline.speech import ClockTime, Prompt, Reference, Spelled

_OFFER_AGAIN = timedelta(seconds=60)
_ONE_ROUND = timedelta(seconds=20)  # of truth and music: the offer comes before patience has run out
_TO_HANG_UP = timedelta(seconds=15)  # they hear the promise and put the phone down
_DIRECT_AGAIN = timedelta(seconds=60)


def opened(op: Operation, call: Call, incident: Incident) -> list[Instruction]:
    """The incident is committed: say its number and the time, offer to describe it, then hold."""
    if incident.respond_by is None or incident.contract is None:
        return [hold(op, call, incident)]
    reference = Reference(incident.reference)
    time = ClockTime(incident.respond_by, incident.contract.customer.time_zone)
    said = (
        Prompt.of("incident.opened", reference=reference, time=time),
        Prompt.of("incident.ringing"),
        Prompt.of("incident.describe"),
    )
    return [Ask("opened", said, digits=1, timeout=3)]


def described_or_not(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The caller pressed 1 to describe the problem, or did not."""
    if heard.digits[-1:] == "1":
        return [Record("described", (Prompt.of("describe.ask"),)), GoTo("described")]
    if heard.digits[-1:] == "*":
        return opened(op, call, _incident(op, call))
    return [hold(op, call, _incident(op, call))]


def described(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The description was recorded; now hold."""
    kept = keep_recording(op, call, heard)
    if heard.hung_up:
        return caller_left(op, call)
    thanks: list[Instruction] = [Say((Prompt.of("describe.thanks"),))] if kept else []
    return [*thanks, hold(op, call, _incident(op, call))]


def join(op: Operation, call: Call, incident: Incident) -> list[Instruction]:
    """A caller asks for the engineer who has the incident (or waits for whoever takes it)."""
    call.incident_id = incident.id
    timeline.record(op, incident, "joining", call=str(call.id))
    ring_owner(op, incident)
    return [hold(op, call, incident)]


def ring_owner(op: Operation, incident: Incident) -> None:
    """Ring the engineer who has the incident, unless their phone rings already.

    Somebody whose account is disabled has left: then the ladder is rung for whoever waits.
    """
    owner = incident.owner
    if owner is not None and owner.disabled_at is not None and not incident.is_finished:
        op.session.flush()
        op.session.refresh(incident, with_for_update=True)
        if incident.owner_id == owner.id and incident.status is IncidentStatus.ACKNOWLEDGED:
            reopening.to_the_ladder(op, incident, reopening.UNREACHABLE)
        return
    if owner is None or owner.phone is None:
        return
    kinds = (CallKind.PAGE, CallKind.JOIN, CallKind.HANDOVER)
    live = ringing.live_calls(op, incident.id, *kinds)
    if not any(call.user_id == owner.id for call in live):
        ringing.ring_to_join(op, incident, owner)


def hold(op: Operation, call: Call, incident: Incident) -> Hold:
    """Put the call into the incident's own queue."""
    if call.held_since is None:
        call.held_since = op.now
        timeline.record(op, incident, "holding", call=str(call.id))
    call.wish = None
    return Hold(incident.queue_name, "wait", "left")


def wait(op: Operation, call: Call) -> list[Instruction]:
    """One round of holding: the truth, a little music, and keys are heard."""
    incident = _incident(op, call)
    if incident.is_finished:
        return [Say((Prompt.of("goodbye"),)), HangUp()]
    if _must_be_named(op, incident):
        return [_joining(incident), GoTo("told-waiting")]
    if incident.status is IncidentStatus.OPEN and _must_dial_directly(op, call, incident):
        call.wish = Wish.DIRECT
        return [Leave()]
    if _is_out_of_patience(op, call):
        return [_offer(op, call, incident)]
    return [_ask_while_holding(op, call, incident, call.step)]


def wait_key(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """A key while holding: 2 to be called back, 3 to leave a message, 0 for the choices, ``*`` repeats."""
    incident = _incident(op, call)
    key = heard.digits[-1:]
    if key == "2" and _contracted_phone(op, incident) is not None:
        call.wish = Wish.CALLBACK
        incident.callback_requested_at = incident.callback_requested_at or op.now
        if incident.owner is not None:
            incident.next_notice_at = op.now + _TO_HANG_UP
        timeline.record(op, incident, "callback-requested", call=str(call.id))
        return [Leave()]
    if key in {"2", "3"}:  # without a contracted number to call, a message is what remains
        call.wish = Wish.MESSAGE
        timeline.record(op, incident, "message-chosen", call=str(call.id))
        return [Leave()]
    if key == "0":
        return [_offer(op, call, incident)]
    if key == "*" and not _has_news(op, incident):
        return [_ask_while_holding(op, call, incident, call.step - 1)]
    return [GoTo("wait")]


def offer_key(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """A key after the choices were said: as while holding, but ``*`` says the choices again."""
    incident = _incident(op, call)
    if heard.digits[-1:] == "*" and not _has_news(op, incident):
        return [_offer(op, call, incident)]
    return wait_key(op, call, heard)


def told_waiting(op: Operation, call: Call) -> list[Instruction]:
    """The sentence that names the engineer has been spoken to its end: the clock stops."""
    incident = _incident(op, call)
    if incident.owner is not None:
        incidents.tell(op, incident, ToldBy.SPOKEN)
    return wait(op, call)


def tell_now(op: Operation, call: Call) -> list[Instruction]:
    """The call was fetched out of the queue to be told who has the incident."""
    incident = _incident(op, call)
    if incident.owner is None:
        return [hold(op, call, incident)]
    return [_joining(incident), GoTo("told-done")]


def told_done(op: Operation, call: Call) -> list[Instruction]:
    """The sentence has been spoken: the clock stops, and the caller holds for the engineer."""
    incident = _incident(op, call)
    if incident.owner is not None:
        incidents.tell(op, incident, ToldBy.SPOKEN)
    return [hold(op, call, incident)]


def joining(op: Operation, call: Call) -> list[Instruction]:
    """On the customer's side, just before the engineer is connected: say who it is, once."""
    incident = _incident(op, call)
    if incident.owner is None:
        return []
    return [GoTo("joined")] if incident.told_at is not None else [_joining(incident), GoTo("joined")]


def joined(op: Operation, call: Call) -> list[Instruction]:
    """The sentence has been spoken and the two are connected now: the clock stops."""
    incident = _incident(op, call)
    if incident.owner is not None:
        call.bridged_at = op.now
        incidents.tell(op, incident, ToldBy.BRIDGE)
        incident.callback_requested_at, incident.next_notice_at = None, None
        timeline.record(op, incident, "bridged", actor=incident.owner, call=str(call.id))
    return []


def left(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The call left the queue. Why decides what comes next; a fetched call is elsewhere already."""
    incident = _incident(op, call)
    result = heard.queue_result or ""
    if result.startswith("redirected"):
        return [GoTo("told")]
    call.held_since = None
    if heard.hung_up or result == "hangup":
        return caller_left(op, call)
    if result == "bridged":
        return [Say((Prompt.of("bridge.over", reference=Reference(incident.reference)),)), HangUp()]
    if incident.owner is not None and result == "bridging-in-process":
        # The engineer's line went away while the caller was being told: they do not lose their place.
        call.bridged_at = None
        ring_owner(op, incident)
        return [hold(op, call, incident)]
    if result == "leave" and call.wish is Wish.CALLBACK:
        return _promise_callback(op, call, incident)
    if result == "leave" and call.wish is Wish.MESSAGE:
        return [Record("messaged", (Prompt.of("message.ask"),)), GoTo("messaged")]
    if result == "leave" and incident.is_finished:
        return [HangUp()]
    return [Say((Prompt.of("direct.ringing"),)), GoTo("direct")]


def messaged(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """A message was left instead of holding."""
    keep_recording(op, call, heard)
    if heard.hung_up:
        return caller_left(op, call)
    owner = _incident(op, call).owner
    if owner is not None:
        return [Say((Prompt.of("message.thanks_taken", engineer=owner.name),)), HangUp()]
    return [Say((Prompt.of("message.thanks"),)), HangUp()]


def caller_left(op: Operation, call: Call) -> list[Instruction]:
    """The caller hung up. The incident stays, and so does the hunt.

    Who gave three PINs that did not match and left before the tone had tried hard: that is a report too.
    """
    if call.ended_at is None:
        call.ended_at, call.status = op.now, CallStatus.COMPLETED
        call.outcome = call.outcome or CallOutcome.ABANDONED
        if call.incident_id is None and reports_of_strangers.has_tried_hard(call):
            reports_of_strangers.keep(op, call, paging.TRIED)
        if call.incident_id is not None:
            timeline.record(op, call.incident_id, "caller-left", call=str(call.id))
            _send_word_instead(op, _incident(op, call))
    return []


def keep_recording(op: Operation, call: Call, heard: Heard) -> bool:
    """Keep what was recorded with its incident; False when there was nothing."""
    if heard.recording_sid is None or heard.recording_url is None:
        return False
    found = op.session.scalars(
        sa.select(Recording).where(Recording.recording_sid == heard.recording_sid)
    ).first()
    if found is None:
        op.session.add(
            Recording(
                recording_sid=heard.recording_sid,
                call_id=call.id,
                incident_id=call.incident_id,
                created_at=op.now,
                url=heard.recording_url,
                duration=heard.recording_seconds,
            )
        )
        if call.incident_id is not None:
            timeline.record(op, call.incident_id, "recorded", recording=heard.recording_sid)
    elif found.incident_id is None:
        found.incident_id = call.incident_id
    return True


def _incident(op: Operation, call: Call) -> Incident:
    return op.session.get_one(Incident, call.incident_id)


def _send_word_instead(op: Operation, incident: Incident) -> None:
    """Nobody is there to be told by voice any more: the text message is due now."""
    if incident.next_notice_at is not None and incident.told_at is None:
        incident.next_notice_at = min(incident.next_notice_at, op.now)


def _joining(incident: Incident) -> Say:
    name = incident.owner.name if incident.owner is not None else ""
    return Say((Prompt.of("told.joining", engineer=name),))


def _offer(op: Operation, call: Call, incident: Incident) -> Ask:
    call.offered_at = op.now
    key = "offer" if incident.contract_id is not None else "offer.unconfirmed"
    said = Prompt.of(key)
    if incident.owner is not None:
        said = Prompt.of(f"{key}_taken" if "." in key else f"{key}.taken", engineer=incident.owner.name)
    return Ask("offer-key", (said,), digits=1, timeout=5)


def _has_news(op: Operation, incident: Incident) -> bool:
    """Whether something has to be said before anything is repeated."""
    return incident.is_finished or _must_be_named(op, incident)


def _must_be_named(op: Operation, incident: Incident) -> bool:
    """Whether the caller has yet to hear who has it. Where that stops no clock, hearing it once is enough."""
    return (
        incident.owner is not None
        and incident.told_at is None
        and not incidents.is_noted(op, incident, ToldBy.SPOKEN)
    )


def _ask_while_holding(op: Operation, call: Call, incident: Incident, step: int) -> Ask:
    return Ask("wait-key", _truth(op, incident, step), digits=1, timeout=1, music=True)


def _truth(op: Operation, incident: Incident, step: int) -> tuple[Prompt, ...]:
    """What is true right now, and now and then that there are other ways than to hold."""
    keys = (Prompt.of("hold.keys"),) if step % 4 == 3 and incident.contract_id is not None else ()
    if incident.owner is not None:
        return (Prompt.of("hold.taken", engineer=incident.owner.name), Prompt.of("hold.moment"))
    live = ringing.live_calls(op, incident.id, CallKind.PAGE)
    if not live:
        return (Prompt.of("hold.trying"), *keys)
    is_first = _pages_so_far(op, incident) == 1
    return (Prompt.of("hold.first" if is_first else "hold.next"), *keys)


def _pages_so_far(op: Operation, incident: Incident) -> int:
    query = sa.select(sa.func.count()).where(Call.incident_id == incident.id, Call.kind == CallKind.PAGE)
    return int(op.session.execute(query).scalar_one())


def _is_out_of_patience(op: Operation, call: Call) -> bool:
    if call.offered_at is not None:
        return op.now - call.offered_at >= _OFFER_AGAIN
    patience = timedelta(seconds=op.settings.patience_seconds)
    return call.held_since is not None and op.now - call.held_since + _ONE_ROUND > patience


def _must_dial_directly(op: Operation, call: Call, incident: Incident) -> bool:
    if not dispatch.rest_is_down(op, incident):
        return False
    last = op.session.scalar(sa.select(sa.func.max(Call.created_at)).where(Call.parent_id == call.id))
    return last is None or op.now - last >= _DIRECT_AGAIN


def _contracted_phone(op: Operation, incident: Incident) -> str | None:
    if incident.contract_id is None:
        return None
    phones = op.session.scalars(
        sa.select(Caller.phone)
        .where(Caller.contract_id == incident.contract_id, Caller.ended_at.is_(None))
        .order_by(Caller.position)
    ).all()
    if incident.notify_phone in phones:
        return incident.notify_phone
    return phones[0] if phones else None


def _promise_callback(op: Operation, call: Call, incident: Incident) -> list[Instruction]:
    phone = _contracted_phone(op, incident) or ""
    if incident.owner is not None:
        said = Prompt.of("callback.promised_taken", engineer=incident.owner.name, digits=Spelled(phone[-2:]))
        return [Say((said,)), HangUp()]
    return [Say((Prompt.of("callback.promised", digits=Spelled(phone[-2:])),)), HangUp()]
