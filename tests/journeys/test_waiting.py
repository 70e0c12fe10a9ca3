"""The caller waits: offered to hold, to be called back, to leave a message; the hunt goes on."""

from datetime import timedelta

from hotline.db.models import CallKind, ToldBy
from hotline.services.response import followup, incidents
from tests.journeys.stage import BO, DEWI, MADE, MADES_PIN, SITI, Stage

PATIENCE = timedelta(minutes=3)


def test_within_three_minutes_the_caller_is_offered_three_ways_and_holds_on(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    call = stage.open_incident()
    stage.wait_until(lambda: stage.calls()[0].held_since)
    held = stage.clock.now()
    stage.hear(call, "hold.keys", at_most=120)
    stage.hear(call, "offer", at_most=200)
    assert stage.clock.now() - held <= PATIENCE
    call.press("1")
    stage.wait(90)
    assert not call.ended
    assert stage.heard(call, "offer") >= 2, "offered again every minute"
    stage.takes(DEWI, after=2, once=False)
    stage.wait_until(lambda: call.is_connected_with == DEWI, at_most=200)
    call.hang_up()
    stage.wait(5)
    stage.only(
        calls={DEWI: 3, BO: 2, SITI: 2},
        texts={MADE: "reference", DEWI: "page", BO: "page taken", SITI: "page taken"},
    )


def test_who_asks_to_be_called_back_is_called_when_dewi_takes_it_by_text(stage: Stage) -> None:
    call = stage.open_incident()
    stage.wait_until(lambda: stage.calls()[0].held_since)
    stage.hear(call, "hold.first", at_most=60)
    call.press("2")
    stage.hear(call, "callback.promised")
    stage.wait_until(lambda: call.ended)
    assert stage.rung(DEWI) == 1
    stage.phone(MADE).answers(after=3)
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    made = stage.picks_up(MADE)
    stage.hear(made, "callback.greeting")
    made.press(MADES_PIN + "#")
    stage.hear(made, "Dewi Santoso")
    stage.hear(made, "callback.join")
    stage.takes(DEWI, after=3)
    made.press("1")
    stage.wait_until(lambda: made.is_connected_with == DEWI, at_most=60)
    made.hang_up()
    stage.wait(10)
    stage.only(calls={DEWI: 2, MADE: 1}, texts={MADE: "notice reference", DEWI: "page reply"})
    assert stage.placed()[MADE] == 1


def test_who_asks_to_be_called_back_is_called_when_bo_takes_it_by_telephone(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    call = stage.open_incident()
    stage.wait_until(lambda: stage.calls()[0].held_since)
    stage.wait(3)
    call.press("2")
    stage.wait_until(lambda: call.ended)
    stage.phone(MADE).answers(after=3)
    stage.takes(BO, after=4, once=False)
    made = stage.picks_up(MADE, at_most=200)
    stage.hear(made, "callback.greeting")
    made.press(MADES_PIN + "#")
    stage.wait_until(lambda: made.is_connected_with == BO, at_most=60)
    made.hang_up()
    stage.wait(10)
    stage.only(
        calls={DEWI: 1, BO: 1, MADE: 1}, texts={MADE: "notice reference", DEWI: "page taken", BO: "page"}
    )
    assert stage.placed()[MADE] == 1


def test_a_message_is_left_instead_and_kept_while_the_hunt_goes_on(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.takes(BO, after=24)
    call = stage.open_incident()
    stage.wait_until(lambda: stage.calls()[0].held_since)
    stage.wait(3)
    call.press("3")
    stage.hear(call, "message.ask")
    stage.hear(call, "[beep]")
    call.say("Call Intan instead", seconds=3)
    stage.wait(4)
    call.press("#")
    stage.hear(call, "message.thanks")
    stage.wait_until(lambda: call.ended)
    assert stage.recordings()[0].incident_id == stage.incident().id
    stage.wait_until(lambda: stage.owner() == "Bo", at_most=90)
    stage.wait(20)
    assert stage.incident().told_by is ToldBy.MESSAGE
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "notice reference", DEWI: "page taken", BO: "page"})


def test_what_is_said_on_hold_is_true(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.phone(DEWI).unreachable()
    call = stage.open_incident()
    stage.wait_until(lambda: stage.rung(BO))
    stage.hear(call, "hold.next", at_most=40)
    assert not stage.heard(call, "hold.first") or stage.rung(BO) == 0
    call.hang_up()
    stage.wait(2)
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference", DEWI: "page", BO: "page"})


def test_acknowledged_on_the_page_the_holding_caller_is_told_and_joined(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    call = stage.open_incident()
    stage.wait(45)
    stage.takes(BO, after=3)
    stage.takes(SITI, after=3)
    with stage.operation() as op:
        row, siti = incidents.by_reference(op, stage.incident().reference), stage.user(op, SITI)
        assert incidents.accept(op, row, siti, "web").won
        followup.after_acceptance(op, row, siti)
    stage.hear(call, "Siti Rahmawati", at_most=6)
    stage.wait_until(lambda: call.is_connected_with == SITI, at_most=60)
    call.hang_up()
    stage.wait(5)
    stage.only(
        calls={DEWI: 1, BO: 1, SITI: 1}, texts={MADE: "reference", DEWI: "page taken", BO: "page taken"}
    )
    assert len(stage.kind_of_call(CallKind.JOIN)) == 1


def test_acknowledged_on_the_page_after_the_caller_left_the_text_tells(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.open_incident().hang_up()
    stage.wait(5)
    with stage.operation() as op:
        row, siti = incidents.by_reference(op, stage.incident().reference), stage.user(op, SITI)
        incidents.accept(op, row, siti, "web")
        followup.after_acceptance(op, row, siti)
    stage.wait(10)
    assert stage.incident().told_by is ToldBy.MESSAGE
    assert "Siti Rahmawati" in stage.bodies(MADE, "notice")[0]
    stage.only(calls={DEWI: 1}, texts={MADE: "reference notice", DEWI: "page taken"})
