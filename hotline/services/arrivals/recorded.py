"""A report that reached us otherwise and is put down by somebody of the house: an e-mail, a visitor, a call
that was missed. Its clock counts from when it arrived, so the deadline may be over when it is saved.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sla
from hotline.db.models import Call, CallKind, Contract, Incident, Product, ReportChannel, User
from hotline.errors import ConflictError, InvalidInputError, NotFoundError
from hotline.phone_numbers import mask
from hotline.services import audit
from hotline.services.arrivals import entitling, origins
from hotline.services.operation import Operation
from hotline.services.promise import stakes
from hotline.services.reports.words import marked
from hotline.services.response import incidents
from hotline.services.response.arrival import Arrival, number_for, number_of
from hotline.speech import language_or_default

OLDEST = timedelta(days=30)
CHANNELS = (ReportChannel.WEB, ReportChannel.MISSED_CALL, ReportChannel.SMS, ReportChannel.CALL)


class WrongArrivalError(InvalidInputError):
    """The instant cannot be that of the arrival."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is put down. Without a ``contract`` the customer is not known, and the report to be verified.

    ``call`` is a call in our own records that left no report; then ``at`` is when it came in.
    """

    channel: ReportChannel
    at: datetime
    words: str
    contract: Contract | None = None
    product: Product | None = None
    phone: str = ""
    call: Call | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What saving a report means: the deadline and what missing it costs. All empty without a contract.

    ``texts_to`` is the number, masked, that gets texts about it. ``others`` are the contract's incidents that
    somebody works on: it may be about one of these.
    """

    respond_by: datetime | None
    time_zone: str | None
    minutes: int | None
    is_over: bool
    stake: sla.Stake | None
    texts_to: str | None
    others: tuple[str, ...]


def missed_call(op: Operation, call_id: uuid.UUID) -> Call:
    """A call of our records that may be put down as a report: it came in, is over, and left none.

    Raises :class:`NotFoundError`, and :class:`ConflictError` when an incident has come of it.
    """
    call = op.session.get(Call, call_id)
    if call is None or call.kind is not CallKind.INBOUND or call.ended_at is None:
        raise NotFoundError(marked("There is no such call."))
    if call.incident_id is not None:
        raise ConflictError(marked("This call is on an incident already."))
    return call


def require_arrival(op: Operation, at: datetime) -> None:
    """Raises :class:`WrongArrivalError` for an instant in the future or more than 30 days ago."""
    if at > op.now:
        raise WrongArrivalError(marked("That is in the future. When did it reach us?"))
    if at < op.now - OLDEST:
        raise WrongArrivalError(marked("That is more than 30 days ago: too long for a clock to count from."))


def incident_of(op: Operation, call: Call) -> Incident | None:
    """The incident that came of a call, if one did."""
    return None if call.incident_id is None else op.session.get(Incident, call.incident_id)


def require_recordable(op: Operation, report: Report) -> None:
    """Raises :class:`WrongArrivalError` and :class:`~.entitling.NotEntitledError`."""
    require_arrival(op, report.at)
    if report.contract is not None:
        reason = entitling.refusal(report.contract, report.product, report.at)
        if reason is not None:
            raise entitling.NotEntitledError(reason)


def outlook(op: Operation, incident: Incident) -> Outlook:
    """What an incident that was just recorded means; whoever only looks ahead takes it back afterwards."""
    if incident.contract is None or incident.respond_by is None:
        return Outlook(None, None, None, is_over=False, stake=None, texts_to=None, others=())
    unfinished = incidents.unfinished_of(op, incident.contract)
    return Outlook(
        incident.respond_by,
        incident.contract.customer.time_zone,
        int((incident.respond_by - incident.reported_at).total_seconds()) // 60,
        op.now >= incident.respond_by,
        stakes.stake_of(op, incident),
        None if incident.notify_phone is None else mask(incident.notify_phone),
        tuple(one.reference for one in unfinished if one.id != incident.id),
    )


def record(op: Operation, user: User, report: Report, form_id: uuid.UUID) -> tuple[Incident, bool]:
    """Open the incident; with it whether this tap opened it. ``form_id`` is of the form: twice opens one.

    Raises :class:`WrongArrivalError`, :class:`~hotline.services.arrivals.entitling.NotEntitledError`, and
    :class:`ConflictError` when a colleague put the call down.
    """
    origin = f"form:{form_id.hex}" if report.call is None else f"call:{report.call.id.hex}"
    if report.call is not None:
        op.session.refresh(report.call, with_for_update=True)
    try:
        before = origins.claim(op, origin, origins.fingerprint(form_id.hex))
    except origins.OtherReportError:
        raise ConflictError(marked("This call is on an incident already.")) from None
    if before is not None:
        return before, False
    if report.call is not None:
        missed_call(op, report.call.id)
    require_recordable(op, report)
    arrival = _arrival(op, user, report)
    if report.contract is None or report.product is None:
        incident = incidents.open_unverified(op, arrival)
    else:
        incident = incidents.open_verified(op, arrival, report.contract, report.product)
    if report.call is not None:
        report.call.incident_id = incident.id
    origins.settle(op, origin, incident)
    op.session.flush()
    _audit(op, user, report, incident)
    return incident, True


def _arrival(op: Operation, user: User, report: Report) -> Arrival:
    number = number_for(op, contract=report.contract) if report.call is None else number_of(op, report.call)
    language = number.language if report.contract is None else report.contract.customer.language
    return Arrival(
        channel=report.channel,
        at=report.at,
        number=number,
        language=language_or_default(language),
        phone=report.phone,
        answer_to=report.phone,
        words=report.words,
        call=report.call,
        recorder=user,
    )


def _audit(op: Operation, user: User, report: Report, incident: Incident) -> None:
    audit.record(
        op,
        user,
        "recorded",
        "report",
        incident.id,
        incident.reference,
        after={
            "channel": report.channel.value,
            "arrived_at": report.at.isoformat(),
            "contract": None if report.contract is None else report.contract.number,
            "phone": mask(report.phone) if report.phone else None,
        },
    )
