"""Reports by callers who could not be identified: kept as incidents, within limits, and never silently lost.

What cannot be put through because too many report is recorded all the same, and the managers are told
how many there were, once an hour.
"""

from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import Call, CallOutcome, Incident, ServiceNumber
from hotline.errors import NotFoundError
from hotline.services import throttles
from hotline.services.callflow import authentication
from hotline.services.callflow.instructions import Heard
from hotline.services.operation import Operation
from hotline.services.response import incidents, paging
from hotline.services.response.arrival import number_of
from hotline.services.throttles import Limit, scope
from hotline.speech import Prompt

A_CALLER, OVERALL = 3, 30
_HOUR = timedelta(hours=1)


def keep(op: Operation, call: Call, kind: str) -> Incident | None:
    """The caller's earlier report, or a new one of this ``kind``; None when too many were kept this hour.

    Then nobody is rung, and the managers are told.
    """
    incident = earlier(op, call)
    if incident is None:
        if not may_report(op, call.from_phone):
            call.outcome = CallOutcome.TURNED_AWAY
            tell_managers(op, _number(op, call), str(call.id))
            return None
        incident = incidents.open_report(op, call, kind)
    call.incident_id = incident.id
    return incident


def earlier(op: Operation, call: Call) -> Incident | None:
    """The unverified report that the same number left before and nobody has finished."""
    query = sa.select(Incident).where(
        Incident.caller_phone == call.from_phone,
        Incident.verified_at.is_(None),
        Incident.status.in_(incidents.UNFINISHED),
    )
    looks_real = call.from_phone.startswith("+")
    return op.session.scalars(query.order_by(Incident.reported_at.desc())).first() if looks_real else None


def kind_of(heard: Heard) -> str:
    """Whether words were left. A recording of unknown length may hold some."""
    if heard.recording_sid is None:
        return paging.CALLED_SILENTLY
    seconds = heard.recording_seconds
    is_breath = seconds is not None and seconds <= paging.LONGEST_BREATH_SECONDS
    return paging.CALLED_SILENTLY if is_breath else paging.REPORTED


def has_tried_hard(call: Call) -> bool:
    """Whether somebody went all the way through the PINs, rather than hanging up at the first question."""
    return call.authenticated_at is None and call.tries >= authentication.TRIES_A_CALL


def may_report(op: Operation, phone: str) -> bool:
    """Whether somebody who cannot be identified may have another engineer woken, by call or by text."""
    limits = [Limit("report:overall", OVERALL, _HOUR)]
    if phone.startswith("+"):  # withheld numbers are many people
        limits.insert(0, Limit(scope("report:caller", phone), A_CALLER, _HOUR))
    return throttles.reserve(op, limits)


def tell_managers(op: Operation, number: ServiceNumber | None, key: str) -> None:
    """How many were turned away within the hour, at once for the first and then once an hour.

    ``key`` is of whoever was turned away now. Texts and programs that were are one each.
    """
    op.session.flush()
    if number is None or not throttles.reserve(op, [Limit("report:alarm", 1, _HOUR)]):
        return
    query = sa.select(sa.func.count()).where(
        Call.outcome == CallOutcome.TURNED_AWAY, Call.created_at > op.now - _HOUR
    )
    prompt = Prompt.of(
        "sms.alarm_flood",
        count=max(1, int(op.session.execute(query).scalar_one())),
        link=op.settings.public_url,
    )
    paging.shout(op, prompt, from_=number.phone, key=scope("flood", f"{key}:{op.now.timestamp()}"))


def _number(op: Operation, call: Call) -> ServiceNumber | None:
    try:
        return number_of(op, call)
    except NotFoundError:  # no number is set up, so nothing can be sent from one
        return None
