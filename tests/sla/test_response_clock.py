"""The response clock: exact at every edge, to the microsecond."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla import ClockState, ResponseClock

BOUNDED = settings(max_examples=300, deadline=None, derandomize=True, database=None)
TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
START = datetime(2026, 10, 25, 0, 45, 12, 345_678, tzinfo=UTC)
HALF, THREE_QUARTERS = Fraction(1, 2), Fraction(3, 4)
CLOCK = ResponseClock(START, 30 * MINUTE, (HALF, THREE_QUARTERS))
END = START + 30 * MINUTE


def test_told_at_the_last_microsecond_is_kept_and_one_later_is_breached() -> None:
    for now in (START, END, END + TICK, END + 9 * MINUTE):
        assert not CLOCK.is_breached(END, now)
        assert CLOCK.state(now, END) == ClockState.KEPT
        assert CLOCK.is_breached(END + TICK, now)
        assert CLOCK.state(now, END + TICK) == ClockState.BREACHED


def test_the_deadline_itself_is_the_breach_if_nobody_has_been_told() -> None:
    assert not CLOCK.is_breached(None, END - TICK)
    assert CLOCK.is_breached(None, END)
    assert CLOCK.is_breached(None, END + TICK)


def test_ada_acknowledging_is_not_the_customer_being_told() -> None:
    assert CLOCK.state(END + TICK, None) == ClockState.BREACHED


def test_the_clock_is_at_risk_from_the_first_warning_to_just_before_the_deadline() -> None:
    first = START + 15 * MINUTE
    states = [CLOCK.state(at, None) for at in (START, first - TICK, first, END - TICK, END)]
    assert states == ["safe", "safe", "at_risk", "at_risk", "breached"]


def test_a_clock_without_warnings_is_safe_until_it_is_breached() -> None:
    silent = ResponseClock(START, 30 * MINUTE)
    assert silent.warnings == ()
    assert [silent.state(at, None) for at in (START, END - TICK, END)] == ["safe", "safe", "breached"]
    assert silent.next_warning(START) is None


def test_warnings_come_one_by_one_each_after_the_last() -> None:
    assert CLOCK.warnings == ((START + 15 * MINUTE, HALF), (START + 22.5 * MINUTE, THREE_QUARTERS))
    first = CLOCK.next_warning(START)
    assert first is not None
    at, share = first
    assert (at, share) == (START + 15 * MINUTE, HALF)
    assert CLOCK.next_warning(at - TICK) == first
    second = CLOCK.next_warning(at)
    assert second == (START + 22.5 * MINUTE, THREE_QUARTERS)
    assert CLOCK.next_warning(second.at) is None


def test_a_warning_is_never_late_by_rounding() -> None:
    third = ResponseClock(START, 10 * TICK, (Fraction(1, 3),))
    assert third.warnings[0].at == START + 3 * TICK


def test_the_time_left_is_nothing_at_the_deadline_and_negative_after() -> None:
    assert CLOCK.remaining(START) == 30 * MINUTE
    assert CLOCK.remaining(END) == timedelta(0)
    assert CLOCK.remaining(END + TICK) == -TICK


def test_thirty_minutes_are_thirty_minutes_when_the_clocks_go_back() -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    assert START.astimezone(zone).utcoffset() != END.astimezone(zone).utcoffset()
    assert END.timestamp() - START.timestamp() == 1800
    assert CLOCK.respond_by == END


@BOUNDED
@given(
    st.integers(1, 10**12),
    st.lists(
        st.fractions(Fraction(1, 100), Fraction(99, 100), max_denominator=1000), unique=True, max_size=5
    ),
    st.integers(-(10**6), 2 * 10**12),
    st.one_of(st.none(), st.integers(0, 2 * 10**12)),
)
def test_the_state_follows_from_the_instants_alone(
    length: int, shares: list[Fraction], now_after: int, told_after: int | None
) -> None:
    clock = ResponseClock(START, length * TICK, tuple(sorted(shares)))
    now = START + now_after * TICK
    told_at = None if told_after is None else START + told_after * TICK
    first = min((length * share // 1 for share in shares), default=length)
    expected = "breached" if now_after >= length else "at_risk" if now_after >= first else "safe"
    if told_after is not None:
        expected = "kept" if told_after <= length else "breached"
    assert clock.state(now, told_at) == expected
    assert clock.is_breached(told_at, now) == (expected == "breached")
    assert [w.at for w in clock.warnings] == sorted(w.at for w in clock.warnings)
    assert all(START <= warning.at < clock.respond_by for warning in clock.warnings)
    upcoming = clock.next_warning(now)
    assert upcoming == next((w for w in clock.warnings if w.at > now), None)


@BOUNDED
@given(st.integers(0, 60 * 60 * 10**6), st.integers(0, 60 * 60 * 10**6))
def test_a_breach_that_fired_is_never_taken_back_by_a_later_telling(noticed: int, told: int) -> None:
    now, told_at = START + noticed * TICK, START + told * TICK
    if CLOCK.is_breached(None, now) and told_at > now:
        assert CLOCK.is_breached(told_at, told_at)


@pytest.mark.parametrize(
    "wrong",
    [
        datetime(2026, 10, 25, 1, 0),  # noqa: DTZ001
        datetime(2026, 10, 25, 1, 0, tzinfo=ZoneInfo("Europe/Amsterdam")),
        datetime(2026, 1, 25, 1, 0, tzinfo=ZoneInfo("Europe/London")),
    ],
)
def test_naive_and_local_instants_are_refused_everywhere(wrong: datetime) -> None:
    for ask in (
        lambda: ResponseClock(wrong, MINUTE),
        lambda: CLOCK.remaining(wrong),
        lambda: CLOCK.state(wrong, None),
        lambda: CLOCK.state(START, wrong),
        lambda: CLOCK.next_warning(wrong),
        lambda: CLOCK.is_breached(wrong, START),
    ):
        with pytest.raises(ValueError, match="aware UTC"):
            ask()


@pytest.mark.parametrize(
    "shares",
    [
        (Fraction(0),),
        (Fraction(1),),
        (Fraction(3, 2),),
        (-HALF,),
        (HALF, HALF),
        (THREE_QUARTERS, HALF),
    ],
)
def test_shares_that_do_not_rise_between_nothing_and_all_are_refused(shares: tuple[Fraction, ...]) -> None:
    with pytest.raises(ValueError, match="rise strictly"):
        ResponseClock(START, MINUTE, shares)


def test_a_promise_without_time_is_refused() -> None:
    for target in (timedelta(0), -MINUTE):
        with pytest.raises(ValueError, match="must be positive"):
            ResponseClock(START, target)


def test_a_warning_is_exact_however_long_the_time_to_respond() -> None:
    """A float would have lost the last microseconds long before."""
    target = timedelta(days=2_000_000, microseconds=5)
    clock = ResponseClock(datetime(1, 1, 1, tzinfo=UTC), target, (Fraction(3, 5),))
    assert clock.warnings[0].at == datetime(1, 1, 1, tzinfo=UTC) + timedelta(days=1_200_000, microseconds=3)
