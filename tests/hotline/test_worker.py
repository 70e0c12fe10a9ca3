"""One tick does everything that is due, and any number of workers may tick at once."""

from hotline.db.models import Breach, CallKind, Incident, LedgerEntry, OutboxItem, OutboxStatus
from tests.hotline.house import BO, DEWI, SITI, House, at_once


def test_a_tick_with_nothing_due_does_nothing(house: House) -> None:
    assert house.worker.tick() == 0


def test_a_tick_hunts_and_sends(house: House) -> None:
    house.report()
    assert house.worker.tick() > 0
    assert [order.to for order in house.network.calls.values()] == [DEWI]
    assert house.worker.tick() == 0


def test_the_ladder_climbs_with_time_and_begins_again(house: House) -> None:
    house.report()
    rung = []
    for _ in range(16):
        house.worker.tick()
        rung = [order.to for order in house.network.calls.values()]
        house.clock.advance(30)
    assert rung[:3] == [DEWI, BO, SITI]


def test_workers_that_tick_at_once_do_everything_once(house: House) -> None:
    for _ in range(4):
        house.report()
    house.clock.advance(1800)
    workers = [house.new_worker() for _ in range(3)]
    at_once(*[worker.tick for worker in workers])
    house.worker.tick()
    assert (house.count(Breach), house.count(LedgerEntry)) == (4, 4)
    assert sorted(entry.ordinal for entry in house.all(LedgerEntry)) == [1, 2, 3, 4]
    placed = [call for call in house.calls_of(CallKind.PAGE) if call.call_sid is not None]
    assert len({call.call_sid for call in placed}) == len(placed) == len(house.network.calls)
    is_due = OutboxItem.next_attempt_at <= house.clock.now()  # what is not urgent waits to leave as one text
    assert not house.all(OutboxItem, OutboxItem.status == OutboxStatus.PENDING, is_due)


def test_money_comes_before_the_news_of_it(house: House) -> None:
    house.report()
    house.clock.advance(1800)
    house.worker.enforce()
    incident = house.one(Incident)
    assert incident.breached_at == incident.respond_by
    house.worker.tick()
    assert house.one(Incident).next_news_at is None
    assert any("MISSED" in message.body for message in house.messages(BO))
