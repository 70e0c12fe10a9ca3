"""Finding the row of a call, and following what the network reports about it."""

import uuid
from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import Call, CallKind, CallOutcome, CallStatus, ServiceNumber
from hotline.phone_numbers import InvalidPhoneNumberError, normalise
from hotline.services.callflow import holding
from hotline.services.operation import Operation
from hotline.services.outgoing import switching
from hotline.services.reaching import flags, numbers
from hotline.services.response import chasing, dispatch, followup, handovers, timeline
from hotline.speech import language_or_default

_BY_SID = sa.select(Call).where(Call.call_sid == sa.bindparam("sid")).with_for_update()
_LONGEST_PHONE = 64
_SLACK = timedelta(seconds=150)  # queued at the network, and a report that is merely late
_UNDECIDED = timedelta(minutes=5)
_LONGEST_CALL = timedelta(hours=4)


def arrived(op: Operation, sid: str, from_phone: str, to_phone: str) -> Call:
    """The row of a call that just arrived; its language is the dialled number's."""
    dialled = _e164(to_phone)
    number = op.session.scalars(sa.select(ServiceNumber).where(ServiceNumber.phone == dialled)).first()
    call = Call(
        call_sid=sid,
        kind=CallKind.INBOUND,
        status=CallStatus.IN_PROGRESS,
        from_phone=_e164(from_phone),
        to_phone=dialled,
        created_at=op.now,
        answered_at=op.now,
        service_number_id=None if number is None else number.id,
        language=language_or_default(None if number is None else number.language),
    )
    op.session.add(call)
    op.session.flush()
    return call


def is_from_us(op: Operation, phone: str) -> bool:
    """True when a call comes from one of our own service numbers."""
    query = sa.select(ServiceNumber.id).where(ServiceNumber.phone == _e164(phone))
    return op.session.connection().execute(query).first() is not None


def find(op: Operation, sid: str) -> Call | None:
    """The call with this sid, locked for this operation."""
    return op.session.scalars(_BY_SID, {"sid": sid}).first()


def adopt(op: Operation, call_id: uuid.UUID, sid: str) -> Call | None:
    """The call that we placed, learning its sid if the network's answer to placing it was lost.

    None when there is no such call, or when the sid is already another's.
    """
    call = op.session.get(Call, call_id, with_for_update=True, populate_existing=True)
    if call is not None and call.call_sid is None:
        if find(op, sid) is not None:
            return None
        call.call_sid = sid
    return call


def is_over(call: Call) -> bool:
    """True when the call has ended."""
    return call.ended_at is not None


def report_status(op: Operation, call: Call, status: CallStatus, error: str | None = None) -> bool:
    """Take a status report. Late, repeated and shuffled ones change nothing: False."""
    if status.rank <= call.status.rank:
        return False
    call.status = status
    if status is CallStatus.IN_PROGRESS:
        call.answered_at = call.answered_at or op.now
        numbers.reached(op, call.user_id, call.to_phone)
    if status.is_final:
        _ended(op, call, status, error)
    return True


def reap(op: Operation, limit: int = 50) -> int:
    """Take calls as over of which the network's last word was lost; returns how many.

    Nothing waits for a report that never comes: a phone that "rings" for ever would never be rung again.
    1. Rung longer than any phone rings: not answered.
    2. Answered, asked to press 1 or for the PIN, and neither came within minutes: over.
    3. Older than any call may last (four hours, Twilio's own limit): over.
    """
    ringing = timedelta(seconds=op.settings.ring_seconds) + _SLACK
    talking = Call.outcome.in_((CallOutcome.ACCEPTED, CallOutcome.IDENTIFIED))
    ours = Call.kind != CallKind.INBOUND
    lost = sa.or_(
        sa.and_(ours, Call.answered_at.is_(None), talking.is_not(True), Call.created_at <= op.now - ringing),
        sa.and_(ours, Call.answered_at <= op.now - _UNDECIDED, talking.is_not(True)),
        Call.created_at <= op.now - _LONGEST_CALL,
    )
    query = sa.select(Call).where(Call.ended_at.is_(None), lost).order_by(Call.created_at).limit(limit)
    found = op.session.scalars(query.with_for_update(skip_locked=True, of=Call)).all()
    for call in found:
        status = CallStatus.NO_ANSWER if call.answered_at is None else CallStatus.COMPLETED
        if not report_status(op, call, status, "the network never reported its end"):
            call.ended_at = op.now
    return len(found)


def _ended(op: Operation, call: Call, status: CallStatus, error: str | None) -> None:
    if call.kind is CallKind.INBOUND:
        holding.caller_left(op, call)
        return
    call.ended_at = call.ended_at or op.now
    call.error = error or call.error
    if call.outcome is None and status is CallStatus.COMPLETED:
        call.outcome = CallOutcome.UNANSWERED
    if status is CallStatus.FAILED and call.call_sid is not None:  # without one it never left the house
        flags.unreached(op, call.user_id, call.to_phone)
    if call.incident_id is None:
        return
    timeline.record(
        op,
        call.incident_id,
        f"{call.kind.value}-ended",
        call=str(call.id),
        status=status.value,
        user=None if call.user_id is None else str(call.user_id),
    )
    if call.kind is CallKind.PAGE:
        has_another_way = status is CallStatus.FAILED and switching.call_failed(op, call)
        if not has_another_way:
            dispatch.call_over(op, call)
    if call.kind is CallKind.CHASE:
        chasing.call_over(op, call)
    if call.kind is CallKind.HANDOVER:
        handovers.call_over(op, call)
    if call.kind in {CallKind.PAGE, CallKind.JOIN, CallKind.HANDOVER}:
        followup.not_joined(op, call)


def _e164(text: str) -> str:
    """As E.164 where it is a number; a withheld or odd one as it came, so that it still is somebody."""
    try:
        return normalise(text)
    except InvalidPhoneNumberError:
        return text[:_LONGEST_PHONE]
