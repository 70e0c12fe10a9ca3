"""The arrival of a report, whatever the channel: what an incident is opened from, and counts from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hotline.db.models import Call, Caller, CallKind, Contract, ReportChannel, ServiceNumber, User
from hotline.errors import NotFoundError
from hotline.phone_numbers import InvalidPhoneNumberError, normalise
from hotline.services.operation import Operation

LONGEST_SUMMARY = 1000


@dataclass(frozen=True, slots=True)
class Arrival:
    """A report as it reached us at ``at``, from which the clock counts.

    ``phone`` is the number that it came from as the network gave it, empty when there was none.
    ``answer_to`` is where the customer gets texts about it if it is of the contract. ``call`` is the call
    that it came by, ``recorder`` who of the house put it down, ``words`` what was reported.
    """

    channel: ReportChannel
    at: datetime
    number: ServiceNumber
    language: str
    phone: str = ""
    answer_to: str = ""
    words: str = ""
    call: Call | None = None
    recorder: User | None = None

    def facts(self) -> dict[str, Any]:
        """What the timeline keeps of it beside the instant and the person."""
        facts: dict[str, Any] = {} if self.call is None else {"call": str(self.call.id)}
        if self.channel is not ReportChannel.CALL:
            facts |= {"by": self.channel.value, "text": self.words}
        return facts


def of_call(op: Operation, call: Call) -> Arrival:
    """A call in which a report is made. Raises :class:`NotFoundError` when no number is set up."""
    return Arrival(
        channel=ReportChannel.CALL,
        at=call.created_at,
        number=number_of(op, call),
        language=call.language,
        phone=call.from_phone,
        answer_to=call.from_phone if call.kind is CallKind.INBOUND else call.to_phone,
        call=call,
    )


def number_of(op: Operation, call: Call) -> ServiceNumber:
    """The service number of a call; the house's first when nobody entered the dialled one yet."""
    if call.service_number_id is not None:
        return op.session.get_one(ServiceNumber, call.service_number_id)
    return number_for(op)


def number_for(op: Operation, *, dialled: str = "", contract: Contract | None = None) -> ServiceNumber:
    """The number that was ``dialled``, else the customer's own, else a shared one, else any.

    A report goes to that number's duty ladder, and texts about it leave from it, so never into the void.
    Raises :class:`NotFoundError` when none is set up.
    """
    customer_id = None if contract is None else contract.customer_id
    query = sa.select(ServiceNumber).order_by(
        ServiceNumber.phone != dialled,
        ServiceNumber.ended_at.is_not(None),
        sa.case(
            (ServiceNumber.customer_id == customer_id, 0), (ServiceNumber.customer_id.is_(None), 1), else_=2
        )
        if contract is not None
        else sa.literal(0),
        ServiceNumber.id,
    )
    found = op.session.scalars(query.limit(1)).first()
    if found is None:
        raise NotFoundError("No service number is set up: no report can be routed.")
    return found


def callers_of(contract: Contract) -> list[Caller]:
    """Who may report for a contract, in order; not those who have ended."""
    return [caller for caller in contract.callers if caller.ended_at is None]


def notify_phone(arrival: Arrival, contract: Contract) -> str | None:
    """Where the customer gets texts about an incident: where it came from, else the first caller's number.

    Of a report that did not come by call the number is only believed when it is registered.
    """
    phones = [caller.phone for caller in callers_of(contract)]
    try:
        phone = normalise(arrival.answer_to)
    except InvalidPhoneNumberError:
        phone = ""
    if phone and (arrival.channel is ReportChannel.CALL or phone in phones):
        return phone
    return phones[0] if phones else None
