"""The REST API is down or slow: the caller's own leg dials the roster; nothing is placed twice."""

import pytest

from hotline.db.models import CallOutcome, ToldBy
from hotline.services.reaching import numbers
from tests.journeys.stage import BO, DEWI, MADE, NADIA, SITI, Stage


@pytest.mark.parametrize("fault", ["rest_down", "rest_503"])
def test_the_callers_own_leg_dials_the_roster_and_the_whisper_accepts(stage: Stage, fault: str) -> None:
    stage.emulator.faults.set(**{fault: True})
    stage.takes(DEWI, after=5)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == DEWI, at_most=120)
    assert stage.heard(call, "direct.ringing")
    assert stage.owner() == "Dewi"
    assert stage.incident().told_by is ToldBy.BRIDGE
    stage.emulator.faults.set(**{fault: False})
    stage.wait(120)
    assert call.is_connected_with == DEWI, "nothing rings into the conversation"
    call.hang_up()
    stage.wait(120)
    assert stage.ledger() == []
    stage.only(calls={DEWI: 1}, texts={MADE: "reference"})


def test_voicemail_on_that_leg_does_not_count_and_the_next_is_dialled(stage: Stage) -> None:
    stage.emulator.faults.set(rest_down=True)
    stage.phone(DEWI).voicemail(after=6)
    stage.takes(BO, after=4)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == BO, at_most=200)
    assert stage.owner() == "Bo"
    assert [each.outcome for each in stage.calls() if each.user_id and each.parent_id] == [
        CallOutcome.UNANSWERED,
        CallOutcome.ACCEPTED,
    ]
    stage.emulator.faults.set(rest_down=False)
    call.hang_up()
    stage.wait(120)
    stage.only(calls={DEWI: 1, BO: 1}, texts={DEWI: "taken", MADE: "reference"})
    assert stage.placed() == {DEWI: 1, BO: 1}


def test_nobody_on_that_leg_either_and_the_caller_holds_on_until_rest_is_back(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.emulator.faults.set(rest_down=True)
    for number in (DEWI, BO, SITI):
        stage.phone(number).busy()
    call = stage.open_incident()
    stage.wait(90)
    assert not call.ended
    assert min(stage.rung(DEWI), stage.rung(BO), stage.rung(SITI)) >= 1
    stage.emulator.faults.set(rest_down=False)
    stage.takes(DEWI, after=3)
    stage.wait_until(lambda: call.is_connected_with == DEWI, at_most=300)
    call.hang_up()
    stage.wait(60)
    stage.only(
        calls={DEWI: 2, BO: 1, SITI: 1}, texts={MADE: "reference", DEWI: "page", BO: "taken", SITI: "taken"}
    )


@pytest.mark.parametrize("fault", ["calls_done_then_dropped", "calls_done_then_500"])
def test_a_call_that_was_placed_before_the_line_dropped_is_not_placed_twice(stage: Stage, fault: str) -> None:
    stage.emulator.faults.set(**{fault: 1})
    stage.takes(DEWI, after=12)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    call.hang_up()
    stage.wait(60)
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})


@pytest.mark.parametrize("fault", ["rest_429", "rest_500", "rest_503"])
def test_a_moment_of_trouble_is_waited_out(sqlite_stage: Stage, fault: str) -> None:
    stage = sqlite_stage
    stage.emulator.faults.set(**{fault: 4})
    stage.takes(DEWI, after=6)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    call.hang_up()
    stage.wait(60)
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})


def test_a_message_whose_answer_was_lost_may_come_twice_but_is_not_lost(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.emulator.faults.set(messages_done_then_dropped=1)
    stage.takes(DEWI, after=6)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    call.hang_up()
    stage.wait(60)
    assert len(stage.bodies(MADE, "reference")) == 1
    stage.only(calls={DEWI: 1}, texts={MADE: "reference reference", DEWI: "page"})


def test_dewis_number_is_no_number_so_bo_is_rung_at_once_and_the_managers_know(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    bad = "+15005550001"
    stage.renumber(DEWI, bad)
    stage.takes(BO, after=3)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == BO, at_most=30)
    with stage.operation() as op:
        assert stage.user(op, bad).phone_failed_at is not None
    call.hang_up()
    stage.wait(10)
    again = stage.dial(MADE, "+622150100200")
    stage.wait(2)
    again.press("482913#")
    stage.hear(again, "menu.choices")
    again.press("3")
    stage.takes(BO, after=3)
    stage.wait_until(lambda: again.is_connected_with == BO, at_most=40)
    again.hang_up()
    stage.wait(20)
    assert stage.bodies(NADIA, "alarm"), "a bad number is shouted about"
    assert any("gagal dua kali" in body or "failed twice" in body for body in stage.bodies(SITI, "alarm"))
    stage.only(
        calls={BO: 2},
        texts={MADE: "reference reference", BO: "page page", SITI: "alarm alarm", NADIA: "alarm alarm"},
    )


def test_an_empty_rung_is_skipped_at_once_with_an_alarm(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.renumber(DEWI)
    stage.takes(BO, after=3)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == BO, at_most=25)
    call.hang_up()
    stage.wait(10)
    stage.only(calls={BO: 1}, texts={MADE: "reference", BO: "page", SITI: "alarm", NADIA: "alarm"})


def test_an_empty_roster_shouts_and_still_serves_the_caller(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    with stage.operation() as op:
        siti = stage.user(op, SITI)
    for number in (DEWI, BO, SITI):
        stage.renumber(number)
    call = stage.open_incident()
    stage.wait(30)
    assert not call.ended
    assert stage.bodies(NADIA, "alarm")
    stage.hear(call, "offer", at_most=200)
    with stage.operation() as op:
        numbers.enter(op, op.session.get_one(type(siti), siti.id), SITI)
    stage.takes(SITI, after=3)
    stage.wait_until(lambda: call.is_connected_with == SITI, at_most=200)
    call.hang_up()
    stage.wait(10)
    # the first alarm leaves at once, what comes within a minute of it as one text of several
    stage.only(calls={SITI: 1}, texts={MADE: "reference", NADIA: "alarm api", SITI: "alarm page"})


def test_with_outgoing_switched_off_nothing_leaves_the_house_and_the_promise_still_counts(stage_with) -> None:  # type: ignore[no-untyped-def]
    stage = stage_with(outgoing=False)
    call = stage.open_incident()
    stage.wait(60)
    assert stage.heard(call, "hold.trying") or stage.heard(call, "hold.first")
    call.hang_up()
    stage.text(DEWI, "STATUS")
    with stage.operation() as op:
        stage.user(op, DEWI)
    stage.wait(30 * 60)
    assert len(stage.ledger()) == 1
    stage.only(texts={DEWI: "reply"})


def test_a_country_that_is_not_allowed_is_neither_called_nor_written_to(stage_with) -> None:  # type: ignore[no-untyped-def]
    stage = stage_with(allowed_countries="ID")
    call = stage.open_incident()
    stage.takes(SITI, after=3)
    stage.phone(DEWI).unreachable()
    stage.wait_until(lambda: call.is_connected_with == SITI, at_most=90)
    call.hang_up()
    stage.wait(20)
    assert BO not in stage.placed()
    assert BO not in stage.sent()
    stage.only(
        calls={DEWI: 1, SITI: 1},
        texts={MADE: "reference", DEWI: "page taken", SITI: "alarm page", NADIA: "alarm"},
    )


def test_a_full_queue_does_not_lose_the_caller(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.emulator.faults.set(queue_full=1)
    stage.takes(DEWI, after=40)
    stage.takes(BO, after=3)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with, at_most=200)
    call.hang_up()
    stage.wait(10)
    stage.only(calls={DEWI: 2, BO: 1}, texts={MADE: "reference", DEWI: "page taken", BO: "page"})
