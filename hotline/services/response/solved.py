"""A resolved incident asks the customer by text whether it is; once for each resolution.

YES is kept. NO brings it back to a human (:mod:`hotline.services.response.reopening`). No answer is no
harm. The number that was asked answers for the customer, and so does any other of their contract when it
says NO: a customer who says that it is not solved is believed.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from hotline.db.models import Caller, Incident, IncidentStatus, SolvedAnswer, SolvedAsk
from hotline.services import throttles
from hotline.services.operation import Operation
from hotline.services.response import notices, reopening, timeline
from hotline.services.throttles import Limit
from hotline.speech import Telephone

IN_TIME = timedelta(hours=48)  # afterwards an answer is too late to mean this resolution
REMEMBERED = timedelta(days=14)
_REOPENINGS_A_DAY = 5


def ask(op: Operation, incident: Incident) -> None:
    """The customer learns that it is resolved, and is asked; not one who is not verified."""
    if incident.notify_phone is None or incident.verified_at is None:
        return
    row = SolvedAsk(incident_id=incident.id, phone=incident.notify_phone, asked_at=op.now)
    op.session.add(row)
    op.session.flush()
    phone = Telephone(incident.service_number.phone)
    notices.send(op, incident, "sms.resolved", f"resolved:{row.id}", phone=phone)


def asked(op: Operation, phone: str) -> list[tuple[SolvedAsk, Incident]]:
    """The resolutions about which this number may say something, the latest first."""
    contracts = sa.select(Caller.contract_id).where(Caller.phone == phone)
    query = (
        sa.select(SolvedAsk, Incident)
        .join(Incident, Incident.id == SolvedAsk.incident_id)
        .where(
            SolvedAsk.asked_at > op.now - REMEMBERED,
            Incident.status == IncidentStatus.RESOLVED,
            SolvedAsk.asked_at >= Incident.finished_at,
            sa.or_(SolvedAsk.phone == phone, Incident.contract_id.in_(contracts)),
        )
        .order_by(SolvedAsk.asked_at.desc(), SolvedAsk.id.desc())
    )
    return [(row, incident) for row, incident in op.session.execute(query)]


def latest(op: Operation, incident: Incident) -> tuple[datetime, str | None, datetime | None] | None:
    """When the customer was last asked, what they answered (``yes`` or ``no``), and when; None if never."""
    query = sa.select(SolvedAsk).where(SolvedAsk.incident_id == incident.id)
    row = op.session.scalars(query.order_by(SolvedAsk.asked_at.desc(), SolvedAsk.id.desc())).first()
    if row is None:
        return None
    return row.asked_at, None if row.answer is None else row.answer.value, row.answered_at


def yes(op: Operation, row: SolvedAsk, incident: Incident) -> None:
    """The customer confirms it; said twice it is kept once. ``incident`` is locked."""
    if row.answer is not SolvedAnswer.YES:
        row.answer, row.answered_at = SolvedAnswer.YES, op.now
        timeline.record(op, incident, "solved-confirmed")


def no(op: Operation, row: SolvedAsk, incident: Incident) -> bool | None:
    """The customer says that it is not solved: True when the owner is asked, False when the ladder is rung.

    None when it was reopened so often within a day that only a call counts. ``incident`` is locked.
    """
    row.answer, row.answered_at = SolvedAnswer.NO, op.now
    limit = Limit(f"solved:{incident.id}", _REOPENINGS_A_DAY, timedelta(days=1))
    return reopening.by_customer(op, incident) if throttles.reserve(op, [limit]) else None
