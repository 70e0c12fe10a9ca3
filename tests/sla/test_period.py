"""Periods: anniversaries, days that a month lacks, and a calendar without a gap."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla import ContractPeriod, Period, contract_period
from tests.sla import oracle
from tests.sla.examples import BOUNDED, DAY, periods

EVERY_START = [date(2023, 3, 1) + count * DAY for count in range(366 + 365)]  # with a 29 February


@pytest.mark.parametrize(
    ("starts_on", "kind", "day", "number", "first", "last"),
    [
        ("2024-07-01", "year", "2024-07-01", 1, "2024-07-01", "2025-06-30"),
        ("2024-07-01", "year", "2025-06-30", 1, "2024-07-01", "2025-06-30"),
        ("2024-07-01", "year", "2025-07-01", 2, "2025-07-01", "2026-06-30"),
        # From a leap day: the anniversary is 1 March, in a leap year the leap day itself.
        ("2024-02-29", "year", "2025-02-28", 1, "2024-02-29", "2025-02-28"),
        ("2024-02-29", "year", "2025-03-01", 2, "2025-03-01", "2026-02-28"),
        ("2024-02-29", "year", "2028-02-28", 4, "2027-03-01", "2028-02-28"),
        ("2024-02-29", "year", "2028-02-29", 5, "2028-02-29", "2029-02-28"),
        # From the 31st: a month without one gives its period to the 1st of the next.
        ("2024-01-31", "month", "2024-01-31", 1, "2024-01-31", "2024-02-29"),
        ("2024-01-31", "month", "2024-03-01", 2, "2024-03-01", "2024-03-30"),
        ("2024-01-31", "month", "2024-03-31", 3, "2024-03-31", "2024-04-30"),
        ("2024-01-31", "month", "2024-05-01", 4, "2024-05-01", "2024-05-30"),
        ("2024-12-31", "month", "2025-01-30", 1, "2024-12-31", "2025-01-30"),
        # From the 30th, over a short February.
        ("2024-11-30", "quarter", "2025-02-28", 1, "2024-11-30", "2025-02-28"),
        ("2024-11-30", "quarter", "2025-03-01", 2, "2025-03-01", "2025-05-29"),
        ("2024-11-30", "quarter", "2025-05-30", 3, "2025-05-30", "2025-08-29"),
        ("2024-11-15", "quarter", "2025-02-14", 1, "2024-11-15", "2025-02-14"),
    ],
)
def test_the_period_of_a_day(starts_on: str, kind: str, day: str, number: int, first: str, last: str) -> None:
    found = contract_period(date.fromisoformat(starts_on), Period(kind), date.fromisoformat(day))
    assert found == ContractPeriod(Period(kind), number, date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("kind", list(Period))
def test_from_every_start_the_periods_tile_the_calendar(kind: Period) -> None:
    shortest, longest = {"month": (27, 31), "quarter": (88, 92), "year": (365, 366)}[kind]
    for starts_on in EVERY_START:
        period = contract_period(starts_on, kind, starts_on)
        assert (period.number, period.starts_on) == (1, starts_on)
        for _ in range(60 // kind.months):
            assert contract_period(starts_on, kind, period.ends_on) == period
            following = contract_period(starts_on, kind, period.ends_on + DAY)
            assert (following.number, following.starts_on) == (period.number + 1, period.ends_on + DAY)
            assert shortest <= (period.ends_on - period.starts_on).days + 1 <= longest
            period = following


@BOUNDED
@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), periods, st.integers(0, 15_000))
def test_a_day_lies_in_the_period_that_the_oracle_finds(starts_on: date, kind: Period, later: int) -> None:
    day = starts_on + timedelta(days=later)
    period = contract_period(starts_on, kind, day)
    assert day in period
    version = {"year_starts_on": starts_on}
    assert (period.starts_on, period.ends_on) == oracle.period_of(version, kind.value, day)


def test_quarters_and_years_begin_and_end_with_months() -> None:
    for starts_on in EVERY_START:
        for kind in (Period.QUARTER, Period.YEAR):
            period = contract_period(starts_on, kind, starts_on + 500 * DAY)
            months = [
                contract_period(starts_on, Period.MONTH, day) for day in (period.starts_on, period.ends_on)
            ]
            assert (months[0].starts_on, months[1].ends_on) == (period.starts_on, period.ends_on)
            assert months[1].number - months[0].number + 1 == kind.months


def test_a_period_holds_its_first_and_its_last_day_and_no_other() -> None:
    period = contract_period(date(2024, 7, 1), Period.MONTH, date(2024, 7, 10))
    found = [day for day in (date(2024, 6, 30) + count * DAY for count in range(40)) if day in period]
    assert (found[0], found[-1], len(found)) == (date(2024, 7, 1), date(2024, 7, 31), 31)


def test_a_day_before_the_first_year_has_no_period() -> None:
    with pytest.raises(ValueError, match="2024-06-30 is before the contract's years start on 2024-07-01"):
        contract_period(date(2024, 7, 1), Period.YEAR, date(2024, 6, 30))


@pytest.mark.parametrize("starts_on", [date(9990, 7, 1), date(9990, 12, 31), date.max])
@pytest.mark.parametrize("kind", list(Period))
def test_the_last_period_ends_with_the_calendar(starts_on: date, kind: Period) -> None:
    period = contract_period(starts_on, kind, date.max)
    assert period.ends_on == date.max
    assert period.starts_on in (date(9999, 7, 1), date(9999, 10, 1), date(9999, 12, 1), date.max)


def test_a_period_that_ends_in_the_last_year_ends_as_any_other() -> None:
    period = contract_period(date(9990, 7, 1), Period.MONTH, date(9999, 10, 15))
    assert (period.starts_on, period.ends_on) == (date(9999, 10, 1), date(9999, 10, 31))


def test_a_period_is_named_with_its_days() -> None:
    year = contract_period(date(2026, 3, 1), Period.YEAR, date(2027, 3, 1))
    assert str(year) == "contract year 2 (2027-03-01 to 2028-02-29)"
    assert [kind.months for kind in Period] == [1, 3, 12]
