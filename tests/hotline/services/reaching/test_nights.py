"""When it is night: :mod:`hotline.services.reaching.nights`."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hotline.db.models import Hours
from hotline.errors import InvalidInputError
from hotline.services.operation import Operation
from hotline.services.reaching import nights
from hotline.services.reaching.nights import USUAL, NightHours, half
from tests.hotline.house import DEWI, House

EVENING = NightHours(time(22), time(7))
AFTER_MIDNIGHT = NightHours(time(1), time(6))
ZONES = ["Asia/Jakarta", "Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]


def at(zone: str, *local: int) -> datetime:
    return datetime(*local, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("hour", "minute", "hours", "expected"),
    [(21, 59, EVENING, Hours.DAY), (22, 0, EVENING, Hours.NIGHT), (3, 0, EVENING, Hours.NIGHT),
     (6, 59, EVENING, Hours.NIGHT), (7, 0, EVENING, Hours.DAY), (12, 0, EVENING, Hours.DAY),
     (0, 59, AFTER_MIDNIGHT, Hours.DAY), (1, 0, AFTER_MIDNIGHT, Hours.NIGHT),
     (6, 0, AFTER_MIDNIGHT, Hours.DAY)],
)  # fmt: skip
def test_the_night_has_its_first_minute_and_not_its_last(
    hour: int, minute: int, hours: NightHours, expected: Hours
) -> None:
    assert half(at("Asia/Jakarta", 2026, 11, 23, hour, minute), hours, "Asia/Jakarta") is expected


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hours", [EVENING, AFTER_MIDNIGHT, NightHours(time(2, 15), time(2, 45))])
def test_night_is_what_the_clock_on_the_wall_says_all_year_round(zone: str, hours: NightHours) -> None:
    """Away from the clock changes, by the plain reading of the wall clock, every 47 minutes of a year."""
    here, now = ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC)
    while now.year == 2026:
        near = {(now + timedelta(hours=away)).astimezone(here).utcoffset() for away in range(-26, 27, 4)}
        if len(near) == 1:
            wall = now.astimezone(here).time()
            if hours.begins < hours.ends:
                expected = hours.begins <= wall < hours.ends
            else:
                expected = wall >= hours.begins or wall < hours.ends
            assert (half(now, hours, zone) is Hours.NIGHT) == expected, now
        now += timedelta(minutes=47)


def test_a_night_that_begins_in_the_skipped_hour_begins_when_it_is_over() -> None:
    """In Stockholm 02:30 of 29 March 2026 does not exist: 03:00 is the end of the jump."""
    hours = NightHours(time(2, 30), time(5))
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert half(jump - timedelta(seconds=1), hours, "Europe/Stockholm") is Hours.DAY
    assert half(jump, hours, "Europe/Stockholm") is Hours.NIGHT


def test_a_night_that_ends_in_the_hour_that_comes_twice_ends_the_first_time() -> None:
    """In Stockholm 02:30 of 25 October 2026 comes twice: at 00:30 and at 01:30 UTC."""
    hours = NightHours(time(22), time(2, 30))
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert half(first - timedelta(seconds=1), hours, "Europe/Stockholm") is Hours.NIGHT
    assert half(first, hours, "Europe/Stockholm") is Hours.DAY
    assert half(first + timedelta(minutes=59), hours, "Europe/Stockholm") is Hours.DAY


def test_the_usual_night_holds_until_another_is_set(house: House) -> None:
    def change(begins: int, ends: int) -> Any:
        return house.do(
            lambda op: nights.change(op, house.user(op, DEWI), NightHours(time(begins), time(ends)))
        )

    def mine(op: Operation) -> NightHours:
        return nights.of(op, house.user(op, DEWI))

    assert house.do(mine) == USUAL
    assert not change(22, 7), "it is so already"
    assert change(23, 6)
    assert not change(23, 6)
    assert house.do(mine) == NightHours(time(23), time(6))
    with pytest.raises(InvalidInputError):
        change(7, 7)
