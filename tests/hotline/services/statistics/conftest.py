"""A house with a past: incidents that were reported, taken and told at any time before now."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    Contract,
    ContractTerms,
    Incident,
    IncidentStatus,
    Page,
    Product,
    ReportChannel,
    ServiceNumber,
    ToldBy,
    User,
)
from hotline.services.operation import Operation
from hotline.services.promise import enforcement
from hotline.services.promise.promises import columns_of, terms_of
from hotline.services.statistics.frames import Frame
from tests.hotline.house import House


class Past:
    """What happened in the house before now."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._number = 0

    def happened(
        self,
        reported: datetime,
        *,
        told: float | None = None,
        taken: float | None = None,
        contract: str = "200417",
        product: str | None = None,
        by: str = "Dewi",
        paged: tuple[str, ...] = (),
        channel: ReportChannel = ReportChannel.CALL,
    ) -> uuid.UUID:
        """One incident, told and taken so many minutes after it was reported; its id."""

        def work(op: Operation) -> uuid.UUID:
            self._number += 1
            bought = op.session.scalars(sa.select(Contract).where(Contract.number == contract)).one()
            row = op.session.scalars(
                sa.select(ContractTerms)
                .where(ContractTerms.contract_id == bought.id)
                .order_by(ContractTerms.version)
            ).first()
            respond_by = reported + timedelta(seconds=row.respond_within_seconds)
            is_told = told is not None
            owner = self._user(op, by) if is_told or taken is not None else None
            incident = Incident(
                reference=f"{70_000 + self._number}-0",
                status=IncidentStatus.OPEN if owner is None else IncidentStatus.ACKNOWLEDGED,
                contract_id=bought.id,
                product_id=self._product(op, bought, product),
                service_number_id=op.session.scalars(sa.select(ServiceNumber.id)).first(),
                ladder_id=bought.ladder_id,
                caller_phone="+6281220000201",
                channel=channel,
                reported_at=reported,
                opened_at=reported,
                verified_at=reported,
                owner_id=None if owner is None else owner.id,
                accepted_at=None if taken is None else reported + timedelta(minutes=taken),
                told_at=reported + timedelta(minutes=told) if told is not None else None,
                told_by=ToldBy.BRIDGE if is_told else None,
                terms_id=row.id,
                respond_by=respond_by,
                due_on=respond_by.astimezone(ZoneInfo(row.time_zone)).date(),
            )
            op.session.add(incident)
            op.session.flush()
            for name in paged:
                op.session.add(
                    Page(
                        incident_id=incident.id,
                        user_id=self._user(op, name).id,
                        code="2BC",
                        created_at=reported,
                    )
                )
            return incident.id

        return self.house.do(work)

    def judged(self) -> None:
        """The worker has seen every deadline that is over."""
        while self.house.do(enforcement.sweep_deadlines):
            pass

    def agree(self, contract: str, **changes: object) -> None:
        """Put other terms in the place of a contract's first ones, from 1 January 2026 on."""

        def work(op: Operation) -> None:
            row = op.session.scalars(
                sa.select(ContractTerms).join(Contract).where(Contract.number == contract)
            ).one()
            before = terms_of(row)
            values = {part: getattr(before, part) for part in type(before).__slots__}
            days = {"effective_from": _NEW_YEAR, "year_starts_on": _NEW_YEAR}
            for name, value in columns_of(type(before)(**{**values, **days, **changes})).items():
                setattr(row, name, value)

        self.house.do(work)

    def frame(self, zone: str = "UTC", **typed: str) -> Frame:
        """Everything, unless something is asked for."""
        return Frame(typed, ZoneInfo(zone))

    def ask(self, question, *args, **typed: str):
        """What a function of the statistics finds."""
        zone = typed.pop("zone", "UTC")
        with self.house.operation() as op:
            return question(op, self.frame(zone, **typed), *args)

    def _user(self, op: Operation, name: str) -> User:
        return op.session.scalars(sa.select(User).where(User.name.startswith(name))).one()

    def _product(self, op: Operation, bought: Contract, code: str | None) -> uuid.UUID:
        if code is None:
            return bought.products[0].product_id
        return op.session.scalars(sa.select(Product.id).where(Product.code == code)).one()


_NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC).date()


@pytest.fixture
def past(house: House) -> Past:
    """On SQLite and on PostgreSQL in turn."""
    return Past(house)


@pytest.fixture
def chance() -> random.Random:
    """The same chances in every run."""
    return random.Random(20261122)  # noqa: S311 - chances, no secrets
