"""A small vendor: Ada is on call, Bo is backup; Contoso and Fabrikam bought cover.

Cy is the manager, Nadia the admin and Otto the auditor.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from hotline.clock import ManualClock
from hotline.db.models import (
    Call,
    Caller,
    CallKind,
    CallStatus,
    ContactMethod,
    Contract,
    ContractProduct,
    ContractTerms,
    Customer,
    Incident,
    Ladder,
    Product,
    Role,
    Rotation,
    Rung,
    RungTarget,
    ServiceNumber,
    Team,
    User,
)
from hotline.db.session import Database
from hotline.services import pins
from hotline.services.on_call import versions
from hotline.services.operation import Operation
from hotline.services.reaching import numbers
from hotline.services.response import incidents
from hotline.settings import Settings
from tests.support.terms import terms_columns

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
_HASH = pins.hash_secret(PASSWORD)


@dataclass
class World:
    """The installation and short ways to make things happen in it."""

    database: Database
    clock: ManualClock
    settings: Settings

    def do(self, work: Callable[[Operation], object]) -> None:
        """Run one operation and commit."""
        with self.database.write() as session:
            work(Operation(session, self.clock.now(), self.settings))

    @contextmanager
    def reading(self) -> Iterator[Operation]:
        """An operation that only looks."""
        with self.database.read() as session:
            yield Operation(session, self.clock.now(), self.settings)

    def ask(self, work: Callable[[Operation], Any]) -> Any:
        """Run one operation, commit, and hand back what it found."""
        with self.database.write() as session:
            return work(Operation(session, self.clock.now(), self.settings))

    @property
    def password(self) -> str:
        """Everybody's."""
        return PASSWORD

    def found(self, op: Operation, reference: str) -> Incident:
        return incidents.by_reference(op, reference)

    def change_user(self, name: str, **values: object) -> None:
        """Change somebody's row; ``phone`` and ``phone_failed_at`` are those of their first number."""
        if "phone" in values:
            self._renumber(name, values.pop("phone"))
        if "phone_failed_at" in values:
            failed = {"failed_at": values.pop("phone_failed_at")}
            self._update(ContactMethod, ContactMethod.value == self.user(name).phone, failed)
        if values:
            self._update(User, User.name.startswith(name), values)

    def _renumber(self, name: str, phone: object) -> None:
        """Take every number of somebody away, then give them ``phone`` if it is one."""

        def work(op: Operation) -> None:
            user = op.session.query(User).filter(User.name.startswith(name)).one()
            for method in numbers.list_of(op, user.id):
                method.removed_at = op.now
            if phone is not None:
                numbers.enter(op, user, str(phone))

        self.do(work)

    def rename_customer(self, name: str, to: str) -> None:
        self._update(Customer, Customer.name == name, {"name": to})

    def hang_up(self) -> None:
        """Every call that is not over ends."""
        self._update(Call, Call.ended_at.is_(None), {"ended_at": self.clock.now()})

    def _update(self, model: type, which: sa.ColumnElement[bool], values: dict[str, object]) -> None:
        self.do(lambda op: op.session.execute(sa.update(model).where(which).values(values)))

    def user(self, name: str) -> User:
        with self.database.read() as session:
            found = session.query(User).filter(User.name.startswith(name)).one()
            session.expunge(found)
            return found

    def incident(self, reference: str) -> Incident:
        with self.database.read() as session:
            found = session.query(Incident).filter_by(reference=reference).one()
            session.expunge(found)
            return found

    def report(self, customer: str | None = "Contoso", caller: str = "+628111111111") -> str:
        """Somebody calls now: an incident of ``customer``, or of a caller nobody knows. Its reference."""
        made: list[str] = []

        def work(op: Operation) -> None:
            number = op.session.query(ServiceNumber).one()
            call = Call(
                kind=CallKind.INBOUND,
                status=CallStatus.IN_PROGRESS,
                from_phone=caller,
                to_phone=number.phone,
                created_at=op.now,
                answered_at=op.now,
                service_number_id=number.id,
            )
            op.session.add(call)
            op.session.flush()
            if customer is None:
                incident = incidents.open_report(op, call)
            else:
                contract = op.session.query(Contract).join(Customer).filter(Customer.name == customer).one()
                incident = incidents.open_incident(op, call, contract, contract.products[0].product)
            call.ended_at, call.status = op.now, CallStatus.COMPLETED
            made.append(incident.reference)

        self.do(work)
        return made[0]

    def missed_call(self, caller: str = "+628119999999") -> uuid.UUID:
        """Somebody calls now and hangs up before any report is left."""

        def work(op: Operation) -> uuid.UUID:
            number = op.session.query(ServiceNumber).one()
            call = Call(
                kind=CallKind.INBOUND,
                status=CallStatus.COMPLETED,
                from_phone=caller,
                to_phone=number.phone,
                created_at=op.now,
                answered_at=op.now,
                ended_at=op.now + timedelta(seconds=8),
                service_number_id=number.id,
            )
            op.session.add(call)
            op.session.flush()
            return call.id

        found: uuid.UUID = self.ask(work)
        return found

    def take(self, reference: str, name: str = "Bo") -> None:
        """Somebody takes an incident by text message."""

        def work(op: Operation) -> None:
            user = op.session.query(User).filter(User.name.startswith(name)).one()
            assert incidents.accept(op, incidents.by_reference(op, reference), user, "sms").won

        self.do(work)


def populate(op: Operation) -> None:
    add, session = op.session.add, op.session
    people = [
        ("Ada Lovelace", Role.ENGINEER, "+628120000001", "Asia/Jakarta"),
        ("Bo Diddley", Role.ENGINEER, "+628120000002", "Europe/Berlin"),
        ("Cy Young", Role.MANAGER, None, "UTC"),
        ("Nadia Noor", Role.ADMIN, None, "UTC"),
        ("Otto Berg", Role.AUDITOR, None, "UTC"),
    ]
    users = [
        User(
            name=name,
            email=f"{name.split()[0].lower()}@example.com",
            role=role,
            password_hash=_HASH,
            time_zone=zone,
        )
        for name, role, phone, zone in people
    ]
    team = Team(name="Databases", time_zone="Europe/Berlin")
    session.add_all([*users, team])
    session.flush()
    for user, (_name, _role, phone, _zone) in zip(users, people, strict=True):
        if phone is not None:
            numbers.enter(op, user, phone)
    ladder = Ladder(name="databases", team_id=team.id)
    add(ladder)
    session.flush()
    for position, (layer, user) in enumerate([("primary", users[0]), ("backup", users[1])]):
        rotation = Rotation(
            team_id=team.id,
            layer=layer,
            position=position,
            time_zone=team.time_zone,
        )
        add(rotation)
        session.flush()
        versions.begin(op, rotation, [versions.planned([user.id], team.time_zone, date(2026, 1, 5))])
        add(
            Rung(
                ladder_id=ladder.id,
                position=position,
                delay_seconds=60 * position,
                targets=[RungTarget(rotation_id=rotation.id)],
            )
        )
    products = [
        Product(code="sql", name="SQL Server", position=0),
        Product(code="ex", name="Exchange", position=1),
    ]
    session.add_all([*products, ServiceNumber(phone="+62215550100", ladder_id=ladder.id)])
    session.flush()
    for number, name in enumerate(["Contoso", "Fabrikam"]):
        _add_contract(op, name, f"10000{number}", ladder.id, products)


def _add_contract(
    op: Operation, name: str, number: str, ladder_id: uuid.UUID, products: list[Product]
) -> None:
    customer = Customer(name=name, time_zone="Asia/Jakarta")
    op.session.add(customer)
    op.session.flush()
    contract = Contract(
        customer_id=customer.id,
        number=number,
        pin_hash="x",
        plan="premier_plus",
        starts_on=date(2026, 1, 1),
        cover_from=date(2026, 1, 1),
        ladder_id=ladder_id,
    )
    op.session.add(contract)
    op.session.flush()
    op.session.add_all(
        [
            ContractTerms(contract_id=contract.id, **terms_columns()),
            Caller(contract_id=contract.id, name=f"Dewi of {name}", phone=f"+62811111111{number[-1]}"),
            *(
                ContractProduct(contract_id=contract.id, product_id=product.id, position=place)
                for place, product in enumerate(products)
            ),
        ]
    )
