"""Tries are counted exactly, however many come at once."""

from datetime import timedelta

import pytest

from hotline.db.models import Throttle
from hotline.services.operation import Operation
from hotline.services.throttles import Limit, give_back, reserve, scope
from tests.hotline.house import House, at_once

FIVE = Limit("a", 5)


def test_as_many_as_allowed_and_not_one_more(house: House) -> None:
    assert [house.do(lambda op: reserve(op, [FIVE])) for _ in range(7)] == [True] * 5 + [False] * 2


def test_many_at_once_get_exactly_as_many_as_allowed(house: House) -> None:
    answers = at_once(*[lambda: house.do(lambda op: reserve(op, [FIVE]))] * 12)
    assert sorted(answers) == [False] * 7 + [True] * 5
    assert house.one(Throttle).count == 12


def test_many_at_once_against_several_limits_in_the_same_order(house: House) -> None:
    limits = [Limit("caller", 3), Limit("contract", 4), Limit("overall", 100)]
    answers = at_once(*[lambda: house.do(lambda op: reserve(op, limits))] * 8)
    assert answers.count(True) == 3
    assert {row.scope: row.count for row in house.all(Throttle)} == {"caller": 8, "contract": 3, "overall": 3}


def test_one_stranger_who_goes_on_trying_uses_up_nothing_that_others_share(house: House) -> None:
    for _ in range(9):
        house.do(lambda op: reserve(op, [Limit("stranger", 2), Limit("everybody", 4)]))
    assert house.do(lambda op: reserve(op, [Limit("customer", 2), Limit("everybody", 4)]))


def test_the_tightest_limit_holds(house: House) -> None:
    limits = [Limit("caller", 1), Limit("overall", 9)]
    assert [house.do(lambda op: reserve(op, limits)) for _ in range(2)] == [True, False]
    assert house.do(lambda op: reserve(op, [limits[1]]))


@pytest.mark.parametrize(("seconds", "allowed"), [(899, False), (900, True), (901, True)])
def test_a_window_ends_to_the_second(house: House, seconds: int, allowed: bool) -> None:
    for _ in range(5):
        house.do(lambda op: reserve(op, [FIVE]))
    house.clock.advance(seconds)
    assert house.do(lambda op: reserve(op, [FIVE])) is allowed
    assert house.one(Throttle).count == (1 if allowed else 6)


def test_tries_that_are_refused_do_not_prolong_the_window(lite: House) -> None:
    for _ in range(30):
        lite.do(lambda op: reserve(op, [FIVE]))
        lite.clock.advance(30)
    assert lite.do(lambda op: reserve(op, [FIVE]))


def test_what_is_given_back_can_be_used_again(house: House) -> None:
    for _ in range(5):
        house.do(lambda op: reserve(op, [FIVE]))
    house.do(lambda op: give_back(op, [FIVE]))
    assert [house.do(lambda op: reserve(op, [FIVE])) for _ in range(2)] == [True, False]


def test_nothing_is_given_back_below_zero(house: House) -> None:
    house.do(lambda op: reserve(op, [FIVE]))
    for _ in range(3):
        house.do(lambda op: give_back(op, [FIVE]))
    assert house.one(Throttle).count == 0


def test_reserving_and_giving_back_at_once_balances(house: House) -> None:
    many = Limit("many", 100)

    def try_and_take_back() -> None:
        for _ in range(5):
            house.do(lambda op: reserve(op, [many]))
            house.do(lambda op: give_back(op, [many]))

    at_once(*[try_and_take_back] * 4)
    assert house.one(Throttle).count == 0


def test_a_try_that_was_not_committed_was_none(house: House) -> None:
    def fail(op: Operation) -> None:
        reserve(op, [FIVE])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        house.do(fail)
    assert house.count(Throttle) == 0


def test_scopes_keep_apart_and_cannot_be_read_back() -> None:
    one, other = scope("pin:caller", "+6281220000201"), scope("pin:caller", "+6281220000202")
    assert one != other
    assert scope("pin:caller", "x") != scope("pin:contract", "x")
    assert "0201" not in one
    assert len(one) < 120
    assert Limit("x", 1).window == timedelta(minutes=15)
