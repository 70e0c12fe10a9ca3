"""Clocks: one that stands, one that runs, one that runs faster."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from hotline.clock import FasterClock, ManualClock, SystemClock, sleep

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_the_systems_clock_is_aware_and_runs() -> None:
    clock = SystemClock()
    first = clock.now()
    assert first.tzinfo is UTC
    assert clock.now() >= first
    assert clock.real_seconds(7) == 7


def test_a_faster_clock_counts_from_its_anchor() -> None:
    anchor = datetime.now(UTC) - timedelta(seconds=10)
    clock, same = FasterClock(60, anchor), FasterClock(60, anchor.astimezone(timezone(timedelta(hours=7))))
    passed = (clock.now() - anchor).total_seconds()
    assert 600 <= passed < 660
    assert abs((same.now() - clock.now()).total_seconds()) < 5
    assert clock.real_seconds(60) == 1


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_a_clock_does_not_stand_or_run_backwards(speed: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        FasterClock(speed, START)


def test_clocks_begin_at_aware_instants() -> None:
    for make in (lambda at: FasterClock(2, at), ManualClock):
        with pytest.raises(ValueError, match="aware"):
            make(START.replace(tzinfo=None))


def test_a_manual_clock_moves_only_forward_and_is_not_waited_for() -> None:
    clock = ManualClock(START)
    assert clock.advance(5) == START + timedelta(seconds=5)
    clock.move_to(clock.now())
    with pytest.raises(ValueError, match="go back"):
        clock.move_to(START)
    sleep(clock, 1e9)
    assert clock.now() == START + timedelta(seconds=5)
