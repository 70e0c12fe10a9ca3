"""A statement is drawn up when a month is over, once, with a number after the last, and never changes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from hotline.db.models import (
    ContractTerms,
    Customer,
    EntryKind,
    LedgerEntry,
    Statement,
    StatementKind,
    StatementLine,
    StatementSchedule,
    ToldBy,
)
from hotline.services.operation import Operation
from hotline.services.statements import drawing, numbering, periods, schedule
from tests.hotline.house import HANNAHS_CONTRACT, MADES_CONTRACT, House, at_once
from tests.support.statements import contract_of, enter
from tests.support.terms import agree, make_terms, measured

NOVEMBER_OVER = datetime(2026, 11, 30, 17, tzinfo=UTC)  # midnight in Jakarta
NOVEMBER_DUE = NOVEMBER_OVER + timedelta(days=1)
TODAY = date(2026, 11, 23)
SECOND = timedelta(seconds=1)


def at(house: House, instant: datetime) -> None:
    house.clock.move_to(instant)
    for _ in range(2):
        house.worker.tick()


def put(house: House, day: date, minor: int, number: str = MADES_CONTRACT, **changes: Any) -> Any:
    return house.do(lambda op: enter(op, number, day, minor, **changes))


def months(house: House) -> list[Statement]:
    rows = house.all(Statement, Statement.kind == StatementKind.MONTH)
    return sorted(rows, key=lambda row: row.number)


def lines(house: House, statement: Statement) -> list[int]:
    return [line["sequence"] for line in statement.content["lines"]]


def test_a_month_is_drawn_up_a_day_after_its_end_on_the_customers_calendar(house: House) -> None:
    put(house, TODAY, 500_000)
    at(house, NOVEMBER_DUE - SECOND)
    assert months(house) == []
    at(house, NOVEMBER_DUE)
    (statement,) = months(house)
    assert (statement.number, statement.serial, statement.year) == ("SC-2026-000001", 1, 2026)
    assert (statement.starts_on, statement.ends_on) == (date(2026, 11, 1), date(2026, 11, 30))
    assert (statement.opening, statement.moved, statement.closing) == (0, 500_000, 500_000)
    entry = house.one(LedgerEntry)
    assert (statement.last_sequence, statement.last_hash) == (1, entry.hash)
    assert house.one(StatementLine).entry_id == entry.id


def test_what_is_owed_is_carried_over_every_month_until_it_is_paid(house: House) -> None:
    put(house, TODAY, 500_000)
    at(house, datetime(2027, 1, 2, tzinfo=UTC))
    first, second = months(house)
    assert (second.opening, second.moved, second.closing) == (500_000, 0, 500_000)
    assert lines(house, second) == []
    assert first.last_hash == second.last_hash
    put(house, date(2027, 1, 2), -500_000, kind=EntryKind.PAYMENT)
    at(house, datetime(2027, 6, 2, tzinfo=UTC))
    assert [row.opening for row in months(house)] == [0, 500_000, 500_000]
    assert [row.closing for row in months(house)] == [500_000, 500_000, 0]
    assert house.one(StatementSchedule).due_at.year == 2027, "the contract year is to come"


def test_a_month_without_an_entry_and_a_balance_has_no_statement(house: House) -> None:
    put(house, TODAY, 500_000)
    put(house, TODAY, -500_000)
    at(house, datetime(2027, 3, 2, tzinfo=UTC))
    assert [row.closing for row in months(house)] == [0]
    put(house, date(2027, 3, 2), 100)
    at(house, datetime(2027, 4, 3, tzinfo=UTC))
    assert [row.starts_on for row in months(house)] == [date(2026, 11, 1), date(2027, 3, 1)]


def test_a_late_entry_comes_on_the_next_and_the_statement_before_stays(house: House) -> None:
    put(house, TODAY, 500_000)
    at(house, NOVEMBER_DUE)
    (before,) = months(house)
    put(house, TODAY, 70_000)
    at(house, datetime(2027, 1, 2, tzinfo=UTC))
    first, second = months(house)
    assert (first.content, first.closing) == (before.content, before.closing)
    assert lines(house, second) == [2]
    assert (second.opening, second.closing) == (500_000, 570_000)


def test_the_last_evening_of_a_month_still_belongs_to_it(house: House) -> None:
    house.clock.move_to(NOVEMBER_OVER + timedelta(minutes=5))
    put(house, date(2026, 11, 30), 500_000)
    put(house, date(2026, 12, 1), 90)
    at(house, NOVEMBER_DUE)
    (statement,) = months(house)
    assert lines(house, statement) == [1]


def test_a_worker_that_slept_for_months_draws_up_what_it_would_have_drawn_up_in_time(house: House) -> None:
    put(house, TODAY, 500_000)
    house.clock.move_to(datetime(2027, 1, 20, tzinfo=UTC))
    put(house, TODAY, 70_000)  # late: belongs to January
    put(house, date(2027, 1, 20), 3)
    at(house, datetime(2027, 2, 10, tzinfo=UTC))
    assert [(row.starts_on.month, lines(house, row), row.closing) for row in months(house)] == [
        (11, [1], 500_000),
        (12, [], 500_000),
        (1, [2, 3], 570_003),
    ]


def test_two_workers_at_once_draw_up_one(house: House) -> None:
    for number in (MADES_CONTRACT, HANNAHS_CONTRACT):
        put(house, TODAY, 500_000, number)
    house.clock.move_to(datetime(2026, 12, 3, tzinfo=UTC))
    at_once(*[lambda: house.do(schedule.sweep)] * 4)
    house.do(schedule.sweep)
    assert [row.number for row in months(house)] == ["SC-2026-000001", "SC-2026-000002"]
    assert house.count(StatementLine) == 2


@pytest.mark.parametrize("step", ["take", "head_of", "snapshot", "flush"])
def test_a_crash_between_any_two_steps_leaves_no_hole_and_no_half(
    house: House, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(house, TODAY, 500_000)
    put(house, TODAY, 4, HANNAHS_CONTRACT)
    house.clock.move_to(NOVEMBER_DUE)

    class PowerError(Exception):
        pass

    def dies(*_args: Any, **_named: Any) -> Any:
        raise PowerError

    def work(op: Operation) -> None:
        schedule.sweep(op)
        if step == "flush":
            raise PowerError

    with monkeypatch.context() as patch:
        if step == "take":
            patch.setattr(numbering, "take", dies)
        elif step != "flush":
            patch.setattr(drawing.content, step, dies)
        if step == "flush":
            with pytest.raises(PowerError):
                house.do(work)
        else:  # the fault of one is logged, and nothing of it stays
            house.do(schedule.sweep)
    assert (house.count(Statement), house.count(StatementLine)) == (0, 0)
    at(house, NOVEMBER_DUE + timedelta(days=2))
    assert [row.number for row in months(house)] == ["SC-2026-000001", "SC-2026-000002"]


def test_one_that_cannot_be_drawn_up_holds_up_nobody_else(
    house: House, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    put(house, TODAY, 500_000)
    put(house, TODAY, 4, HANNAHS_CONTRACT)
    real = drawing.content.snapshot

    def fails(op: Operation, contract: Any, *args: Any) -> Any:
        if contract.number == MADES_CONTRACT:
            raise LookupError
        return real(op, contract, *args)

    with monkeypatch.context() as patch:
        patch.setattr(drawing.content, "snapshot", fails)
        at(house, NOVEMBER_DUE)
    assert [row.number for row in months(house)] == ["SC-2026-000001"]
    assert [entry["event"] for entry in logged if entry["log_level"] == "error"] == ["statement_broken"]
    at(house, NOVEMBER_DUE + schedule.AGAIN)
    assert [row.number for row in months(house)] == ["SC-2026-000001", "SC-2026-000002"]


def test_the_database_refuses_to_change_a_statement_or_to_put_an_entry_on_two(house: House) -> None:
    put(house, TODAY, 500_000)
    at(house, NOVEMBER_DUE)
    (statement,) = months(house)
    for change in (
        sa.update(Statement).values(closing=0),
        sa.delete(Statement),
        sa.delete(StatementLine),
        sa.insert(StatementLine).values(
            statement_id=statement.id, entry_id=house.one(LedgerEntry).id, kind=StatementKind.MONTH
        ),
    ):
        with pytest.raises(DBAPIError):
            house.do(lambda op, change=change: op.session.execute(change))


def test_each_currency_has_its_own(house: House) -> None:
    put(house, TODAY, 500_000)
    put(house, TODAY, 70_001, currency="JPY")
    put(house, TODAY, 1_234_567, currency="KWD")
    at(house, NOVEMBER_DUE)
    assert {(row.currency, row.closing) for row in months(house)} == {
        ("USD", 500_000),
        ("JPY", 70_001),
        ("KWD", 1_234_567),
    }


@pytest.mark.parametrize(
    ("zone", "over"),
    [
        ("Pacific/Kiritimati", datetime(2026, 11, 30, 10, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2026, 12, 1, 11, tzinfo=UTC)),
    ],
)
def test_months_end_with_the_customers_midnight(house: House, zone: str, over: datetime) -> None:
    house.do(lambda op: op.session.execute(sa.update(Customer).values(time_zone=zone)))
    put(house, TODAY, 500_000)
    at(house, over + timedelta(days=1) - SECOND)
    assert months(house) == []
    at(house, over + timedelta(days=1))
    assert len(months(house)) == 1


def test_a_person_need_not_wait_for_the_day_after(house: House) -> None:
    put(house, TODAY, 500_000)

    def draw(op: Operation) -> list[str]:
        actor = house.user(op, "+6281110000107")
        return [row.number for row in drawing.draw_by_hand(op, MADES_CONTRACT, actor)]

    assert house.do(draw) == []
    house.clock.move_to(NOVEMBER_OVER)
    assert house.do(draw) == ["SC-2026-000001"]
    assert house.do(draw) == [], "again does nothing"
    at(house, NOVEMBER_DUE)
    assert len(months(house)) == 1
    put(house, date(2026, 11, 30), 70)
    at(house, datetime(2027, 1, 2, tzinfo=UTC))
    assert [lines(house, row) for row in months(house)] == [[1], [2]]


def test_a_contract_year_sums_its_months_and_what_came_later(house: House) -> None:
    agree(
        house.database,
        MADES_CONTRACT,
        make_terms(attainment=measured((9_000, 1_000_000))),
    )
    incident = house.report()
    house.clock.advance(1800)
    house.worker.tick()
    told = house.report()
    house.take(told)
    assert house.tell(told, ToldBy.SPOKEN)
    at(house, datetime(2026, 12, 10, tzinfo=UTC))
    put(house, date(2026, 12, 10), -100_000, kind=EntryKind.WAIVER, reason="Agreed.")
    at(house, datetime(2027, 1, 1, 17, tzinfo=UTC))
    (year,) = house.all(Statement, Statement.kind == StatementKind.YEAR)
    assert (year.starts_on, year.ends_on) == (date(2026, 1, 1), date(2026, 12, 31))
    assert year.closing == 500_000 + 1_000_000 - 100_000
    by_month = {month["starts_on"]: month for month in year.content["months"]}
    november, december = by_month["2026-11-01"], by_month["2026-12-01"]
    assert (november["kept"], november["missed"], november["charged"]) == (1, 1, 1_500_000)
    assert (december["kept"], december["other"]) == (0, -100_000)
    assert len(by_month) == 12
    fine = year.content["lines"][0]
    assert fine["incident"]["reference"] == incident.reference
    assert fine["incident"]["channel"] == "call"
    (credit,) = [line for line in year.content["lines"] if line["kind"] == "credit"]
    assert credit["period"]["missed"] == [incident.reference]
    assert credit["period"]["kept"] == [told.reference]
    assert [row.closing for row in months(house)] == [1_500_000, 1_400_000]


def test_a_disputed_entry_is_marked(house: House) -> None:
    entry_id = put(house, TODAY, 500_000)
    put(house, TODAY, 0, kind=EntryKind.DISPUTE, entry_id=entry_id)
    at(house, NOVEMBER_DUE)
    (statement,) = months(house)
    assert [line.get("disputed", False) for line in statement.content["lines"]] == [True, False]
    assert statement.content["disputed"] == 500_000
    assert statement.content["lines"][1]["about"] == 1


def test_disputed_is_what_is_owed_of_it_by_the_lines_so_far(house: House) -> None:
    entry_id = put(house, TODAY, 500_000)
    put(house, TODAY, -200_000, kind=EntryKind.WAIVER, entry_id=entry_id, reason="Agreed.")
    put(house, TODAY, 0, kind=EntryKind.DISPUTE, entry_id=entry_id)
    house.clock.move_to(datetime(2026, 12, 5, tzinfo=UTC))
    later = put(house, date(2026, 12, 5), 70_000)
    put(house, date(2026, 12, 5), 0, kind=EntryKind.DISPUTE, entry_id=later)
    at(house, datetime(2027, 1, 2, tzinfo=UTC))
    assert [row.content["disputed"] for row in months(house)] == [300_000, 370_000]


def test_a_contract_year_that_ends_within_a_month_is_drawn_up_in_time(house: House) -> None:
    terms = make_terms(year_starts_on=date(2025, 11, 26), effective_from=date(2025, 11, 26))
    agree(house.database, MADES_CONTRACT, terms)
    put(house, TODAY, 500_000)
    at(house, datetime(2026, 11, 26, 17, tzinfo=UTC))
    (year,) = house.all(Statement, Statement.kind == StatementKind.YEAR)
    assert (year.ends_on, year.closing) == (date(2026, 11, 25), 500_000)


def test_a_year_ends_where_another_version_begins_to_count() -> None:
    versions = [
        ContractTerms(effective_from=date(2026, 1, 1), year_starts_on=date(2026, 1, 1)),
        ContractTerms(effective_from=date(2026, 7, 1), year_starts_on=date(2026, 7, 1)),
    ]
    year_of = periods.years_of(date(2026, 1, 1), versions)
    assert year_of(date(2026, 6, 30)) == periods.Span(date(2026, 1, 1), date(2026, 6, 30))
    assert year_of(date(2026, 7, 1)) == periods.Span(date(2026, 7, 1), date(2027, 6, 30))


def test_a_name_that_changes_changes_no_statement(house: House) -> None:
    put(house, TODAY, 500_000)
    at(house, NOVEMBER_DUE)
    name = months(house)[0].content["customer"]
    house.do(lambda op: setattr(contract_of(op, MADES_CONTRACT).customer, "name", "Somebody else"))
    assert months(house)[0].content["customer"] == name
