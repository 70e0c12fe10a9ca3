"""What nobody will ask for again goes away, and nothing else."""

from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hotline.clock import ManualClock
from hotline.db.models import Throttle, WebhookReply
from hotline.db.session import Database
from hotline.services import pruning, replies
from hotline.services.operation import Operation
from hotline.services.pruning import EVERY, KEPT_FOR
from hotline.services.throttles import Limit, reserve
from tests.hotline.house import House, build

LONG_AGO = KEPT_FOR.total_seconds() + 1


def sids(house: House) -> list[str]:
    return sorted(row.sid for row in house.all(WebhookReply))


def answer(house: House, *names: str, step: str = "pin/1") -> None:
    def work(op: Operation) -> None:
        for name in names:
            replies.claim(op, name, step)
            replies.settle(op, name, step, "<Response/>")

    house.do(work)


def prune(house: House, walk: pruning.Walk) -> None:
    walk.stand(house.do(walk.step))


def test_answers_older_than_a_week_go_and_younger_ones_stay(house: House) -> None:
    answer(house, "CA1", "CA2")
    house.clock.advance(1)
    answer(house, "CA3")
    house.clock.advance(LONG_AGO - 1)
    prune(house, pruning.Walk())
    assert sids(house) == ["CA3"]
    assert not house.do(lambda op: replies.claim(op, "CA3", "pin/1")), "its repeat is still answered alike"


def test_counts_go_once_their_window_passed_long_ago(house: House) -> None:
    house.do(lambda op: reserve(op, [Limit("old", 5)]))
    house.clock.advance(KEPT_FOR.total_seconds() - 3600)
    house.do(lambda op: reserve(op, [Limit("young", 5)]))
    house.clock.advance(3601)
    prune(house, pruning.Walk())
    assert [row.scope for row in house.all(Throttle)] == ["young"]


def test_a_count_that_began_anew_stays(house: House) -> None:
    house.do(lambda op: reserve(op, [Limit("again", 5)]))
    house.clock.advance(LONG_AGO)
    house.do(lambda op: reserve(op, [Limit("again", 5)]))
    prune(house, pruning.Walk())
    assert house.one(Throttle).count == 1


def test_the_walk_goes_on_behind_its_last_batch_and_begins_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "BATCH", 2)
    answer(house, "CA1", "CA3", "CA5")
    answer(house, "CA1", step="pin/2")
    house.clock.advance(LONG_AGO)
    answer(house, "CA2", "CA4")
    walk, left = pruning.Walk(), []
    for _ in range(3):
        prune(house, walk)
        left.append(house.count(WebhookReply))
    assert left == [4, 3, 2], "two rows are looked at each time, of which one or both are old"
    assert sids(house) == ["CA2", "CA4"]
    prune(house, walk)
    house.clock.advance(LONG_AGO)
    for _ in range(3):
        prune(house, walk)
    assert sids(house) == []


def test_a_batch_that_was_not_committed_is_walked_again(house: House) -> None:
    answer(house, "CA1")
    house.clock.advance(LONG_AGO)
    walk = pruning.Walk()

    def fail(op: Operation) -> None:
        walk.step(op)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        house.do(fail)
    assert sids(house) == ["CA1"]
    prune(house, walk)
    assert sids(house) == []


@pytest.mark.postgresql
def test_a_row_that_somebody_has_in_hand_is_left_for_the_next_walk(
    postgresql_url: str, clock: ManualClock
) -> None:
    with closing(Database(postgresql_url)) as database:
        house = build(database, clock)
        answer(house, "CA1", "CA2")
        house.clock.advance(LONG_AGO)
        with database.write() as other:
            other.execute(sa.select(WebhookReply).where(WebhookReply.sid == "CA1").with_for_update())
            prune(house, pruning.Walk())
            assert sids(house) == ["CA1"]
        prune(house, pruning.Walk())
        assert sids(house) == []


def test_the_worker_prunes_once_a_minute(house: House) -> None:
    answer(house, "CA1")
    house.clock.advance(LONG_AGO)
    house.worker.tick()
    assert sids(house) == []
    house.do(lambda op: op.session.execute(sa.insert(WebhookReply).values(
        sid="CA2", step="x", at=op.now - timedelta(days=8), body=None
    )))  # fmt: skip
    house.clock.advance(EVERY.total_seconds() - 1)
    house.worker.tick()
    assert sids(house) == ["CA2"]
    house.clock.advance(1)
    house.worker.tick()
    assert sids(house) == []
