"""The list of telephone calls, in and out."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hotline.db.models import (
    Call,
    CallKind,
    CallOutcome,
    CallStatus,
    Contract,
    Customer,
    Incident,
    User,
)
from hotline.phone_numbers import mask
from hotline.services.lists import filters, matching
from hotline.services.lists.listing import Listing, Sort

TALKED, UNANSWERED, LIVE, NO_REPORT = "talked", "unanswered", "live", "no-report"


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call. ``who`` is the person of the house whom we rang; for the others there is a number."""

    id: uuid.UUID
    kind: CallKind
    status: CallStatus
    outcome: CallOutcome | None
    from_phone: str
    to_phone: str
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    bridged_at: datetime | None
    error: str | None
    call_sid: str | None
    parent_id: uuid.UUID | None
    user_id: uuid.UUID | None
    who: str | None
    reference: str | None
    customer_id: uuid.UUID | None
    customer: str | None

    @property
    def phone(self) -> str:
        """The other end, masked."""
        return mask(self.from_phone if self.kind is CallKind.INBOUND else self.to_phone)

    @property
    def left_no_report(self) -> bool:
        """Whether it came in, is over, and no incident has come of it: it may be put down as a report."""
        return self.kind is CallKind.INBOUND and self.ended_at is not None and self.reference is None

    @property
    def seconds(self) -> int | None:
        """How long it was talked; None if it was never answered or is not over."""
        if self.answered_at is None or self.ended_at is None:
            return None
        return int((self.ended_at - self.answered_at).total_seconds())


# Came in, is over, and no incident has come of it.
_LEFT_NO_REPORT = sa.and_(
    Call.kind == CallKind.INBOUND, Call.ended_at.is_not(None), Call.incident_id.is_(None)
)
# The caller's contract is known before there is an incident, and the incident's for the others.
_CONTRACT = sa.func.coalesce(Incident.contract_id, Call.contract_id)


def _by(typed: str) -> "sa.ColumnElement[bool]":
    return matching.traffic_by(typed, _CONTRACT, Call.from_phone, Call.to_phone)


CALLS: Listing[CallRow] = Listing(
    name="calls",
    select=sa.select(
        Call.id,
        Call.kind,
        Call.status,
        Call.outcome,
        Call.from_phone,
        Call.to_phone,
        Call.created_at,
        Call.answered_at,
        Call.ended_at,
        Call.bridged_at,
        Call.error,
        Call.call_sid,
        Call.parent_id,
        Call.user_id,
        User.name.label("who"),
        Incident.reference,
        Contract.customer_id,
        Customer.name.label("customer"),
    )
    .select_from(Call)
    .outerjoin(User, User.id == Call.user_id)
    .outerjoin(Incident, Incident.id == Call.incident_id)
    .outerjoin(Contract, Contract.id == _CONTRACT)
    .outerjoin(Customer, Customer.id == Contract.customer_id),
    id=Call.id,
    make=CallRow,
    sorts={"at": Sort(Call.created_at)},
    sort="at",
    descending=True,
    filters={
        "q": filters.text(_by),
        "from": filters.since(Call.created_at),
        "to": filters.until(Call.created_at),
        "kind": filters.choice(CallKind, Call.kind),
        "end": filters.cases(
            {
                TALKED: sa.and_(Call.answered_at.is_not(None), Call.ended_at.is_not(None)),
                UNANSWERED: sa.and_(Call.answered_at.is_(None), Call.ended_at.is_not(None)),
                LIVE: Call.ended_at.is_(None),
                NO_REPORT: _LEFT_NO_REPORT,
            }
        ),
        "person": filters.one(lambda found: Call.user_id == found),
        "customer": filters.one(lambda found: matching.of_customer(_CONTRACT, found)),
    },
    columns={
        "at": lambda row: row.created_at,
        "kind": lambda row: row.kind.value,
        "person": lambda row: row.who,
        "phone": lambda row: row.phone,
        "incident": lambda row: row.reference,
        "customer": lambda row: row.customer,
        "status": lambda row: row.status.value,
        "outcome": lambda row: None if row.outcome is None else row.outcome.value,
        "answered_at": lambda row: row.answered_at,
        "bridged_at": lambda row: row.bridged_at,
        "ended_at": lambda row: row.ended_at,
        "seconds_talked": lambda row: row.seconds,
    },
)
