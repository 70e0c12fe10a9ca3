"""Warnings climb with the clock and name the money; the news of a miss reaches everybody."""

import pytest

from hotline.db.models import Incident, MessageKind, ToldBy
from hotline.services.promise.announcements import sweep_news, sweep_warnings
from hotline.services.promise.enforcement import sweep_deadlines
from tests.hotline.house import BO, DEWI, MADE, SITI, House

FIRST, SECOND = 900, 1500  # half and five sixths of thirty minutes


def warned(house: House) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for phone in (DEWI, BO, SITI, MADE):
        bodies = [message.body for message in house.messages(phone) if message.kind is MessageKind.WARNING]
        if bodies:
            found[phone] = bodies
    return found


def test_nobody_is_warned_before_it_is_time(house: House) -> None:
    house.report()
    house.clock.advance(FIRST - 0.001)
    assert house.do(sweep_warnings) == 0


def test_the_first_warning_goes_to_the_first_rung_and_the_second_one_higher(house: House) -> None:
    house.report()
    house.clock.advance(FIRST)
    assert house.do(sweep_warnings) == 1
    assert {phone: len(bodies) for phone, bodies in warned(house).items()} == {DEWI: 1}
    house.clock.advance(SECOND - FIRST)
    house.do(sweep_warnings)
    assert {phone: len(bodies) for phone, bodies in warned(house).items()} == {DEWI: 2, BO: 1}
    assert house.do(sweep_warnings) == 0


def test_a_warning_names_what_is_at_stake_and_who_has_not_acted(house: House) -> None:
    house.report()
    house.clock.advance(SECOND)
    house.do(sweep_warnings)
    (body,) = warned(house)[BO]
    assert "Nusantara Securities: 5 min left, USD 50,000.00 at stake (miss 1 this year)" in body
    assert "Reply ACK" in body


def test_the_next_miss_is_dearer_and_the_warning_says_so(house: House) -> None:
    house.report()
    house.clock.advance(1800)
    house.do(sweep_deadlines)
    house.report()
    house.clock.advance(SECOND)
    house.do(sweep_warnings)
    assert "USD 100,000.00 at stake (miss 2 this year)" in warned(house)[BO][-1]


@pytest.mark.parametrize("late", [SECOND, SECOND + 200])
def test_a_late_tick_sends_only_the_last_of_several(house: House, late: int) -> None:
    incident = house.report()
    house.clock.advance(late)
    house.do(sweep_warnings)
    assert {phone: len(bodies) for phone, bodies in warned(house).items()} == {DEWI: 1, BO: 1}
    assert house.events(incident).count("warning") == 2, "each is on the timeline"


def test_after_the_deadline_no_warning_is_sent(house: House) -> None:
    house.report()
    house.clock.advance(1800)
    house.do(sweep_warnings)
    assert warned(house) == {}


def test_whoever_has_it_is_warned_while_the_customer_is_not_told_and_not_afterwards(house: House) -> None:
    incident = house.report()
    house.take(incident, SITI)
    house.clock.advance(FIRST)
    house.do(sweep_warnings)
    assert "Siti has it, but the customer has not been told" in warned(house)[SITI][0]
    house.tell(incident, ToldBy.SPOKEN)
    house.clock.advance(SECOND)
    assert house.do(sweep_warnings) == 0


def test_the_news_of_a_miss_reaches_the_whole_ladder_once(house: House) -> None:
    incident = house.report()
    house.clock.advance(1801)
    house.do(sweep_deadlines)
    assert [house.do(sweep_news) for _ in range(2)] == [1, 0]
    told = {
        phone: [message.body for message in house.messages(phone) if message.kind is MessageKind.BREACH]
        for phone in (DEWI, BO, SITI, MADE)
    }
    assert {phone: len(bodies) for phone, bodies in told.items()} == {DEWI: 1, BO: 1, SITI: 1, MADE: 0}
    assert "USD 50,000.00 (miss 1 this year)" in told[BO][0]
    assert house.one(Incident, Incident.id == incident.id).next_news_at is None
