"""Ledgers for the auditor: real histories by the real services, and rows that somebody changed."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

import sla
from hotline.db import append_only
from hotline.db.models import Contract, ContractTerms, Incident, Product, ToldBy
from hotline.services.auditing import reading
from hotline.services.auditing.audit import Result, audit
from hotline.services.operation import Operation
from hotline.services.promise import enforcement, settlements
from hotline.services.promise.promises import columns_of
from hotline.services.response import incidents
from tests.hotline.house import DEWI, MADES_CONTRACT, House

KEYS = {"incident_events": "id", "breaches": "incident_id", "ledger_entries": "id"}


def contract_of(house: House, number: str = MADES_CONTRACT) -> Contract:
    found: Contract = house.one(Contract, Contract.number == number)
    return found


def agree(house: House, *versions: sla.Terms) -> None:
    """These are the contract's terms, and always have been."""
    contract = contract_of(house)
    with house.database.write() as session:
        for terms in versions:
            values = columns_of(terms)
            of_it = sa.and_(ContractTerms.contract_id == contract.id, ContractTerms.version == terms.version)
            if session.scalar(sa.select(sa.func.count()).select_from(ContractTerms).where(of_it)):
                session.execute(sa.update(ContractTerms).where(of_it).values(**values))
            else:
                session.add(ContractTerms(contract_id=contract.id, **values))


def look(house: House, number: str = MADES_CONTRACT) -> Result:
    """Audit a contract, and write nothing."""
    with reading.snapshot(house.database) as session:
        return audit(session, contract_of(house, number).id, house.clock.now())


def found(house: House) -> set[tuple[str, str]]:
    """What differs, by what it is about and which part."""
    return {(one.kind.value, one.field) for one in look(house).differences}


@contextmanager
def unguarded(house: House, table: str) -> Iterator[sa.Connection]:
    """Somebody who owns the database takes its triggers away, does something, and puts them back."""
    dialect = house.database.engine.dialect.name
    with house.database.write() as session:
        connection = session.connection()
        for statement in append_only.release(dialect, table):
            connection.execute(sa.text(statement))
        yield connection
        for statement in append_only.protect(dialect, table, KEYS[table]):
            connection.exec_driver_sql(statement)


def tamper(house: House, model: Any, where: Any, **values: Any) -> None:
    """Change rows that the database protects; without values, delete them."""
    table = model.__table__
    with unguarded(house, table.name) as connection:
        change = sa.update(table).values(**values) if values else sa.delete(table)
        assert connection.execute(change.where(where)).rowcount > 0


class History:
    """What happens to one contract in months: reports, tellings, sweeps by workers whose clocks differ."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.random = house, random.Random(seed)  # noqa: S311 - a history, no secret
        self.open: list[Incident] = []
        self.unverified: list[Incident] = []

    def run(self, steps: int) -> None:
        acts = [self.report, self.report, self.tell, self.tell, self.retract, self.sweep, self.sweep]
        acts += [self.leave_unverified, self.verify, self.wait, self.wait, self.long_wait]
        for _ in range(steps):
            self.random.choice(acts)()
            self.house.clock.advance(self.random.choice((0, 0, 1, 7)))
        self.house.clock.advance(7200)
        for _ in range(2):
            self.sweep(skew=0)
            self.house.clock.advance(120)

    def report(self) -> None:
        incident = self.house.report()
        self.house.take(incident, DEWI)
        self.open.append(incident)

    def leave_unverified(self) -> None:
        incident = self.house.leave_report()
        self.house.take(incident, DEWI)
        self.unverified.append(incident)

    def verify(self) -> None:
        if not self.unverified:
            return
        incident = self.unverified.pop(self.random.randrange(len(self.unverified)))
        contract_id = contract_of(self.house).id

        def work(op: Operation) -> None:
            row = op.session.get_one(Incident, incident.id)
            contract = op.session.get_one(Contract, contract_id)
            product: Product = contract.products[0].product
            incidents.verify(op, row, contract, product, None)

        self.house.do(work)
        self.open.append(incident)

    def tell(self) -> None:
        for incident in self.random.sample([*self.open, *self.unverified], k=min(3, len(self.open))):
            self.house.tell(incident, self.random.choice(list(ToldBy)))

    def retract(self) -> None:
        told = [one for one in self.open if self.house.again(one).told_by is ToldBy.BRIDGE]
        for incident in told[:1]:
            self.house.do(
                lambda op, one=incident: incidents.retract(
                    op, op.session.get_one(Incident, one.id), ToldBy.BRIDGE
                )
            )

    def sweep(self, skew: float | None = None) -> None:
        """A worker whose clock is up to twenty seconds off sweeps once."""
        late = timedelta(seconds=self.random.uniform(-20, 20) if skew is None else skew)
        for act in (enforcement.sweep_deadlines, settlements.sweep):
            self.house.do(
                lambda op, act=act: act(Operation(op.session, op.now + late, op.settings))  # type: ignore[misc]
            )

    def wait(self) -> None:
        self.house.clock.advance(self.random.randrange(60, 2400))

    def long_wait(self) -> None:
        """Days go by; enforcement does not stop meanwhile."""
        self.house.clock.advance(3600)
        self.sweep(skew=0)
        self.house.clock.advance(self.random.randrange(1, 12) * 86400)
        self.sweep(skew=0)
        self.house.clock.advance(90)
        self.sweep(skew=0)
