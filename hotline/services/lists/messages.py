"""The list of text messages, in and out."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hotline.db.models import Contract, Customer, Incident, Message, MessageKind, MessageStatus, User
from hotline.phone_numbers import mask
from hotline.services.lists import filters, matching, secrets
from hotline.services.lists.listing import Listing, Sort


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One text message. Its words are :attr:`text`; what the database holds has codes in it."""

    id: uuid.UUID
    kind: MessageKind
    status: MessageStatus
    from_phone: str
    to_phone: str
    body: str
    created_at: datetime
    settled_at: datetime | None
    error_code: int | None
    user_id: uuid.UUID | None
    who: str | None
    reference: str | None
    customer_id: uuid.UUID | None
    customer: str | None

    @property
    def is_incoming(self) -> bool:
        """True when somebody sent it to us."""
        return self.status is MessageStatus.RECEIVED

    @property
    def phone(self) -> str:
        """The other end, masked."""
        return mask(self.from_phone if self.is_incoming else self.to_phone)

    @property
    def text(self) -> str:
        """The words, with every code hidden."""
        return secrets.shown(self.kind, self.body)


# Bodies are not searched: whoever may not read a code must not be able to guess it piece by piece.
def _by(typed: str) -> "sa.ColumnElement[bool]":
    return matching.traffic_by(typed, Incident.contract_id, Message.from_phone, Message.to_phone)


MESSAGES: Listing[MessageRow] = Listing(
    name="messages",
    select=sa.select(
        Message.id,
        Message.kind,
        Message.status,
        Message.from_phone,
        Message.to_phone,
        Message.body,
        Message.created_at,
        Message.settled_at,
        Message.error_code,
        Message.user_id,
        User.name.label("who"),
        Incident.reference,
        Contract.customer_id,
        Customer.name.label("customer"),
    )
    .select_from(Message)
    .outerjoin(User, User.id == Message.user_id)
    .outerjoin(Incident, Incident.id == Message.incident_id)
    .outerjoin(Contract, Contract.id == Incident.contract_id)
    .outerjoin(Customer, Customer.id == Contract.customer_id),
    id=Message.id,
    make=MessageRow,
    sorts={"at": Sort(Message.created_at)},
    sort="at",
    descending=True,
    filters={
        "q": filters.text(_by),
        "from": filters.since(Message.created_at),
        "to": filters.until(Message.created_at),
        "kind": filters.choice(MessageKind, Message.kind),
        "delivery": filters.choice(MessageStatus, Message.status),
        "person": filters.one(lambda found: Message.user_id == found),
        "customer": filters.one(lambda found: matching.of_customer(Incident.contract_id, found)),
    },
    columns={
        "at": lambda row: row.created_at,
        "direction": lambda row: "in" if row.is_incoming else "out",
        "kind": lambda row: row.kind.value,
        "person": lambda row: row.who,
        "phone": lambda row: row.phone,
        "incident": lambda row: row.reference,
        "customer": lambda row: row.customer,
        "delivery": lambda row: row.status.value,
        "error_code": lambda row: row.error_code,
        "settled_at": lambda row: row.settled_at,
        "text": lambda row: row.text,
    },
)
