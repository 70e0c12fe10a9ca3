"""The list of customers with their contracts: a row a contract, and one for a customer without any."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

import sla
from hotline.db.models import Contract, ContractProduct, Customer
from hotline.services.lists import filters, matching
from hotline.services.lists.covers import Cover, cover_on
from hotline.services.lists.listing import Listing, Order, Sort


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A customer and one of their contracts, if any. Days are inclusive, in the customer's zone."""

    customer_id: uuid.UUID
    customer: str
    time_zone: str
    language: str
    number: str | None
    plan: str | None
    starts_on: date | None
    cover_from: date | None
    cover_until: date | None
    products: int

    def cover(self, now: datetime) -> Cover | None:
        """What the mission-critical cover is on the customer's day of ``now``; None without a contract."""
        if self.plan is None:
            return None
        today = now.astimezone(ZoneInfo(self.time_zone)).date()
        return cover_on(today, sla.Plan(self.plan), self.cover_from, self.cover_until)


_PRODUCTS = (
    sa.select(sa.func.count())
    .select_from(ContractProduct)
    .where(ContractProduct.contract_id == Contract.id)
    .correlate(Contract)
    .scalar_subquery()
)

CUSTOMERS: Listing[ContractRow] = Listing(
    name="customers",
    select=sa.select(
        Customer.id,
        Customer.name,
        Customer.time_zone,
        Customer.language,
        Contract.number,
        Contract.plan,
        Contract.starts_on,
        Contract.cover_from,
        Contract.cover_until,
        _PRODUCTS.label("products"),
    )
    .select_from(Customer)
    .outerjoin(Contract, Contract.customer_id == Customer.id),
    id=sa.func.coalesce(Contract.id, Customer.id),
    make=ContractRow,
    sorts={
        "customer": Sort(Customer.name_key, Order.TEXT),
        "until": Sort(Contract.cover_until, Order.DAY, may_be_empty=True),
    },
    sort="customer",
    descending=False,
    filters={
        "q": filters.text(matching.customers_by),
        "plan": filters.choice(sla.Plan, Contract.plan),
        "product": filters.one(
            lambda found: Contract.id.in_(
                sa.select(ContractProduct.contract_id).where(ContractProduct.product_id == found)
            )
        ),
        "from": filters.first_day(Contract.cover_until),
        "to": filters.last_day(Contract.cover_until),
    },
    columns={
        "customer": lambda row: row.customer,
        "contract": lambda row: row.number,
        "plan": lambda row: row.plan,
        "starts_on": lambda row: row.starts_on,
        "cover_from": lambda row: row.cover_from,
        "cover_until": lambda row: row.cover_until,
        "products": lambda row: row.products,
        "time_zone": lambda row: row.time_zone,
        "language": lambda row: row.language,
    },
)
