"""The happy path: PIN, incident, hold, press 1, bridged, told in time."""

from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import CallOutcome, Incident, IncidentStatus, ToldBy
from hotline.services.response.references import is_valid
from tests.journeys.stage import (
    BO,
    DEWI,
    HANNAH,
    HANNAHS_PIN,
    INTAN,
    JAKARTA_LINE,
    MADE,
    MADES_PIN,
    RIZKY,
    RUTH,
    RUTHS_PIN,
    SHARED_LINE,
    SINGAPORE_LINE,
    Stage,
)

SOMEBODY = "+6281399900001"  # nobody's contracted number


def test_a_known_caller_needs_nothing_but_the_pin_and_talks_to_dewi(stage: Stage) -> None:
    dewi = stage.phone(DEWI).answers(after=6)
    dewi.when_hears("tekan 1", press="1", after=1)
    call = stage.open_incident()
    stage.hear(call, "Dewi Santoso menangani insiden Anda dan segera bergabung")
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    assert stage.owner() == "Dewi"
    assert stage.incident().told_by in {ToldBy.BRIDGE, ToldBy.SPOKEN}
    dewi.hang_up()
    stage.wait(3600)
    assert stage.ledger() == []
    assert stage.heard(call, "bridge.over")
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})


def test_a_known_caller_holds_with_a_number_within_half_a_minute_of_speech(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.phone(DEWI).answers(after=600)
    dialled = stage.clock.now()
    call = stage.open_incident()
    stage.wait_until(lambda: stage.calls()[0].held_since)
    assert stage.clock.now() - dialled <= timedelta(seconds=45)
    incident = stage.incident()
    assert is_valid(incident.reference)
    assert stage.heard(call, ", ".join(incident.reference.replace("-", "")))
    assert incident.reported_at == dialled
    assert incident.respond_by == dialled + timedelta(minutes=30)
    speech = sum(len(text) for text in call.heard) / stage.emulator.settings.speech_characters_per_second
    assert speech <= 30, call.heard
    stage.wait(3)
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})


def test_the_customer_reads_the_number_and_the_time_in_the_text(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.open_incident()
    stage.wait(4)
    (text,) = stage.texts(MADE)
    assert stage.incident().reference in text
    assert "09:30" in text  # in Jakarta
    (page,) = stage.texts(DEWI)
    assert page.startswith("HOTLINE") or "Nusantara" in page[:40]
    assert "09:30" in page
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})


def test_an_unknown_caller_types_the_contract_number_and_is_texted_where_they_called_from(
    sqlite_stage: Stage,
) -> None:
    stage = sqlite_stage
    dewi = stage.takes(DEWI, after=6)
    call = stage.dial(SOMEBODY, JAKARTA_LINE)
    stage.hear(call, "greeting.contract")
    call.press("200417#")
    stage.hear(call, "pin.ask")
    call.press(MADES_PIN + "#")
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    assert stage.incident().notify_phone == SOMEBODY
    assert stage.incident().told_by is not None
    dewi.hang_up()
    stage.wait(5)
    stage.only(calls={DEWI: 1}, texts={SOMEBODY: "reference", DEWI: "page"})


def test_a_withheld_number_is_served_and_the_contracted_caller_is_texted(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.takes(DEWI, after=6)
    call = stage.dial("anonymous", JAKARTA_LINE)
    stage.hear(call, "greeting.contract")
    call.press("200417#")
    stage.hear(call, "pin.ask")
    call.press(MADES_PIN + "#")
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    call.hang_up()
    stage.wait(5)
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})


def test_hannah_with_two_products_chooses_one_by_its_key_while_the_menu_is_spoken(
    sqlite_stage: Stage,
) -> None:
    stage = sqlite_stage
    stage.takes(RIZKY, after=6)
    call = stage.dial(HANNAH, SINGAPORE_LINE)
    stage.wait(1)
    call.press(HANNAHS_PIN + "#")
    stage.hear(call, "For SQL Server, press 1")
    call.press("2")
    stage.wait_until(lambda: call.is_connected_with == RIZKY)
    with stage.database.read() as session:
        assert session.scalars(sa.select(Incident)).one().product.name == "Windows Server"
    assert not any("For another product" in text for text in call.heard), "the key interrupts the menu"
    call.hang_up()
    stage.wait(5)
    stage.only(calls={RIZKY: 1}, texts={HANNAH: "reference", RIZKY: "page"})


def test_ruth_calls_the_shared_number_in_english(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.takes(RIZKY, after=6)
    call = stage.open_incident(RUTH, SHARED_LINE, RUTHS_PIN)
    stage.hear(call, "Your incident number is")
    stage.hear(call, "Rizky Pratama has your incident and is joining")
    stage.wait_until(lambda: call.is_connected_with == RIZKY)
    assert any("New York" in text for text in call.heard), call.heard
    call.hang_up()
    stage.wait(5)
    stage.only(calls={RIZKY: 1}, texts={RUTH: "reference", RIZKY: "page"})


def test_the_problem_is_described_and_kept_with_the_incident(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.takes(DEWI, after=24)
    call = stage.open_incident()
    stage.hear(call, "incident.describe")
    call.press("1")
    stage.hear(call, "describe.ask")
    stage.hear(call, "[beep]")
    call.say("The order book is down", seconds=4)
    stage.wait(5)
    call.press("#")
    stage.hear(call, "describe.thanks")
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    (recording,) = stage.recordings()
    assert recording.incident_id == stage.incident().id
    assert recording.duration
    assert recording.duration >= 4
    call.hang_up()
    stage.wait(5)
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})


def test_star_repeats_and_silence_is_explained_then_a_person_is_offered(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    call = stage.dial(MADE, JAKARTA_LINE)
    stage.hear(call, "greeting.pin")
    stage.hear(call, "pin.explain", at_most=30)
    stage.hear(call, "pin.person", at_most=30)
    call.press("*#")
    stage.wait(1)
    call.press("482*" + MADES_PIN + "#")  # a slip of the finger, then from the start
    stage.wait_until(stage.incidents, at_most=30)
    call.hang_up()
    stage.wait(2)
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})


def test_dewi_hears_who_and_what_and_how_long_in_five_seconds(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.phone(DEWI).answers(after=6)
    stage.open_incident()
    stage.wait_until(lambda: stage.phone(DEWI).calls and stage.heard(stage.latest(DEWI), "tekan 1"))
    opening = stage.latest(DEWI).heard[0]
    assert opening.startswith("Nusantara Securities, SQL Server")
    assert "29 menit" in opening
    stage.latest(DEWI).press("1")
    stage.wait_until(lambda: stage.owner() == "Dewi")
    stage.wait(10)
    assert stage.incident().status is IncidentStatus.ACKNOWLEDGED
    assert CallOutcome.ACCEPTED in {call.outcome for call in stage.calls()}
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})


def test_intan_may_call_for_the_same_contract(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.takes(DEWI, after=6)
    call = stage.open_incident(INTAN)
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    assert stage.rung(BO) == 0
    call.hang_up()
    stage.wait(5)
    stage.only(calls={DEWI: 1}, texts={INTAN: "reference", DEWI: "page"})
