"""Incidents: taken by one, told once, verified, resolved, cancelled; and what is forbidden."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    Contract,
    ContractTerms,
    Incident,
    IncidentStatus,
    MessageKind,
    Product,
    ReportChannel,
    ToldBy,
)
from hotline.errors import ConflictError, ForbiddenTransitionError, InvalidInputError, NotFoundError
from hotline.services.callflow import confirming
from hotline.services.operation import Operation
from hotline.services.response import incidents
from tests.hotline.house import (
    ADA,
    BO,
    DEWI,
    MADE,
    MADES_CONTRACT,
    MADES_LINE,
    SITI,
    House,
    at_once,
)


def act(house: House, incident: Incident, work: Any, *arguments: Any, phone: str | None = None) -> Any:
    """Call a use case with the incident as it is now, and a user where it wants one."""

    def do(op: Operation) -> Any:
        found = op.session.get_one(Incident, incident.id)
        users = () if phone is None else (house.user(op, phone),)
        return work(op, found, *users, *arguments)

    return house.do(do)


def verify(
    house: House, incident: Incident, number: str = MADES_CONTRACT, product: str = "sql-server"
) -> None:
    def do(op: Operation) -> None:
        contract = op.session.scalars(sa.select(Contract).where(Contract.number == number)).one()
        chosen = op.session.scalars(sa.select(Product).where(Product.code == product)).one()
        found = op.session.get_one(Incident, incident.id)
        incidents.verify(op, found, contract, chosen, house.user(op, DEWI))

    house.do(do)


def test_of_many_who_accept_at_once_exactly_one_wins(house: House) -> None:
    incident = house.report()
    people = [DEWI, BO, ADA, SITI]
    taken = at_once(*[lambda phone=phone: house.take(incident, phone) for phone in people])
    assert [one.won for one in taken].count(True) == 1
    assert len({one.owner.id for one in taken}) == 1
    assert house.events(incident).count("accepted") == 1
    now = house.again(incident)
    assert (now.status, now.next_rung_at) == (IncidentStatus.ACKNOWLEDGED, None)
    assert now.owner_id == taken[0].owner.id


def test_whoever_is_second_learns_who_was_first_and_when(house: House) -> None:
    incident = house.report()
    house.take(incident, DEWI)
    since = house.clock.now()
    house.clock.advance(60)
    second = house.take(incident, BO)
    assert (second.won, second.owner.phone, second.at) == (False, DEWI, since)


def test_accepting_does_not_tell_the_customer(house: House) -> None:
    incident = house.report()
    house.take(incident)
    now = house.again(incident)
    assert now.told_at is None
    assert now.next_notice_at == house.clock.now()


def test_a_customer_is_told_once_and_by_the_first(house: House) -> None:
    incident = house.report()
    house.take(incident)
    at = house.clock.now()
    assert house.tell(incident, ToldBy.SPOKEN)
    house.clock.advance(10)
    assert not house.tell(incident, ToldBy.MESSAGE)
    now = house.again(incident)
    assert (now.told_at, now.told_by, now.next_notice_at, now.next_warning_at) == (
        at,
        ToldBy.SPOKEN,
        None,
        None,
    )


def test_tellings_at_once_are_one(house: House) -> None:
    incident = house.report()
    house.take(incident)
    told = at_once(*[lambda by=by: house.tell(incident, by) for by in ToldBy])
    assert told.count(True) == 1
    assert house.events(incident).count("told") == 1


def test_nobody_can_be_named_while_nobody_has_it(house: House) -> None:
    incident = house.report()
    with pytest.raises(ConflictError, match="Nobody has"):
        house.tell(incident, ToldBy.MESSAGE)
    assert house.again(incident).told_at is None


def test_what_was_told_by_a_bridge_that_never_was_is_taken_back(house: House) -> None:
    incident = house.report()
    house.take(incident)
    house.tell(incident, ToldBy.BRIDGE)
    assert not act(house, incident, incidents.retract, ToldBy.SPOKEN)
    assert act(house, incident, incidents.retract, ToldBy.BRIDGE)
    assert house.again(incident).told_at is None
    assert not act(house, incident, incidents.retract, ToldBy.BRIDGE)
    house.clock.advance(1800)
    house.worker.enforce()
    assert house.again(incident).breached_at is not None


def test_verifying_gives_contract_clock_and_number(house: House) -> None:
    report = house.leave_report()
    house.clock.advance(300)
    verify(house, report)
    now = house.again(report)
    assert (now.respond_by - now.reported_at).total_seconds() == 1800
    assert now.notify_phone == MADE
    with pytest.raises(ConflictError, match="verified before"):
        verify(house, report)


@pytest.mark.parametrize(
    ("number", "product"),
    [
        ("450632", "windows-server"),
        ("450633", "windows-server"),
        ("450635", "windows-server"),
        ("200417", "windows-server"),
    ],
)
def test_a_contract_that_does_not_entitle_verifies_nothing(house: House, number: str, product: str) -> None:
    report = house.leave_report()
    with pytest.raises(InvalidInputError):
        verify(house, report, number, product)
    assert house.again(report).respond_by is None


def ended(house: House, seconds: int) -> Incident:
    """A report by text from a caller of a contract that ended so long after it arrived."""
    report = house.leave_report(MADE)
    house.set(report, channel=ReportChannel.SMS)
    contract = house.one(Contract, Contract.number == MADES_CONTRACT)
    house.set(contract, ended_at=report.reported_at + timedelta(seconds=seconds))
    house.clock.advance(300)
    return report


def by_pin(house: House) -> Incident | None:
    def do(op: Operation) -> Incident | None:
        contract = op.session.scalars(sa.select(Contract).where(Contract.number == MADES_CONTRACT)).one()
        call = house.inbound(op, MADE, MADES_LINE)
        return confirming.confirm(op, call, contract, contract.products[0].product)

    return house.do(do)


def test_a_report_after_the_contract_ended_starts_no_clock(house: House) -> None:
    report = ended(house, 0)
    with pytest.raises(InvalidInputError, match="had ended"):
        verify(house, report)
    assert by_pin(house) is None
    now = house.again(report)
    assert (now.verified_at, now.respond_by, now.contract_id) == (None, None, None)


def test_a_report_before_the_contract_ended_still_counts(house: House) -> None:
    assert by_pin(house) is None
    report = ended(house, 60)
    assert by_pin(house) is not None
    assert house.again(report).respond_by is not None


def test_a_report_before_the_first_terms_starts_no_clock(house: House) -> None:
    report = house.leave_report()
    house.do(lambda op: op.session.execute(sa.delete(ContractTerms)))
    with pytest.raises(InvalidInputError, match="no terms in force"):
        verify(house, report)
    assert house.again(report).respond_by is None


def test_only_the_owner_resolves_and_once(house: House) -> None:
    incident = house.report()
    with pytest.raises(ConflictError):
        act(house, incident, incidents.resolve, phone=BO)
    house.take(incident, DEWI)
    with pytest.raises(ConflictError):
        act(house, incident, incidents.resolve, phone=BO)
    act(house, incident, incidents.resolve, phone=DEWI)
    assert house.again(incident).status is IncidentStatus.RESOLVED
    with pytest.raises(ForbiddenTransitionError):
        act(house, incident, incidents.resolve, phone=DEWI)
    sent = [message for message in house.messages(MADE) if message.kind is MessageKind.NOTICE]
    assert len(sent) == 1


def test_a_promise_is_not_cancelled_away(house: House) -> None:
    incident, report = house.report(), house.leave_report()
    with pytest.raises(InvalidInputError, match="promise"):
        act(house, incident, incidents.cancel, "wrong number", phone=SITI)
    with pytest.raises(InvalidInputError, match="why"):
        act(house, report, incidents.cancel, "  ", phone=SITI)
    act(house, report, incidents.cancel, "a test call", phone=SITI)
    now = house.again(report)
    assert (now.status, now.next_rung_at) == (IncidentStatus.CANCELLED, None)
    for work, arguments in ((incidents.cancel, ("again",)), (incidents.resolve, ())):
        with pytest.raises((ForbiddenTransitionError, ConflictError)):
            act(house, report, work, *arguments, phone=SITI)
    with pytest.raises(ConflictError):
        verify(house, report)
    with pytest.raises(ConflictError):
        house.take(report)


def test_a_reference_finds_its_incident_and_an_unknown_one_is_an_error(house: House) -> None:
    incident = house.report()
    assert house.do(lambda op: incidents.by_reference(op, incident.reference).id) == incident.id
    with pytest.raises(NotFoundError):
        house.do(lambda op: incidents.by_reference(op, "0000-0"))


def test_the_incident_is_committed_before_anybody_is_dialled(house: House) -> None:
    call = house.open_incident()
    assert house.network.calls == {}
    incident = house.one(Incident)
    assert incident.reported_at == call.row.created_at
    assert incident.reference.replace("-", "")[0] in call.said
