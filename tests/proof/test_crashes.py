"""The power may go between any two writes of a tick, and the next tick ends in the same books."""

from collections.abc import Callable
from random import Random

from hotline.services.operation import Operation
from hotline.services.promise import enforcement, settlements
from tests.hotline.house import House
from tests.proof.comparing import require_same_books
from tests.proof.service import Service, drain
from tests.proof.stories import Story, story
from tests.support import power

_BATCH = 4


def test_the_power_goes_before_and_after_every_write_and_commit(house: House, seed: int) -> None:
    """Nobody looked before the end of the story; then every transaction is cut short at every point of it."""
    told = story(Random(seed), contracts=2, incidents=8)  # noqa: S311 - a story, no secret
    quiet = [step for step in told.steps if step.what not in {"tick", "waive"}]
    service = Service(house, Story(told.versions, quiet))
    service.live()
    house.clock.move_to(told.steps[-1].at)
    points = 0
    while (tried := _cut_everywhere(house, _deadlines)) or (
        tried := _cut_everywhere(house, settlements.sweep)
    ):
        points += tried
    drain(house.worker)
    service.clerk.tick(house.clock.now())
    seen = require_same_books(house.database, service.clerk, house.clock.now())
    assert points > 30, "there were many places for it, and each was tried"
    assert seen["misses"] > _BATCH


def _deadlines(op: Operation) -> int:
    return enforcement.sweep_deadlines(op, limit=_BATCH)


def _cut_everywhere(house: House, sweep: Callable[[Operation], int]) -> int:
    """One transaction, cut at its first point, its second and so on until it gets through.

    Returns at how many points, or zero if there was nothing to do.
    """
    place, done = 0, 0
    while True:
        place += 1
        with power.cut(house.database, place) as meter:
            done = house.do(sweep)
        if not meter.is_dark:
            return place if done else 0
