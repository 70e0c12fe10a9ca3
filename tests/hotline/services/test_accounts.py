"""Accounts on both databases: what two do at once happens once, and time is what people live."""

from datetime import timedelta

import pyotp
import pytest

from hotline.db.models import Role, Throttle, User, UserSession
from hotline.errors import ConflictError
from hotline.services.accounts import authenticators, challenges, factors, people, recovery, sessions
from hotline.services.accounts.agents import describe
from hotline.services.accounts.real_time import wall_clock
from hotline.services.operation import Operation
from hotline.settings import ROLES
from tests.hotline.house import House, at_once


def person(op: Operation, role: Role = Role.ENGINEER) -> User:
    return op.session.query(User).filter_by(role=role).order_by(User.email).first()


def set_up(house: House) -> str:
    """An app in force; its secret."""

    def work(op: Operation) -> str:
        secret = authenticators.offer(op, person(op))
        assert secret is not None
        assert authenticators.turn_on(
            op, person(op).id, pyotp.TOTP(secret).at(op.now - timedelta(seconds=30))
        )
        return secret

    return house.do(work)


def test_the_settings_know_every_role() -> None:
    assert set(ROLES) == set(Role)


def test_of_many_who_send_the_same_code_one_gets_in(house: House) -> None:
    secret = set_up(house)
    code = pyotp.TOTP(secret).at(house.clock.now())
    tries = [lambda: house.do(lambda op: factors.try_code(op, person(op).id, code))] * 5
    assert len([answer for answer in at_once(*tries) if answer is not None]) == 1


def test_of_many_who_send_the_same_recovery_code_one_gets_in(house: House) -> None:
    def issue(op: Operation) -> str:
        token = recovery.issue(op, person(op).id)
        return recovery.shown(op, person(op).id, token)[0]

    code = house.do(issue)
    tries = [lambda: house.do(lambda op: recovery.use(op, person(op).id, code))] * 5
    assert sorted(at_once(*tries)) == [False] * 4 + [True]


def test_what_was_begun_is_taken_once_and_not_too_late(house: House) -> None:
    token = house.do(lambda op: challenges.begin(op, "x", {"a": 1}))
    takes = [lambda: house.do(lambda op: challenges.take(op, "x", token) is not None)] * 5
    assert sorted(at_once(*takes)) == [False] * 4 + [True]
    late = house.do(lambda op: challenges.begin(op, "x", {}))
    assert house.do(lambda op: challenges.find(op, "y", late)) is None
    house.clock.advance(600)
    assert house.do(lambda op: challenges.take(op, "x", late)) is None


def test_two_admins_who_take_the_role_from_each_other_leave_one(house: House) -> None:
    def second_admin(op: Operation) -> None:
        people.set_role(op, person(op, Role.MANAGER).id, Role.ADMIN, None)

    house.do(second_admin)
    ids = house.do(lambda op: [user.id for user in op.session.query(User).filter_by(role=Role.ADMIN)])
    assert len(ids) == 2

    def demote(which: int) -> str:
        try:
            house.do(lambda op: people.set_role(op, ids[which], Role.ENGINEER, ids[1 - which]))
        except ConflictError:
            return "refused"
        return "done"

    assert sorted(at_once(lambda: demote(0), lambda: demote(1))) == ["done", "refused"]


def test_a_disabled_admin_does_not_count_as_one(house: House) -> None:
    def work(op: Operation) -> None:
        manager = person(op, Role.MANAGER)
        people.set_role(op, manager.id, Role.ADMIN, None)
        people.disable(op, manager.id, None)
        last = op.session.query(User).filter_by(role=Role.ADMIN, disabled_at=None).one()
        people.disable(op, last.id, None)

    with pytest.raises(ConflictError):
        house.do(work)


def test_wrong_codes_are_counted_and_right_ones_are_not(house: House) -> None:
    secret = set_up(house)
    assert house.do(lambda op: factors.try_code(op, person(op).id, "000000")) is None
    code = pyotp.TOTP(secret).at(house.clock.now())
    assert house.do(lambda op: factors.try_code(op, person(op).id, code)) is not None
    assert house.one(Throttle).count == 1


def test_sessions_that_ended_a_month_ago_are_swept_out(house: House) -> None:
    def start(op: Operation) -> None:
        sessions.start(op, person(op), sessions.SignInMethod.PASSWORD, "", "192.0.2.1")

    house.do(start)
    house.clock.advance(timedelta(days=31).total_seconds())
    house.do(start)
    assert house.count(UserSession) == 1


def test_an_app_counts_in_real_time_on_a_faster_clock(house_with) -> None:
    house = house_with(
        clock_speed=60, clock_anchor="2026-11-23T02:00:00+00:00", api_base_url="http://127.0.0.1:9"
    )
    house.clock.advance(3600)

    def lived(op: Operation) -> float:
        assert op.settings.clock_anchor is not None
        return (wall_clock(op) - op.settings.clock_anchor).total_seconds()

    assert house.do(lived) == 60


@pytest.mark.parametrize(
    ("agent", "text"),
    [
        ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox on Android"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36", "Chrome on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142 Safari/537.36 Edg/142",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8", "curl"),
        ("", ""),
        ("<script>", ""),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(agent: str, text: str) -> None:
    assert describe(agent) == text
