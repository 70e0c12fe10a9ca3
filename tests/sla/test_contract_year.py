"""Contract years: anniversaries, leap days, and the local day that decides."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sla import ContractYear, Money, RisingSchedule, Terms, contract_year, terms_in_force

DAY = timedelta(days=1)
FINES = RisingSchedule((Money(1_000_00, "USD"),))


def terms(version: int = 1, *, effective_from: date = date(2024, 1, 1), **changed: object) -> Terms:
    facts: dict[str, object] = {
        "respond_within": timedelta(minutes=30),
        "warn_at": (),
        "schedule": FINES,
        "contract_starts_on": date(2024, 7, 1),
        "time_zone": "Asia/Jakarta",
    }
    return Terms(version, effective_from, **(facts | changed))  # type: ignore[arg-type]


def test_the_first_year_begins_with_the_contract_and_ends_the_day_before_the_anniversary() -> None:
    first = ContractYear(1, date(2024, 7, 1), date(2025, 6, 30))
    assert contract_year(date(2024, 7, 1), date(2024, 7, 1)) == first
    assert contract_year(date(2024, 7, 1), date(2025, 6, 30)) == first
    assert contract_year(date(2024, 7, 1), date(2025, 7, 1)).number == 2


def test_a_contract_from_a_leap_day_has_its_anniversary_on_the_first_of_march() -> None:
    leap = date(2024, 2, 29)
    assert contract_year(leap, date(2025, 2, 28)) == ContractYear(1, leap, date(2025, 2, 28))
    assert contract_year(leap, date(2025, 3, 1)) == ContractYear(2, date(2025, 3, 1), date(2026, 2, 28))
    assert contract_year(leap, date(2028, 2, 28)).number == 4
    assert contract_year(leap, date(2028, 2, 29)) == ContractYear(5, date(2028, 2, 29), date(2029, 2, 28))


@pytest.mark.parametrize(
    "starts_on",
    [date(2023, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2024, 1, 1), date(2023, 12, 31)],
)
def test_the_years_tile_the_calendar_day_by_day(starts_on: date) -> None:
    year = contract_year(starts_on, starts_on)
    assert (year.number, year.starts_on) == (1, starts_on)
    for count in range(1, 9 * 366):
        following = contract_year(starts_on, starts_on + count * DAY)
        if following != year:
            assert following.number == year.number + 1
            assert following.starts_on == year.ends_on + DAY == starts_on + count * DAY
            assert (year.ends_on - year.starts_on).days + 1 in (365, 366)
        assert following.starts_on <= starts_on + count * DAY <= following.ends_on
        year = following


def test_a_day_before_the_contract_has_no_contract_year() -> None:
    with pytest.raises(ValueError, match="before the contract starts"):
        contract_year(date(2024, 7, 1), date(2024, 6, 30))


def test_the_local_day_of_the_deadline_decides_the_year() -> None:
    midnight_in_jakarta = datetime(2025, 6, 30, 17, tzinfo=UTC)
    before = midnight_in_jakarta - timedelta(microseconds=1)
    assert terms().day_of(before) == date(2025, 6, 30)
    assert terms().day_of(midnight_in_jakarta) == date(2025, 7, 1)
    assert (terms().year_of(before).number, terms().year_of(midnight_in_jakarta).number) == (1, 2)


def test_the_local_day_follows_the_clocks_when_they_change() -> None:
    dutch = terms(time_zone="Europe/Amsterdam")
    for instant, day in (
        (datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
    ):
        assert dutch.day_of(instant) == day


def test_terms_hold_from_their_first_day_until_the_next_version_takes_effect() -> None:
    first, second = terms(1), terms(2, effective_from=date(2025, 3, 1))
    for versions in ([first, second], [second, first]):
        assert terms_in_force(versions, date(2023, 12, 31)) is None
        assert terms_in_force(versions, date(2024, 1, 1)) is first
        assert terms_in_force(versions, date(2025, 2, 28)) is first
        assert terms_in_force(versions, date(2025, 3, 1)) is second


def test_of_two_versions_of_one_day_the_higher_holds() -> None:
    first, second = terms(1), terms(2)
    assert terms_in_force([second, first], date(2024, 1, 1)) is second
    assert terms_in_force([first, second], date(2024, 1, 1)) is second
    assert terms_in_force([], date(2024, 1, 1)) is None


def test_terms_start_a_clock_of_their_own() -> None:
    clock = terms(respond_within=timedelta(minutes=45)).clock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.respond_by == datetime(2026, 1, 1, 0, 45, tzinfo=UTC)


@pytest.mark.parametrize("time_zone", ["", "Mars/Olympus", "Europe", "../etc"])
def test_terms_in_an_unknown_time_zone_are_refused(time_zone: str) -> None:
    with pytest.raises(ValueError, match="no time zone is called"):
        terms(time_zone=time_zone)


def test_terms_without_a_version_or_without_time_are_refused() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        terms(0)
    with pytest.raises(ValueError, match="must be positive"):
        terms(respond_within=timedelta(0))


def test_a_naive_deadline_has_no_day() -> None:
    with pytest.raises(ValueError, match="aware UTC"):
        terms().day_of(datetime(2026, 1, 1))  # noqa: DTZ001
