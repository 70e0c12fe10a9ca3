"""The list of statements of service credits."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

import sla
from hotline.db.models import (
    Contract,
    Customer,
    Message,
    MessageStatus,
    Statement,
    StatementKind,
    StatementMail,
    StatementSending,
)
from hotline.services.lists import filters, matching
from hotline.services.lists.listing import Listing, Order, Sort
from hotline.services.operation import Operation

WAITING, RELEASED, FAILED = "waiting", "released", "failed"


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One statement. ``rounds`` says how often it was sent, ``failures`` how many mails failed."""

    id: uuid.UUID
    number: str
    kind: StatementKind
    customer_id: uuid.UUID
    customer: str
    contract: str
    starts_on: date
    ends_on: date
    drawn_at: datetime
    currency: str
    opening_minor: int
    moved_minor: int
    closing_minor: int
    rounds: int
    failures: int

    @property
    def closing(self) -> sla.Money:
        """What was owed at its end."""
        return sla.Money(self.closing_minor, self.currency)

    @property
    def moved(self) -> sla.Money:
        """What its entries come to."""
        return sla.Money(self.moved_minor, self.currency)

    @property
    def state(self) -> str:
        """Where it is: waiting to be released, released, or not all of it arrived."""
        if not self.rounds:
            return WAITING
        return FAILED if self.failures else RELEASED


_ROUNDS = (
    sa.select(sa.func.count())
    .where(StatementSending.statement_id == Statement.id)
    .correlate(Statement)
    .scalar_subquery()
)
_LATEST = (
    sa.select(sa.func.max(StatementSending.round))
    .where(StatementSending.statement_id == Statement.id)
    .correlate(Statement)
    .scalar_subquery()
)
_FAILURES = (
    sa.select(sa.func.count())
    .select_from(StatementMail)
    .join(Message, Message.id == StatementMail.message_id)
    .where(
        StatementMail.statement_id == Statement.id,
        StatementMail.round == _LATEST,
        Message.status == MessageStatus.FAILED,
    )
    .correlate(Statement)
    .scalar_subquery()
)


def waiting(op: Operation) -> int:
    """How many statements wait to be released."""
    return op.session.scalar(sa.select(sa.func.count()).select_from(Statement).where(_ROUNDS == 0)) or 0


def _by(typed: str) -> "sa.ColumnElement[bool]":
    exact = Statement.number == typed.strip().upper()
    return sa.or_(exact, Statement.contract_id.in_(matching.contracts_of(typed)))


STATEMENTS: Listing[StatementRow] = Listing(
    name="statements",
    select=sa.select(
        Statement.id,
        Statement.number,
        Statement.kind,
        Contract.customer_id,
        Customer.name,
        Contract.number,
        Statement.starts_on,
        Statement.ends_on,
        Statement.drawn_at,
        Statement.currency,
        Statement.opening,
        Statement.moved,
        Statement.closing,
        _ROUNDS,
        _FAILURES,
    )
    .select_from(Statement)
    .join(Contract, Contract.id == Statement.contract_id)
    .join(Customer, Customer.id == Contract.customer_id),
    id=Statement.id,
    make=StatementRow,
    sorts={"at": Sort(Statement.drawn_at), "customer": Sort(Customer.name_key, Order.TEXT)},
    sort="at",
    descending=True,
    filters={
        "q": filters.text(_by),
        "from": filters.first_day(Statement.ends_on),
        "to": filters.last_day(Statement.starts_on),
        "kind": filters.choice(StatementKind, Statement.kind),
        "state": filters.cases(
            {
                WAITING: _ROUNDS == 0,
                RELEASED: sa.and_(_ROUNDS > 0, _FAILURES == 0),
                FAILED: _FAILURES > 0,
            }
        ),
        "currency": filters.cases({code: Statement.currency == code for code in sla.EXPONENTS}),
        "customer": filters.one(lambda found: Contract.customer_id == found),
    },
    columns={
        "number": lambda row: row.number,
        "kind": lambda row: row.kind.value,
        "customer": lambda row: row.customer,
        "contract": lambda row: row.contract,
        "from": lambda row: row.starts_on,
        "to": lambda row: row.ends_on,
        "drawn_at": lambda row: row.drawn_at,
        "opening_minor": lambda row: row.opening_minor,
        "moved_minor": lambda row: row.moved_minor,
        "closing_minor": lambda row: row.closing_minor,
        "closing": lambda row: row.closing.to_decimal(),
        "currency": lambda row: row.currency,
        "state": lambda row: row.state,
    },
)
