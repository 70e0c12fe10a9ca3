"""Wrong PINs, unknown contracts, no entitlement: uniform words, a way to a human, a reason each."""

from datetime import timedelta

import pytest

from hotline.db.models import IncidentStatus
from hotline.emulator import PhoneCall
from hotline.services.callflow import reports_of_strangers
from hotline.services.response import incidents
from hotline.services.throttles import Limit, reserve
from hotline.speech.prompts import PROMPTS
from tests.journeys.stage import (
    BO,
    DEWI,
    HANNAH,
    HANNAHS_PIN,
    JAKARTA_LINE,
    MADE,
    MADES_PIN,
    NADIA,
    RIZKY,
    SHARED_LINE,
    SINGAPORE_LINE,
    SITI,
    Stage,
)

SUPPORT = ("refused.support", "refused.support_unlisted")
SOMEBODY = "+6281399900001"


def _wrong_pins(stage: Stage, call: PhoneCall, times: int = 3) -> None:
    for number in range(times):
        call.press(f"99999{number}#")
        stage.wait(12)


def _report(stage: Stage, call: PhoneCall) -> None:
    stage.hear(call, "report.ask")
    stage.hear(call, "[beep]")
    call.say("This is Made of Nusantara, the order book is down", seconds=5)
    stage.wait(6)
    call.press("#")


def test_three_wrong_pins_lead_to_a_report_that_dewi_hears_and_verifies(stage: Stage) -> None:
    arrived = stage.clock.now()
    dewi = stage.takes(DEWI, after=5)
    call = stage.dial(MADE, JAKARTA_LINE)
    stage.wait(2)
    _wrong_pins(stage, call)
    assert stage.heard(call, "pin.mismatch") == 2
    assert stage.heard(call, "pin.unconfirmed")
    assert stage.incidents() == []
    _report(stage, call)
    stage.wait_until(stage.incidents)
    incident = stage.incident()
    assert incident.verified_at is None
    assert incident.respond_by is None, "no clock until somebody verifies it"
    call.hang_up()
    stage.wait_until(lambda: stage.owner() == "Dewi")
    stage.hear(stage.latest(DEWI), "[audio", at_most=30)
    stage.wait_until(lambda: dewi.call is None)
    assert stage.incident().told_at is None
    stage.wait(60)
    with stage.operation() as op:
        row = incidents.by_reference(op, incident.reference)
        contract = stage.contract(op, "200417")
        incidents.verify(op, row, contract, contract.products[0].product, stage.user(op, DEWI))
    stage.wait(5)
    verified = stage.incident()
    assert verified.respond_by == arrived + timedelta(minutes=30), "the clock counts from the call"
    assert verified.told_at is not None, "the customer was told as soon as we knew who it is"
    assert stage.ledger() == []
    stage.only(calls={DEWI: 1}, texts={MADE: "notice", DEWI: "page"})


def test_a_report_that_is_verified_after_half_an_hour_is_missed_at_once(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    arrived = stage.clock.now()
    call = stage.dial(SOMEBODY, JAKARTA_LINE)
    stage.hear(call, "greeting.contract")
    call.press("0")
    _report(stage, call)
    stage.wait_until(stage.incidents)
    call.hang_up()
    stage.hush()
    stage.wait_for(arrived + timedelta(minutes=40))
    assert stage.ledger() == []
    with stage.operation() as op:
        contract = stage.contract(op, "200417")
        row = incidents.by_reference(op, stage.incident().reference)
        incidents.verify(op, row, contract, contract.products[0].product, stage.user(op, DEWI))
    stage.settle()
    (fine,) = stage.ledger()
    assert fine.at == arrived + timedelta(minutes=30)
    stage.wait(20)
    stage.only(calls={DEWI: 1}, texts={DEWI: "breach page", BO: "breach", SITI: "breach"})


def test_0_reaches_a_person_who_is_connected_with_the_unconfirmed_caller(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.takes(DEWI, after=6)
    call = stage.dial(MADE, JAKARTA_LINE)
    stage.wait(2)
    call.press("0#")
    _report(stage, call)
    stage.hear(call, "Nomor laporan Anda")
    stage.wait_until(lambda: call.is_connected_with == DEWI, at_most=60)
    assert stage.incident().verified_at is None
    call.hang_up()
    stage.wait(5)
    stage.only(calls={DEWI: 1}, texts={DEWI: "page"})


def test_an_unknown_contract_sounds_exactly_like_a_wrong_pin(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    heard = []
    for caller, number in ((SOMEBODY, "200417"), ("+6281399900002", "999999")):
        call = stage.dial(caller, JAKARTA_LINE)
        stage.hear(call, "greeting.contract")
        call.press(number + "#")
        stage.hear(call, "pin.ask")
        for _ in range(3):
            call.press("111111#")
            stage.wait(15)
        heard.append(list(call.heard))
        call.hang_up()
        stage.wait(1)
        stage.hush()
    assert heard[0] == heard[1]
    assert [incident.verified_at for incident in stage.incidents()] == [None, None], "and leaves as much"
    stage.only(calls={DEWI: 2}, texts={DEWI: "page page"})


def test_guessing_over_several_calls_is_stopped_and_even_the_right_pin_waits(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    for number in range(4):
        call = stage.dial(f"+62813999001{number}", JAKARTA_LINE)
        stage.hear(call, "greeting.contract")
        call.press("200417#")
        stage.hear(call, "pin.ask")
        _wrong_pins(stage, call)
        call.hang_up()
        stage.hush()
    call = stage.dial(SOMEBODY, JAKARTA_LINE)
    stage.hear(call, "greeting.contract")
    call.press("200417#")
    stage.hear(call, "pin.ask")
    call.press(MADES_PIN + "#")
    stage.hear(call, "pin.mismatch")
    assert [incident.verified_at for incident in stage.incidents()] == [None] * 4, "attempts, and no more"
    call.hang_up()
    stage.wait(16 * 60)
    made = stage.dial(MADE, JAKARTA_LINE)
    stage.wait(2)
    made.press(MADES_PIN + "#")
    stage.wait_until(lambda: stage.incidents()[-1].verified_at)
    made.hang_up()
    stage.wait(2)
    stage.only(calls={DEWI: 5}, texts={MADE: "reference", DEWI: "page" + " page" * 4})


def test_one_caller_cannot_try_many_contracts(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    for number in range(4):
        call = stage.dial(SOMEBODY, SHARED_LINE)
        stage.hear(call, "greeting.contract")
        call.press(f"77700{number}#")
        stage.hear(call, "pin.ask")
        _wrong_pins(stage, call)
        call.hang_up()
        stage.wait(1)
        stage.hush()
    call = stage.dial(SOMEBODY, SHARED_LINE)
    stage.hear(call, "greeting.contract")
    call.press("200417#")
    stage.hear(call, "pin.ask")
    call.press(MADES_PIN + "#")
    stage.hear(call, "pin.mismatch")
    assert stage.incident().verified_at is None, "four attempts of one caller wake nobody four times"
    call.hang_up()
    stage.wait(1)
    stage.only(calls={DEWI: 1}, texts={DEWI: "page"})


@pytest.mark.parametrize(
    ("phone", "pin", "reason"),
    [
        ("+12125550402", "268041", "refused.plan_not_eligible"),
        ("+12125550403", "371952", "refused.no_cover"),
        ("+12125550404", "480263", "refused.cover_not_started"),
        ("+12125550405", "591374", "refused.cover_expired"),
        ("+12125550406", "602485", "refused.product_not_covered"),
    ],
)
def test_each_refusal_names_its_own_reason_and_the_support_number(
    sqlite_stage: Stage, phone: str, pin: str, reason: str
) -> None:
    stage = sqlite_stage
    call = stage.dial(phone, SHARED_LINE)
    stage.hear(call, "greeting.pin")
    call.press(pin + "#")
    stage.hear(call, reason)
    stage.hear(call, "Regular support will help you on")
    assert any("3 1 5 9" in text for text in call.heard), call.heard
    stage.wait_until(lambda: call.ended)
    assert stage.incidents() == []
    assert (
        sum(stage.heard(call, key) for key in PROMPTS if key.startswith("refused.") and key not in SUPPORT)
        == 1
    )
    stage.only()


def test_another_product_is_refused_with_key_9(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    call = stage.dial(HANNAH, SINGAPORE_LINE)
    stage.wait(2)
    call.press(HANNAHS_PIN + "#")
    stage.hear(call, "product.other")
    call.press("9")
    stage.hear(call, "refused.product_not_covered")
    stage.wait_until(lambda: call.ended)
    assert stage.incidents() == []
    stage.only()


def test_a_report_with_nothing_said_still_wakes_the_duty_engineer(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.takes(DEWI, after=5)
    call = stage.dial("anonymous", JAKARTA_LINE)
    stage.hear(call, "contract.person", at_most=60)
    call.press("0")
    stage.hear(call, "report.ask")
    stage.wait_until(lambda: call.is_connected_with == DEWI, at_most=60)
    call.hang_up()
    stage.wait(5)
    stage.only(calls={DEWI: 1}, texts={DEWI: "page"})


def test_reports_of_one_caller_are_one_incident_and_nobody_is_woken_twice(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    for _ in range(3):
        call = stage.dial(SOMEBODY, JAKARTA_LINE)
        stage.hear(call, "greeting.contract")
        call.press("0#")
        _report(stage, call)
        stage.wait(4)
        call.hang_up()
        stage.wait(1)
    assert len(stage.incidents()) == 1
    assert len(stage.recordings()) == 3
    stage.wait(2)
    stage.only(calls={DEWI: 1, BO: 1}, texts={DEWI: "page", BO: "page"})
    assert stage.sent()[DEWI] == ["page"]


def test_a_report_that_is_none_is_cancelled_with_a_reason_and_the_ringing_stops(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    call = stage.dial(SOMEBODY, JAKARTA_LINE)
    stage.hear(call, "greeting.contract")
    call.press("0#")
    _report(stage, call)
    stage.wait(4)
    with stage.operation() as op:
        row = incidents.by_reference(op, stage.incident().reference)
        incidents.cancel(op, row, stage.user(op, DEWI), "a wrong number")
    stage.wait_until(lambda: call.ended, at_most=30)
    stage.wait(300)
    assert stage.incident().status is IncidentStatus.CANCELLED
    assert stage.latest(DEWI).status == "canceled"
    assert BO not in stage.placed()
    assert RIZKY not in stage.placed()
    stage.only(calls={DEWI: 1}, texts={DEWI: "page"})


def test_who_fails_three_times_and_hangs_up_before_the_tone_has_reported_all_the_same(stage: Stage) -> None:
    arrived = stage.clock.now()
    call = stage.dial(MADE, JAKARTA_LINE)
    stage.wait(2)
    stage.takes(DEWI, after=8)
    _wrong_pins(stage, call)
    stage.hear(call, "pin.unconfirmed")
    call.hang_up()
    stage.wait(3)
    incident = stage.incident()
    assert incident.verified_at is None
    assert incident.reported_at == arrived
    assert "tried-to-report" in stage.events()
    (page,) = stage.bodies(DEWI, "page")
    assert "tried to report and hung up" in page or "mencoba melapor lalu menutup telepon" in page
    assert "Nusantara" in page, "whose line was dialled"
    stage.wait_until(lambda: stage.owner() == "Dewi", at_most=60)
    stage.hear(stage.latest(DEWI), "page.won_silent")
    stage.wait(30)
    stage.only(calls={DEWI: 1}, texts={DEWI: "page"})


@pytest.mark.parametrize("wrong", [0, 1, 2])
def test_who_hangs_up_earlier_has_reported_nothing(sqlite_stage: Stage, wrong: int) -> None:
    stage = sqlite_stage
    call = stage.dial(MADE, JAKARTA_LINE)
    stage.wait(2)
    _wrong_pins(stage, call, wrong)
    call.hang_up()
    stage.wait(120)
    assert stage.incidents() == []
    stage.only()


def test_an_empty_recording_is_called_what_it_is(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    call = stage.dial(SOMEBODY, SHARED_LINE)
    stage.hear(call, "greeting.contract")
    call.press("0#")
    stage.hear(call, "[beep]", at_most=60)
    call.say("", seconds=1)
    stage.wait(1)
    call.press("#")
    stage.wait_until(stage.incidents)
    call.hang_up()
    stage.wait(5)
    (page,) = stage.bodies(DEWI, "page")
    assert "left no words" in page or "tanpa meninggalkan pesan" in page
    assert "unidentified caller +62" in page or "penelepon tak dikenal +62" in page
    assert "called-silently" in stage.events()
    stage.only(calls={DEWI: 1}, texts={DEWI: "page"})


def test_beyond_thirty_reports_an_hour_nobody_is_rung_and_the_managers_hear_how_many(
    sqlite_stage: Stage,
) -> None:
    stage = sqlite_stage
    with stage.operation() as op:
        throttles = [Limit("report:overall", reports_of_strangers.OVERALL, timedelta(hours=1))]
        for _ in range(reports_of_strangers.OVERALL):
            assert reserve(op, throttles)
    for _ in range(3):
        call = stage.dial("anonymous", SHARED_LINE)
        stage.hear(call, "greeting.contract")
        call.press("0#")
        _report(stage, call)
        stage.hear(call, "report.limit")
        stage.wait_until(lambda call=call: call.ended)
    assert stage.incidents() == []
    assert len(stage.recordings()) == 3, "nothing said is lost"
    stage.wait(30)
    alarms = {number: stage.bodies(number, "alarm") for number in (SITI, NADIA)}
    assert all(len(bodies) == 1 and "1 " in bodies[0] for bodies in alarms.values()), alarms
    stage.wait(3600)
    with stage.operation() as op:
        for _ in range(reports_of_strangers.OVERALL):
            reserve(op, throttles)
    call = stage.dial("anonymous", SHARED_LINE)
    stage.hear(call, "greeting.contract")
    call.press("0#")
    _report(stage, call)
    stage.hear(call, "report.limit")
    stage.wait(30)
    assert len(stage.bodies(NADIA, "alarm")) == 2, "once an hour"
    stage.only(texts={SITI: "alarm alarm", NADIA: "alarm alarm"})


def test_who_calls_again_about_a_report_that_dewi_has_is_told_so_and_joined_with_her(
    sqlite_stage: Stage,
) -> None:
    stage = sqlite_stage
    stage.phone(DEWI).unreachable()
    call = stage.dial(SOMEBODY, JAKARTA_LINE)
    stage.hear(call, "greeting.contract")
    call.press("0#")
    _report(stage, call)
    stage.wait_until(stage.incidents)
    call.hang_up()
    stage.hush()
    stage.wait(5)
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    stage.takes(DEWI, after=3)
    again = stage.dial(SOMEBODY, JAKARTA_LINE)
    stage.hear(again, "greeting.contract")
    again.press("0#")
    _report(stage, again)
    stage.hear(again, "report.known_taken")
    stage.wait_until(lambda: again.is_connected_with == DEWI, at_most=60)
    again.hang_up()
    stage.wait(10)
    assert len(stage.incidents()) == 1
    stage.only(calls={DEWI: 2}, texts={DEWI: "page reply"})
