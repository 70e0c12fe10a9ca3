"""A clock whose speed changes goes on from where it is, and tells whoever planned by it."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from hotline.demo.pace import PacedClock, in_words

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_it_starts_where_it_is_told_and_never_goes_back() -> None:
    clock = PacedClock(100, START)
    first = clock.now()
    clock.set_speed(1)
    assert START <= first <= clock.now() < START + timedelta(minutes=5)


def test_a_span_takes_less_of_real_time_the_faster_it_goes() -> None:
    clock = PacedClock(1, START)
    clock.set_speed(20)
    assert (clock.speed, clock.real_seconds(60)) == (20, 3)


def test_who_planned_by_the_old_speed_is_told() -> None:
    clock, told = PacedClock(1, START), []
    clock.on_change(lambda: told.append(clock.speed))
    clock.set_speed(5)
    assert told == [5]


def test_a_skip_hurries_through_and_goes_on_as_before() -> None:
    clock, told = PacedClock(2, START), threading.Event()
    speeds: list[float] = []

    def listen() -> None:
        speeds.append(clock.speed)
        if clock.speed == 2:
            told.set()

    clock.on_change(listen)
    clock.skip(60)
    assert told.wait(10)
    assert speeds == [120, 2]
    assert START + timedelta(seconds=60) <= clock.now() < START + timedelta(seconds=120)


def test_a_speed_chosen_during_a_skip_stays() -> None:
    clock = PacedClock(1, START)
    clock.skip(12)
    clock.skip(12)
    clock.set_speed(10)
    time.sleep(0.3)
    assert clock.speed == 10


@pytest.mark.parametrize("seconds", [0, -5, 100_000, float("nan")])
def test_an_absurd_skip_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="skips up to"):
        PacedClock(1, START).skip(seconds)


@pytest.mark.parametrize("speed", [0, -1, 1001, float("nan")])
def test_an_absurd_speed_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="speed of this clock"):
        PacedClock(speed)


def test_the_pace_in_words() -> None:
    assert in_words(20) == "1 second here is 20 seconds there."
    assert in_words(1) == "1 second here is 1 second there."
