"""A period's attainment is settled once it is over: one entry, the same whenever the worker comes by."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import sla
from hotline.db.models import (
    AttainmentPeriod,
    Contract,
    ContractTerms,
    Customer,
    EntryKind,
    Incident,
    LedgerEntry,
    MessageKind,
    ToldBy,
)
from hotline.services.ledger import chain
from hotline.services.promise import settlements
from hotline.services.promise.promises import columns_of
from hotline.services.response import incidents
from tests.hotline.house import (
    BO,
    DEWI,
    HANNAH,
    HANNAHS_CONTRACT,
    HANNAHS_LINE,
    MADES_CONTRACT,
    House,
    at_once,
    deadline_of,
)
from tests.support import power
from tests.support.terms import agree, make_terms, measured

MICROSECOND = timedelta(microseconds=1)
HALF_AN_HOUR = 1800
MONTH_ENDS_ON = date(2026, 12, 22)
MONTH_OVER = datetime(2026, 12, 22, 17, tzinfo=UTC)  # midnight in Jakarta
CREDIT_90, CREDIT_75 = 1_000_000, 3_000_000


def monthly(**changes: Any) -> sla.Terms:
    """Months from the 23rd on, attainment alone."""
    first = date(2026, 1, 23)
    values = {"rising": None, "attainment": measured(), "effective_from": first, "year_starts_on": first}
    return make_terms(**{**values, **changes})


def kept(house: House) -> Incident:
    incident = house.report()
    house.take(incident)
    assert house.tell(incident, ToldBy.SPOKEN)
    return incident


def missed(house: House, *customer: str) -> Incident:
    incident = house.report(*customer)
    house.clock.advance(HALF_AN_HOUR)
    house.worker.enforce()
    return incident


def tick(house: House) -> None:
    """A tick and the next: what the first made due, the second does."""
    for _ in range(2):
        house.worker.enforce()


def at_the_end(house: House) -> None:
    house.clock.move_to(MONTH_OVER)
    house.worker.enforce()


def credits_of(house: House) -> list[LedgerEntry]:
    return sorted(house.all(LedgerEntry, LedgerEntry.kind == EntryKind.CREDIT), key=lambda row: row.sequence)


def amounts(house: House) -> list[int]:
    return [entry.amount for entry in credits_of(house)]


def chained(house: House) -> list[tuple[str, int]]:
    """Kind and amount of all entries of one contract in their order, their chain looked at."""
    entries = sorted(house.all(LedgerEntry), key=lambda row: row.sequence)
    before = "0" * 64
    for place, entry in enumerate(entries, 1):
        values = {name: getattr(entry, name) for name in chain.COLUMNS}
        assert (entry.sequence, entry.previous_hash) == (place, before)
        assert entry.hash == chain.digest(before, {**values, "kind": entry.kind.value})
        before = entry.hash
    return [(entry.kind.value, entry.amount) for entry in entries]


def verify(house: House, report: Incident) -> None:
    """An engineer finds out who had left a report."""

    def work(op: Any) -> None:
        contract = op.session.scalars(sa.select(Contract).where(Contract.number == MADES_CONTRACT)).one()
        incident = op.session.get_one(Incident, report.id)
        incidents.verify(op, incident, contract, contract.products[0].product, house.user(op, DEWI))

    house.do(work)


def add_version(house: House, terms: sla.Terms) -> None:
    """Another version is agreed, whatever may be on its way."""
    contract = house.one(Contract, Contract.number == MADES_CONTRACT)
    with house.database.write() as session:
        session.add(ContractTerms(contract_id=contract.id, note="", **columns_of(terms)))


def test_a_month_in_which_all_were_told_in_time_earns_nothing_and_is_settled(house: House) -> None:
    agree(house.database, MADES_CONTRACT, monthly())
    kept(house)
    at_the_end(house)
    assert credits_of(house) == []
    row = house.one(AttainmentPeriod)
    assert (row.starts_on, row.ends_on) == (date(2026, 11, 23), MONTH_ENDS_ON)
    assert (row.due_at, row.settled_at) == (None, MONTH_OVER)


def test_what_falls_below_a_band_is_credited_at_the_end_of_the_month_and_once(house: House) -> None:
    contract_id = agree(house.database, MADES_CONTRACT, monthly())
    kept(house)
    missed(house)
    house.clock.move_to(MONTH_OVER - MICROSECOND)
    house.worker.enforce()
    assert credits_of(house) == []
    for _ in range(3):
        at_the_end(house)
    (entry,) = credits_of(house)
    assert (entry.amount, entry.currency, entry.day, entry.at) == (
        CREDIT_75,
        "USD",
        MONTH_ENDS_ON,
        MONTH_OVER,
    )
    assert (entry.contract_id, entry.ordinal, entry.incident_id) == (contract_id, 1, None)
    assert (entry.period_starts_on, entry.period_ends_on) == (date(2026, 11, 23), MONTH_ENDS_ON)
    assert "1 of 2 incidents were answered in time, which earns USD 30,000.00" in entry.sentence
    assert entry.record["kept"] == entry.record["missed"] == 1
    assert chained(house) == [("credit", CREDIT_75)]


def test_a_late_tick_writes_what_an_early_one_would_have(house: House) -> None:
    agree(house.database, MADES_CONTRACT, monthly())
    missed(house)
    house.clock.move_to(MONTH_OVER + timedelta(days=9))
    house.worker.enforce()
    (entry,) = credits_of(house)
    assert (entry.at, entry.day, entry.amount) == (MONTH_OVER, MONTH_ENDS_ON, CREDIT_75)
    assert entry.recorded_at == house.clock.now()


@pytest.mark.parametrize(("told", "amount"), [(9, 0), (8, CREDIT_90), (7, CREDIT_75), (6, CREDIT_75)])
def test_the_edges_of_the_bands_are_whole_numbers(lite: House, told: int, amount: int) -> None:
    """Nine of ten are 90 %: not below it. Seven and a half of ten do not exist; seven are below 75 %."""
    agree(lite.database, MADES_CONTRACT, monthly())
    for place in range(10):
        if place < told:
            kept(lite)
        else:
            lite.report()
    at_the_end(lite)
    assert amounts(lite) == ([amount] if amount else [])


@pytest.mark.parametrize("in_time", [True, False])
def test_a_report_that_is_verified_after_the_settlement_is_settled_by_the_difference(
    house: House, in_time: bool
) -> None:
    agree(
        house.database, MADES_CONTRACT, monthly(attainment=measured((9_000, 500), (7_000, 700), (6_000, 900)))
    )
    report = house.leave_report()
    if in_time:
        house.take(report)
        assert house.tell(report, ToldBy.SPOKEN)
    for _ in range(2):
        kept(house)
    missed(house)  # 2 of 3: below 70 %
    at_the_end(house)
    assert amounts(house) == [700]
    house.clock.advance(3600)
    verify(house, report)
    tick(house)
    first, second = credits_of(house)
    assert (first.ordinal, second.ordinal) == (1, 2)
    assert second.amount == (-200 if in_time else 200)  # 3 of 4, or 2 of 4
    assert (second.at, second.day) == (house.clock.now(), MONTH_ENDS_ON)
    assert "USD 7.00 was credited before: this entry is the difference" in second.sentence
    assert first.hash == second.previous_hash
    house.worker.enforce()
    assert len(credits_of(house)) == 2


def test_a_telling_that_is_taken_back_after_the_settlement_is_a_miss_and_settled_again(house: House) -> None:
    agree(house.database, MADES_CONTRACT, monthly())
    incident = house.report()
    house.take(incident)
    assert house.tell(incident, ToldBy.BRIDGE)
    at_the_end(house)
    assert amounts(house) == []
    house.clock.advance(60)
    house.do(lambda op: incidents.retract(op, op.session.get_one(Incident, incident.id), ToldBy.BRIDGE))
    house.clock.advance(60)
    tick(house)
    assert house.again(incident).breached_at == deadline_of(incident)
    assert amounts(house) == [CREDIT_75]
    assert house.one(AttainmentPeriod).due_at is None


def test_a_period_waits_for_misses_that_are_not_recorded_yet(house: House) -> None:
    """Another worker has them in hand: the period stays due, and nothing is settled without them."""
    agree(house.database, MADES_CONTRACT, monthly())
    house.report()
    house.clock.move_to(MONTH_OVER)
    assert house.do(settlements.sweep) == 0
    assert house.one(AttainmentPeriod).due_at == MONTH_OVER
    house.worker.enforce()
    assert amounts(house) == [CREDIT_75]


def test_an_outage_over_the_end_of_a_month_changes_no_amount(house: House) -> None:
    """The cap of the year covers the credit of the first month before the fines of the second."""
    terms = monthly(
        rising=make_terms(steps=(400,)).rising,
        attainment=measured((9_000, 500)),
        limits=sla.Limits(per_period=sla.Cap(sla.Money(1_200, "USD"), sla.Period.YEAR)),
    )
    agree(house.database, MADES_CONTRACT, terms)
    house.report()
    house.clock.move_to(MONTH_OVER + timedelta(hours=1))
    house.report()
    house.clock.move_to(MONTH_OVER + timedelta(days=5))
    house.worker.enforce()
    assert chained(house) == [("fine", 400), ("credit", 500), ("fine", 300)]
    house.report()
    house.clock.advance(HALF_AN_HOUR)
    house.worker.enforce()
    assert chained(house)[-1] == ("fine", 0), "nothing is left, and the miss is numbered all the same"
    assert credits_of(house)[0].at == MONTH_OVER


def test_months_that_went_by_unsettled_are_settled_one_after_another(house: House) -> None:
    terms = monthly(limits=sla.Limits(per_period=sla.Cap(sla.Money(5_000_000, "USD"), sla.Period.YEAR)))
    agree(house.database, MADES_CONTRACT, terms)
    for _ in range(2):
        house.report()
        house.clock.advance(31 * 86_400)
    house.worker.enforce()
    assert [(entry.day, entry.amount) for entry in credits_of(house)] == [
        (MONTH_ENDS_ON, CREDIT_75),
        (date(2027, 1, 22), 2_000_000),
    ]


def test_workers_at_once_settle_a_period_once(house: House) -> None:
    agree(house.database, MADES_CONTRACT, monthly())
    agree(house.database, HANNAHS_CONTRACT, monthly())
    house.report()
    house.report(HANNAHS_CONTRACT, HANNAH, HANNAHS_LINE)
    house.clock.move_to(MONTH_OVER)
    workers = [house.new_worker() for _ in range(4)]
    at_once(*[worker.enforce for worker in workers])
    house.worker.enforce()
    assert amounts(house) == [CREDIT_75, CREDIT_75]


def run_until(house: House, work: Callable[[Any], Any], fail_at: int) -> bool:
    """Do some work; at the point ``fail_at`` the power goes. Whether it came so far."""
    with power.cut(house.database, fail_at, also_committed=False) as meter, house.operation() as op:
        work(op)
    return meter.is_dark


def test_power_lost_anywhere_in_a_settlement_leaves_it_to_the_next(house: House) -> None:
    agree(house.database, MADES_CONTRACT, monthly())
    missed(house)
    house.clock.move_to(MONTH_OVER)
    place = 1
    while run_until(house, settlements.sweep, place):
        assert credits_of(house) == []
        assert house.one(AttainmentPeriod).settled_at is None
        place += 1
    assert place > 4, "a settlement is several statements, and each was tried"
    assert amounts(house) == [CREDIT_75]
    assert house.do(settlements.sweep) == 0


def test_a_report_is_in_its_period_or_nowhere_when_the_power_goes(house: House) -> None:
    """Planning is in the transaction that starts the clock."""
    agree(house.database, MADES_CONTRACT, monthly())
    report = house.leave_report()

    def work(op: Any) -> None:
        contract = op.session.scalars(sa.select(Contract).where(Contract.number == MADES_CONTRACT)).one()
        incident = op.session.get_one(Incident, report.id)
        incidents.verify(op, incident, contract, contract.products[0].product, house.user(op, DEWI))

    place = 1
    while run_until(house, work, place):
        assert (house.count(AttainmentPeriod), house.again(report).due_on) == (0, None)
        place += 1
    assert (house.count(AttainmentPeriod), house.again(report).due_on) == (1, date(2026, 11, 23))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"attainment": measured((9_000, 7))}, [(date(2027, 1, 22), 7)]),
        (
            {
                "attainment": measured((9_000, 8), period=sla.Period.QUARTER),
                "year_starts_on": date(2026, 12, 23),
            },
            [(date(2027, 3, 22), 8)],
        ),
        ({"attainment": None, "rising": make_terms().rising}, []),
    ],
    ids=["other bands", "another period", "no attainment"],
)
def test_terms_agreed_while_a_report_is_on_its_way_settle_its_period(
    house: House, changes: dict[str, Any], expected: list[tuple[date, int]]
) -> None:
    """The report came before they were agreed, its deadline is on their first day."""
    agree(house.database, MADES_CONTRACT, monthly())
    house.clock.move_to(MONTH_OVER - timedelta(minutes=15))
    incident = house.report()
    assert incident.due_on == date(2026, 12, 23)
    add_version(house, monthly(version=2, effective_from=date(2026, 12, 23), **changes))
    for _ in range(5):
        house.clock.advance(31 * 86_400)
        house.worker.enforce()
    assert [(entry.day, entry.amount) for entry in credits_of(house)] == expected
    assert all(row.due_at is None for row in house.all(AttainmentPeriod))


@pytest.mark.parametrize("is_planned", [True, False])
def test_terms_agreed_after_a_report_measure_it_though_nothing_was_planned_for_it(
    house: House, is_planned: bool
) -> None:
    """Its period is planned when they are agreed, and at the latest when the miss is recorded."""
    agree(house.database, MADES_CONTRACT, make_terms(steps=(5,)))
    house.clock.move_to(MONTH_OVER - timedelta(minutes=15))
    house.report()
    terms = monthly(version=2, effective_from=date(2026, 12, 23))
    add_version(house, terms)

    def plan_again(op: Any) -> None:
        contract = op.session.scalars(sa.select(Contract).where(Contract.number == MADES_CONTRACT)).one()
        settlements.plan_again(op, contract.id, contract.terms, terms.effective_from)

    for _ in range(2 * is_planned):
        house.do(plan_again)
    house.clock.advance(40 * 86_400)
    tick(house)
    assert chained(house) == [("fine", 5), ("credit", CREDIT_75)]


def test_a_customer_who_moves_to_another_zone_moves_nothing_that_was_agreed(house: House) -> None:
    agree(house.database, MADES_CONTRACT, monthly())
    house.report()
    customer = house.one(Contract, Contract.number == MADES_CONTRACT).customer_id
    house.set(house.one(Customer, Customer.id == customer), time_zone="America/Los_Angeles")
    house.clock.move_to(MONTH_OVER - timedelta(minutes=31))
    incident = house.report()
    assert incident.due_on == MONTH_ENDS_ON
    house.clock.move_to(MONTH_OVER)
    house.worker.enforce()
    (entry,) = credits_of(house)
    assert (entry.at, entry.record["missed"], entry.record["time_zone"]) == (MONTH_OVER, 2, "Asia/Jakarta")


def test_terms_that_cannot_be_read_hold_up_nobody_elses_credit_and_lose_none(
    house: House, logged: Any
) -> None:
    mine = agree(house.database, MADES_CONTRACT, monthly())
    agree(house.database, HANNAHS_CONTRACT, monthly())
    missed(house)
    missed(house, HANNAHS_CONTRACT, HANNAH, HANNAHS_LINE)
    (row,) = house.all(ContractTerms, ContractTerms.contract_id == mine)
    house.set(row, attainment={"kind": "a kind that nobody knows"})
    house.clock.move_to(MONTH_OVER)
    house.worker.enforce()
    assert {entry.contract_id == mine for entry in credits_of(house)} == {False}
    assert "period_broken" in {entry["event"] for entry in logged}
    house.set(row, attainment=row.attainment)
    house.clock.advance(61)
    house.worker.enforce()
    assert {entry.at for entry in credits_of(house)} == {MONTH_OVER}
    assert len(credits_of(house)) == 2


def test_a_miss_that_costs_nothing_by_itself_is_a_breach_and_everybody_learns_of_it(house: House) -> None:
    agree(house.database, MADES_CONTRACT, monthly())
    incident = missed(house)
    tick(house)
    assert house.again(incident).breached_at == deadline_of(incident)
    assert house.events(incident).count("breached") == 1
    assert house.count(LedgerEntry) == 0
    (news,) = [message for message in house.messages(BO) if message.kind is MessageKind.BREACH]
    assert "USD" not in news.body
    assert incident.reference in news.body
