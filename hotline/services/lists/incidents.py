"""The list of incidents."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

import sla
from hotline.db.models import (
    Contract,
    ContractTerms,
    Customer,
    Incident,
    IncidentStatus,
    LedgerEntry,
    Product,
    ReportChannel,
    ToldBy,
    User,
)
from hotline.phone_numbers import mask
from hotline.services.lists import filters, matching
from hotline.services.lists.listing import Listing, Sort

KEPT, MISSED, RUNNING, NONE = "kept", "missed", "running", "none"


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident, as the database holds it. ``fine`` is in minor units of ``currency``."""

    id: uuid.UUID
    reference: str
    status: IncidentStatus
    reported_at: datetime
    verified_at: datetime | None
    respond_by: datetime | None
    accepted_at: datetime | None
    told_at: datetime | None
    told_by: ToldBy | None
    breached_at: datetime | None
    finished_at: datetime | None
    caller_phone: str
    channel: ReportChannel
    contract: str | None
    customer_id: uuid.UUID | None
    customer: str | None
    product: str | None
    owner: str | None
    respond_within: int | None
    warn_at: list[Any] | None
    fine: int | None
    currency: str | None
    ordinal: int | None

    @property
    def cost(self) -> sla.Money | None:
        """The fine that is in the ledger."""
        return _money(self.fine, self.currency)

    @property
    def promise(self) -> str:
        """What the books say of the promise: kept, missed, running, or none was made."""
        if self.respond_by is None:
            return NONE
        if self.breached_at is not None:
            return MISSED
        return RUNNING if self.told_at is None else KEPT

    def state(self, now: datetime) -> sla.ClockState | None:
        """Where the clock stands at ``now``; None without one. A breach once recorded stands."""
        if self.respond_by is None or self.respond_within is None:
            return None
        if self.breached_at is not None:
            return sla.ClockState.BREACHED
        shares = tuple(Fraction(share) for share in self.warn_at or ())
        clock = sla.ResponseClock(self.reported_at, timedelta(seconds=self.respond_within), shares)
        return clock.state(now, self.told_at)


def _money(minor: int | None, currency: str | None) -> sla.Money | None:
    return None if minor is None or currency is None else sla.Money(minor, currency)


_PROMISES = {
    MISSED: Incident.breached_at.is_not(None),
    KEPT: sa.and_(Incident.told_at.is_not(None), Incident.breached_at.is_(None)),
    RUNNING: sa.and_(
        Incident.respond_by.is_not(None), Incident.told_at.is_(None), Incident.breached_at.is_(None)
    ),
    NONE: Incident.respond_by.is_(None),
}

INCIDENTS: Listing[IncidentRow] = Listing(
    name="incidents",
    select=sa.select(
        Incident.id,
        Incident.reference,
        Incident.status,
        Incident.reported_at,
        Incident.verified_at,
        Incident.respond_by,
        Incident.accepted_at,
        Incident.told_at,
        Incident.told_by,
        Incident.breached_at,
        Incident.finished_at,
        Incident.caller_phone,
        Incident.channel,
        Contract.number,
        Contract.customer_id,
        Customer.name.label("customer"),
        Product.name.label("product"),
        User.name.label("owner"),
        ContractTerms.respond_within_seconds,
        ContractTerms.warn_at,
        LedgerEntry.amount,
        LedgerEntry.currency,
        LedgerEntry.ordinal,
    )
    .select_from(Incident)
    .outerjoin(Contract, Contract.id == Incident.contract_id)
    .outerjoin(Customer, Customer.id == Contract.customer_id)
    .outerjoin(Product, Product.id == Incident.product_id)
    .outerjoin(User, User.id == Incident.owner_id)
    .outerjoin(ContractTerms, ContractTerms.id == Incident.terms_id)
    .outerjoin(LedgerEntry, sa.and_(LedgerEntry.incident_id == Incident.id, LedgerEntry.kind == "fine")),
    id=Incident.id,
    make=IncidentRow,
    sorts={
        "reported": Sort(Incident.reported_at),
        "deadline": Sort(Incident.respond_by, may_be_empty=True),
        "finished": Sort(Incident.finished_at, may_be_empty=True),
    },
    sort="reported",
    descending=True,
    filters={
        "q": filters.text(matching.incidents_by),
        "from": filters.since(Incident.reported_at),
        "to": filters.until(Incident.reported_at),
        "status": filters.choice(IncidentStatus, Incident.status),
        "promise": filters.cases(_PROMISES),
        "channel": filters.choice(ReportChannel, Incident.channel),
        "customer": filters.one(lambda found: matching.of_customer(Incident.contract_id, found)),
        "product": filters.one(lambda found: Incident.product_id == found),
        "owner": filters.one_or_nobody(Incident.owner_id),
    },
    columns={
        "reference": lambda row: row.reference,
        "status": lambda row: row.status.value,
        "promise": lambda row: row.promise,
        "customer": lambda row: row.customer,
        "contract": lambda row: row.contract,
        "product": lambda row: row.product,
        "owner": lambda row: row.owner,
        "channel": lambda row: row.channel.value,
        "caller": lambda row: mask(row.caller_phone) if row.caller_phone else None,
        "reported_at": lambda row: row.reported_at,
        "verified_at": lambda row: row.verified_at,
        "respond_by": lambda row: row.respond_by,
        "accepted_at": lambda row: row.accepted_at,
        "told_at": lambda row: row.told_at,
        "told_by": lambda row: None if row.told_by is None else row.told_by.value,
        "breached_at": lambda row: row.breached_at,
        "finished_at": lambda row: row.finished_at,
        "fine_minor": lambda row: row.fine,
        "fine": lambda row: None if row.cost is None else row.cost.to_decimal(),
        "currency": lambda row: row.currency,
        "miss_of_the_year": lambda row: row.ordinal,
    },
)
