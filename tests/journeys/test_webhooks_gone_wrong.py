"""Webhooks that come twice, late, shuffled, never, or to a service without its database."""

import pytest
from sqlalchemy.exc import OperationalError

from hotline.db.session import Database
from tests.journeys.stage import BO, DEWI, JAKARTA_LINE, MADE, MADES_PIN, Stage
from tests.support.threads import at_once


@pytest.mark.parametrize(
    "faults",
    [
        {"webhook_twice": True},
        {"webhook_twice_at_once": True},
        {"callbacks_duplicated": True},
        {"callbacks_shuffled": True},
        {"callbacks_shuffled": True, "callbacks_duplicated": True, "webhook_twice_at_once": True},
        {"callback_before_answer": True},
        {"completed_dropped": True},
        {"extra_parameters": True},
    ],
    ids=lambda faults: "+".join(faults),
)
def test_the_story_is_the_same_however_the_webhooks_come(stage: Stage, faults: dict[str, bool]) -> None:
    stage.emulator.faults.set(**faults)
    stage.phone(DEWI).voicemail(after=6)
    stage.takes(BO, after=4)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == BO, at_most=120)
    assert len(stage.incidents()) == 1
    assert stage.events().count("accepted") == stage.events().count("told") == 1
    call.hang_up()
    stage.wait(60)
    assert stage.rung(BO) == 1
    dewis = stage.rung(DEWI)
    assert dewis == 1
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference", DEWI: "page taken", BO: "page"})


def test_a_lost_answer_falls_back_and_the_call_goes_on_where_it_was(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.expected_alerts.add(11200)
    stage.takes(DEWI, after=70)
    call = stage.open_incident()
    stage.emulator.faults.set(webhook_answer_lost=1)
    stage.wait_until(lambda: stage.calls()[0].held_since, at_most=90)
    stage.takes(BO, after=3)
    stage.wait_until(lambda: call.is_connected_with, at_most=120)
    assert len(stage.incidents()) == 1
    call.hang_up()
    stage.wait(10)
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference", DEWI: "page taken", BO: "page"})


def test_a_first_webhook_that_never_arrived_is_saved_by_the_fallback(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.emulator.faults.set(webhook_lost=1)
    stage.takes(DEWI, after=6)
    call = stage.phone(MADE).dial(JAKARTA_LINE)
    stage.hear(call, "greeting.pin", at_most=60)
    call.press(MADES_PIN + "#")
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    call.hang_up()
    stage.wait(10)
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})


def test_a_step_of_a_call_that_nobody_knows_begins_again(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    answer = stage.post("/twilio/voice/pin/3", CallSid="CA" + "e" * 32, Digits="123456")
    assert answer.status_code == 200
    assert f"{stage.url}/twilio/voice<" in answer.text
    for step in ("wait/2", "left/2", "engineer-key/1", "joining/now", "customer-pin/1", "described/4"):
        assert stage.post(f"/twilio/voice/{step}", CallSid="CA" + "f" * 32).status_code == 200
    assert stage.incidents() == []
    stage.only()


def test_without_the_database_the_caller_is_put_through_to_the_fallback_numbers(
    stage_with,
    monkeypatch: pytest.MonkeyPatch,  # type: ignore[no-untyped-def]
) -> None:
    stage = stage_with(fallback_numbers=BO)
    stage.phone(BO).answers(after=3)

    def away(*_: object, **__: object) -> None:
        raise OperationalError("", {}, Exception("the database is away"))

    with monkeypatch.context() as patch:
        patch.setattr(Database, "run", away)
        call = stage.phone(MADE).dial(JAKARTA_LINE)
        for _ in range(20):
            stage.emulator.advance(1)
        assert call.is_connected_with == BO
    call.hang_up()
    stage.wait(2)
    stage.only(calls={BO: 1})


def test_without_the_database_and_without_fallback_numbers_a_report_is_recorded_and_kept(
    sqlite_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = sqlite_stage
    stage.takes(DEWI, after=6)

    def away(*_: object, **__: object) -> None:
        raise OperationalError("", {}, Exception("the database is away"))

    with monkeypatch.context() as patch:
        patch.setattr(Database, "run", away)
        call = stage.phone(MADE).dial(JAKARTA_LINE)
        stage.emulator.advance(10)
        assert stage.heard(call, "trouble.record")
        call.say("Made of Nusantara, the order book is down", seconds=4)
        stage.emulator.advance(5)
    call.press("#")
    stage.wait_until(stage.incidents)
    assert stage.incident().verified_at is None
    stage.wait(3)
    assert stage.recordings()[0].incident_id == stage.incident().id
    stage.wait_until(lambda: stage.owner() == "Dewi", at_most=60)
    call.hang_up()
    stage.wait(10)
    stage.only(calls={DEWI: 1}, texts={DEWI: "page"})


def test_the_same_key_pressed_at_the_same_moment_gets_the_same_answer(stage: Stage) -> None:
    call = stage.dial(MADE, JAKARTA_LINE)
    form = {"CallSid": call.sid, "Digits": MADES_PIN, "CallStatus": "in-progress"}
    answers = at_once(*(lambda: stage.post("/twilio/voice/pin/1", **form).text for _ in range(4)))
    assert len(set(answers)) == 1
    assert len(stage.incidents()) == 1
    call.hang_up()
    stage.wait(3)
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})


def test_a_recording_whose_action_was_lost_still_becomes_a_report(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    call = stage.dial(MADE, JAKARTA_LINE)
    recording = {
        "CallSid": call.sid,
        "RecordingSid": "RE" + "5" * 32,
        "RecordingUrl": stage.api.url + "/recording",
        "RecordingStatus": "completed",
        "RecordingDuration": "9",
    }
    for _ in range(2):
        assert stage.post("/twilio/recordings", **recording).status_code == 204
    assert stage.incident().verified_at is None
    assert [found.duration for found in stage.recordings()] == [9]
    call.hang_up()
    stage.wait(3)
    stage.only(calls={DEWI: 1}, texts={DEWI: "page"})
