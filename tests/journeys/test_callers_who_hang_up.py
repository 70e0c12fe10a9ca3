"""The caller hangs up at each step: what must survive survives, and the engineer finds them again."""

from datetime import timedelta

import pytest

from hotline.db.models import CallKind, CallOutcome, IncidentStatus, ToldBy
from tests.journeys.stage import (
    BO,
    DEWI,
    HANNAH,
    HANNAHS_PIN,
    JAKARTA_LINE,
    MADE,
    MADES_PIN,
    SINGAPORE_LINE,
    SITI,
    Stage,
)


def test_while_the_pin_is_asked_nothing_is_opened_and_nobody_is_rung(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    call = stage.dial(MADE, JAKARTA_LINE)
    stage.wait(2)
    call.press("4829")
    stage.wait(1)
    call.hang_up()
    stage.wait(120)
    assert stage.incidents() == []
    (row,) = stage.calls()
    assert row.ended_at is not None
    stage.only()


def test_while_the_product_is_asked_nothing_is_opened(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    call = stage.dial(HANNAH, SINGAPORE_LINE)
    stage.wait(2)
    call.press(HANNAHS_PIN + "#")
    stage.hear(call, "For SQL Server, press 1")
    call.hang_up()
    stage.wait(120)
    assert stage.incidents() == []
    stage.only()


def test_in_the_menu_of_open_incidents_the_incident_goes_on_as_it_was(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.open_incident().hang_up()
    stage.wait(3)
    again = stage.dial(MADE, JAKARTA_LINE)
    stage.wait(2)
    again.press(MADES_PIN + "#")
    stage.hear(again, "menu.choices")
    again.hang_up()
    stage.takes(BO)
    stage.wait_until(lambda: stage.owner() == "Bo", at_most=90)
    assert len(stage.incidents()) == 1
    stage.wait(30)
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference notice", DEWI: "page taken", BO: "page"})


@pytest.mark.parametrize("moment", ["opened", "describing", "holding"])
def test_once_opened_the_incident_survives_and_the_customer_is_told_by_text(
    stage: Stage, moment: str
) -> None:
    call = stage.open_incident()
    if moment == "describing":
        stage.hear(call, "incident.describe")
        call.press("1")
        stage.hear(call, "[beep]")
        call.say("The order book is down", seconds=3)
        stage.wait(1)
    if moment == "holding":
        stage.wait_until(lambda: stage.calls()[0].held_since)
        stage.wait(5)
    call.hang_up()
    stage.wait(3)
    assert stage.incident().status is IncidentStatus.OPEN
    if moment == "describing":
        (recording,) = stage.recordings()
        assert recording.incident_id == stage.incident().id
        assert recording.status == "completed"
    stage.takes(BO)
    stage.wait_until(lambda: stage.owner() == "Bo", at_most=90)
    stage.hear(stage.latest(BO), "page.won_alone")
    stage.wait_until(lambda: stage.incident().told_at, at_most=15)
    assert stage.incident().told_by is ToldBy.MESSAGE
    stage.wait(30)
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference notice", DEWI: "page taken", BO: "page"})


def test_while_being_bridged_bo_hears_that_made_has_gone_and_calls_back(stage: Stage) -> None:
    stage.phone(DEWI).unreachable()
    bo = stage.phone(BO).answers(after=24)
    call = stage.open_incident()
    stage.wait_until(lambda: stage.calls()[0].held_since)
    stage.wait_until(lambda: bo.calls and stage.heard(stage.latest(BO), "ress 1"), at_most=90)
    stage.latest(BO).press("1")
    stage.hear(call, "told.joining")
    call.hang_up()
    stage.hear(stage.latest(BO), "page.won_alone", at_most=60)
    stage.phone(MADE).answers(after=3)
    stage.latest(BO).press("1")
    made = stage.picks_up(MADE)
    stage.hear(made, "callback.greeting")
    assert not any("Bo" in text for text in made.heard)
    made.press(MADES_PIN + "#")
    stage.wait_until(lambda: made.is_connected_with == BO, at_most=60)
    assert stage.incident().told_at is not None
    made.hang_up()
    stage.wait(30)
    assert stage.latest(BO).ended
    assert {each.outcome for each in stage.kind_of_call(CallKind.CALLBACK)} == {CallOutcome.IDENTIFIED}
    stage.only(
        calls={DEWI: 1, BO: 1, MADE: 1}, texts={MADE: "notice reference", DEWI: "page taken", BO: "page"}
    )
    assert stage.placed() == {DEWI: stage.rung(DEWI), BO: 1, MADE: 1}


def test_dewi_rings_back_voicemail_answers_and_she_is_told_so(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.open_incident().hang_up()
    dewi = stage.phone(DEWI).answers(after=6)
    stage.phone(MADE).sms("silent").voicemail(after=4)
    stage.wait_until(lambda: dewi.calls and stage.heard(stage.latest(DEWI), "tekan 1"))
    stage.latest(DEWI).press("1")
    stage.hear(stage.latest(DEWI), "page.won_alone")
    stage.latest(DEWI).press("1")
    stage.hear(stage.latest(DEWI), "engineer.no_answer", at_most=90)
    assert stage.incident().told_at is None
    assert stage.rung(MADE) == 1
    stage.latest(DEWI).hang_up()
    stage.wait(2)
    assert "Dewi" not in " ".join(
        text for each in stage.phone(MADE).calls if each.incoming for text in each.heard
    )
    stage.only(calls={DEWI: 1, MADE: 1}, texts={MADE: "reference notice", DEWI: "page"})


def test_the_engineers_line_breaks_while_made_is_being_told_and_made_keeps_the_place(stage: Stage) -> None:
    call = stage.open_incident()
    stage.wait_until(lambda: stage.calls()[0].held_since)
    dewi = stage.phone(DEWI).answers(after=2)
    stage.wait_until(lambda: stage.phone(DEWI).calls and stage.latest(DEWI).call.answered, at_most=200)
    stage.hear(stage.latest(DEWI), "tekan 1")
    stage.latest(DEWI).press("1")
    stage.hear(call, "told.joining", at_most=40)
    stage.latest(DEWI).hang_up()
    stage.takes(DEWI, after=3)
    stage.wait_until(lambda: call.is_connected_with == DEWI, at_most=120)
    assert stage.owner() == "Dewi"
    assert stage.events().count("told") == 1
    dewi.hang_up()
    stage.wait(10)
    stage.only(
        calls={DEWI: 3, BO: 1, SITI: 1},
        texts={MADE: "reference", DEWI: "page", BO: "page taken", SITI: "page taken"},
    )
    assert BO not in stage.placed() or stage.placed()[BO] <= 2


def test_dewi_accepts_while_made_describes_the_problem(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    dewi = stage.takes(DEWI, after=24)
    call = stage.open_incident()
    stage.hear(call, "incident.describe")
    call.press("1")
    stage.hear(call, "[beep]")
    call.say("The order book is down and nobody can trade since nine", seconds=30)
    stage.wait_until(lambda: call.is_connected_with == DEWI, at_most=60)
    dewi.hang_up()
    stage.wait(10)
    assert stage.recordings()[0].incident_id == stage.incident().id
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})


def test_a_caller_who_left_calls_again_and_is_joined_with_whoever_has_it(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.open_incident().hang_up()
    stage.takes(DEWI)
    stage.wait_until(lambda: stage.incident().told_at, at_most=60)
    stage.wait(60)
    stage.takes(DEWI)
    again = stage.dial(MADE, JAKARTA_LINE)
    stage.wait(2)
    again.press(MADES_PIN + "#")
    stage.hear(again, "menu.choices")
    again.press("1")
    stage.hear(again, "Dewi Santoso")
    again.press("2")
    stage.wait_until(lambda: again.is_connected_with == DEWI, at_most=60)
    again.hang_up()
    stage.wait(10)
    stage.only(calls={DEWI: 2}, texts={MADE: "reference notice", DEWI: "page"})


def test_a_new_problem_while_one_is_open_is_an_incident_of_its_own(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    first = stage.open_incident()
    first.hang_up()
    stage.wait(60 + 60)
    again = stage.dial(MADE, JAKARTA_LINE)
    stage.wait(2)
    again.press(MADES_PIN + "#")
    stage.hear(again, "menu.choices")
    again.press("3")
    stage.wait_until(lambda: len(stage.incidents()) == 2)
    one, two = stage.incidents()
    assert two.respond_by - one.respond_by > timedelta(minutes=1)
    again.hang_up()
    stage.wait(2)
    stage.only(
        calls={DEWI: 2, BO: 1, SITI: 1},
        texts={MADE: "reference reference", DEWI: "page page", BO: "page", SITI: "page"},
    )
    assert stage.sent()[MADE] == ["reference", "reference"]
