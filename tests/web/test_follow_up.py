"""What comes after the acknowledgement, on the pages: silence, answers, the weekly test, flags."""

import pytest

from hotline.db.models import SelfTest, TestResult, ToldBy, User
from hotline.services.promise import heartbeat
from hotline.services.reaching import flags, self_tests
from hotline.services.response import chasing, incidents, solved
from hotline.services.texting import sms_commands


def adas(world):
    """Ada has Contoso's incident, and the customer knows."""
    reference = world.report()
    world.take(reference, "Ada")
    world.do(lambda op: incidents.tell(op, world.found(op, reference), ToldBy.MESSAGE))
    return reference


def silent(world, minutes=35):
    """Nobody has heard from Ada for so long, and she was asked."""
    reference = adas(world)
    world.clock.advance(30 * 60)
    world.do(lambda op: chasing.look(op, world.found(op, reference)))
    world.clock.advance((minutes - 30) * 60)
    return reference


def resolved(world):
    reference = adas(world)
    world.clock.advance(60)

    def work(op):
        incident = world.found(op, reference)
        incidents.resolve(op, incident, incident.owner)

    world.do(work)
    return reference


def says(world, body):
    world.clock.advance(30)
    world.do(lambda op: sms_commands.answer(op, "+628111111111", body))


def test_the_board_says_for_how_long_there_was_no_word(ada, world):
    silent(world)
    assert "no word for 35 min" in ada.get("/").text


def test_a_board_without_silence_says_nothing_of_it(ada, world):
    adas(world)
    world.clock.advance(29 * 60)
    assert "no word for" not in ada.get("/").text


def test_the_owner_says_with_one_tap_that_they_are_on_it(ada, world):
    reference = silent(world)
    assert "I am on it" in ada.get(f"/incidents/{reference}").text
    for _ in range(2):
        assert ada.press(f"/incidents/{reference}/on-it").status_code == 200
    page = ada.get(f"/incidents/{reference}").text
    assert "I am on it" not in page
    assert "Ada Lovelace said on this page that they are on it." in page
    assert "no word for" not in ada.get("/").text


def test_a_note_of_the_owner_does_too(ada, world):
    reference = silent(world)
    ada.press(f"/incidents/{reference}/note", text="Failing over now.")
    assert "I am on it" not in ada.get(f"/incidents/{reference}").text


def test_a_colleague_cannot_say_it_for_them(bo, cy, world):
    reference = silent(world)
    assert "I am on it" not in bo.get(f"/incidents/{reference}").text
    bo.press(f"/incidents/{reference}/on-it")
    page = cy.get(f"/incidents/{reference}").text
    assert "Nobody has heard from Ada Lovelace." in page
    assert "take it over" in page


def test_an_auditor_may_not(otto, world):
    reference = silent(world)
    assert otto.press(f"/incidents/{reference}/on-it").status_code == 403


@pytest.mark.parametrize("reference", ["0000-0", "9999999"])
def test_what_is_no_incident_is_not_found(ada, world, reference):
    assert ada.press(f"/incidents/{reference}/on-it").status_code == 404


def test_what_the_customer_answered_stands_on_the_page(ada, world):
    reference = resolved(world)
    assert "no answer yet" in ada.get(f"/incidents/{reference}").text
    says(world, "ok")
    page = ada.get(f"/incidents/{reference}").text
    assert "the customer says yes" in page
    assert "The customer confirmed that it is solved." in page


def test_a_reopened_incident_is_on_top_of_the_board_and_asks_its_owner(ada, bo, world):
    reference = resolved(world)
    other = world.report("Fabrikam")
    world.take(other, "Bo")
    says(world, "NO it is down again")
    page = ada.get(f"/incidents/{reference}").text
    assert "The customer says that it is not solved." in page
    assert "open again" in ada.get("/").text
    page = bo.get(f"/incidents/{reference}").text
    assert "Ada Lovelace is being rung; after five minutes the ladder is." in page
    ada.press(f"/incidents/{reference}/on-it")
    assert "is being rung" not in bo.get(f"/incidents/{reference}").text


def test_what_nobody_has_any_more_stands_above_what_somebody_has(bo, world):
    reference = resolved(world)
    other = world.report("Fabrikam")
    world.take(other, "Bo")
    says(world, "no")
    world.clock.advance(300)
    world.do(lambda op: chasing.look(op, world.found(op, reference)))
    board = bo.get("/").text
    assert "Nobody has it: open again" in board
    places = [board.index(f'data-reference="{one}"') for one in (reference, other)]
    assert places == sorted(places)


def test_asking_the_customer_is_kept_once_for_a_resolution(world):
    reference = resolved(world)
    assert world.ask(lambda op: solved.latest(op, world.found(op, reference)))[1] is None


def test_who_was_paged_and_what_became_of_it(ada, world):
    reference = world.report()
    page = ada.get(f"/incidents/{reference}").text
    assert "Who was paged" in page
    assert "not reached yet" in page


def test_taking_part_in_the_weekly_test_and_leaving_it(ada, world):
    assert "I take part in the weekly test" in ada.get("/me/contacts").text
    for _ in range(2):
        assert "You take part in the weekly test." in ada.press("/me/weekly-test", wanted="yes").text
    assert world.user("Ada").volunteer_since is not None
    assert "You do not take part." in ada.press("/me/weekly-test", wanted="").text
    assert world.user("Ada").volunteer_since is None


def test_a_flagged_number_is_shown_to_its_owner_and_to_everybody(ada, bo, world):
    def fail(op):
        for _ in range(2):
            flags.missed(op, world.user("Ada").id, "+628120000001", 30003)

    world.do(fail)
    own = ada.get("/me/contacts").text
    assert "Pages may not reach you here." in own
    assert "Test it now" in own
    assert "failed twice" in bo.get("/people").text
    health = bo.get("/health").text
    assert "Ada Lovelace" in health
    assert "+628120000001" not in health


def test_health_says_what_was_never_proved(ada, world):
    page = ada.get("/health").text
    assert "It has never passed." in page
    assert "Nobody is at work." in page
    world.do(heartbeat.beat)
    assert "At work" in ada.get("/health").text


def passed(world):
    def work(op):
        op.session.add(
            SelfTest(
                user_id=world.user("Ada").id, started_at=op.now, answer_by=op.now, finished_at=op.now,
                result=TestResult.PASSED,
            )
        )  # fmt: skip

    world.do(work)


def test_a_monitor_learns_when_the_test_last_passed(stranger, world):
    answer = stranger.get("/healthz/self-test")
    assert (answer.status_code, answer.json) == (503, {"status": "overdue", "last_passed_at": None})
    passed(world)
    answer = stranger.get("/healthz/self-test")
    assert (answer.status_code, answer.json["status"]) == (200, "ok")
    assert answer.json["last_passed_at"] == world.clock.now().isoformat()
    world.clock.advance(8 * 24 * 3600 + 1)
    assert stranger.get("/healthz/self-test").status_code == 503


def test_a_monitor_is_told_when_the_database_is_away(stranger, broken_database):
    assert stranger.get("/healthz/self-test").status_code == 503


def test_a_manager_tests_now_and_one_at_a_time(cy, ada, world):
    world.do(lambda op: self_tests.take_part(op, op.session.get_one(User, world.user("Ada").id), wanted=True))
    assert "Test now" not in ada.get("/health").text
    assert "Test now" in cy.get("/health").text
    assert "A volunteer is being rung now." in cy.press("/health/self-test").text
    assert "A test is under way already." in cy.press("/health/self-test").text
    assert ada.press("/health/self-test").status_code == 403


def test_health_in_indonesian(ada, world):
    world.change_user("Ada", language="id")
    page = ada.get("/health").text
    assert "Uji mingguan" in page
    assert "Belum pernah lulus." in page
