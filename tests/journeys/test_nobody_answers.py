"""Voicemail on every leg, phones that ring out: the ladder climbs, money is owed, exactly once."""

from datetime import timedelta

import pytest

from hotline.db.models import ToldBy
from tests.journeys.stage import BO, DEWI, JAKARTA_LINE, MADE, MADES_PIN, NADIA, SITI, Stage

HALF_AN_HOUR = timedelta(minutes=30)


def test_voicemail_on_every_leg_never_counts_and_the_fine_falls_at_thirty_minutes(stage: Stage) -> None:
    for number in (DEWI, BO, SITI):
        stage.phone(number).voicemail(after=15)
    reported = stage.clock.now()
    call = stage.open_incident()
    stage.wait_until(lambda: stage.rung(SITI), at_most=300)
    assert stage.rung(DEWI) == stage.rung(BO) == 1
    assert stage.owner() is None
    stage.hear(call, "offer", at_most=120)
    assert stage.clock.now() - reported <= timedelta(seconds=240)
    stage.wait((reported + HALF_AN_HOUR - stage.clock.now()).total_seconds() - 1)
    assert stage.breaches() == []
    assert stage.ledger() == []
    stage.wait(1)
    (breach,), (fine,) = stage.breaches(), stage.ledger()
    assert breach.at == fine.at == reported + HALF_AN_HOUR == stage.incident().breached_at
    assert (fine.amount, fine.currency, fine.ordinal) == (5_000_000, "USD", 1)
    assert stage.owner() is None, "no machine has accepted anything"
    call.hang_up()
    stage.wait(30)
    assert len(stage.ledger()) == len(stage.breaches()) == 1
    rounds = stage.rung(DEWI)
    assert 6 <= rounds <= 12
    stage.only(
        calls={DEWI: rounds, BO: stage.rung(BO), SITI: stage.rung(SITI)},
        texts={
            MADE: "reference",
            DEWI: "page warning warning breach",
            BO: "page warning breach",
            SITI: "page breach",
        },
    )


def test_phones_that_are_busy_off_or_declined_are_left_at_once_for_the_next_rung(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.phone(DEWI).busy()
    stage.phone(BO).rejects(after=2)
    stage.takes(SITI, after=3)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == SITI, at_most=40)
    assert stage.owner() == "Siti"
    call.hang_up()
    stage.wait(5)
    stage.only(
        calls={DEWI: 1, BO: 1, SITI: 1},
        texts={MADE: "reference", DEWI: "page taken", BO: "page taken", SITI: "page"},
    )


def test_bo_passes_it_on_with_2_and_siti_is_rung_at_once(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.phone(DEWI).unreachable()
    stage.takes(BO, after=2, press="2")
    stage.takes(SITI, after=2)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == SITI, at_most=40)
    assert stage.heard(stage.phone(BO).calls[0], "page.declined")
    call.hang_up()
    stage.wait(5)
    stage.only(
        calls={DEWI: 1, BO: 1, SITI: 1},
        texts={MADE: "reference", DEWI: "page taken", BO: "page taken", SITI: "page"},
    )


def test_somebody_who_answers_and_says_nothing_has_taken_nothing(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.phone(DEWI).answers(after=2)  # in a pocket
    stage.takes(BO, after=2)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == BO, at_most=90)
    assert stage.owner() == "Bo"
    call.hang_up()
    stage.wait(5)
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference", DEWI: "page taken", BO: "page"})


def test_warnings_name_the_money_and_climb_and_the_second_miss_costs_more(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    fines = ["50,000", "100,000", "200,000", "200,000"]
    for ordinal, amount in enumerate(fines, start=1):
        call = stage.dial(MADE, JAKARTA_LINE)
        stage.wait(2)
        call.press(MADES_PIN + "#")
        if ordinal > 1:
            stage.hear(call, "menu.choices", at_most=20)
            call.press("3")
        stage.wait_until(lambda want=ordinal: len(stage.incidents()) == want)
        call.hang_up()
        stage.hush()
        stage.wait(30 * 60)
        first, second = stage.bodies(DEWI, "warning")[-2:]
        assert f"USD {amount}" in first, "the money at stake"
        assert "15 mnt" in first
        assert f"USD {amount}" in second
        assert "5 mnt" in second
    assert [entry.ordinal for entry in stage.ledger()] == [1, 2, 3, 4]
    assert [entry.amount for entry in stage.ledger()] == [5_000_000, 10_000_000, 20_000_000, 20_000_000]
    stage.only(
        calls={DEWI: 4},
        texts={
            MADE: "reference " * 4,
            DEWI: "page warning warning breach " * 4,
            BO: "page warning breach " * 4,
            SITI: "breach " * 4,
        },
    )


def test_when_everybody_is_unreachable_the_managers_are_told_and_hunting_goes_on(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    for number in (DEWI, BO, SITI):
        stage.phone(number).unreachable()
    call = stage.open_incident()
    stage.wait(20)
    assert stage.rung(DEWI) == stage.rung(BO) == stage.rung(SITI) == 1
    stage.takes(DEWI, after=3)
    stage.wait_until(lambda: call.is_connected_with == DEWI, at_most=200)
    call.hang_up()
    stage.wait(5)
    stage.only(
        calls={DEWI: 2, BO: 1, SITI: 1},
        texts={MADE: "reference", DEWI: "page", BO: "page taken", SITI: "page taken"},
    )
    assert NADIA not in stage.placed()


@pytest.mark.parametrize("late", [1, 45, 3600])
def test_a_worker_that_sleeps_through_the_deadline_records_the_same(sqlite_stage: Stage, late: int) -> None:
    stage = sqlite_stage
    reported = stage.clock.now()
    stage.open_incident().hang_up()
    stage.settle()
    stage.clock.move_to(reported + HALF_AN_HOUR + timedelta(seconds=late))
    stage.settle()
    (breach,), (fine,) = stage.breaches(), stage.ledger()
    assert breach.at == fine.at == reported + HALF_AN_HOUR
    assert breach.recorded_at == reported + HALF_AN_HOUR + timedelta(seconds=late)
    stage.only(
        calls={DEWI: 1, BO: 1},
        texts={MADE: "reference", DEWI: "breach page", BO: "breach page", SITI: "breach"},
    )


def test_telling_the_customer_late_while_no_worker_runs_is_still_a_miss(stage: Stage) -> None:
    reported = stage.clock.now()
    stage.open_incident().hang_up()
    stage.hush()
    stage.wait_for(reported + HALF_AN_HOUR - timedelta(seconds=1))
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    stage.network_alone(seconds=10)
    incident = stage.incident()
    assert incident.told_by is ToldBy.MESSAGE
    assert incident.told_at is not None
    assert incident.told_at > reported + HALF_AN_HOUR
    assert stage.ledger() == []
    stage.settle()
    (breach,), (fine,) = stage.breaches(), stage.ledger()
    assert breach.at == fine.at == reported + HALF_AN_HOUR
    # Bo has just read who took it: what comes within the minute waits for the end of it.
    stage.wait_for(reported + HALF_AN_HOUR + timedelta(minutes=2))
    stage.only(
        calls={DEWI: 1},
        texts={
            MADE: "notice reference",
            DEWI: "breach page reply warning warning",
            BO: "breach page taken warning",
            SITI: "breach",
        },
    )
