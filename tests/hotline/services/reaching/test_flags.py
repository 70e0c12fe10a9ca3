"""A number that fails twice in a row is shouted about once, and forgiven when something gets through."""

import pytest

from hotline.db.models import ContactMethod, Message, MessageKind
from hotline.services.operation import Operation
from hotline.services.reaching import flags, numbers, reach
from hotline.services.reaching.reach import Reach
from tests.hotline.house import DEWI, NADIA, SITI, House

HOME = "+622155500001"


def dewis(house: House) -> ContactMethod:
    return house.one(ContactMethod, ContactMethod.value == DEWI)


def miss(house: House, code: int = 30003, times: int = 1) -> None:
    for _ in range(times):
        house.do(lambda op: flags.missed(op, house.user(op, DEWI).id, DEWI, code))


def alarms(house: House, phone: str) -> list[str]:
    kinds = (MessageKind.ALARM, MessageKind.ACCOUNT)
    return [text.body for text in house.all(Message, Message.to_phone == phone, Message.kind.in_(kinds))]


def test_once_is_nothing_and_twice_is_shouted_once(house: House) -> None:
    house.do(lambda op: numbers.enter(op, house.user(op, DEWI), HOME, "Home"))
    miss(house)
    assert (dewis(house).failures, dewis(house).flagged_at) == (1, None)
    assert alarms(house, SITI) == []
    miss(house, times=3)
    assert dewis(house).flagged_at == house.clock.now()
    for manager in (SITI, NADIA):
        (body,) = alarms(house, manager)
        assert "Dewi Santoso" in body
        assert DEWI not in body
    (own,) = alarms(house, HOME)
    assert "...01" in own


def test_whoever_has_one_number_only_is_told_by_nobody_but_the_managers(lite: House) -> None:
    miss(lite, times=2)
    assert alarms(lite, DEWI) == []
    assert len(alarms(lite, SITI)) == 1


@pytest.mark.parametrize("code", [30007, 21408, 21606, 30034, 30002])
def test_our_own_fault_is_not_counted(lite: House, code: int) -> None:
    miss(lite, code, times=5)
    assert dewis(lite).failures == 0


def test_something_that_gets_through_between_begins_anew(house: House) -> None:
    miss(house)
    house.do(lambda op: numbers.reached(op, house.user(op, DEWI).id, DEWI))
    miss(house)
    assert (dewis(house).failures, dewis(house).flagged_at) == (1, None)


def test_a_delivery_takes_the_flag_back_and_the_next_two_are_shouted_again(lite: House) -> None:
    miss(lite, times=2)
    lite.do(lambda op: numbers.reached(op, lite.user(op, DEWI).id, DEWI))
    assert (dewis(lite).failures, dewis(lite).flagged_at) == (0, None)
    lite.clock.advance(60)
    miss(lite, times=2)
    assert len(alarms(lite, SITI)) == 2


def test_undelivered_texts_are_counted_as_the_network_reports_them(house: House) -> None:
    for number in range(2):
        house.report()
        house.worker.tick()
        page = house.all(Message, Message.kind == MessageKind.PAGE, Message.to_phone == DEWI)[number]
        for status in ("sent", "undelivered", "undelivered"):
            house.post(
                f"/twilio/messages/{page.id.hex}",
                MessageSid=str(page.message_sid), MessageStatus=status, ErrorCode="30003",
            )  # fmt: skip
    assert dewis(house).failures == 2
    assert dewis(house).flagged_at is not None


def test_everybody_can_see_it(lite: House) -> None:
    miss(lite, times=2)

    def work(op: Operation) -> None:
        dewi = lite.user(op, DEWI)
        assert set(flags.flagged(op)) == {dewi.id}
        assert reach.of(op, [dewi.id]) == {dewi.id: Reach.FLAGGED}
        numbers.enter(op, dewi, HOME, "Home")
        assert reach.of(op, [dewi.id]) == {dewi.id: Reach.FINE}

    lite.do(work)
