"""Reports of customers' programs, at once and again and again."""

from datetime import timedelta

import pytest

from hotline.db.models import (
    Contract,
    ContractKey,
    Incident,
    MessageKind,
    ReportChannel,
    ReportOrigin,
)
from hotline.errors import NotFoundError
from hotline.services.arrivals import entitling, keys, origins, programs
from hotline.services.arrivals.programs import Sent, TooManyReportsError, WrongValueError
from hotline.services.operation import Operation
from tests.hotline.house import HANNAH, HANNAHS_CONTRACT, MADE, MADES_CONTRACT, NADIA, SITI, House, at_once


@pytest.fixture
def product(lite: House) -> str:
    return product_of(lite)


def product_of(house: House, number: str = MADES_CONTRACT) -> str:
    def work(op: Operation) -> str:
        found = op.session.query(Contract).filter_by(number=number).one()
        return str(found.products[0].product.code)

    return str(house.do(work))


def key_of(house: House, number: str = MADES_CONTRACT) -> ContractKey:
    def work(op: Operation) -> None:
        contract = op.session.query(Contract).filter_by(number=number).one()
        keys.make(op, house.user(op, NADIA).id, contract.id, "Monitoring", f"nonce of {number}")

    house.do(work)
    rows = house.all(ContractKey)
    found: ContractKey = rows[-1]
    return found


def send(
    house: House,
    key: ContractKey,
    product: str,
    summary: str = "Disk of node 2 is full",
    reference: str = "a-1",
) -> tuple[str, bool]:
    def work(op: Operation) -> tuple[str, bool]:
        row = op.session.get_one(ContractKey, key.id)
        incident, is_new = programs.report(op, row, Sent(product, summary, reference))
        return incident.reference, is_new

    found: tuple[str, bool] = house.do(work)
    return found


def test_the_clock_counts_from_the_arrival_of_the_request(house: House) -> None:
    reference, is_new = send(house, key_of(house), product_of(house))
    incident = house.one(Incident)
    assert (incident.reference, is_new) == (reference, True)
    assert (incident.channel, incident.summary) == (ReportChannel.API, "Disk of node 2 is full")
    assert incident.reported_at == incident.verified_at == house.clock.now()
    assert incident.respond_by == house.clock.now() + timedelta(minutes=30)
    assert incident.caller_phone == ""
    (text,) = [one for one in house.messages(MADE) if one.kind is MessageKind.REFERENCE]
    assert reference in text.body


def test_what_is_sent_twice_opens_one_incident_also_at_once(house: House) -> None:
    key, product = key_of(house), product_of(house)
    found = at_once(*[lambda: send(house, key, product)] * 4)
    assert len({reference for reference, _ in found}) == 1
    assert sorted(is_new for _, is_new in found) == [False, False, False, True]
    house.clock.advance(86_400)
    assert send(house, key, product.upper())[1] is False, "a day later too, and in capitals"
    assert house.count(Incident) == 1


def test_a_reference_with_other_words_is_a_mistake(lite: House, product: str) -> None:
    key = key_of(lite)
    send(lite, key, product)
    with pytest.raises(origins.OtherReportError):
        send(lite, key, product, "Something else entirely")
    assert lite.count(Incident) == 1


def test_another_contracts_program_may_use_the_same_reference(lite: House, product: str) -> None:
    send(lite, key_of(lite), product)
    assert send(lite, key_of(lite, HANNAHS_CONTRACT), product_of(lite, HANNAHS_CONTRACT))[1]
    assert {one.notify_phone for one in lite.all(Incident)} == {MADE, HANNAH}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("product", "no such thing"),
        ("product", ""),
        ("summary", " \n "),
        ("summary", "x" * 1001),
        ("reference", ""),
        ("reference", "x" * 101),
        ("reference", "naïve"),
        ("reference", "a\nb"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(lite: House, product: str, member: str, value: str) -> None:
    key = key_of(lite)
    with pytest.raises(WrongValueError) as wrong:
        send(lite, key, **{"product": product, member: value})
    assert wrong.value.name == member
    assert lite.count(ReportOrigin) == 0


def test_a_nul_in_a_summary_reaches_no_database(house: House) -> None:
    send(house, key_of(house), product_of(house), "disk\0full")
    assert house.one(Incident).summary == "disk full"


def test_a_refused_report_can_be_sent_again_once_it_is_covered(lite: House, product: str) -> None:
    key = key_of(lite)
    lite.set(lite.one(Contract, Contract.number == MADES_CONTRACT), cover_from=None)
    with pytest.raises(entitling.NotEntitledError) as refused:
        send(lite, key, product)
    assert refused.value.reason == "no_cover"
    lite.set(lite.one(Contract, Contract.number == MADES_CONTRACT), cover_from=lite.clock.now().date())
    assert send(lite, key, product)[1]


def test_a_program_that_reports_without_end_wakes_nobody_any_more_and_the_managers_hear_of_it(
    lite: House, product: str
) -> None:
    key = key_of(lite)
    for place in range(programs.AN_HOUR):
        assert send(lite, key, product, reference=f"a-{place}")[1]
    with pytest.raises(TooManyReportsError):
        send(lite, key, product, reference="one more")
    assert send(lite, key, product, reference="a-0") == (lite.all(Incident)[0].reference, False)
    lite.do(lambda op: programs.refused_as_too_many(op, op.session.get_one(ContractKey, key.id).contract))
    lite.do(lambda op: programs.refused_as_too_many(op, op.session.get_one(ContractKey, key.id).contract))
    assert [one.kind for one in lite.messages(SITI)].count(MessageKind.ALARM) == 1
    lite.clock.advance(3601)
    assert send(lite, key, product, reference="one more")[1]


def test_a_contract_asks_about_its_own_incidents_only(lite: House) -> None:
    mine, theirs = lite.report(), lite.report(HANNAHS_CONTRACT, HANNAH)
    contract = lite.one(Contract, Contract.number == MADES_CONTRACT)

    def ask(reference: str) -> str:
        return str(lite.do(lambda op: programs.of_contract(op, contract, reference).reference))

    assert ask(mine.reference) == mine.reference, "also one that was reported by call"
    for reference in (theirs.reference, "0000-0", "", "a\0b"):
        with pytest.raises(NotFoundError):
            ask(reference)
