"""The real service lives a story, step by step, and the clerk is told what happened."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

import sla
from hotline.clock import Clock, ManualClock
from hotline.db.models import (
    Caller,
    CallStatus,
    Contract,
    ContractProduct,
    ContractTerms,
    EntryKind,
    Incident,
    LedgerEntry,
    ToldBy,
)
from hotline.db.session import Database
from hotline.services.ledger import accounts, adjustments
from hotline.services.ledger.checks import Wanted
from hotline.services.operation import Operation
from hotline.services.response import incidents
from hotline.worker import Worker
from tests.hotline.house import DEWI, MADE, MADES_CONTRACT, MADES_LINE, NADIA, SITI, House
from tests.proof.clerk import Clerk
from tests.proof.stories import APART, Step, Story
from tests.support import power
from tests.support.threads import at_once

_PATIENCE = 60


class Apart:
    """A worker's own clock, a little beside the true one."""

    def __init__(self, clock: Clock, by: timedelta) -> None:
        self._clock, self._by = clock, by

    def now(self) -> datetime:
        return self._clock.now() + self._by

    def real_seconds(self, seconds: float) -> float:
        return seconds


def drain(worker: Worker) -> None:
    """Ticks at one instant until nothing is left to do."""
    for _ in range(_PATIENCE):
        if not worker.enforce():
            return
    raise AssertionError("a worker finds something to do for ever")


class Service:
    """One installation with the contracts of a story."""

    def __init__(self, house: House, story: Story) -> None:
        self.house, self.story = house, story
        self.clock: ManualClock = house.clock
        self.clerk = Clerk()
        self.contracts: dict[str, uuid.UUID] = {}
        self.incidents: dict[str, Incident] = {}
        for number, versions in story.versions.items():
            self.contracts[number] = add_contract(house.database, number, versions[:1])
            self.clerk.oracle.agree(number, versions[0])
        self._offsets = (timedelta(0), APART, -APART)

    def live(self) -> None:
        """Live the whole story."""
        for step in self.story.steps:
            self.do(step)

    def do(self, step: Step) -> None:
        """Do one step; when the power goes in the middle of it, it is done again."""
        self.clock.move_to(max(step.at, self.clock.now()))
        act: Callable[[Step], None] = getattr(self, f"_{step.what.replace(' ', '_')}")
        act(step)

    def _agree(self, step: Step) -> None:
        version = self.story.versions[step.contract][step.version - 1]
        contract_id = self.contracts[step.contract]

        def work(op: Operation) -> None:
            op.session.add(ContractTerms(contract_id=contract_id, note="", **version))

        self._run(step, work)
        self.clerk.agree(step.contract, version, self.clock.now())

    def _report(self, step: Step) -> None:
        def work(op: Operation) -> Incident:
            contract = op.session.get_one(Contract, self.contracts[step.contract])
            call = self.house.inbound(op, MADE, MADES_LINE)
            incident = incidents.open_incident(op, call, contract, contract.products[0].product)
            call.ended_at, call.status = op.now, CallStatus.COMPLETED
            return incident

        incident = self.incidents[step.name] = self._run(step, work)
        self.clerk.start(incident.id, step.contract, self.clock.now(), self.clock.now())

    def _leave(self, step: Step) -> None:
        self.incidents[step.name] = self.house.leave_report()

    def _verify(self, step: Step) -> None:
        """While it was not known whose report it is, every way of telling counted; now those of the terms."""
        incident, told_by = self.incidents[step.name], self.house.again(self.incidents[step.name]).told_by

        def work(op: Operation) -> None:
            contract = op.session.get_one(Contract, self.contracts[step.contract])
            found = op.session.get_one(Incident, incident.id)
            incidents.verify(op, found, contract, contract.products[0].product, self.house.user(op, DEWI))

        self._run(step, work)
        self.clerk.start(incident.id, step.contract, incident.reported_at, self.clock.now())
        if told_by is not None and told_by not in self.clerk.oracle.clocks[incident.id].version["stops"]:
            self.clerk.oracle.take_back(incident.id)

    def _tell(self, step: Step) -> None:
        incident = self.incidents[step.name]

        def work(op: Operation) -> None:
            found = op.session.get_one(Incident, incident.id)
            if found.owner_id is None:
                incidents.accept(op, found, self.house.user(op, DEWI), "web")
            incidents.tell(op, found, ToldBy(step.by))

        self._run(step, work)
        running = self.clerk.oracle.clocks.get(incident.id)
        if running is None or step.by in running.version["stops"]:
            self.clerk.oracle.tell(incident.id, self.clock.now())

    def _take_back(self, step: Step) -> None:
        incident, was = self.incidents[step.name], self.house.again(self.incidents[step.name]).told_by
        self._run(
            step, lambda op: incidents.retract(op, op.session.get_one(Incident, incident.id), ToldBy(step.by))
        )
        if was == step.by:
            self.clerk.oracle.take_back(incident.id)

    def _waive(self, step: Step) -> None:
        """Half of the newest charge of which something is owed still; one asks and another approves."""
        contract_id, wanted_id = self.contracts[step.contract], uuid.uuid4()

        def ask(op: Operation) -> LedgerEntry | None:
            charges = sa.select(LedgerEntry).where(
                LedgerEntry.contract_id == contract_id,
                LedgerEntry.kind.in_((EntryKind.FINE, EntryKind.CREDIT)),
                LedgerEntry.amount > 1,
            )
            for entry in op.session.scalars(charges.order_by(LedgerEntry.sequence.desc())):
                owed = min(
                    accounts.standing(op, entry).owed, accounts.balance(op, contract_id, entry.currency)
                )
                if owed.minor > entry.amount // 2:
                    amount = sla.Money(-(entry.amount // 2), entry.currency)
                    wanted = Wanted(wanted_id, EntryKind.WAIVER, contract_id, amount, "agreed", entry.id)
                    adjustments.ask(op, self.house.user(op, NADIA), wanted)
                    return entry
            return None

        entry = self._run(step, ask)
        if entry is not None:
            self._run(step, lambda op: adjustments.approve(op, self.house.user(op, SITI), wanted_id))
            half = entry.amount // 2
            self.clerk.oracle.waive(step.contract, entry.incident_id, date.min, half, entry.currency)

    def _tick(self, step: Step) -> None:
        if step.workers > 1:
            workers = [self._worker(offset) for offset in self._offsets[: step.workers]]
            at_once(*[lambda worker=worker: drain(worker) for worker in workers])
            drain(self._worker(timedelta(0)))
        else:
            if step.power is not None:
                with power.cut(self.house.database, step.power):
                    self.house.worker.enforce()
            drain(self.house.worker)
        self.clerk.tick(self.clock.now())

    def _worker(self, offset: timedelta) -> Worker:
        house = self.house
        return Worker(
            house.database,
            house.network,
            Apart(self.clock, offset),
            house.settings,
            post_office=house.post_office,
        )

    def _run(self, step: Step, work: Callable[[Operation], Any]) -> Any:
        if step.power is not None:
            with power.cut(self.house.database, step.power, also_committed=False):
                return self.house.do(work)
        return self.house.do(work)


def add_contract(database: Database, number: str, versions: list[dict[str, Any]]) -> uuid.UUID:
    """A contract of the customer whose line the stories call, with these versions of its terms."""
    with database.write() as session:
        model = session.scalars(sa.select(Contract).where(Contract.number == MADES_CONTRACT)).one()
        contract = Contract(
            customer_id=model.customer_id,
            number=number,
            pin_hash="none",
            plan=model.plan,
            starts_on=versions[0]["year_starts_on"],
            cover_from=versions[0]["effective_from"],
            cover_until=None,
            ladder_id=model.ladder_id,
            products=[ContractProduct(product_id=model.products[0].product_id, position=0)],
            callers=[Caller(name="Made Wirawan", phone=MADE, position=0)],
            terms=[ContractTerms(note="", **version) for version in versions],
        )
        session.add(contract)
        session.flush()
        return contract.id
