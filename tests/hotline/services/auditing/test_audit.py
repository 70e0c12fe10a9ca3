"""The auditor finds nothing where the services wrote, and everything that somebody changed behind them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import sla
from hotline.db.models import (
    Breach,
    ContractTerms,
    Incident,
    IncidentEvent,
    LedgerEntry,
    ToldBy,
)
from hotline.services.promise import settlements
from hotline.services.promise.enforcement import sweep_deadlines
from tests.hotline.house import DEWI, HANNAHS_CONTRACT, House, deadline_of
from tests.hotline.services.auditing.ledgers import (
    History,
    agree,
    contract_of,
    found,
    look,
    tamper,
)
from tests.support.terms import make_terms

MONTHLY = sla.AttainmentSchedule(
    (
        sla.Band(9000, sla.Money(100_000, "USD")),
        sla.Band(7500, sla.Money(400_000, "USD")),
        sla.Band(2500, sla.FeeShare(500)),
    ),
    "USD",
    sla.Period.MONTH,
)
FEE = sla.Money(20_000_000, "USD")
CAPPED = sla.Limits(
    floor=sla.Money(100_000, "USD"), per_period=sla.Cap(sla.Money(6_000_000, "USD"), sla.Period.QUARTER)
)
TERMS = {
    "rising": [make_terms()],
    "both, capped": [make_terms(annual_fee=FEE, attainment=MONTHLY, limits=CAPPED)],
    "attainment, then both": [
        make_terms(rising=None, annual_fee=FEE, attainment=MONTHLY),
        make_terms(
            version=2, effective_from=date(2027, 1, 1), annual_fee=FEE, attainment=MONTHLY, limits=CAPPED
        ),
    ],
    "fewer ways to stop": [
        make_terms(annual_fee=FEE, attainment=MONTHLY, stops=frozenset({sla.Stop.BRIDGE, sla.Stop.CALLBACK}))
    ],
    "monthly, other zone": [
        make_terms(
            rising=sla.RisingSchedule(
                (sla.Money(500_000, "USD"), sla.Money(700_000, "USD")), "USD", sla.Period.MONTH
            ),
            time_zone="America/St_Johns",
            year_starts_on=date(2025, 12, 31),
        )
    ],
}


@pytest.mark.parametrize("name", TERMS)
def test_a_long_random_history_of_the_real_services_has_no_difference(house: House, name: str) -> None:
    agree(house, *TERMS[name])
    history = History(house, seed=sorted(TERMS).index(name))
    for _ in range(4):
        history.run(25)
        assert look(house).differences == ()
    result = look(house)
    assert result.incidents > 10
    assert result.entries > 2


def missed(house: House, count: int = 3) -> list[Incident]:
    """So many misses in a row, recorded; one more incident was answered in time."""
    made = []
    for _ in range(count):
        made.append(house.report())
        house.clock.advance(60)
    kept = house.report()
    house.take(kept, DEWI)
    house.tell(kept, ToldBy.SPOKEN)
    house.clock.advance(3600)
    house.do(sweep_deadlines)
    assert found(house) == set()
    return [*made, kept]


def entry(house: House, ordinal: int) -> LedgerEntry:
    row: LedgerEntry = house.one(LedgerEntry, LedgerEntry.ordinal == ordinal)
    return row


MINUTE = timedelta(minutes=1)
ENTRY = {
    "amount": ({"amount": 1}, {("fine", "amount"), ("chain", "entry")}),
    "currency": ({"currency": "EUR"}, {("fine", "amount"), ("chain", "entry")}),
    "ordinal": ({"ordinal": 7}, {("fine", "ordinal"), ("chain", "entry")}),
    "day": ({"day": date(2026, 1, 2)}, {("fine", "day"), ("chain", "entry")}),
    "year": ({"contract_year": 9}, {("fine", "contract_year"), ("chain", "entry")}),
    "sentence": ({"sentence": "Nothing is owed."}, {("fine", "sentence"), ("chain", "entry")}),
    "record": ({"record": {}}, {("chain", "entry")}),
    "hash": ({"hash": "0" * 64}, {("chain", "entry")}),
    "number": ({"sequence": 9}, {("chain", "entry")}),
    "terms": ({"terms_id": None}, {("fine", "terms_id"), ("chain", "entry")}),
    "period": ({"period_ends_on": date(2026, 12, 1)}, {("fine", "period_ends_on"), ("chain", "entry")}),
}


@pytest.mark.parametrize("name", ENTRY)
def test_a_changed_entry_is_found(house: House, name: str) -> None:
    missed(house)
    values, expected = ENTRY[name]
    tamper(house, LedgerEntry, LedgerEntry.id == entry(house, 3).id, **values)
    assert expected <= found(house)


def test_a_difference_says_what_it_has_to_be_and_what_was_found(house: House) -> None:
    missed(house)
    row = entry(house, 2)
    tamper(house, LedgerEntry, LedgerEntry.id == row.id, amount=1)
    one = next(one for one in look(house).differences if (one.kind, one.field) == ("fine", "amount"))
    assert (one.expected, one.found) == ("USD 100,000.00", "USD 0.01")
    assert (one.incident_id, one.sequence) == (row.incident_id, 2)


def test_an_entry_from_before_amounts_were_explained_is_compared_by_what_it_says(house: House) -> None:
    missed(house)
    row = entry(house, 2)
    old = {"amount_minor": row.amount, "currency": row.currency, "ordinal": 2}
    tamper(house, LedgerEntry, LedgerEntry.id == row.id, record=old, sentence="Miss 2 of the year.")
    assert {kind for kind, _field in found(house)} == {"chain"}
    tamper(house, LedgerEntry, LedgerEntry.id == row.id, amount=3)
    assert ("fine", "amount") in found(house)


def test_an_entry_that_was_taken_away_or_added_is_found(house: House) -> None:
    first, _second, third, kept = missed(house)
    tamper(house, LedgerEntry, LedgerEntry.id == entry(house, 3).id)
    assert ("fine", "entry") in found(house)
    tamper(house, LedgerEntry, LedgerEntry.incident_id == first.id, incident_id=kept.id)
    unexpected = [one for one in look(house).differences if one.field == "entry" and not one.expected]
    assert any(one.incident_id == kept.id for one in unexpected)
    assert any(one.incident_id == third.id for one in look(house).differences)


CLOCKS: dict[str, tuple[Callable[[Incident], dict[str, Any]], set[tuple[str, str]]]] = {
    "deadline": (lambda one: {"respond_by": deadline_of(one) + MINUTE}, {("clock", "respond_by")}),
    "day": (lambda one: {"due_on": date(2026, 1, 2)}, {("clock", "due_on")}),
    "arrival": (lambda one: {"reported_at": one.reported_at - MINUTE}, {("clock", "reported_at")}),
    "told": (lambda one: {"told_at": one.reported_at, "told_by": ToldBy.SPOKEN}, {("told", "told_at")}),
    "forgiven": (lambda one: {"breached_at": None}, {("breach", "breached_at")}),
    "no contract": (lambda one: {"contract_id": None, "verified_at": None}, {("clock", "contract")}),
    "no terms": (lambda one: {"terms_id": None}, {("clock", "terms")}),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_a_changed_clock_is_found(house: House, name: str) -> None:
    first = missed(house)[0]
    values, expected = CLOCKS[name]
    house.set(first, **values(first))
    assert expected <= found(house)


def test_a_kept_incident_that_is_called_missed_is_found(house: House) -> None:
    kept = missed(house)[-1]
    house.set(kept, breached_at=deadline_of(kept))
    assert ("breach", "breached_at") in found(house)


def test_an_incident_that_was_given_to_another_contract_is_found_in_both(house: House) -> None:
    first = missed(house)[0]
    house.set(first, contract_id=contract_of(house, HANNAHS_CONTRACT).id)
    assert ("clock", "contract") in found(house)
    other = {(one.kind, one.field) for one in look(house, HANNAHS_CONTRACT).differences}
    assert ("clock", "contract") in other


BREACHES = {
    "gone": ({}, {("breach", "breach")}),
    "at": ({"at": "later"}, {("breach", "at")}),
    "day": ({"missed_on": date(2026, 1, 2)}, {("breach", "missed_on")}),
}


@pytest.mark.parametrize("name", BREACHES)
def test_a_changed_miss_is_found(house: House, name: str) -> None:
    first = missed(house)[0]
    values, expected = BREACHES[name]
    given = {key: deadline_of(first) + MINUTE if value == "later" else value for key, value in values.items()}
    tamper(house, Breach, Breach.incident_id == first.id, **given)
    assert expected <= found(house)


def test_changed_events_are_found(house: House) -> None:
    first, second, third, kept = missed(house)
    of = IncidentEvent.incident_id
    is_told = sa.and_(of == kept.id, IncidentEvent.kind == "told")
    tamper(house, IncidentEvent, is_told)
    assert {("told", "told_at"), ("overdue", "breach")} <= found(house)
    tamper(house, IncidentEvent, sa.and_(of == first.id, IncidentEvent.kind == "breached"))
    assert ("breach", "breached") in found(house)
    tamper(house, IncidentEvent, sa.and_(of == second.id, IncidentEvent.kind == "clock-started"))
    assert ("events", "clock-started") in found(house)
    tamper(house, IncidentEvent, sa.and_(of == third.id, IncidentEvent.kind == "reported"))
    assert ("events", "reported") in found(house)


def test_terms_that_were_changed_under_their_fines_are_found(house: House) -> None:
    missed(house)
    agree(house, make_terms((1, 2, 3)))
    assert ("fine", "amount") in found(house)


def test_terms_that_cannot_be_read_are_a_difference_themselves(house: House) -> None:
    missed(house)
    with house.database.write() as session:
        session.execute(sa.update(ContractTerms).values(time_zone="Mars/Olympus"))
    result = look(house)
    assert [one.kind.value for one in result.differences] == ["unreadable"]
    assert not result.is_whole


def test_a_miss_that_nobody_records_is_overdue_two_minutes_after_the_deadline(house: House) -> None:
    incident = house.report()
    grace = deadline_of(incident) + timedelta(minutes=2)
    assert look(house).look_again == grace
    house.clock.move_to(grace)
    assert found(house) == set()
    house.clock.advance(1)
    assert found(house) == {("overdue", "breach")}
    house.do(sweep_deadlines)
    assert found(house) == set()


def test_a_credit_that_was_changed_or_never_written_is_found(house: House) -> None:
    agree(house, make_terms(rising=None, annual_fee=FEE, attainment=MONTHLY))
    house.report()
    house.clock.advance(3600)
    house.do(sweep_deadlines)
    house.clock.advance(40 * 86400)
    assert found(house) == {("credit", "entry")}
    house.do(settlements.sweep)
    assert found(house) == set()
    row = house.one(LedgerEntry)
    assert row.amount == 1_000_000
    tamper(house, LedgerEntry, LedgerEntry.id == row.id, amount=5)
    assert {("credit", "amount"), ("chain", "entry")} == found(house)
