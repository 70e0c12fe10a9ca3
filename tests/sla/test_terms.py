"""Terms: which version holds, which local day decides, and when a new version may begin."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla import (
    ALWAYS_STOP,
    AttainmentSchedule,
    Band,
    FeeShare,
    Limits,
    Money,
    Period,
    RisingSchedule,
    Stop,
    SuccessionError,
    attainment_terms,
    require_succession,
    terms_in_force,
)
from tests.sla.examples import BANDS, BOUNDED, DAY, FINES, measured, terms, usd

ZONES = sorted(available_timezones())
MINUTE = timedelta(minutes=1)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


# Which local day


def test_a_day_begins_at_local_midnight() -> None:
    midnight_in_jakarta = datetime(2025, 6, 30, 17, tzinfo=UTC)
    assert terms().day_of(midnight_in_jakarta - timedelta(microseconds=1)) == date(2025, 6, 30)
    assert terms().day_of(midnight_in_jakarta) == date(2025, 7, 1)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-03-28T22:59:59+00:00", "2026-03-28"),
        ("2026-03-28T23:00:00+00:00", "2026-03-29"),
        ("2026-03-29T22:00:00+00:00", "2026-03-30"),  # the day had 23 hours
        ("2026-10-25T22:59:59+00:00", "2026-10-25"),  # this one 25
        ("2026-10-25T23:00:00+00:00", "2026-10-26"),
    ],
)
def test_the_local_day_follows_the_clocks_when_they_change(instant: str, day: str) -> None:
    dutch = terms(time_zone="Europe/Amsterdam")
    assert dutch.day_of(datetime.fromisoformat(instant).astimezone(UTC)) == date.fromisoformat(day)


def test_a_naive_instant_and_one_of_another_zone_have_no_day() -> None:
    for wrong in (datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Jakarta"))):  # noqa: DTZ001
        with pytest.raises(ValueError, match="aware UTC"):
            terms().day_of(wrong)


@pytest.mark.parametrize(
    ("zone", "day", "over"),
    [
        ("Asia/Jakarta", "2025-06-30", "2025-06-30T17:00"),
        ("Europe/Amsterdam", "2026-03-29", "2026-03-29T22:00"),
        ("Africa/Cairo", "2026-04-23", "2026-04-23T22:00"),  # the next midnight is skipped
        ("America/Santiago", "2026-04-04", "2026-04-05T04:00"),  # the last hour comes twice
        ("America/Havana", "2026-10-31", "2026-11-01T05:00"),  # the next midnight comes twice: the later
        ("America/St_Johns", "2010-11-06", "2010-11-07T03:30"),  # after midnight, a minute of the day again
        ("Pacific/Apia", "2011-12-29", "2011-12-30T10:00"),  # the whole next day is skipped
    ],
)
def test_a_day_is_over_at_the_last_midnight_that_ends_it(zone: str, day: str, over: str) -> None:
    ended = terms(time_zone=zone).end_of(date.fromisoformat(day))
    assert ended == datetime.fromisoformat(over).replace(tzinfo=UTC)
    assert ended.tzinfo is UTC


@pytest.mark.parametrize("zone", ZONES)
def test_in_no_zone_a_day_comes_back_after_it_was_over(zone: str) -> None:
    there = terms(time_zone=zone)
    for year in (2010, 2026):
        for count in range(0, 365, 1 if zone in {"America/St_Johns", "America/Santiago"} else 3):
            day = date(year, 1, 1) + count * DAY
            over = there.end_of(day)
            assert there.day_of(over) > day
            assert all(there.day_of(over + later * 17 * MINUTE) > day for later in (1, 2, 3, 4, 7, 11))
            assert there.day_of(over - timedelta(hours=2, minutes=1)) <= day


def test_the_last_day_of_all_is_never_over() -> None:
    assert terms().end_of(date.max) == datetime.max.replace(tzinfo=UTC)
    assert terms().end_of(date.max - DAY) == datetime(9999, 12, 30, 17, tzinfo=UTC)


def test_terms_count_their_periods_from_their_own_years() -> None:
    quarter = terms().period_of(Period.QUARTER, date(2024, 10, 1))
    assert (quarter.number, quarter.starts_on, quarter.ends_on) == (2, date(2024, 10, 1), date(2024, 12, 31))


def test_terms_start_a_clock_of_their_own() -> None:
    promised = terms(respond_within=timedelta(minutes=40), warn_at=(Fraction(1, 2),))
    clock = promised.clock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.respond_by == datetime(2026, 1, 1, 0, 40, tzinfo=UTC)
    assert clock.warnings == ((datetime(2026, 1, 1, 0, 20, tzinfo=UTC), Fraction(1, 2)),)


# Which terms make sense


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"time_zone": ""}, "^no time zone is called ''$"),
        ({"time_zone": "Mars/Olympus"}, "no time zone is called"),
        ({"time_zone": "Europe"}, "no time zone is called"),
        ({"time_zone": "../etc"}, "no time zone is called"),
        ({"time_zone": "a\0b"}, "no time zone is called"),
        ({"currency": "XXX"}, "no currency"),
        ({"respond_within": timedelta(0)}, "must be positive"),
        ({"warn_at": (Fraction(1),)}, "strictly between 0 and 1"),
        (
            {"effective_from": date(2024, 6, 30)},
            "^the terms begin on 2024-06-30, before the contract's years$",
        ),
        ({"rising": None}, "^terms need a rising schedule, an attainment schedule, or both$"),
        ({"annual_fee": usd(0)}, r"^the annual fee is above zero, not USD 0\.00$"),
        ({"annual_fee": usd(-1)}, "above zero"),
        ({"annual_fee": Money(1, "EUR")}, "^terms are in one currency, USD, not EUR, USD$"),
        ({"currency": "EUR"}, "^terms are in one currency, EUR, not EUR, USD$"),
        ({"limits": Limits(per_incident=Money(1, "JPY"))}, "in one currency, USD, not JPY, USD"),
        (
            {"attainment": AttainmentSchedule((Band(1, Money(1, "EUR")),), "EUR", Period.YEAR)},
            "in one currency",
        ),
        ({"rising": RisingSchedule((FeeShare(1),), "USD")}, "no annual fee is agreed"),
        ({"rising": None, "attainment": BANDS}, "no annual fee is agreed"),
    ],
)
def test_terms_that_make_no_sense_are_refused(changed: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        terms(**changed)


def test_versions_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match=r"^versions are counted from 1, not 0$"):
        terms(0)


def test_terms_may_begin_with_the_contracts_years_and_the_fee_may_be_of_one_cent() -> None:
    assert terms(annual_fee=Money(1, "USD")).effective_from == terms().year_starts_on


@pytest.mark.parametrize("missing", sorted(ALWAYS_STOP))
def test_a_customer_who_spoke_with_us_has_been_told(missing: Stop) -> None:
    assert terms(stops=ALWAYS_STOP).stops == {Stop.BRIDGE, Stop.CALLBACK}
    with pytest.raises(ValueError, match=r"^being connected to the engineer and being called always stop"):
        terms(stops=frozenset(Stop) - {missing})


@pytest.mark.parametrize(
    ("prices", "complaint"),
    [
        ((usd(5_000), FeeShare(200)), r"^prices may not fall: USD 5,000\.00, then USD 4,000\.00$"),
        ((FeeShare(300), usd(5_999)), r"^prices may not fall: USD 6,000\.00, then USD 5,999\.00$"),
        ((usd(1), FeeShare(500), usd(9_999)), "may not fall"),
    ],
)
def test_amounts_and_shares_side_by_side_may_not_fall_once_they_are_worked_out(
    prices: tuple[Money | FeeShare, ...], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        terms(annual_fee=usd(200_000), rising=RisingSchedule(prices, "USD"))
    bands = tuple(Band(9_000 - place, price) for place, price in enumerate(prices))
    with pytest.raises(ValueError, match=complaint):
        measured(attainment=AttainmentSchedule(bands, "USD", Period.YEAR))


def test_amounts_and_shares_side_by_side_may_come_to_the_same() -> None:
    mixed = RisingSchedule((usd(4_000), FeeShare(200), usd(4_000)), "USD")
    promised = terms(annual_fee=usd(200_000), rising=mixed, attainment=BANDS)
    assert [promised.worth(step) for step in mixed.steps] == [usd(4_000)] * 3


# Which version holds


def test_terms_hold_from_their_first_day_until_the_next_version_takes_effect() -> None:
    first, second = terms(1), terms(2, effective_from=date(2025, 3, 1))
    begins = datetime(2025, 2, 28, 17, tzinfo=UTC)  # midnight in Jakarta
    for versions in ([first, second], [second, first]):
        assert terms_in_force(versions, datetime(2024, 6, 30, 16, 59, 59, tzinfo=UTC)) is None
        assert terms_in_force(versions, datetime(2024, 6, 30, 17, tzinfo=UTC)) is first
        assert terms_in_force(versions, begins - timedelta(microseconds=1)) is first
        assert terms_in_force(versions, begins) is second


def test_of_two_versions_of_one_day_the_higher_holds() -> None:
    first, second = terms(1), terms(2)
    assert terms_in_force([second, first], noon(date(2024, 7, 1))) is second
    assert terms_in_force([first, second], noon(date(2024, 7, 1))) is second
    assert terms_in_force([], noon(date(2024, 7, 1))) is None


def test_a_later_first_day_goes_before_a_higher_version() -> None:
    later, higher = terms(2, effective_from=date(2025, 3, 1)), terms(3, effective_from=date(2025, 2, 1))
    assert terms_in_force([later, higher], noon(date(2025, 2, 10))) is higher
    assert terms_in_force([later, higher], noon(date(2025, 3, 10))) is later


def test_a_version_begins_by_the_clock_of_its_own_zone() -> None:
    old = terms(1)
    new = terms(2, effective_from=date(2025, 3, 1), time_zone="America/New_York")
    begins = datetime(2025, 3, 1, 5, tzinfo=UTC)
    assert terms_in_force([old, new], begins - timedelta(microseconds=1)) is old
    assert terms_in_force([old, new], begins) is new


# Which version settles a period


def test_the_version_in_force_on_the_first_day_settles_the_whole_period() -> None:
    first = measured(1)
    richer = measured(2, effective_from=date(2024, 9, 15), annual_fee=usd(400_000))
    for versions in ([first, richer], [richer, first]):
        for day, settles in (
            (date(2024, 9, 1), first),
            (date(2024, 9, 14), first),
            (date(2024, 9, 15), first),
            (date(2024, 9, 30), first),
            (date(2024, 10, 1), richer),
        ):
            found = attainment_terms(versions, day)
            assert found == (settles, settles.period_of(Period.MONTH, day))


def test_a_contract_that_begins_within_a_period_is_settled_by_its_first_version() -> None:
    first = measured(1, effective_from=date(2024, 7, 10))
    same_day = measured(2, effective_from=date(2024, 7, 10), annual_fee=usd(300_000))
    later = measured(3, effective_from=date(2024, 7, 20), annual_fee=usd(400_000))
    period = first.period_of(Period.MONTH, date(2024, 7, 10))
    assert attainment_terms([first, later], date(2024, 7, 25)) == (first, period)
    assert attainment_terms([later, same_day, first], date(2024, 7, 25)) == (same_day, period)
    assert attainment_terms([first], date(2024, 7, 9)) is None
    assert attainment_terms([], date(2024, 7, 9)) is None


def test_a_version_that_begins_on_the_first_day_settles_the_period() -> None:
    first, second = measured(1), measured(2, effective_from=date(2024, 9, 1), annual_fee=usd(1))
    found = attainment_terms([first, second], date(2024, 9, 30))
    assert found is not None
    assert found[0] is second


def test_what_is_not_measured_is_not_settled() -> None:
    fines, bands = terms(1), measured(2, effective_from=date(2024, 9, 1))
    ended = terms(3, effective_from=date(2024, 11, 1))
    versions = [fines, bands, ended]
    assert attainment_terms(versions, date(2024, 8, 31)) is None
    assert attainment_terms(versions, date(2024, 9, 1)) == (
        bands,
        bands.period_of(Period.MONTH, date(2024, 9, 1)),
    )
    assert attainment_terms(versions, date(2024, 10, 31)) is not None
    assert attainment_terms(versions, date(2024, 11, 1)) is None


def test_bands_that_begin_within_a_period_wait_for_the_next() -> None:
    """No such versions are let in, but old data shall not be settled by terms that were not in force."""
    versions = [terms(1), measured(2, effective_from=date(2024, 9, 15))]
    assert attainment_terms(versions, date(2024, 9, 20)) is None
    assert attainment_terms(versions, date(2024, 10, 1)) is not None


# When a version may begin

QUARTERLY = AttainmentSchedule((Band(9_000, usd(1)),), "USD", Period.QUARTER)
YEARLY = AttainmentSchedule((Band(9_000, usd(1)),), "USD", Period.YEAR)


@pytest.mark.parametrize(
    ("before", "changed"),
    [
        (measured(), {"effective_from": date(2024, 9, 15), "annual_fee": usd(9)}),
        (measured(), {"effective_from": date(2024, 9, 15), "rising": FINES, "respond_within": MINUTE}),
        (measured(), {"effective_from": date(2024, 9, 15), "limits": Limits(floor=usd(1))}),
        (measured(), {"effective_from": date(2024, 9, 1), "attainment": YEARLY,
         "year_starts_on": date(2024, 9, 1)}),
        (measured(), {"effective_from": date(2024, 10, 1), "attainment": QUARTERLY}),
        (measured(), {"effective_from": date(2024, 9, 1), "time_zone": "America/New_York"}),
        (measured(), {"effective_from": date(2024, 9, 1), "attainment": None, "rising": FINES}),
        (terms(), {"effective_from": date(2024, 9, 1)}),
        (measured(attainment=None, rising=FINES), {"effective_from": date(2024, 8, 9), "attainment": None,
         "rising": FINES, "time_zone": "UTC", "year_starts_on": date(2024, 8, 9)}),
    ],
)  # fmt: skip
def test_a_version_may_begin(before: object, changed: dict[str, object]) -> None:
    require_succession(before, measured(2, **changed))  # type: ignore[arg-type]


FIRSTS = (date(2024, 10, 1), date(2024, 11, 1), date(2024, 12, 1))
QUARTERS = (date(2024, 10, 1), date(2025, 1, 1), date(2025, 4, 1))
YEARS = (date(2025, 7, 1), date(2026, 7, 1), date(2027, 7, 1))


@pytest.mark.parametrize(
    ("before", "changed", "next_days"),
    [
        (measured(), {"attainment": None, "rising": FINES}, FIRSTS),
        (measured(), {"time_zone": "America/New_York"}, FIRSTS),
        (measured(), {"attainment": QUARTERLY}, QUARTERS),
        (measured(attainment=QUARTERLY), {}, QUARTERS),
        (measured(), {"attainment": YEARLY}, YEARS),
        (terms(), {}, FIRSTS),
        (terms(), {"attainment": YEARLY}, YEARS),
        # Its years begin on a day on which no old month does: never.
        (measured(), {"year_starts_on": date(2024, 9, 15)}, ()),
    ],
)
def test_what_attainment_is_measured_by_changes_only_where_a_period_begins(
    before: object, changed: dict[str, object], next_days: tuple[date, ...]
) -> None:
    after = measured(2, effective_from=date(2024, 9, 15), **changed)
    with pytest.raises(SuccessionError, match=r"cannot begin on 2024-09-15$") as refused:
        require_succession(before, after)  # type: ignore[arg-type]
    assert refused.value.next_days == next_days
    for day in next_days:
        require_succession(before, measured(2, effective_from=day, **changed))  # type: ignore[arg-type]


def test_a_version_is_compared_with_the_one_before_it() -> None:
    with pytest.raises(ValueError, match=r"^version 1 begins on 2024-09-01, after 2024-08-31$"):
        require_succession(
            measured(effective_from=date(2024, 9, 1)), terms(2, effective_from=date(2024, 8, 31))
        )
    require_succession(measured(effective_from=date(2024, 9, 1)), terms(2, effective_from=date(2024, 9, 1)))


def test_days_on_which_a_version_may_begin_are_looked_for_within_five_years() -> None:
    before = measured(attainment=YEARLY, year_starts_on=date(2020, 2, 29), effective_from=date(2020, 2, 29))
    after = measured(
        2,
        attainment=YEARLY,
        year_starts_on=date(2024, 2, 29),
        effective_from=date(2026, 7, 1),
        time_zone="UTC",
    )
    with pytest.raises(SuccessionError) as refused:
        require_succession(before, after)
    assert refused.value.next_days == (date(2027, 3, 1), date(2028, 2, 29), date(2029, 3, 1))


@pytest.mark.parametrize(
    ("day_of_month", "wanted", "next_days"),
    [
        (1, date(2024, 9, 2), FIRSTS),  # the day before would have done
        (1, date(2024, 9, 30), FIRSTS),  # the day after does
        (1, date(9999, 12, 30), ()),
        (31, date(9999, 12, 30), (date.max,)),
    ],
)
def test_the_next_days_come_after_the_one_that_was_wanted_to_the_end_of_the_calendar(
    day_of_month: int, wanted: date, next_days: tuple[date, ...]
) -> None:
    starts_on = date(2024, 7, day_of_month)
    before = measured(effective_from=starts_on, year_starts_on=starts_on)
    after = measured(2, effective_from=wanted, year_starts_on=starts_on, time_zone="UTC")
    with pytest.raises(SuccessionError) as refused:
        require_succession(before, after)
    assert refused.value.next_days == next_days


@BOUNDED
@given(st.integers(0, 800), st.integers(0, 800), st.sampled_from([BANDS, QUARTERLY, YEARLY]))
def test_every_day_of_a_period_is_settled_alike(first: int, second: int, bands: AttainmentSchedule) -> None:
    """Whatever versions are let in, all days of one period name the same terms and the same period."""
    versions = [measured(1)]
    for number, later in enumerate((first, second), start=2):
        wanted = measured(number, effective_from=versions[-1].effective_from + later * DAY, attainment=bands)
        try:
            require_succession(versions[-1], wanted)
        except SuccessionError as refused:
            wanted = measured(number, effective_from=refused.next_days[0], attainment=bands)
        versions.append(wanted)
    for count in range(0, 2_000, 17):
        found = attainment_terms(versions, date(2024, 7, 1) + count * DAY)
        assert found is not None
        _settles, period = found
        assert {attainment_terms(versions, day) for day in (period.starts_on, period.ends_on)} == {found}
