"""After somebody took it: make sure the customer is told, by a person's name, and keep at it.

The engineer's word alone stops no clock. A caller who is still holding is told at once. Else a text
message names the engineer and its delivery report stops the clock; without one in time we call the
contracted numbers in turn. ``incidents.next_notice_at`` is the schedule of all this, so a crash
anywhere only means that the next sweep goes on.
"""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import (
    Call,
    Caller,
    CallKind,
    CallOutcome,
    Effect,
    Incident,
    MessageKind,
    ToldBy,
    User,
)
from hotline.services.callflow import holding
from hotline.services.operation import Operation
from hotline.services.outgoing import outbox
from hotline.services.response import incidents, notices, paging, ringing, timeline
from hotline.speech import Prompt, Reference

# How long a caller who is being connected or told may take before we send word another way.
WHILE_CONNECTING = timedelta(seconds=45)
BETWEEN_CALLS = timedelta(seconds=90)
_ROUNDS_OF_CALLS = 2
_TIMES_JOINING = 3
_LATELY = timedelta(minutes=30)
_REDIRECT_LIFETIME = timedelta(seconds=30)


def after_acceptance(op: Operation, incident: Incident, user: User) -> None:
    """An engineer took it by text message or on the page: the customer is told from here on.

    Still on the line: told at once, and the engineer's phone rings so that they can be connected.
    A customer who still talks with whoever had it before is not disturbed.
    """
    calls = [call for call in incidents.customer_calls(op, incident) if call.bridged_at is None]
    if not calls:
        ringing.stop_ringing(op, incident)  # their own telephone too: they have answered by other means
        advance(op, incident)
        return
    for call in calls:
        fetch(op, incident, call)
    holding.ring_owner(op, incident)
    if incident.next_notice_at is not None:
        incident.next_notice_at = op.now + WHILE_CONNECTING


def fetch(op: Operation, incident: Incident, call: Call) -> None:
    """Take the customer's call to the sentence that names the engineer, wherever it is now.

    Not one that we placed and in which nobody has given the PIN yet.
    """
    if call.kind is CallKind.CALLBACK and call.outcome is not CallOutcome.IDENTIFIED:
        return
    key = f"fetch:{call.id}:{incident.owner_id}:{call.step}"
    if not outbox.exists(op, key):
        outbox.add(
            op,
            Effect.REDIRECT_CALL,
            call.id,
            key,
            lifetime=_REDIRECT_LIFETIME,
            incident=incident,
            step="told",
        )


def advance(op: Operation, incident: Incident) -> None:
    """Take the next step to tell the customer, and plan the one after it.

    Told already, but promised to be called back: then only the calls remain.

    1. A text message, when there is a number for it; then wait for its delivery report.
    2. Calls to the contracted numbers in turn, twice round.
    3. Shout: a person has to find another way.
    """
    is_owed = incident.told_at is None or incident.callback_requested_at is not None
    if not is_owed or incident.owner is None or incident.verified_at is None:
        incident.next_notice_at = None
        return
    if _is_talking(op, incident):
        incident.next_notice_at = op.now + timedelta(seconds=15)
        return
    done, incident.notices = incident.notices, incident.notices + 1
    if done == 0 and incident.told_at is None:
        _send_notice(op, incident)
        return
    phones = contracted_phones(op, incident)
    if done > len(phones) * _ROUNDS_OF_CALLS:
        _give_up(op, incident)
        return
    call_customer(op, incident, phones[max(done - 1, 0) % len(phones)])
    incident.next_notice_at = op.now + BETWEEN_CALLS


def not_joined(op: Operation, call: Call) -> None:
    """The engineer who has it is off the line while the customer waits: ring again, then shout."""
    incident = op.session.get(Incident, call.incident_id, with_for_update=True, populate_existing=True)
    if incident is None or incident.is_finished or incident.owner_id != call.user_id:
        return
    waiting = [customer for customer in incidents.customer_calls(op, incident) if customer.bridged_at is None]
    if not waiting:
        return
    if _calls_so_far(op, incident, CallKind.JOIN) < _TIMES_JOINING:
        holding.ring_owner(op, incident)
        return
    prompt = Prompt.of(
        "sms.alarm_waiting",
        reference=Reference(incident.reference),
        customer=paging.customer_name(incident),
        link=paging.link(op, incident),
    )
    paging.alarm(op, incident, prompt, f"waiting:{call.id}")


def callbacks_so_far(op: Operation, incident: Incident) -> int:
    """How often the customer was called; the numbers are taken in turn, the caller's own first."""
    return _calls_so_far(op, incident, CallKind.CALLBACK)


def _calls_so_far(op: Operation, incident: Incident, kind: CallKind) -> int:
    query = sa.select(sa.func.count()).where(
        Call.incident_id == incident.id, Call.kind == kind, Call.created_at > op.now - _LATELY
    )
    return int(op.session.execute(query).scalar_one())


def call_customer(op: Operation, incident: Incident, phone: str) -> Call:
    """Ring a number of the customer; whoever answers is identified before anything is said.

    For a report that is not verified there is nothing to identify by, and nothing is said about it.
    """
    call = ringing.new_call(op, incident, None, CallKind.CALLBACK, phone)
    call.contract_id = incident.contract_id
    ringing.place(op, incident, call)
    timeline.record(op, incident, "calling-customer", call=str(call.id))
    return call


def contracted_phones(op: Operation, incident: Incident) -> Sequence[str]:
    """The numbers that may be called about the incident, the caller's own first."""
    if incident.contract_id is None:
        return []
    query = sa.select(Caller.phone).where(
        Caller.contract_id == incident.contract_id, Caller.ended_at.is_(None)
    )
    phones = list(op.session.scalars(query.order_by(Caller.position, Caller.id)))
    return sorted(phones, key=lambda phone: phone != incident.notify_phone)


def phones_to_call(op: Operation, incident: Incident) -> Sequence[str]:
    """The numbers that the owner may have called: the contract's, or the one that left the report."""
    if incident.contract_id is not None:
        return contracted_phones(op, incident)
    return [incident.caller_phone] if incident.caller_phone.startswith("+") else []


def _is_talking(op: Operation, incident: Incident) -> bool:
    """True while a call that we placed to the customer is not over."""
    return bool(ringing.live_calls(op, incident.id, CallKind.CALLBACK))


def _send_notice(op: Operation, incident: Incident) -> None:
    if incident.notify_phone is None or incident.owner is None:
        incident.next_notice_at = op.now
        return
    hunt = "" if incident.reopened_at is None else f":{int(incident.reopened_at.timestamp())}"
    notices.send(op, incident, "sms.notice", f"notice:{incident.id}{hunt}")
    wait = timedelta(seconds=op.settings.notice_patience_seconds)
    # Who asked to be called back is called, whatever becomes of the text message; and so is everybody whose
    # contract does not count a text message.
    is_enough = incidents.stops_clock(op, incident, ToldBy.MESSAGE)
    is_called = incident.callback_requested_at is not None or not is_enough
    incident.next_notice_at = op.now if is_called else op.now + wait


def _give_up(op: Operation, incident: Incident) -> None:
    incident.next_notice_at = None
    timeline.record(op, incident, "customer-unreachable")
    prompt = Prompt.of(
        "sms.alarm_untold",
        reference=Reference(incident.reference),
        customer=paging.customer_name(incident),
        link=paging.link(op, incident),
    )
    paging.alarm(op, incident, prompt, f"untold:{incident.id}")
    if incident.owner is not None:
        paging.tell(
            op, incident, incident.owner, MessageKind.ALARM, prompt, dedupe_key=f"untold-owner:{incident.id}"
        )
