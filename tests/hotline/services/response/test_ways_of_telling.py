"""A contract may not count a text message, or a word while holding: then the clock runs on."""

from collections.abc import Collection

import sqlalchemy as sa

import sla
from hotline.db.models import Call, CallKind, Contract, ContractTerms, Incident, Message, MessageKind, ToldBy
from hotline.services.operation import Operation
from hotline.services.response import incidents
from tests.hotline.house import DEWI, MADES_CONTRACT, House


def only(house: House, stops: Collection[sla.Stop]) -> None:
    def work(op: Operation) -> None:
        op.session.execute(sa.update(ContractTerms).values(stops=sorted(stops)))

    house.do(work)


def test_a_way_that_does_not_count_is_noted_once_and_the_clock_runs_on(house: House) -> None:
    only(house, sla.ALWAYS_STOP)
    incident = house.report()
    house.take(incident, DEWI)

    def told(op: Operation) -> list[bool]:
        found = incidents.by_reference(op, incident.reference)
        return [incidents.tell(op, found, by) for by in (ToldBy.MESSAGE, ToldBy.MESSAGE, ToldBy.CALLBACK)]

    assert house.do(told) == [False, False, True]
    assert house.events(incident).count("told-unstopped") == 1
    found = house.one(Incident)
    assert (found.told_by, found.told_at) == (ToldBy.CALLBACK, house.clock.now())


def test_the_customer_is_called_at_once_when_a_text_message_is_not_enough(house: House) -> None:
    only(house, sla.ALWAYS_STOP)
    incident = house.report()
    house.take(incident, DEWI)
    house.worker.tick()
    house.worker.tick()
    notices = [message for message in house.all(Message) if message.kind is MessageKind.NOTICE]
    calls = [call for call in house.all(Call) if call.kind is CallKind.CALLBACK]
    assert (len(notices), len(calls)) == (1, 1)


def test_what_was_said_to_a_stranger_counts_only_if_it_does_for_the_contract(house: House) -> None:
    """While nobody knew whose report it was every way counted; the contract may know fewer."""
    only(house, sla.ALWAYS_STOP)
    reports = [house.leave_report(), house.leave_report()]
    for report, by in zip(reports, (ToldBy.SPOKEN, ToldBy.CALLBACK), strict=True):
        house.take(report, DEWI)
        assert house.tell(report, by)

    def verify(op: Operation) -> None:
        contract = op.session.scalars(sa.select(Contract).where(Contract.number == MADES_CONTRACT)).one()
        for report in reports:
            incident = op.session.get_one(Incident, report.id)
            incidents.verify(op, incident, contract, contract.products[0].product, house.user(op, DEWI))

    house.do(verify)
    spoken, called = (house.again(report) for report in reports)
    assert (spoken.told_at, spoken.next_notice_at) == (None, house.clock.now())
    assert (called.told_by, called.told_at) == (ToldBy.CALLBACK, house.clock.now())
    assert house.events(spoken).count("told-retracted") == 1
