"""A customer who has no open incident texts a problem: a report is opened, and counts from the text.

A sender can be forged and a text must not carry a PIN, so it is a report like that of a caller who could
not be identified (ADR 4): the duty engineer is rung at once, and its clock runs once somebody knows who
wrote, then from the arrival of the text. The engineer is shown whose number it is; the customer may also
call and give the PIN
(:mod:`hotline.services.callflow.confirming`). The answer goes to the real telephone only.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from hotline.db.models import (
    Incident,
    Message,
    MessageKind,
    MessageStatus,
    ReportChannel,
)
from hotline.services import pins
from hotline.services.callflow import reports_of_strangers
from hotline.services.operation import Operation
from hotline.services.response import incidents
from hotline.services.response.arrival import LONGEST_SUMMARY, Arrival, number_for
from hotline.services.texting import report_words
from hotline.services.texting.report_words import Meaning
from hotline.services.texting.sms_words import is_carriers
from hotline.speech import Prompt, Reference, Telephone

# They were asked what they mean: REPORT within this time means the texts before it too.
_ASKED_WITHIN = timedelta(hours=1)
_MOST_TEXTS = 5


def is_command(body: str) -> bool:
    """Whether a text says that it is a report, which holds whatever else it might be an answer to."""
    return report_words.read(body).is_command


def take(op: Operation, phone: str, language: str, body: str, to: str = "") -> Prompt:
    """Open a report for a text that is one; the answer to the customer in any case.

    ``phone`` is a registered caller's, ``to`` the number that was texted. Engineers are woken no oftener
    than for callers who cannot be identified; then the managers are told, and the customer is asked to call.
    """
    found = report_words.read(body)
    number = number_for(op, dialled=to)
    if found.meaning is Meaning.SMALL_TALK:
        return Prompt.of("reply.customer_call")
    if found.meaning is Meaning.UNCLEAR:
        return Prompt.of("reply.report_unclear")
    if not reports_of_strangers.may_report(op, phone):
        reports_of_strangers.tell_managers(op, number, f"text:{phone}")
        return Prompt.of("reply.report_limit", phone=Telephone(number.phone))
    at, words = _since(op, phone) if found.is_command else (op.now, [])
    text = pins.without_pin("\n".join([*words, found.text]).strip())
    incident = incidents.open_unverified(
        op,
        Arrival(
            channel=ReportChannel.SMS,
            at=at,
            number=number,
            language=language,
            phone=phone,
            answer_to=phone,
            words=text[:LONGEST_SUMMARY],
        ),
    )
    _keep_with(op, phone, incident)
    return Prompt.of(
        "reply.report_opened", reference=Reference(incident.reference), phone=Telephone(number.phone)
    )


def _since(op: Operation, phone: str) -> tuple[datetime, list[str]]:
    """When the report arrived that a bare REPORT means, and its words: what they were asked about before."""
    query = (
        sa.select(Message.created_at, Message.body)
        .where(_is_theirs(phone), Message.created_at > _asked_since(op, phone))
        .order_by(Message.created_at, Message.id)
        .limit(_MOST_TEXTS)
    )
    unclear = [
        (at, " ".join(body.split()))
        for at, body in op.session.execute(query)
        if not is_carriers(body) and report_words.read(body).meaning is Meaning.UNCLEAR
    ]
    return (unclear[0][0], [body for _, body in unclear]) if unclear else (op.now, [])


def _asked_since(op: Operation, phone: str) -> datetime:
    """An hour ago, or when their last incident was finished: what was written before was about that."""
    latest = sa.select(sa.func.max(Incident.finished_at)).where(
        sa.or_(Incident.caller_phone == phone, Incident.notify_phone == phone)
    )
    finished = op.session.scalar(latest)
    return op.now - _ASKED_WITHIN if finished is None else max(finished, op.now - _ASKED_WITHIN)


def _keep_with(op: Operation, phone: str, incident: Incident) -> None:
    """The texts that are the report belong to its incident."""
    texts = sa.update(Message).where(_is_theirs(phone), Message.created_at >= incident.reported_at)
    op.session.flush()
    op.session.execute(texts.values(incident_id=incident.id).execution_options(synchronize_session=False))


def _is_theirs(phone: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        Message.kind == MessageKind.COMMAND,
        Message.status == MessageStatus.RECEIVED,
        Message.from_phone == phone,
        Message.incident_id.is_(None),
    )
