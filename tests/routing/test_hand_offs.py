"""Hand-offs by the local clock: every minute of the nights on which clocks change, against a brute force."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

import pytest

from routing import Part, Rotation, compile_timetable, on_call
from tests.routing.rota import only_part, rota

MINUTE = timedelta(minutes=1)
NIGHTS = [
    ("Europe/Amsterdam", date(2026, 3, 29)),
    ("Europe/Amsterdam", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Jakarta", date(2026, 3, 29)),
    ("Africa/Casablanca", date(2025, 2, 23)),
    ("Africa/Casablanca", date(2025, 4, 6)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/St_Johns", date(2010, 11, 7)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("Pacific/Kwajalein", date(1969, 9, 30)),
]
HAND_OFFS = [time(0), time(0, 30), time(2), time(2, 15), time(2, 30), time(3), time(9), time(23, 59)]


def by_the_wall(
    rotation: Rotation[str], start: datetime, end: datetime
) -> Iterator[tuple[datetime, tuple[str, ...]]]:
    """Each minute, and whose turn it is: a time that the wall has shown once has been reached for good."""
    part = only_part(rotation)
    first = datetime.combine(part.starts_on, part.hand_offs[0].at)
    for at, latest in latest_shown(part.time_zone, start, end):
        number = (latest - first) // timedelta(days=part.cycle_days)
        yield at, (part.members[number % len(part.members)],) if number >= 0 else ()


@cache
def latest_shown(time_zone: str, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Each minute, and the latest local time that the wall has shown by then."""
    minutes = [start + count * MINUTE for count in range((end - start) // MINUTE)]
    shown = (at.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None) for at in minutes)
    return list(zip(minutes, accumulate(shown, max), strict=True))


def weekend(night: date) -> tuple[datetime, datetime]:
    midnight = datetime.combine(night, time(0), UTC)
    return midnight - timedelta(hours=36), midnight + timedelta(hours=36)


@pytest.mark.parametrize("hand_off", HAND_OFFS, ids=str)
@pytest.mark.parametrize(("time_zone", "night"), NIGHTS)
def test_every_minute_of_the_weekend_agrees_with_the_wall(
    time_zone: str, night: date, hand_off: time
) -> None:
    start, end = weekend(night)
    rotation = rota(time_zone, night - timedelta(days=1), hand_off)
    timetable = compile_timetable(rotation, [], start, end)
    before: tuple[str, ...] | None = None
    for at, expected in by_the_wall(rotation, start, end):
        assert timetable.members_at(at) == expected, at
        if expected != before or at.minute % 10 == 9:
            assert on_call(rotation, [], at).members == expected, at
        before = expected


@pytest.mark.parametrize("hand_off", HAND_OFFS[3:6], ids=str)
@pytest.mark.parametrize(("time_zone", "night"), NIGHTS)
def test_shifts_of_two_days_agree_with_the_wall_too(time_zone: str, night: date, hand_off: time) -> None:
    start, end = weekend(night)
    rotation = rota(time_zone, night - timedelta(days=2), hand_off, cycle_days=2)
    timetable = compile_timetable(rotation, [], start, end)
    assert all(timetable.members_at(at) == expected for at, expected in by_the_wall(rotation, start, end))


@pytest.mark.parametrize(("time_zone", "night"), NIGHTS)
def test_a_shift_that_hands_over_inside_the_changed_hour_hands_over_once(time_zone: str, night: date) -> None:
    for minute in range(0, 24 * 60, 20):
        rotation = rota(time_zone, night - timedelta(days=30), time(minute // 60, minute % 60))
        spells = compile_timetable(rotation, [], *weekend(night)).spells
        assert 3 <= len(spells) <= 5
        for left, right in pairwise(spells):
            assert left.ends_at == right.starts_at
            assert left.starts_at < left.ends_at


def test_a_hand_off_that_the_spring_jumps_over_moves_to_the_end_of_the_jump() -> None:
    rotation = rota("Europe/Amsterdam", date(2026, 3, 29), time(2, 30))
    assert only_part(rotation).hand_off_at(0) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert only_part(rotation).hand_off_at(1) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_a_hand_off_shown_twice_in_autumn_happens_the_first_time() -> None:
    rotation = rota("Europe/Amsterdam", date(2026, 10, 25), time(2, 30))
    assert only_part(rotation).hand_off_at(0) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert on_call(rotation, [], datetime(2026, 10, 25, 1, 15, tzinfo=UTC)).members == ("Ada",)


def test_a_jump_of_half_an_hour_is_found_to_the_minute() -> None:
    rotation = rota("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15))
    assert only_part(rotation).hand_off_at(0) == datetime(2026, 10, 3, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize("hand_off", [time(0, 20), time(0, 20, 30), time(0, 44, 29, 999_999)], ids=str)
def test_a_jump_that_ends_on_no_whole_minute_is_found_to_the_second(hand_off: time) -> None:
    rotation = rota("Africa/Monrovia", date(1972, 1, 7), hand_off)
    assert only_part(rotation).hand_off_at(0) == datetime(1972, 1, 7, 0, 44, 30, tzinfo=UTC)


def test_a_day_that_the_calendar_skipped_leaves_its_person_no_shift_and_nobody_a_gap() -> None:
    rotation = rota("Pacific/Apia", date(2011, 12, 29), time(0))
    start = only_part(rotation).hand_off_at(0)
    spells = compile_timetable(rotation, [], start, start + timedelta(days=2)).spells
    assert [spell.members for spell in spells] == [("Ada",), ("Cy",)]
    assert on_call(rotation, [], spells[1].starts_at).members == ("Cy",)
    assert on_call(rotation, [], spells[0].starts_at).until == spells[1].starts_at


def test_a_shift_lasts_twenty_three_and_twenty_five_hours_when_the_clocks_change() -> None:
    for day, hours in ((date(2026, 3, 28), 23), (date(2026, 10, 24), 25), (date(2026, 6, 1), 24)):
        rotation = rota("Europe/Amsterdam", day, time(9))
        assert only_part(rotation).hand_off_at(1) - only_part(rotation).hand_off_at(0) == timedelta(
            hours=hours
        )


def test_the_hand_off_instant_belongs_to_the_newcomer() -> None:
    rotation = rota("Asia/Jakarta", date(2026, 1, 5), time(9), cycle_days=7, members=("Ada", "Bo"))
    hand_off = datetime(2026, 1, 12, 2, tzinfo=UTC)
    before = on_call(rotation, [], hand_off - timedelta(microseconds=1))
    after = on_call(rotation, [], hand_off)
    assert (before.members, before.until) == (("Ada",), hand_off)
    assert (after.members, after.since, after.until) == (("Bo",), hand_off, hand_off + timedelta(days=7))


def test_nobody_is_on_call_before_the_rotation_starts() -> None:
    rotation = rota("Asia/Jakarta", date(2026, 1, 5), time(9))
    first = datetime(2026, 1, 5, 2, tzinfo=UTC)
    for before in (first - timedelta(microseconds=1), first - timedelta(days=900)):
        answer = on_call(rotation, [], before)
        assert (answer.members, answer.since, answer.until) == ((), None, first)
    assert on_call(rotation, [], first).members == ("Ada",)


def test_a_rotation_without_members_has_nobody_on_call_for_ever() -> None:
    rotation = rota("Asia/Jakarta", date(2026, 1, 5), time(9), members=())
    answer = on_call(rotation, [], datetime(2026, 6, 1, tzinfo=UTC))
    assert (answer.members, answer.since, answer.until) == ((), None, None)


def test_the_turns_go_round_for_years() -> None:
    rotation = rota("America/New_York", date(2020, 1, 6), time(17), cycle_days=7, members=("Ada", "Bo"))
    for week in range(520):
        assert on_call(rotation, [], only_part(rotation).hand_off_at(week)).members == (
            ("Ada", "Bo")[week % 2],
        )


@pytest.mark.parametrize("time_zone", ["", "Mars/Olympus", "Europe", "../etc"])
def test_an_unknown_time_zone_is_refused(time_zone: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        rota(time_zone, date(2026, 1, 5), time(9))


def test_a_shift_of_no_days_an_aware_hand_off_and_nobody_as_a_member_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        rota("Asia/Jakarta", date(2026, 1, 5), time(9), cycle_days=0)
    with pytest.raises(ValueError, match="no zone of its own"):
        rota("Asia/Jakarta", date(2026, 1, 5), time(9, tzinfo=UTC))
    with pytest.raises(ValueError, match="None means nobody"):
        Part("Asia/Jakarta", date(2026, 1, 5), ("Ada", None))


def test_a_naive_and_a_local_instant_are_refused() -> None:
    rotation = rota("Asia/Jakarta", date(2026, 1, 5), time(9))
    for wrong in (datetime(2026, 2, 1), datetime(2026, 2, 1, tzinfo=ZoneInfo("Asia/Jakarta"))):  # noqa: DTZ001
        with pytest.raises(ValueError, match="aware UTC"):
            on_call(rotation, [], wrong)
