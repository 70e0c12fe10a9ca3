"""How long customers waited, and how soon a person took the call."""

from datetime import UTC, datetime, timedelta

import pytest

from hotline.db.models import ReportChannel
from hotline.services.statistics import response

THEN = datetime(2026, 11, 12, 3, tzinfo=UTC)
SECOND = 1 / 60


def test_minutes_are_counted_as_they_start_and_the_promise_decides_in_time(past):
    for told in (0, 4.2, 30, 30 + SECOND, 45, 60 * 30):
        past.happened(THEN, told=told)
    past.happened(THEN)
    past.judged()
    past.happened(past.house.clock.now(), told=None)
    found = past.ask(response.waits)
    assert dict(found.in_time) == {1: 1, 5: 1, 30: 1}
    assert dict(found.late) == {31: 1, 45: 1, response.LONGEST + 1: 1, response.NEVER: 1}
    assert (found.never, found.running, list(found.targets)) == (1, 1, [1800])
    assert sum(found.told.values()) == 6


def test_nothing_has_no_median(past):
    found = past.ask(response.waits)
    assert response.within(found.told, 50) is None
    assert past.ask(response.pickups) == []


@pytest.mark.parametrize(
    ("counts", "percent", "length"),
    [
        ({7: 1}, 50, 7),
        ({1: 1, 2: 1}, 50, 1),
        ({1: 1, 2: 1, 3: 1}, 50, 2),
        ({1: 9, 50: 1}, 90, 1),
        ({1: 8, 50: 2}, 90, 50),
    ],
)
def test_at_least_that_many_lie_within(counts, percent, length):
    assert response.within(counts, percent) == length


def test_a_call_is_picked_up_when_a_person_took_it_whatever_came_later(past):
    for seconds in (9, 10, 11, 125):
        past.happened(THEN, taken=seconds / 60, told=20)
    past.happened(THEN - timedelta(days=40), taken=2, told=3)
    past.happened(THEN, taken=1, told=2, channel=ReportChannel.WEB)
    past.happened(THEN)
    before, now = past.ask(response.pickups)
    assert (before.calls, before.half, before.most) == (1, 120, 120)
    assert (now.calls, now.half, now.most, now.targets) == (4, 10, 130, (1800,))
