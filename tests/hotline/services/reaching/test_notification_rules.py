"""What a page does: :func:`hotline.services.reaching.notification_rules.plan`."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db.models import Channel, ContactMethod, NotificationRule, User
from hotline.errors import ConflictError, InvalidInputError
from hotline.services.operation import Operation
from hotline.services.reaching import notification_rules, numbers
from hotline.services.reaching.notification_rules import Rule
from tests.hotline.house import DEWI, House, at_once

HOME = "+622155501234"
ABROAD = "+46701000199"
SMS, CALL = Channel.SMS, Channel.CALL


def give(house: House, number: str = HOME, label: str = "Home") -> None:
    house.do(lambda op: numbers.enter(op, house.user(op, DEWI), number, label))


def write(house: House, *rules: tuple[int, Channel, str]) -> None:
    """Rules as they stand in the database, also ones that :func:`replace` would refuse."""

    def work(op: Operation) -> None:
        for position, (minutes, channel, number) in enumerate(rules):
            method = op.session.scalars(sa.select(ContactMethod).where(ContactMethod.value == number)).one()
            op.session.add(
                NotificationRule(
                    user_id=method.user_id,
                    position=position,
                    delay_minutes=minutes,
                    channel=channel,
                    method_id=method.id,
                )
            )

    house.do(work)


def planned(house: House) -> list[tuple[int, Channel, str]]:
    def work(op: Operation) -> Any:
        found = notification_rules.plan(op, house.user(op, DEWI).id)
        return [
            (int(step.delay.total_seconds()) // 60, step.channel, step.method.value) for step in found.steps
        ]

    return house.do(work)


def reason(house: House) -> str | None:
    def work(op: Operation) -> Any:
        with op.session.no_autoflush:
            user_id = op.session.scalars(
                sa.select(ContactMethod.user_id).where(ContactMethod.value == DEWI)
            ).one()
        return notification_rules.plan(op, user_id).reason

    return house.do(work)


def fail(house: House, number: str) -> None:
    house.do(lambda op: numbers.failed(op, house.user(op, DEWI).id, number))


def take_away(house: House, number: str) -> None:
    with house.database.write() as session:
        session.execute(
            sa.update(ContactMethod).where(ContactMethod.value == number).values(removed_at=house.clock.now())
        )


def test_without_rules_the_first_number_is_texted_and_called_at_once(house: House) -> None:
    give(house)
    assert planned(house) == [(0, SMS, DEWI), (0, CALL, DEWI)]


def test_rules_are_followed_in_the_order_of_time(house: House) -> None:
    give(house)
    write(house, (2, CALL, HOME), (0, SMS, HOME), (0, CALL, DEWI))
    assert planned(house) == [(0, SMS, HOME), (0, CALL, DEWI), (2, CALL, HOME)]


def test_a_number_that_cannot_be_reached_is_passed_by_for_a_day(house: House) -> None:
    give(house)
    fail(house, DEWI)
    assert planned(house) == [(0, SMS, HOME), (0, CALL, HOME)]
    house.clock.advance(timedelta(hours=24).total_seconds())
    assert planned(house) == [(0, SMS, DEWI), (0, CALL, DEWI)]


def test_rules_that_lost_their_only_call_still_call_somebody(lite: House) -> None:
    give(lite)
    write(lite, (0, SMS, DEWI), (0, CALL, DEWI))
    fail(lite, DEWI)
    assert planned(lite) == [(0, SMS, DEWI), (0, CALL, HOME)]


def test_nothing_delays_the_first_word_of_a_page(lite: House) -> None:
    give(lite)
    write(lite, (3, CALL, HOME), (5, CALL, DEWI))
    assert planned(lite) == [(0, CALL, HOME), (2, CALL, DEWI)]


def test_a_text_to_a_number_that_cannot_be_reached_is_no_first_word(lite: House) -> None:
    give(lite)
    write(lite, (0, SMS, DEWI), (0, CALL, DEWI), (10, SMS, HOME), (12, CALL, HOME))
    fail(lite, DEWI)
    assert planned(lite) == [(0, SMS, DEWI), (0, CALL, HOME), (10, SMS, HOME)]


def test_what_waits_behind_a_text_to_such_a_number_begins_now(lite: House) -> None:
    give(lite)
    write(lite, (0, SMS, DEWI), (5, CALL, HOME), (7, SMS, HOME))
    assert planned(lite) == [(0, SMS, DEWI), (5, CALL, HOME), (7, SMS, HOME)]
    fail(lite, DEWI)
    assert planned(lite) == [(0, SMS, DEWI), (0, CALL, HOME), (2, SMS, HOME)]


def test_the_next_call_comes_in_place_of_one_to_a_number_that_cannot_be_reached(lite: House) -> None:
    give(lite)
    write(lite, (0, SMS, HOME), (2, CALL, DEWI), (10, CALL, HOME))
    assert planned(lite) == [(0, SMS, HOME), (2, CALL, DEWI), (10, CALL, HOME)]
    fail(lite, DEWI)
    assert planned(lite) == [(0, SMS, HOME), (2, CALL, HOME)]


def test_whoever_has_left_is_paged_no_more_and_the_ladder_says_why(lite: House) -> None:
    give(lite)
    with lite.database.write() as session:
        session.execute(sa.update(User).values(disabled_at=lite.clock.now()))
    assert planned(lite) == []
    assert reason(lite) == "has an account that is disabled"


def test_why_nobody_can_be_called_is_said(house_with: Any) -> None:
    house = house_with(allowed_countries="ID")
    assert reason(house) is None
    fail(house, DEWI)
    assert reason(house) == "has a number that cannot be reached"
    give(house)
    assert reason(house) is None
    take_away(house, HOME)
    with house.database.write() as session:
        session.execute(sa.update(ContactMethod).where(ContactMethod.value == DEWI).values(failed_at=None))
        session.execute(
            sa.update(ContactMethod).where(ContactMethod.value == HOME).values(value=ABROAD, removed_at=None)
        )
    assert reason(house) is None
    take_away(house, DEWI)
    assert reason(house) == "has a number in a country that may not be called"
    take_away(house, ABROAD)
    assert reason(house) == "has no phone number"


def test_two_windows_that_save_at_once_leave_one_whole_set(house: House) -> None:
    give(house)
    with house.database.read() as session:
        ids = {each.value: each.id for each in session.scalars(sa.select(ContactMethod))}
    sets = [
        [Rule(0, CALL, ids[DEWI]), Rule(1, CALL, ids[HOME])],
        [Rule(0, CALL, ids[HOME]), Rule(2, CALL, ids[DEWI])],
    ]
    seen = notification_rules.version([])

    def save(rules: list[Rule]) -> Any:
        try:
            house.do(lambda op: notification_rules.replace(op, house.user(op, DEWI), rules, seen))
        except ConflictError:
            return "late"
        return "saved"

    results = at_once(*[lambda rules=rules: save(rules) for rules in sets])
    assert sorted(results) == ["late", "saved"]
    kept = house.do(lambda op: notification_rules.rules_of(op, house.user(op, DEWI).id))
    assert kept in sets


def test_rules_are_of_one_person_only(lite: House) -> None:
    def counts() -> dict[Any, int]:
        return lite.do(
            lambda op: {
                user.id: len(notification_rules.rules_of(op, user.id))
                for user in op.session.scalars(sa.select(User))
            }
        )

    give(lite)
    before, dewi = counts(), lite.do(lambda op: lite.user(op, DEWI).id)
    assert len(before) > 3
    write(lite, (0, CALL, HOME))
    assert counts() == {**before, dewi: before[dewi] + 1}


@pytest.mark.parametrize("minutes", [-1, 16])
def test_a_delay_out_of_bounds_never_reaches_the_table(lite: House, minutes: int) -> None:
    def work(op: Operation) -> None:
        user = lite.user(op, DEWI)
        (mine,) = numbers.list_of(op, user.id)
        rules = [Rule(0, CALL, mine.id), Rule(minutes, SMS, mine.id)]
        notification_rules.replace(op, user, rules, notification_rules.version([]))

    with pytest.raises(InvalidInputError):
        lite.do(work)
    assert lite.do(lambda op: notification_rules.rules_of(op, lite.user(op, DEWI).id)) == []
