"""Once a week a volunteer is rung through the real path, by one worker; everybody knows what came of it."""

from datetime import UTC, datetime, timedelta

import pytest

from hotline.db.models import Call, CallKind, Message, MessageKind, SelfTest, TestResult
from hotline.errors import ConflictError
from hotline.services.reaching import numbers, self_tests
from hotline.week import WeekTime
from tests.hotline.house import BO, DEWI, SITI, House, Line, at_once

SLOT = datetime(2026, 11, 25, 10, tzinfo=UTC)  # the first Wednesday after the tests' Monday


def volunteers(house: House, *phones: str) -> None:
    for phone in phones:
        house.do(lambda op, phone=phone: self_tests.take_part(op, house.user(op, phone), wanted=True))
        house.clock.advance(1)


def go_to(house: House, at: datetime) -> None:
    house.clock.move_to(at)
    house.worker.tick()


def pick_up(house: House) -> Line:
    call = house.calls_of(CallKind.SELF_TEST)[-1]
    line = Line(house, str(call.call_sid), call.from_phone, call.to_phone)
    return line.post(house.network.calls[str(call.call_sid)].answer_url)


def alarms(house: House) -> list[str]:
    return [
        one.body for one in house.all(Message, Message.to_phone == SITI, Message.kind == MessageKind.ALARM)
    ]


def test_the_weeks_test_passes_with_a_pressed_one(house: House) -> None:
    volunteers(house, DEWI)
    go_to(house, SLOT - timedelta(seconds=6))
    assert house.all(SelfTest) == []
    go_to(house, SLOT)
    (call,) = house.calls_of(CallKind.SELF_TEST)
    assert (call.to_phone, call.call_sid is not None) == (DEWI, True)
    assert [one.kind for one in house.messages(DEWI)] == [MessageKind.SELF_TEST]
    pick_up(house).press("1")
    test = house.one(SelfTest)
    assert (test.slot, test.result, test.next_at) == (SLOT, TestResult.PASSED, None)
    go_to(house, SLOT + timedelta(hours=1))
    assert alarms(house) == []
    found = house.do(self_tests.health)
    assert (found.last_passed_at, found.is_overdue, found.volunteers) == (SLOT, False, 1)


def test_workers_that_wake_together_begin_one(house: House) -> None:
    volunteers(house, DEWI, BO)
    workers = [house.new_worker() for _ in range(3)]
    house.clock.move_to(SLOT)
    at_once(*[worker.enforce for worker in workers])
    assert len(house.all(SelfTest)) == len(house.calls_of(CallKind.SELF_TEST)) == 1


def test_a_test_that_nobody_answers_rings_twice_and_tells_the_managers_once(house: House) -> None:
    volunteers(house, DEWI)
    go_to(house, SLOT)
    pick_up(house).press("")
    go_to(house, SLOT + timedelta(minutes=5))
    assert len(house.calls_of(CallKind.SELF_TEST)) == 2
    go_to(house, SLOT + timedelta(minutes=10))
    assert house.one(SelfTest).result is TestResult.UNANSWERED
    (body,) = alarms(house)
    assert "Dewi Santoso" in body
    go_to(house, SLOT + timedelta(hours=1))
    assert len(alarms(house)) == 1
    assert house.do(self_tests.health).is_overdue


def test_a_key_after_the_time_changes_nothing(lite: House) -> None:
    volunteers(lite, DEWI)
    go_to(lite, SLOT)
    line = pick_up(lite)
    go_to(lite, SLOT + timedelta(minutes=10))
    line.press("1")
    assert lite.one(SelfTest).result is TestResult.UNANSWERED


def test_a_call_that_never_left_is_told_apart(lite: House) -> None:
    volunteers(lite, DEWI)
    lite.worker = lite.new_worker(outgoing=False)
    go_to(lite, SLOT)
    go_to(lite, SLOT + timedelta(minutes=10))
    assert lite.one(SelfTest).result is TestResult.FAILED


def test_without_volunteers_the_managers_hear_it_once(lite: House) -> None:
    for week in range(3):
        go_to(lite, SLOT + timedelta(weeks=week))
    assert [test.result for test in lite.all(SelfTest)] == [TestResult.NOBODY] * 3
    assert len(alarms(lite)) == 1


def test_volunteers_take_turns_and_who_cannot_be_rung_is_passed_over(lite: House) -> None:
    volunteers(lite, DEWI, BO)
    for week in range(3):
        go_to(lite, SLOT + timedelta(weeks=week))
        pick_up(lite).press("1")
        lite.set(lite.calls_of(CallKind.SELF_TEST)[-1], ended_at=lite.clock.now())
    assert [call.to_phone for call in lite.calls_of(CallKind.SELF_TEST)] == [DEWI, BO, DEWI]
    with lite.operation() as op:
        for method in numbers.list_of(op, lite.user(op, BO).id):
            method.failed_at = SLOT + timedelta(weeks=3)
    go_to(lite, SLOT + timedelta(weeks=3))
    assert lite.calls_of(CallKind.SELF_TEST)[-1].to_phone == DEWI


def test_a_test_by_hand_is_one_at_a_time(house: House) -> None:
    volunteers(house, DEWI, BO)

    def begin() -> bool:
        try:
            house.do(lambda op: self_tests.begin_now(op).id)
        except ConflictError:
            return False
        return True

    assert sorted(at_once(begin, begin)) == [False, True]
    assert len(house.all(Call, Call.kind == CallKind.SELF_TEST)) == 1


def test_a_slot_that_was_slept_through_is_not_made_up_for_in_the_night(lite: House) -> None:
    volunteers(lite, DEWI)
    go_to(lite, SLOT + timedelta(hours=3))
    assert lite.all(SelfTest) == []
    lite.worker = lite.new_worker()
    go_to(lite, SLOT + timedelta(weeks=1, minutes=90))
    assert [test.slot for test in lite.all(SelfTest)] == [SLOT + timedelta(weeks=1)]


def test_joining_and_leaving_twice_is_harmless(lite: House) -> None:
    with lite.operation() as op:
        dewi = lite.user(op, DEWI)
        done = [self_tests.take_part(op, dewi, wanted=wanted) for wanted in (True, True, False, False)]
    assert done == [True, False, True, False]


def test_the_week_follows_the_wall_clock() -> None:
    berlin = WeekTime.parse("sun 02:30 Europe/Berlin")
    assert str(berlin) == "Sun 02:30 Europe/Berlin"
    spring = datetime(2026, 3, 29, 12, tzinfo=UTC)  # 02:30 does not exist on that day: it moves forward
    assert berlin.before(spring) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert berlin.after(spring) == datetime(2026, 4, 5, 0, 30, tzinfo=UTC)
    for hours in range(24 * 400):
        now = spring + timedelta(hours=hours)
        assert berlin.before(now) <= now < berlin.after(now) <= berlin.before(now) + timedelta(days=8)


@pytest.mark.parametrize(
    "text", ["", "Wed", "Wed 10:00", "Wed 10 UTC", "Foo 10:00 UTC", "Wed 25:00 UTC", "Wed 10:00 Nowhere/At"]
)
def test_what_is_no_time_of_the_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="such as"):
        WeekTime.parse(text)
