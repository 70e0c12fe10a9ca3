"""What a lost report, a broken row or a race must not do: leave somebody out for good.

These stories run for up to an hour and assert what they are about; the stage is not strict on them.
"""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from hotline.clock import ManualClock
from hotline.db.models import CallKind, Incident, Rotation, RungTarget
from hotline.services.response import followup, incidents
from hotline.web.twilio.steps import STEPS
from tests.journeys.stage import (
    BO,
    DEWI,
    HANNAH,
    HANNAHS_PIN,
    JAKARTA_LINE,
    MADE,
    NADIA,
    RIZKY,
    SINGAPORE_LINE,
    SITI,
    Stage,
)

HOUR = 3600


@pytest.fixture
def stage(sqlite_url: str, clock: ManualClock) -> Iterator[Stage]:
    stage = Stage(sqlite_url, clock)
    yield stage
    stage.close()


def _nobody_picks_up(stage: Stage) -> None:
    for number in (DEWI, BO, SITI, RIZKY):
        stage.phone(number).rings_out()


def test_a_callback_promised_after_the_customer_was_told_is_still_made(stage: Stage) -> None:
    call = stage.open_incident()
    stage.wait(40)
    stage.phone(DEWI).rings_out()
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    stage.wait_until(lambda: stage.incident().told_at, at_most=30)
    stage.wait(10)
    call.press("2")
    stage.hear(call, "callback.promised_taken")
    stage.wait_until(lambda: call.ended)
    stage.phone(MADE).answers(after=3)
    stage.wait(HOUR)
    assert stage.rung(MADE) >= 1


def test_a_promised_callback_that_found_the_line_busy_is_tried_again(stage: Stage) -> None:
    call = stage.open_incident()
    stage.wait_until(lambda: stage.calls()[0].held_since)
    stage.hear(call, "hold.first", at_most=60)
    call.press("2")
    stage.hear(call, "callback.promised")
    stage.wait_until(lambda: call.ended)
    stage.phone(MADE).busy()
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    stage.wait(60)
    stage.phone(MADE).answers(after=3)
    stage.wait(HOUR)
    assert stage.placed().get(MADE, 0) >= 2


def test_a_callback_whose_end_was_never_reported_does_not_stop_the_next(stage: Stage) -> None:
    stage.emulator.faults.set(completed_dropped=True)
    call = stage.open_incident()
    stage.wait(4)
    call.hang_up()
    stage.phone(MADE).sms("undelivered").voicemail(after=3)
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    stage.wait_until(lambda: stage.placed().get(MADE), at_most=300)
    stage.wait(60)
    stage.emulator.faults.set(completed_dropped=False)
    stage.wait(HOUR)
    assert stage.placed()[MADE] >= 2
    assert stage.bodies(NADIA, "alarm"), "in the end a person is told to find another way"


def test_engineers_whose_phones_seemed_to_ring_for_ever_are_rung_again(stage: Stage) -> None:
    stage.emulator.faults.set(completed_dropped=True)
    _nobody_picks_up(stage)
    stage.open_incident()
    stage.wait_until(lambda: stage.rung(SITI), at_most=400)
    stage.wait(60)
    stage.emulator.faults.set(completed_dropped=False)
    for number in (DEWI, BO, SITI):
        stage.takes(number, after=4)
    stage.wait_until(stage.owner, at_most=1500)


def test_one_round_of_holding_that_fails_does_not_lose_the_caller(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    _nobody_picks_up(stage)
    call = stage.open_incident()
    stage.wait_until(lambda: stage.calls()[0].held_since)
    sound, rounds = STEPS["wait"], [0]

    def fails_once(*arguments: object) -> object:
        rounds[0] += 1
        if rounds[0] == 1:
            raise RuntimeError("a fault of ours")
        return sound(*arguments)

    monkeypatch.setitem(STEPS, "wait", fails_once)
    stage.wait_until(lambda: rounds[0] > 1, at_most=240)
    assert not call.ended
    assert stage.emulator.alerts == []


def test_an_engineer_who_is_connected_directly_after_taking_it_otherwise_costs_no_fine(stage: Stage) -> None:
    stage.emulator.faults.set(rest_down=True)
    dewi = stage.phone(DEWI).answers(after=5)
    call = stage.open_incident()
    stage.wait_until(lambda: any("tekan 1" in text for text in dewi.heard), at_most=120)
    with stage.operation() as op:
        incident, user = op.session.get_one(Incident, stage.incident().id), stage.user(op, DEWI)
        incidents.accept(op, incident, user, "web")
        followup.after_acceptance(op, incident, user)
    stage.latest(DEWI).press("1")
    stage.wait_until(lambda: call.is_connected_with == DEWI, at_most=30)
    stage.wait(5)
    stage.emulator.faults.set(rest_down=False)
    stage.wait(1900)
    assert call.is_connected_with == DEWI, "nothing pulls the caller out of the conversation"
    assert stage.incident().told_at is not None
    assert stage.ledger() == []


def test_an_incident_with_a_broken_roster_does_not_stop_the_hunt_for_another(stage: Stage) -> None:
    _nobody_picks_up(stage)
    stage.open_incident()
    other = stage.dial(HANNAH, SINGAPORE_LINE)
    stage.wait(2)
    other.press(HANNAHS_PIN + "#")
    stage.wait(3)
    other.press("1")
    stage.wait_until(lambda: len(stage.incidents()) == 2)
    broken, sound = stage.incidents()
    with stage.operation() as op:
        ours, theirs = (
            sa.select(RungTarget.rotation_id).where(RungTarget.ladder_id == incident.ladder_id)
            for incident in (broken, sound)
        )
        where = Rotation.id.in_(ours), Rotation.id.not_in(theirs)
        op.session.execute(sa.update(Rotation).where(*where).values(time_zone="Mars/Olympus"))
    stage.wait(150)
    later = stage.incidents()[1]
    assert (later.round, later.rung) > (sound.round, sound.rung)
    assert stage.rung(BO) >= 1


def test_a_leg_that_the_network_dialled_twice_is_nobody_who_called(stage: Stage) -> None:
    stage.phone(DEWI).rings_out()
    stage.open_incident()
    stage.wait(8)
    (page, *_rest) = stage.kind_of_call(CallKind.PAGE)
    form = {"CallSid": "CA" + "f" * 32, "From": JAKARTA_LINE, "To": DEWI, "Direction": "outbound-api"}
    paths = (f"engineer/{page.id.hex}", "engineer-key/1", "")
    answers = [stage.post(f"/twilio/voice/{path}".rstrip("/"), Digits="1", **form).text for path in paths]
    assert "<Hangup" in answers[0]
    assert "<Hangup" in answers[2]
    assert stage.owner() is None
    assert len(stage.incidents()) == 1


def test_callers_who_withhold_their_number_are_many_people(stage: Stage) -> None:
    for place in range(5):
        form = {"CallSid": f"CA{place:032x}", "From": "anonymous", "CallStatus": "in-progress"}
        stage.post("/twilio/voice", **form)
        stage.post("/twilio/voice/contract/1", Digits="0", **form)
        stage.post("/twilio/voice/reported/2", **form)
    assert len(stage.incidents()) == 5


def test_who_leaves_a_message_while_somebody_takes_it_is_told_on_the_line(stage: Stage) -> None:
    stage.takes(DEWI, after=20)
    call = stage.open_incident()
    stage.wait_until(lambda: stage.calls()[0].held_since)
    stage.wait(2)
    call.press("3")
    stage.wait(2)
    call.say("a long message", seconds=100)
    stage.wait_until(stage.owner, at_most=60)
    stage.wait_until(lambda: call.is_connected_with == DEWI, at_most=60)
