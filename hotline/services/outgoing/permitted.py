"""Which numbers may be called at all: the last word before a call leaves the house."""

from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import Call, Caller, CallKind, Incident
from hotline.services.operation import Operation
from hotline.services.reaching import codes, numbers

_TRYING_OUT = frozenset({CallKind.CODE, CallKind.TEST, CallKind.SELF_TEST})


def why_not_call(op: Operation, call: Call) -> str | None:
    """Only verified and contracted numbers are ever dialled, in allowed countries, and not endlessly.

    But for two: a number that is being verified is called for its own code and nothing else, and the
    number that left a report is called when the owner of the incident asks for it.
    """
    if not _is_known(op, call):
        return "the number is neither verified nor contracted"
    if not numbers.is_allowed(op, call.to_phone):
        return "calls to that country are not allowed"
    # Codes and tests have limits of their own, and trying a number out must not cost it a page.
    uncounted = {CallKind.INBOUND} if call.kind in _TRYING_OUT else {CallKind.INBOUND, *_TRYING_OUT}
    recent = sa.select(sa.func.count()).where(
        Call.to_phone == call.to_phone,
        Call.call_sid.is_not(None),
        Call.kind.not_in(uncounted),
        Call.created_at > op.now - timedelta(hours=1),
    )
    about_this = recent.where(Call.incident_id == call.incident_id)
    count = op.session.execute
    # The first call about an incident is never held back, however busy the hour was.
    if count(recent).scalar_one() >= op.settings.calls_per_number_per_hour and count(about_this).scalar_one():
        return "the number was called too often within the hour"
    return None


def _is_known(op: Operation, call: Call) -> bool:
    if call.kind is CallKind.CODE:
        method = numbers.of(op, call.user_id, call.to_phone)
        return method is not None and codes.is_out(op, method)
    if call.kind is not CallKind.CALLBACK:
        return numbers.is_verified(op, call.to_phone, call.user_id)
    known = sa.select(Caller.id).where(Caller.phone == call.to_phone, Caller.ended_at.is_(None)).limit(1)
    return op.session.execute(known).first() is not None or _is_the_reporters(op, call)


def _is_the_reporters(op: Operation, call: Call) -> bool:
    incident = None if call.incident_id is None else op.session.get(Incident, call.incident_id)
    return call.contract_id is None and incident is not None and incident.caller_phone == call.to_phone
