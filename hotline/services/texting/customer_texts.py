"""Text messages from customers: kept with their incident, shown to whoever has it, and answered.

Without an open incident it may be a report: see :mod:`hotline.services.texting.text_reports`. A sender can be
forged, so the answer goes to the real telephone only and says nothing that its owner was not sent before.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from hotline.db.base import new_id
from hotline.db.models import Caller, Incident, MessageKind
from hotline.phone_numbers import mask
from hotline.services import pins, throttles, tracking
from hotline.services.operation import Operation
from hotline.services.response import incidents, paging, timeline
from hotline.services.texting import text_reports
from hotline.services.throttles import Limit, scope
from hotline.speech import ClockTime, Prompt, Reference, language_or_default, render

_NOTES_AN_HOUR = 20
_REPLIES_AN_HOUR = 10  # fewer than notes: what is answered "kept" is kept
_FORWARDED_AN_HOUR = 6
_LONGEST_NOTE = 600
_LONGEST_FORWARDED = 70
_REFERENCE = re.compile(r"\b\d{4,7}-\d\b")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Customer:
    """Who texts from a number that is a customer's, and the incident that is meant, if one is open."""

    phone: str
    name: str
    language: str
    incident: Incident | None


def sender(op: Operation, phone: str, body: str) -> Customer | None:
    """The customer whose number this is: on a contract, or the one that an open incident came from."""
    if not phone.startswith("+"):
        return None
    caller = op.session.scalars(
        sa.select(Caller)
        .where(Caller.phone == phone, Caller.ended_at.is_(None))
        .order_by(Caller.position, Caller.id)
    ).first()
    incident = _meant(op, phone, body)
    if caller is None and incident is None:
        return None
    name = mask(phone) if caller is None else caller.name
    return Customer(phone, name, language_or_default(_language(caller, incident)), incident)


def answer(op: Operation, customer: Customer, body: str, to: str = "") -> str | None:
    """Keep what the customer wrote and say where the incident stands; None once they wrote too often.

    Without an open incident it may be a report, which is opened however often they wrote. ``to`` is the
    number that was texted.
    """
    incident = customer.incident
    if incident is None:
        said = text_reports.take(op, customer.phone, customer.language, body, to)
        return _within_reason(op, customer, said)
    if throttles.reserve(op, [_limit("sms:notes", customer, _NOTES_AN_HOUR)]):
        _keep(op, customer.name, incident, body)
    return _within_reason(op, customer, _status(op, customer, incident))


def _within_reason(op: Operation, customer: Customer, said: Prompt) -> str | None:
    if not throttles.reserve(op, [_limit("sms:replies", customer, _REPLIES_AN_HOUR)]):
        return None
    return render(said, customer.language, written=True)


def _language(caller: Caller | None, incident: Incident | None) -> str | None:
    """The customer's own; for somebody who is not verified, that of the number they called."""
    if incident is not None:
        return incident.language if incident.contract is None else incident.contract.customer.language
    return None if caller is None else caller.contract.customer.language


def _meant(op: Operation, phone: str, body: str) -> Incident | None:
    """The open incident whose reference the text names; else one nobody has, else the newest."""
    contracts = sa.select(Caller.contract_id).where(Caller.phone == phone, Caller.ended_at.is_(None))
    query = (
        sa.select(Incident)
        .where(Incident.status.in_(incidents.UNFINISHED))
        .where(
            sa.or_(
                Incident.notify_phone == phone,
                Incident.caller_phone == phone,
                Incident.contract_id.in_(contracts),
            )
        )
        .order_by(Incident.verified_at.is_(None), Incident.owner_id.is_not(None), Incident.reported_at.desc())
    )
    found = list(op.session.scalars(query))
    named = set(_REFERENCE.findall(body))
    return next((one for one in found if one.reference in named), found[0] if found else None)


def keep(op: Operation, phone: str, incident: Incident, body: str, *, forward: bool) -> None:
    """Put on the timeline what a number of the customer wrote, and ``forward`` it to whoever has it."""
    if throttles.reserve(op, [Limit(scope("sms:notes", phone), _NOTES_AN_HOUR, _HOUR)]):
        query = sa.select(Caller.name).where(
            Caller.phone == phone, Caller.contract_id == incident.contract_id
        )
        _keep(op, op.session.scalars(query).first() or mask(phone), incident, body, forward=forward)


def _keep(op: Operation, writer: str, incident: Incident, body: str, *, forward: bool = True) -> None:
    text = pins.without_pin(" ".join(body.split()))
    timeline.record(op, incident, "customer-wrote", writer=writer, text=_shortened(text, _LONGEST_NOTE))
    limit = Limit(f"sms:forward:{incident.id}", _FORWARDED_AN_HOUR, _HOUR)
    if not forward or incident.owner is None or not text or not throttles.reserve(op, [limit]):
        return
    paging.tell(
        op,
        incident,
        incident.owner,
        MessageKind.FORWARDED,
        Prompt.of(
            "sms.customer_wrote",
            reference=Reference(incident.reference),
            customer=paging.customer_name(incident),
            text=_shortened(text, _LONGEST_FORWARDED),
            link=paging.link(op, incident),
        ),
        dedupe_key=f"wrote:{new_id()}",
    )


def _status(op: Operation, customer: Customer, incident: Incident) -> Prompt:
    reference = Reference(incident.reference)
    if incident.contract is None or incident.respond_by is None:
        return Prompt.of("reply.customer_report", reference=reference)
    zone = incident.contract.customer.time_zone
    follow = tracking.link(op, incident, customer.phone)
    if incident.owner is not None and incident.owned_since is not None:
        return Prompt.of(
            "reply.customer_taken",
            engineer=incident.owner.name,
            reference=reference,
            time=ClockTime(incident.owned_since, zone),
            follow=follow,
        )
    if incident.respond_by <= op.now:
        return Prompt.of("reply.customer_late", reference=reference, follow=follow)
    time = ClockTime(incident.respond_by, zone)
    return Prompt.of("reply.customer_ringing", reference=reference, time=time, follow=follow)


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 3].rstrip() + "..."


def _limit(kind: str, customer: Customer, count: int) -> Limit:
    return Limit(scope(kind, customer.phone), count, _HOUR)
