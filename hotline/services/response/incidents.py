"""Incidents: opened, taken by exactly one engineer, told to the customer, verified, resolved.

Whatever two people may do at once is decided by one conditional UPDATE and its row count.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

import sla
from hotline.db.models import (
    Call,
    CallKind,
    CallOutcome,
    Contract,
    Incident,
    IncidentStatus,
    MessageKind,
    Product,
    ReportChannel,
    ToldBy,
    User,
)
from hotline.errors import ConflictError, InvalidInputError, NotFoundError
from hotline.services import tracking
from hotline.services.arrivals import entitling
from hotline.services.ladders.taking import ladder_of
from hotline.services.operation import Operation
from hotline.services.outgoing import messages
from hotline.services.promise import settlements
from hotline.services.promise.promises import terms_in_force, terms_of_incident
from hotline.services.response import (
    dispatch,
    handovers,
    paging,
    reopening,
    ringing,
    rousing,
    silence,
    solved,
    timeline,
)
from hotline.services.response.arrival import (
    LONGEST_SUMMARY,
    Arrival,
    callers_of,
    notify_phone,
    of_call,
)
from hotline.services.response.references import new_reference
from hotline.speech import ClockTime, Prompt, Reference, Telephone

_INSTANT = timedelta(microseconds=1)
UNFINISHED = (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Taken:
    """Who has an incident, since when, and whether this attempt made it so.

    ``handed_over``: a colleague had it before and handed it over.
    """

    incident: Incident
    owner: User
    at: datetime
    won: bool
    handed_over: bool = False


def open_incident(op: Operation, call: Call, contract: Contract, product: Product) -> Incident:
    """Open an incident for a caller who gave the PIN: see :func:`open_verified`."""
    return open_verified(op, of_call(op, call), contract, product)


def open_verified(op: Operation, arrival: Arrival, contract: Contract, product: Product) -> Incident:
    """Open an incident whose clock counts from the arrival of the report, and start hunting.

    Everything is in one transaction: the incident, its clock, its first event, the calls and the
    messages that it causes. Whether the contract entitles to it has been asked before.
    """
    row, terms = terms_in_force(contract, arrival.at)
    incident = _new(op, arrival)
    incident.contract, incident.product, incident.verified_at = contract, product, op.now
    incident.ladder_id = ladder_of(incident.service_number, contract, product)
    incident.terms_id = row.id
    incident.notify_phone = notify_phone(arrival, contract)
    op.session.add(incident)
    op.session.flush()
    timeline.record(op, incident, "reported", at=arrival.at, actor=arrival.recorder, **arrival.facts())
    _start_clock(op, incident, contract, terms)
    if arrival.call is not None:
        arrival.call.incident_id = incident.id
        _record_identification(op, incident, arrival.call)
    timeline.record(op, incident, "opened", product=product.name)
    _send_reference(op, incident)
    dispatch.begin(op, incident)
    return incident


def open_report(op: Operation, call: Call, kind: str = paging.REPORTED) -> Incident:
    """Open an incident for a caller who could not be identified: see :func:`open_unverified`."""
    return open_unverified(op, of_call(op, call), kind)


def open_unverified(op: Operation, arrival: Arrival, kind: str = paging.REPORTED) -> Incident:
    """Open an incident for somebody who could not be identified: no contract, no clock, but a hunt.

    ``kind`` is what came of it: :data:`paging.REPORTED`, and of a call also ``CALLED_SILENTLY`` or ``TRIED``.
    """
    incident, call = _new(op, arrival), arrival.call
    op.session.add(incident)
    op.session.flush()
    timeline.record(
        op, incident, kind, at=arrival.at, actor=arrival.recorder, verified=False, **arrival.facts()
    )
    if call is not None:
        call.incident_id = incident.id
    if call is not None and call.tries:
        timeline.record(op, incident, "pin-unconfirmed", call=str(call.id), tries=call.tries)
    dispatch.begin(op, incident)
    return incident


def accept(op: Operation, incident: Incident, user: User, by: str) -> Taken:
    """Take an incident for ``user`` unless somebody has it: of many at once exactly one wins.

    ``by`` is how: ``call``, ``sms`` or ``web``. The winner's incident stops hunting; the others'
    calls are ended and they learn who has it. Whoever has been asked by the owner to take it accepts
    the hand-over. Raises :class:`ConflictError` when it is finished.
    """
    won = _take(op, incident, user, by)
    if not won and handovers.accept(op, incident, user, by):
        return Taken(incident, user, op.now, won=True, handed_over=True)
    if not won:
        if incident.owner is None or incident.owned_since is None:
            raise ConflictError(f"Incident {incident.reference} is {incident.status}.")
        return Taken(incident, incident.owner, incident.owned_since, won=False)
    timeline.record(op, incident, "accepted", actor=user, by=by)
    ringing.stop_ringing(op, incident, keep=user.id)
    paging.tell_taken(op, incident, user)
    reopening.taken_up(op, incident)
    return Taken(incident, user, op.now, won=True)


def _take(op: Operation, incident: Incident, user: User, by: str) -> bool:
    op.session.flush()
    result = op.session.execute(
        sa.update(Incident)
        .where(
            Incident.id == incident.id, Incident.owner_id.is_(None), Incident.status == IncidentStatus.OPEN
        )
        .values(
            owner_id=user.id,
            # Who took it first is history, also when it went back to the ladder.
            accepted_at=sa.func.coalesce(Incident.accepted_at, op.now),
            accepted_by=sa.func.coalesce(Incident.accepted_by, by),
            owned_since=op.now,
            status=IncidentStatus.ACKNOWLEDGED,
            next_rung_at=None,
            next_notice_at=sa.case((Incident.verified_at.is_not(None), op.now), else_=None),
            next_chase_at=op.now + silence.span(op, incident),
        )
        .execution_options(synchronize_session=False)
    )
    op.session.refresh(incident)
    return result.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def tell(op: Operation, incident: Incident, by: ToldBy, leg: Call | None = None) -> bool:
    """The customer has been told that a named person works on it: the clock stops. False if it had.

    ``leg`` is the call that tells by a promise to connect, which :func:`retract_leg` takes back.

    Also False where the contract does not count this way of telling: then it is on the timeline, and the
    customer is told in one that counts.

    Once a breach is recorded the database has put this after it, so the instant is after the
    deadline then, whatever this machine's clock says. Raises :class:`ConflictError` when nobody has
    the incident: nobody can be named.
    """
    if incident.owner is None:
        raise ConflictError(f"Nobody has incident {incident.reference} yet.")
    if not stops_clock(op, incident, by):
        if incident.told_at is None and not is_noted(op, incident, by):
            timeline.record(op, incident, "told-unstopped", actor=incident.owner, by=by.value)
        return False
    op.session.flush()
    result = op.session.execute(
        sa.update(Incident)
        .where(Incident.id == incident.id, Incident.told_at.is_(None))
        .values(
            told_at=sa.case((Incident.breached_at.is_not(None), _after_deadline(op, incident)), else_=op.now),
            told_by=by,
            # A promised callback is owed all the same.
            next_notice_at=sa.case(
                (Incident.callback_requested_at.is_not(None), Incident.next_notice_at), else_=None
            ),
            next_warning_at=None,
        )
        .execution_options(synchronize_session=False)
    )
    op.session.refresh(incident)
    if result.rowcount != 1:  # type: ignore[attr-defined]
        return False
    data = _told_data(by, leg)
    timeline.record(op, incident, "told", at=incident.told_at, actor=incident.owner, **data)
    return True


def _told_data(by: ToldBy, leg: Call | None) -> dict[str, str]:
    return {"by": by.value} if leg is None else {"by": by.value, "call": str(leg.id)}


def is_noted(op: Operation, incident: Incident, by: ToldBy) -> bool:
    """Whether the customer was told in this way and, by their contract, the clock ran on."""
    return timeline.has(op, incident, "told-unstopped", by=by.value)


def stops_clock(op: Operation, incident: Incident, by: ToldBy) -> bool:
    """Whether the incident's terms count this way of telling; every way counts while there are none."""
    terms = terms_of_incident(op, incident)
    return terms is None or sla.Stop(by.value) in terms.stops


def _after_deadline(op: Operation, incident: Incident) -> datetime:
    """Now, or the first instant after the deadline if that is later."""
    return op.now if incident.respond_by is None else max(op.now, incident.respond_by + _INSTANT)


def retract_leg(op: Operation, incident: Incident, leg: Call) -> bool:
    """Take back what this very leg told: it never bridged. What others told, before or after, stands."""
    at = timeline.last(op, incident, "told", **_told_data(ToldBy.BRIDGE, leg))
    return at is not None and retract(op, incident, ToldBy.BRIDGE, at)


def retract(op: Operation, incident: Incident, by: ToldBy, at: datetime | None = None) -> bool:
    """Take back that the customer was told, or was told ``at`` that instant: the clock runs on."""
    op.session.flush()
    is_that = sa.true() if at is None else Incident.told_at == at
    result = op.session.execute(
        sa.update(Incident)
        .where(Incident.id == incident.id, Incident.told_by == by, is_that)
        .values(told_at=None, told_by=None, next_notice_at=op.now, next_warning_at=op.now)
        .execution_options(synchronize_session=False)
    )
    op.session.refresh(incident)
    if result.rowcount != 1:  # type: ignore[attr-defined]
        return False
    timeline.record(op, incident, "told-retracted", by=by.value)
    return True


def verify(
    op: Operation, incident: Incident, contract: Contract, product: Product, user: User | None
) -> None:
    """It is known who reported: the incident gets its contract, and the clock counts from the arrival.

    ``user`` is the engineer who found out; None when the customer gave the PIN.

    Raises :class:`ConflictError` when it was verified before, and
    :class:`~hotline.services.arrivals.entitling.NotEntitledError` when the contract does not entitle to a
    report that arrived then.
    """
    if incident.verified_at is not None:
        raise ConflictError(f"Incident {incident.reference} was verified before.")
    if incident.is_finished:
        raise ConflictError(f"Incident {incident.reference} is {incident.status}.")
    reason = entitling.refusal(contract, product, incident.reported_at)
    if reason is not None:
        raise entitling.NotEntitledError(reason)
    row, terms = terms_in_force(contract, incident.reported_at)
    incident.contract, incident.product, incident.verified_at = contract, product, op.now
    incident.terms_id = row.id
    phones = [caller.phone for caller in callers_of(contract)]
    if incident.notify_phone is None and phones:
        incident.notify_phone = incident.caller_phone if incident.caller_phone in phones else phones[0]
    op.session.flush()
    _start_clock(op, incident, contract, terms)
    if incident.told_by is not None and not stops_clock(op, incident, incident.told_by):
        retract(op, incident, incident.told_by)  # while there were no terms every way counted
    if incident.owner_id is not None and incident.told_at is None:
        incident.next_notice_at = op.now
    by: dict[str, Any] = {} if user is not None else {"by": "pin"}
    timeline.record(
        op, incident, "verified", actor=user, contract=contract.number, product=product.name, **by
    )
    if incident.channel is not ReportChannel.CALL:  # a caller was told the number when they called
        _send_reference(op, incident)


def resolve(op: Operation, incident: Incident, user: User, done: str = "") -> None:
    """The owner says it is solved, and the customer is asked by text. The clock runs on until they are told.

    ``done`` is what was done about it, for colleagues.
    Raises :class:`ForbiddenTransitionError` when it is finished and :class:`ConflictError` when
    somebody else has it.
    """
    _lock(op, incident)  # a hand-over may be accepted at this moment
    if incident.owner_id != user.id:
        raise ConflictError(f"Incident {incident.reference} is not yours to resolve.")
    incident.become(IncidentStatus.RESOLVED)
    incident.finished_at, incident.next_chase_at = op.now, None
    handovers.overtake(op, incident)
    timeline.record(op, incident, "resolved", actor=user, text=done.strip())
    rousing.stop(op, incident)
    solved.ask(op, incident)


def cancel(op: Operation, incident: Incident, user: User, reason: str) -> None:
    """End an incident that is none, with a reason. Only an unverified one: a promise is not cancelled away.

    Raises :class:`InvalidInputError` without a reason or for a verified incident.
    """
    if not reason.strip():
        raise InvalidInputError("Say why; the reason stays on the incident.")
    _lock(op, incident)
    if incident.verified_at is not None:
        raise InvalidInputError("A verified incident carries a promise: resolve it instead.")
    incident.become(IncidentStatus.CANCELLED)
    incident.finished_at = op.now
    incident.next_rung_at, incident.next_chase_at = None, None
    handovers.overtake(op, incident)
    ringing.stop_ringing(op, incident)
    timeline.record(op, incident, "cancelled", actor=user, reason=reason.strip()[:500])


def by_reference(op: Operation, reference: str) -> Incident:
    """The incident with a reference. Raises :class:`NotFoundError`."""
    found = op.session.scalars(sa.select(Incident).where(Incident.reference == reference)).first()
    if found is None:
        raise NotFoundError(f"There is no incident {reference}.")
    return found


def unfinished_of(op: Operation, contract: Contract) -> list[Incident]:
    """A contract's incidents that somebody still works on, newest first."""
    query = (
        sa.select(Incident)
        .where(Incident.contract_id == contract.id, Incident.status.in_(UNFINISHED))
        .order_by(Incident.reported_at.desc())
    )
    return list(op.session.scalars(query))


def customer_calls(op: Operation, incident: Incident) -> list[Call]:
    """The customer's calls about the incident that are not over, the one holding longest first.

    A call that we placed is the customer's only once they gave the PIN: until then it may be anybody's.
    """
    calls = [
        call
        for call in ringing.live_calls(op, incident.id, CallKind.INBOUND, CallKind.CALLBACK)
        if call.kind is CallKind.INBOUND or call.outcome is CallOutcome.IDENTIFIED
    ]
    return sorted(calls, key=lambda call: (call.held_since is None, call.held_since or call.created_at))


def _lock(op: Operation, incident: Incident) -> None:
    op.session.flush()
    op.session.refresh(incident, with_for_update=True)


def _new(op: Operation, arrival: Arrival) -> Incident:
    return Incident(
        reference=new_reference(op),
        service_number=arrival.number,
        service_number_id=arrival.number.id,
        ladder_id=ladder_of(arrival.number),
        language=arrival.language,
        channel=arrival.channel,
        summary=arrival.words[:LONGEST_SUMMARY] or None,
        caller_phone=arrival.phone,
        reported_at=arrival.at,
        opened_at=op.now,
    )


def _record_identification(op: Operation, incident: Incident, call: Call) -> None:
    """That the caller gave the PIN, and after how many that did not match; never any digits."""
    if call.authenticated_at is not None:
        timeline.record(
            op, incident, "identified", at=call.authenticated_at, call=str(call.id), tries=call.tries,
            by="number" if call.known_caller else "contract",
        )  # fmt: skip


def _start_clock(op: Operation, incident: Incident, contract: Contract, terms: sla.Terms) -> None:
    """The clock counts from the report; all that it was worked out from is on the timeline."""
    clock = terms.clock(incident.reported_at)
    incident.respond_by, incident.due_on = clock.respond_by, terms.day_of(clock.respond_by)
    warning = clock.next_warning(op.now)
    incident.next_warning_at = None if warning is None else warning.at
    settlements.plan(op, contract.id, contract.terms, incident.due_on)
    timeline.record(
        op, incident, "clock-started", contract=str(contract.id), terms=str(incident.terms_id),
        version=terms.version, reported_at=incident.reported_at.isoformat(),
        respond_by=clock.respond_by.isoformat(),
    )  # fmt: skip


def _send_reference(op: Operation, incident: Incident) -> None:
    if incident.notify_phone is None or incident.respond_by is None or incident.contract is None:
        return
    messages.send(
        op,
        MessageKind.REFERENCE,
        to=incident.notify_phone,
        prompt=Prompt.of(
            "sms.reference" if op.now < incident.respond_by else "sms.reference_late",
            reference=Reference(incident.reference),
            product=paging.product_name(incident),
            time=ClockTime(incident.respond_by, incident.contract.customer.time_zone),
            phone=Telephone(incident.service_number.phone),
            follow=tracking.link(op, incident, incident.notify_phone),
        ),
        language=incident.language,
        from_=incident.service_number.phone,
        dedupe_key=f"reference:{incident.id}",
        incident=incident,
    )
