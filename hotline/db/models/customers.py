"""Who may call, and what they bought: customers, contracts, terms, products, numbers."""

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotline.db.base import Base, id_column
from hotline.db.names import Named


class Customer(Named, Base):
    """A company that bought premier support. Like all that history refers to, it ends, and stays.

    ``locale`` says how amounts are written in what is sent to them; empty: as their language does.
    """

    __tablename__ = "customers"

    id: Mapped[uuid.UUID] = id_column()
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    language: Mapped[str] = mapped_column(sa.String(8), default="en")
    locale: Mapped[str | None] = mapped_column(sa.String(24))
    time_zone: Mapped[str] = mapped_column(sa.String(64))
    ended_at: Mapped[datetime | None]


class Product(Base):
    """Something that can be covered. Products are data: a new one needs no new code."""

    __tablename__ = "products"

    id: Mapped[uuid.UUID] = id_column()
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]


class Contract(Base):
    """A premier contract: the plan, the mission-critical cover and its dates, the PIN, who answers.

    ``cover_from`` and ``cover_until`` are inclusive days in the customer's time zone; without
    ``cover_from`` the mission-critical cover was never bought. ``sends_statements``: its statements leave
    as soon as they are drawn up; otherwise somebody releases each.
    """

    __tablename__ = "contracts"

    id: Mapped[uuid.UUID] = id_column()
    customer_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("customers.id"), index=True)
    number: Mapped[str] = mapped_column(sa.String(12), unique=True)
    pin_hash: Mapped[str] = mapped_column(sa.String(200))
    plan: Mapped[str] = mapped_column(sa.String(32))
    starts_on: Mapped[date]
    cover_from: Mapped[date | None]
    cover_until: Mapped[date | None]
    ladder_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("ladders.id"))
    sends_statements: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    ended_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship()
    products: Mapped[list["ContractProduct"]] = relationship(order_by="ContractProduct.position")
    terms: Mapped[list["ContractTerms"]] = relationship(order_by="ContractTerms.version")
    callers: Mapped[list["Caller"]] = relationship(order_by="Caller.position")


class ContractProduct(Base):
    """A product that a contract covers, for how many instances; its ladder if not the contract's own."""

    __tablename__ = "contract_products"

    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"), primary_key=True)
    product_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("products.id"), primary_key=True)
    instances: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)
    ladder_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("ladders.id"))

    product: Mapped[Product] = relationship()


class ContractTerms(Base):
    """One version of what was promised and what a miss costs, in force from a day on.

    ``warn_at`` are shares of the target as text, such as ``"1/2"``; ``stops`` the ways of telling the
    customer that stop the clock. ``annual_fee`` is in minor units of ``currency``. ``schedule``,
    ``attainment`` and ``limits`` are what :func:`sla.schedule_from_json`, :func:`sla.attainment_from_json`
    and :func:`sla.limits_from_json` read. Contract periods are counted from ``year_starts_on`` in
    ``time_zone``.
    """

    __tablename__ = "contract_terms"
    __table_args__ = (sa.UniqueConstraint("contract_id", "version"),)

    id: Mapped[uuid.UUID] = id_column()
    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"))
    version: Mapped[int]
    effective_from: Mapped[date]
    respond_within_seconds: Mapped[int]
    warn_at: Mapped[list[Any]]
    stops: Mapped[list[Any]]
    year_starts_on: Mapped[date]
    time_zone: Mapped[str] = mapped_column(sa.String(64))
    currency: Mapped[str] = mapped_column(sa.String(3))
    annual_fee: Mapped[int | None] = mapped_column(sa.BigInteger())
    schedule: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    attainment: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    limits: Mapped[dict[str, Any]]
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(sa.Text(), default="")

    contract: Mapped[Contract] = relationship(overlaps="terms")


class Caller(Named, Base):
    """A person who may call for a contract; the number can be called back and sent messages."""

    __tablename__ = "callers"
    __table_args__ = (sa.UniqueConstraint("contract_id", "phone"),)

    id: Mapped[uuid.UUID] = id_column()
    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"))
    name: Mapped[str] = mapped_column(sa.String(120))
    phone: Mapped[str] = mapped_column(sa.String(20), index=True)
    position: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]

    contract: Mapped[Contract] = relationship(overlaps="callers")


class ServiceNumber(Base):
    """A number that customers dial: one customer's own, or shared when ``customer_id`` is empty.

    ``ladder_id`` is the duty ladder, for callers who could not be identified. An ended number is answered
    as before when somebody still dials it; nothing leaves from it, and it can be chosen no more.
    """

    __tablename__ = "service_numbers"

    id: Mapped[uuid.UUID] = id_column()
    phone: Mapped[str] = mapped_column(sa.String(20), unique=True)
    label: Mapped[str | None] = mapped_column(sa.String(60))
    customer_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("customers.id"))
    language: Mapped[str] = mapped_column(sa.String(8), default="en")
    support_number: Mapped[str | None] = mapped_column(sa.String(20))
    ladder_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("ladders.id"))
    ended_at: Mapped[datetime | None]

    customer: Mapped[Customer | None] = relationship()


class PinLetter(Base):
    """A PIN that was made for a contract, to be printed once; the latest ``number`` is the one that holds.

    The PIN is kept nowhere but in the contract's hash: it is worked out from the service's secret key and
    the nonce that the admin's browser holds, of which this row has the SHA-256.
    """

    __tablename__ = "pin_letters"
    __table_args__ = (sa.UniqueConstraint("contract_id", "number"),)

    id: Mapped[uuid.UUID] = id_column()
    contract_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("contracts.id"))
    number: Mapped[int]
    nonce_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    caller_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("callers.id"))
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    shown_at: Mapped[datetime | None]
