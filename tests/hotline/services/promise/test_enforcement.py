"""At the deadline exactly one breach and one fine, whatever crashes, repeats or runs beside it."""

import random
import uuid
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import sla
from hotline.db.models import (
    Breach,
    Contract,
    ContractTerms,
    EntryKind,
    Incident,
    IncidentEvent,
    LedgerEntry,
    ToldBy,
)
from hotline.services.ledger import book
from hotline.services.operation import Operation
from hotline.services.promise import enforcement, tallies
from hotline.services.promise.enforcement import sweep_deadlines
from hotline.services.promise.promises import terms_of
from hotline.services.response import incidents
from tests.hotline.house import (
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

JAKARTA = timedelta(hours=7)
MICROSECOND = timedelta(microseconds=1)
MADES_FINES = (5_000_000, 10_000_000, 20_000_000)  # the third repeats


def sweep(house: House) -> int:
    return house.do(sweep_deadlines)


def ledger(house: House) -> list[LedgerEntry]:
    return sorted(
        house.all(LedgerEntry), key=lambda entry: (str(entry.contract_id), entry.contract_year, entry.ordinal)
    )


def test_nothing_happens_a_moment_before_the_deadline(house: House) -> None:
    incident = house.report()
    house.clock.move_to(deadline_of(incident) - MICROSECOND)
    assert sweep(house) == 0
    assert house.count(Breach) == 0


def test_at_the_deadline_one_breach_and_one_fine_are_stamped_with_it(house: House) -> None:
    incident = house.report()
    house.clock.move_to(deadline_of(incident))
    assert sweep(house) == 1
    breach, entry = house.one(Breach), house.one(LedgerEntry)
    assert breach.at == entry.at == house.again(incident).breached_at == deadline_of(incident)
    assert (entry.ordinal, entry.amount, entry.currency, entry.contract_year) == (1, 5_000_000, "USD", 2)
    assert "Miss 1 of contract year 2" in entry.sentence
    assert entry.record["amount_minor"] == entry.amount
    assert house.events(incident).count("breached") == 1


def test_a_late_sweep_writes_what_an_early_one_would_have(house: House) -> None:
    incident = house.report()
    house.clock.advance(48 * 3600)
    assert sweep(house) == 1
    assert house.one(Breach).at == house.one(LedgerEntry).at == deadline_of(incident)
    event = house.one(IncidentEvent, IncidentEvent.kind == "breached")
    assert event.at == deadline_of(incident)
    assert event.recorded_at == house.clock.now()


def test_sweeping_again_and_again_changes_nothing(house: House) -> None:
    house.report()
    house.clock.advance(1800)
    assert [sweep(house) for _ in range(4)] == [1, 0, 0, 0]
    assert (house.count(Breach), house.count(LedgerEntry)) == (1, 1)


def test_sweeps_at_once_record_each_miss_once_and_number_them_without_a_hole(house: House) -> None:
    for _ in range(9):
        house.report()
        house.clock.advance(1)
    house.clock.advance(1800)
    found = at_once(*[lambda: sum(sweep(house) for _ in range(6))] * 4)
    assert sum(found) == 9
    assert [entry.ordinal for entry in ledger(house)] == list(range(1, 10))
    assert [entry.amount for entry in ledger(house)] == [*MADES_FINES, *[20_000_000] * 6]
    assert len({breach.incident_id for breach in house.all(Breach)}) == 9


def test_several_contracts_are_counted_each_by_itself(house: House) -> None:
    for _ in range(3):
        house.report()
        house.report(HANNAHS_CONTRACT, HANNAH, HANNAHS_LINE)
    house.clock.advance(1800)
    sweep(house)
    by_contract: dict[Any, list[int]] = {}
    for entry in ledger(house):
        by_contract.setdefault(entry.contract_id, []).append(entry.amount)
    assert sorted(by_contract.values()) == sorted([[2_500_000, 4_000_000, 4_000_000], list(MADES_FINES)])


def test_misses_noticed_together_are_numbered_by_their_deadlines(house: House) -> None:
    made = []
    for _ in range(6):
        made.append(house.report())
        house.clock.advance(60)
    house.clock.advance(1800)
    assert house.do(lambda op: sweep_deadlines(op, limit=2)) == 2
    assert sweep(house) == 4
    entries = {entry.incident_id: entry.ordinal for entry in ledger(house)}
    assert [entries[incident.id] for incident in made] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("late", "breached"),
    [(-MICROSECOND, False), (timedelta(0), False), (MICROSECOND, True), (timedelta(days=2), True)],
)
def test_told_before_at_and_after_the_deadline(house: House, late: timedelta, breached: bool) -> None:
    """Told at the deadline exactly is kept; told later is a miss, also if no sweep came in between."""
    incident = house.report()
    house.take(incident)
    house.clock.move_to(deadline_of(incident) + late)
    assert house.tell(incident, ToldBy.SPOKEN)
    house.clock.advance(3600)
    assert sweep(house) == int(breached)
    assert house.count(LedgerEntry) == int(breached)
    assert house.again(incident).told_at == deadline_of(incident) + late


def test_what_tells_after_a_recorded_breach_is_never_before_the_deadline(house: House) -> None:
    """Another machine's clock is a little behind: the database put the breach first."""
    incident = house.report()
    house.take(incident)
    house.set(incident, breached_at=deadline_of(incident))
    house.clock.move_to(deadline_of(incident) - timedelta(seconds=1))
    assert house.tell(incident, ToldBy.SPOKEN)
    told = house.again(incident).told_at
    assert told is not None
    assert told > deadline_of(incident)


@pytest.mark.parametrize("minutes", [10, 45])
def test_a_late_verified_report_counts_from_the_call(house: House, minutes: int) -> None:
    report = house.leave_report()
    house.clock.advance(minutes * 60)
    assert sweep(house) == 0

    def verify(op: Any) -> None:
        contract = op.session.scalars(sa.select(Contract).where(Contract.number == MADES_CONTRACT)).one()
        product = contract.products[0].product
        incident = op.session.get_one(Incident, report.id)
        incidents.verify(op, incident, contract, product, house.user(op, DEWI))

    house.do(verify)
    assert house.again(report).respond_by == report.reported_at + timedelta(minutes=30)
    assert sweep(house) == int(minutes >= 30)
    assert [breach.at for breach in house.all(Breach)] == [report.reported_at + timedelta(minutes=30)] * int(
        minutes >= 30
    )


def test_an_unverified_report_has_no_clock_however_long_it_lies(lite: House) -> None:
    lite.leave_report()
    lite.clock.advance(30 * 86_400)
    assert sweep(lite) == 0


def test_a_resolved_incident_whose_customer_was_not_told_is_a_miss(house: House) -> None:
    incident = house.report()
    house.take(incident)
    house.do(
        lambda op: incidents.resolve(op, op.session.get_one(Incident, incident.id), house.user(op, DEWI))
    )
    house.clock.advance(1800)
    assert sweep(house) == 1


def test_the_count_begins_again_with_the_contract_year(house: House) -> None:
    """Two misses on the last local day of a contract year, two on the first of the next."""
    contract = house.one(Contract, Contract.number == MADES_CONTRACT)
    start = contract.starts_on
    turn = datetime(start.year + 2, start.month, start.day, tzinfo=UTC) - timedelta(
        hours=7
    )  # midnight in Jakarta
    house.set(contract, cover_until=None)
    house.clock.move_to(turn - timedelta(minutes=40))
    for _ in range(4):
        house.report()
        house.clock.advance(8 * 60)
    house.clock.advance(3600)
    sweep(house)
    assert [(entry.contract_year, entry.ordinal, entry.amount) for entry in ledger(house)] == [
        (2, 1, 5_000_000),
        (2, 2, 10_000_000),
        (3, 1, 5_000_000),
        (3, 2, 10_000_000),
    ]


def test_a_miss_of_last_year_that_is_noticed_this_year_belongs_to_last_year(lite: House) -> None:
    contract = lite.one(Contract, Contract.number == MADES_CONTRACT)
    start = contract.starts_on
    turn = datetime(start.year + 2, start.month, start.day, tzinfo=UTC) - JAKARTA
    lite.set(contract, cover_until=None)
    lite.clock.move_to(turn - timedelta(minutes=31))
    lite.report()
    lite.clock.advance(3 * 86_400)
    sweep(lite)
    assert [entry.contract_year for entry in ledger(lite)] == [2]


def _is_cut_off(house: House, place: int) -> bool:
    """Run the sweep; at the point ``place`` the power goes. Whether it came so far."""
    with power.cut(house.database, place, also_committed=False) as meter, house.operation() as op:
        sweep_deadlines(op)
    return meter.is_dark


def test_power_lost_between_any_two_statements_leaves_nothing_half_written(house: House) -> None:
    for _ in range(3):
        house.report()
        house.clock.advance(1)
    house.clock.advance(1800)
    place = 1
    while _is_cut_off(house, place) and house.count(Breach) == 0:
        assert house.count(LedgerEntry) == 0
        assert house.events().count("breached") == 0
        assert all(incident.breached_at is None for incident in house.all(Incident))
        place += 1
    assert place > 6, "the sweep is several statements, and each was tried"
    assert sweep(house) in {0, 3}
    assert [entry.ordinal for entry in ledger(house)] == [1, 2, 3]
    assert (house.count(Breach), house.events().count("breached")) == (3, 3)


def test_a_telling_and_a_sweep_at_once_end_in_one_story(house: House) -> None:
    """At the deadline itself the telling keeps the promise or comes after the breach; never both halves."""
    for _ in range(3):
        incident = house.report()
        house.take(incident)
        house.clock.move_to(deadline_of(incident))
        at_once(lambda found=incident: house.tell(found, ToldBy.SPOKEN), lambda: sweep(house))
        sweep(house)
        now = house.again(incident)
        assert now.told_at is not None
        fined = house.all(LedgerEntry, LedgerEntry.incident_id == incident.id)
        assert bool(fined) == (now.breached_at is not None) == (now.told_at > deadline_of(incident))


@pytest.mark.parametrize("seed", range(4))
def test_the_ledger_is_what_a_clerk_would_write(lite: House, seed: int) -> None:
    """Reports, tellings and sweeps in any order of time; the clerk knows only deadlines and tellings."""
    chance = random.Random(seed)  # noqa: S311 - a story, no secret
    contracts = {
        MADES_CONTRACT: MADES_FINES,
        HANNAHS_CONTRACT: (2_500_000, 4_000_000, 4_000_000, 8_000_000),
    }
    start, plan = lite.clock.now(), []
    for number in range(14):
        at, told = chance.randint(0, 4000), chance.choice([None, 60, 1799, 1800, 1801, 2600])
        plan.append((at, 0, "report", number))
        if told is not None:
            plan.append((at + told, 1, "tell", number))
    plan += [(chance.randint(0, 6000), 2, "sweep", chance.randint(1, 3)) for _ in range(10)]
    made: dict[int, tuple[str, Incident]] = {}
    told_at: dict[int, datetime] = {}
    for seconds, _order, what, number in sorted(plan):
        lite.clock.move_to(start + timedelta(seconds=seconds))
        if what == "report":
            contract = chance.choice(list(contracts))
            made[number] = (contract, lite.report(contract))
            lite.take(made[number][1])
        elif what == "tell":
            told_at[number] = lite.clock.now()
            lite.tell(made[number][1], ToldBy.SPOKEN)
        else:
            lite.do(lambda op, limit=number: sweep_deadlines(op, limit=limit))
    lite.clock.advance(7200)
    while sweep(lite):
        pass
    clerk, misses = [], dict.fromkeys(contracts, 0)
    for number, (contract, incident) in sorted(made.items(), key=lambda item: item[1][1].reported_at):
        deadline = incident.reported_at + timedelta(minutes=30)
        if number not in told_at or told_at[number] > deadline:
            misses[contract] += 1
            step = min(misses[contract], len(contracts[contract])) - 1
            clerk.append((deadline, misses[contract], contracts[contract][step], incident.id))
    written = [(entry.at, entry.ordinal, entry.amount, entry.incident_id) for entry in lite.all(LedgerEntry)]
    assert clerk
    assert sorted(written, key=str) == sorted(clerk, key=str)


def test_many_misses_are_swept_in_batches(lite: House) -> None:
    for _ in range(7):
        lite.report()
    lite.clock.advance(1800)
    assert [lite.do(lambda op: sweep_deadlines(op, limit=3)) for _ in range(4)] == [3, 3, 1, 0]
    assert enforcement.BATCH >= 100


def test_terms_that_cannot_be_read_hold_up_no_other_contract_and_lose_no_miss(house: House) -> None:
    broken = house.report()
    house.report(HANNAHS_CONTRACT, HANNAH, HANNAHS_LINE)
    (row,) = [terms for terms in house.all(ContractTerms) if terms.id == broken.terms_id]

    def become(schedule: dict[str, Any]) -> None:
        house.do(
            lambda op: op.session.execute(
                sa.update(ContractTerms).where(ContractTerms.id == row.id).values(schedule=schedule)
            )
        )

    become({"kind": "a kind that nobody knows"})
    house.clock.advance(1800)
    assert sweep(house) == 1
    assert [entry.currency for entry in ledger(house)] == ["EUR"]
    become(row.schedule)
    house.clock.advance(600)
    assert sweep(house) == 1
    assert {entry.at for entry in ledger(house)} == {deadline_of(broken)}


def test_a_contract_whose_ledger_the_database_refuses_holds_up_no_other(house: House) -> None:
    broken = house.report()
    house.clock.advance(60)
    house.report(HANNAHS_CONTRACT, HANNAH, HANNAHS_LINE)
    house.clock.advance(3600)

    def number_is_taken(op: Operation) -> None:
        contract = op.session.get_one(Contract, broken.contract_id)
        period = terms_of(contract.terms[0]).period_of(sla.Period.YEAR, broken.due_on)
        draft = book.Draft(
            EntryKind.FINE, contract.id, sla.Money(1, "USD"), broken.due_on, op.now, 1, "Wrong.", {},
            period=period, ordinal=1,
        )  # fmt: skip
        book.append(op, [draft])

    house.do(number_is_taken)
    assert sweep(house) == 1
    assert [entry.currency for entry in ledger(house) if entry.incident_id] == ["EUR"]
    assert house.again(broken).breached_at is None  # its miss waits whole: no breach without its fine
    assert house.count(Breach) == 1


def test_a_whole_batch_that_cannot_be_recorded_stands_in_nobodys_way(house: House) -> None:
    broken = [house.report() for _ in range(3)]
    row = broken[0].terms_id
    house.clock.advance(60)
    house.report(HANNAHS_CONTRACT, HANNAH, HANNAHS_LINE)
    house.clock.advance(3600)
    wrong = sa.update(ContractTerms).where(ContractTerms.id == row).values(schedule={"kind": "unknown"})
    house.do(lambda op: op.session.execute(wrong))
    assert house.do(lambda op: enforcement.sweep_deadlines(op, 2)) == 1
    assert [entry.currency for entry in ledger(house)] == ["EUR"]


def test_misses_keep_their_order_when_another_worker_lets_go_of_the_contract_meanwhile(
    lite: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = lite.report()
    lite.clock.advance(60)
    late = lite.report()
    lite.clock.advance(3600)
    lock, asked = tallies.lock_contracts, []

    def busy_at_first(op: Operation, contract_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
        asked.append(contract_ids)
        return set() if len(asked) == 1 else lock(op, contract_ids)

    monkeypatch.setattr(tallies, "lock_contracts", busy_at_first)
    assert lite.do(lambda op: enforcement.sweep_deadlines(op, 1)) == 0
    while lite.do(lambda op: enforcement.sweep_deadlines(op, 1)):
        pass
    assert [entry.incident_id for entry in ledger(lite)] == [early.id, late.id]
