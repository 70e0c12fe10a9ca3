"""Stories of what comes after "I have it": silence, a customer who says NO, and the weekly test."""

from collections.abc import Callable
from datetime import UTC, datetime

from hotline.db.models import CallKind, IncidentStatus, SelfTest, TestResult
from hotline.services.reaching import self_tests
from hotline.services.response import incidents
from tests.journeys.stage import BO, DEWI, MADE, SITI, Stage


def dewis(stage: Stage) -> None:
    """Dewi has taken it on the telephone and talked to Made; both have hung up."""
    dewi = stage.takes(DEWI, after=4)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    dewi.hang_up()
    stage.wait(10)


def resolve(stage: Stage) -> None:
    with stage.operation() as op:
        dewi = stage.user(op, DEWI)
        incidents.resolve(op, incidents.by_reference(op, stage.incident().reference), dewi)
    stage.settle()


def test_silence_is_asked_by_text_then_by_call_and_a_one_is_an_answer(
    stage_with: Callable[..., Stage],
) -> None:
    stage = stage_with(chase_seconds=1800)
    dewis(stage)
    stage.takes(DEWI, after=4)
    stage.wait(30 * 60 + 130)
    assert "belum ada kabar" in stage.bodies(DEWI, "chase")[0]
    asked = stage.picks_up(DEWI)
    stage.wait_until(lambda: asked.status == "completed", at_most=60)
    assert stage.events().count("still-on-it") == 1
    stage.wait(28 * 60)
    assert stage.rung(SITI) == 0
    stage.only(calls={DEWI: 2}, texts={MADE: "reference", DEWI: "page chase"})


def test_a_no_brings_it_back_to_whoever_is_awake(stage: Stage) -> None:
    dewis(stage)
    told_at = stage.incident().told_at
    resolve(stage)
    stage.wait(5)
    stage.phone(DEWI).rings_out()
    reply = stage.text(MADE, "TIDAK")
    assert reply is not None
    assert reply.startswith("Dewi Santoso sedang dihubungi")
    stage.takes(BO, after=4)
    stage.wait_until(lambda: stage.owner() == "Bo", at_most=500)
    stage.wait(60)
    assert (stage.incident().status, stage.incident().told_at) == (IncidentStatus.ACKNOWLEDGED, told_at)
    assert any("Bo Lindqvist kembali menangani" in text for text in stage.texts(MADE))
    assert stage.ledger() == []
    stage.only(
        calls={DEWI: 3, BO: 1},
        texts={MADE: "reference notice notice reply", DEWI: "page chase page taken taken", BO: "page"},
    )


def test_the_weekly_test_rings_a_volunteer_for_real(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    with stage.operation() as op:
        self_tests.take_part(op, stage.user(op, BO), wanted=True)
    slot = datetime(2026, 11, 25, 10, tzinfo=UTC)
    stage.clock.move_to(slot)
    stage.takes(BO, after=4)
    stage.worker.tick()
    stage.wait(60)
    with stage.database.read() as session:
        test = session.query(SelfTest).one()
        assert (test.slot, test.result) == (slot, TestResult.PASSED)
    assert [call.to_phone for call in stage.kind_of_call(CallKind.SELF_TEST)] == [BO]
    stage.only(calls={BO: 1}, texts={BO: "self-test"})
