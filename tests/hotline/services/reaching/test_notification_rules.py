"""What a page does: :func:`hotline.services.reaching.notification_rules.plan`."""

from datetime import time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db.models import Channel, ContactMethod, Hours, NotificationRule, User
from hotline.errors import ConflictError, InvalidInputError
from hotline.services.operation import Operation
from hotline.services.reaching import addresses, nights, notification_rules, numbers, reach, rule_checks
from hotline.services.reaching.nights import NightHours
from hotline.services.reaching.notification_rules import Rule
from tests.hotline.house import DEWI, House, at_once

HOME = "+622155501234"
MAIL = "d@hotline.example"
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


def write_for(house: House, *rules: tuple[int, Channel, str, Hours]) -> None:
    write(house, *[rule[:3] for rule in rules])
    with house.database.write() as session:
        rows = session.scalars(sa.select(NotificationRule).order_by(NotificationRule.position)).all()
        mine = [row for row in rows if row.method_id in methods(house).values()]
        for row, rule in zip(mine, rules, strict=True):
            row.hours = rule[3]


def methods(house: House) -> dict[str, Any]:
    with house.database.read() as session:
        query = sa.select(ContactMethod).join(User).where(User.phone == DEWI)
        return {each.value: each.id for each in session.scalars(query)}


def replace(house: House, *rules: Rule) -> str:
    """Save the rules as the page does; why not, or an empty text."""

    def work(op: Operation) -> None:
        dewi = house.user(op, DEWI)
        seen = notification_rules.version(notification_rules.rules_of(op, dewi.id))
        notification_rules.replace(op, dewi, rules, seen)

    try:
        house.do(work)
    except InvalidInputError as refusal:
        return str(refusal)
    return ""


def test_by_night_other_rules_hold_than_by_day(house: House) -> None:
    """The tests' clock stands at 09:00 in Jakarta, where Dewi is."""
    give(house)
    write_for(
        house,
        (0, SMS, DEWI, Hours.DAY),
        (1, CALL, DEWI, Hours.DAY),
        (0, CALL, HOME, Hours.NIGHT),
        (3, SMS, DEWI, Hours.ALWAYS),
    )
    assert planned(house) == [(0, SMS, DEWI), (1, CALL, DEWI), (3, SMS, DEWI)]
    house.clock.advance(timedelta(hours=13).total_seconds() - 1)
    assert planned(house) == [(0, SMS, DEWI), (1, CALL, DEWI), (3, SMS, DEWI)]
    house.clock.advance(1)
    assert planned(house) == [(0, CALL, HOME), (3, SMS, DEWI)]
    house.do(lambda op: nights.change(op, house.user(op, DEWI), NightHours(time(23), time(6))))
    assert planned(house) == [(0, SMS, DEWI), (1, CALL, DEWI), (3, SMS, DEWI)]


def test_where_no_rule_holds_at_that_hour_the_usual_ones_do(lite: House) -> None:
    write_for(lite, (0, CALL, DEWI, Hours.NIGHT))
    assert planned(lite) == [(0, SMS, DEWI), (0, CALL, DEWI)]


def test_day_and_night_are_checked_apart(lite: House) -> None:
    give(lite)
    ids = methods(lite)
    mobile, home = ids[DEWI], ids[HOME]
    day, night = Hours.DAY, Hours.NIGHT
    assert "By night no rule is at once" in replace(lite, Rule(0, CALL, mobile, day), Rule(2, CALL, home))
    assert "By day no rule is at once" in replace(lite, Rule(0, CALL, mobile, night), Rule(2, CALL, home))
    assert "At least one rule must be at once" in replace(lite, Rule(2, CALL, home))
    assert "By night no rule is a call" in replace(lite, Rule(0, CALL, mobile, day), Rule(0, SMS, home))
    assert "By day no rule is a call" in replace(lite, Rule(0, CALL, mobile, night), Rule(0, SMS, home))
    assert "same" in replace(lite, Rule(0, CALL, mobile), Rule(0, CALL, mobile, night))
    assert not replace(lite, Rule(0, CALL, mobile, day), Rule(0, CALL, home, night), Rule(0, SMS, home))
    assert not replace(lite, Rule(0, CALL, mobile, day), Rule(0, CALL, mobile, night))


def test_when_the_first_call_comes_is_known_for_day_and_night(lite: House) -> None:
    mobile = methods(lite)[DEWI]
    rules = [Rule(0, SMS, mobile), Rule(2, CALL, mobile, Hours.DAY), Rule(5, CALL, mobile)]
    assert rule_checks.first_call(rules, Hours.DAY) == 2
    assert rule_checks.first_call(rules, Hours.NIGHT) == 5
    assert rule_checks.first_call(rules[:2], Hours.NIGHT) is None


def test_an_email_is_sent_only_where_there_is_a_mail_server(house_with: Any) -> None:
    house = house_with(smtp_url="smtp://127.0.0.1:25", mail_from="hotline@hotline.example")
    house.do(lambda op: verified(op, addresses.add_email(op, house.user(op, DEWI), "Work", MAIL)))
    write(house, (0, Channel.EMAIL, MAIL), (2, CALL, DEWI))
    assert planned(house) == [(0, Channel.EMAIL, MAIL), (2, CALL, DEWI)]
    without = house_with()
    assert planned(without) == [(0, CALL, DEWI)], "nothing delays the first word"


def test_an_address_is_no_number_to_call_or_to_write_texts_to(lite: House) -> None:
    def work(op: Operation) -> Any:
        dewi = lite.user(op, DEWI)
        for number in numbers.list_of(op, dewi.id):
            number.removed_at = op.now
        room, _secret = addresses.add_webhook(op, dewi, "Room", "https://chat.example.com/hooks/x7Qa")
        verified(op, room)
        plan = notification_rules.plan(op, dewi.id)
        op.session.expire(dewi)
        return plan.reason, plan.text_number, plan.call_number, dewi.phone, reach.of(op, [dewi.id])[dewi.id]

    assert lite.do(work) == ("has no phone number", None, None, None, reach.Reach.NO_NUMBER)


def test_a_rule_must_fit_what_it_names(lite: House) -> None:
    room = lite.do(
        lambda op: verified(
            op, addresses.add_webhook(op, lite.user(op, DEWI), "R", "https://c.example.com/h")[0]
        )
    )
    mobile = methods(lite)[DEWI]
    assert "not yours or not verified" in replace(lite, Rule(0, CALL, mobile), Rule(0, SMS, room))
    assert "not yours or not verified" in replace(lite, Rule(0, CALL, mobile), Rule(0, Channel.EMAIL, mobile))
    assert not replace(lite, Rule(0, CALL, mobile), Rule(0, Channel.WEBHOOK, room))


def verified(op: Operation, method: ContactMethod) -> Any:
    method.verified_at = op.now
    op.session.flush()
    return method.id


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
