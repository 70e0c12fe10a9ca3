"""Both databases do the arithmetic of instants as Python does."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

import sla
from hotline.db.base import UtcDateTime
from hotline.services.statistics import instants

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York")


def selected(database, *expressions):
    with database.read() as session:
        return session.execute(sa.select(*expressions)).one()


def column(at: datetime):
    return sa.literal(at, UtcDateTime())


def day(value: date):
    return sa.literal(value, sa.Date())


@pytest.mark.parametrize("fraction", [0, 1, 999_499, 999_500, 999_999])
def test_an_instant_is_exact_to_the_microsecond(database, fraction):
    at = datetime(2026, 11, 22, 23, 59, 59, fraction, tzinfo=UTC)
    assert selected(database, instants.micros(column(at))) == ((at - EPOCH) // MICROSECOND,)


@pytest.mark.parametrize(
    ("late", "minutes"), [(-1, 30), (0, 30), (1, 31), (60_000_000, 31), (60_000_001, 32)]
)
def test_a_minute_has_started_a_microsecond_after_the_one_before_it(database, late, minutes):
    reported = datetime(2026, 11, 22, 23, 45, 17, 250_000, tzinfo=UTC)
    told = reported + timedelta(minutes=30, microseconds=late)
    assert selected(database, instants.started(60, column(reported), column(told))) == (minutes,)


@pytest.mark.parametrize("zone", ZONES)
def test_the_hour_of_the_week_is_that_of_the_zone_across_changes_of_the_clocks(database, zone):
    local = ZoneInfo(zone)
    first, last = datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    chance = random.Random(zone)  # noqa: S311 - chances, no secrets
    tried = [first + chance.random() * (last - first) for _ in range(40)]
    # Around every change of two years: a second before it, at it, and a microsecond before.
    tried += [
        change + away
        for change, _before in instants._changes(local, first, last)
        for away in (timedelta(seconds=-1), timedelta(0), timedelta(microseconds=-1))
    ]
    found = selected(
        database,
        *(
            instants.hour_of_week(column(at), local, first, last).label(f"at_{place}")
            for place, at in enumerate(tried)
        ),
    )
    expected = [at.astimezone(local).weekday() * 24 + at.astimezone(local).hour for at in tried]
    assert list(found) == expected


def test_every_change_of_the_clocks_is_found():
    berlin = instants._changes(
        ZoneInfo("Europe/Berlin"), datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    )
    assert berlin == [
        (datetime(2026, 3, 29, 1, tzinfo=UTC), 3600),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), 7200),
    ]


@pytest.mark.parametrize(
    "starts_on", [date(2024, 2, 29), date(2025, 1, 31), date(2025, 3, 1), date(2025, 5, 30)]
)
def test_a_contracts_months_are_those_of_its_terms(database, starts_on):
    days = [starts_on + timedelta(days=number) for number in range(0, 800, 7)]
    days += [
        date(year, month, 1) - timedelta(days=before)
        for year in (2026, 2027)
        for month in range(1, 13)
        for before in (0, 1)
    ]
    found = selected(
        database,
        *(
            instants.contract_month_of(day(one), day(starts_on)).label(f"day_{place}")
            for place, one in enumerate(days)
        ),
    )
    assert list(found) == [sla.contract_period(starts_on, sla.Period.MONTH, one).number - 1 for one in days]


def test_months_are_counted_and_counted_back(database):
    for one in (date(2026, 1, 31), date(2026, 12, 1)):
        (month,) = selected(database, instants.month_of(day(one)))
        assert instants.first_day(month) == one.replace(day=1)
