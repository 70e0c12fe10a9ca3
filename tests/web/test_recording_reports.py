"""Putting down a report that reached us otherwise: looked at first, saved once."""

import re
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from hotline.db.models import Incident, ReportChannel

from .conftest import Browser
from .reading import count, post, words_of
from .world import World

FORM = "/incidents/record"
# The clock of these tests stands at 22:00 in Jakarta, where Ada lives, and at 16:00 in Berlin.
TYPED = {
    "contract": "100000",
    "product": "sql",
    "channel": "web",
    "arrived": "2026-11-22T21:50",
    "phone": "",
    "words": "Mail: the booking engine is down",
}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    return found[1] if found else ""


def fill(browser: Browser, do: str = "look", page: str | None = None, **typed: str) -> TestResponse:
    """Send the form as the page would."""
    page = browser.get(FORM).text if page is None else page
    kept = {name: hidden(page, name) for name in ("new_id", "reviewed", "call")}
    return post(browser, FORM, {**kept, **TYPED, **typed, "do": do})


def save(browser: Browser, **typed: str) -> TestResponse:
    """Look, then save what was looked at."""
    looked = fill(browser, **typed)
    assert looked.status_code == 200, words_of(looked.text)
    return fill(browser, "save", looked.text, **typed)


def test_the_form_shows_what_saving_means_and_saves_nothing_yet(ada: Browser, world: World) -> None:
    page = words_of(fill(ada).text)
    assert "What saving it means" in page
    assert "Respond by 22 Nov 2026 22:20 (30 minutes from its arrival)" in page
    assert "USD 5,000.00 miss 1 of the period" in page
    assert "by text message, to +62…10" in page
    assert count(world, Incident) == 0


def test_what_was_looked_at_is_saved_and_counts_from_its_arrival(ada: Browser, world: World) -> None:
    answer = save(ada)
    assert answer.status_code == 303
    incident = world.incident(answer.location.rsplit("/", 1)[1])
    assert incident.reported_at == world.clock.now() - timedelta(minutes=10)
    assert incident.respond_by == world.clock.now() + timedelta(minutes=20)
    assert incident.channel is ReportChannel.WEB
    page = words_of(ada.get(answer.location).text)
    assert "Recorded. Its clock counts from its arrival." in page
    assert "What was reported Mail: the booking engine is down" in page
    assert "Reported Put down by hand" in page
    assert "Ada Lovelace put the report down by hand" in page
    assert "Reached us 21:50" in page


def test_a_save_that_was_not_looked_at_is_shown_first(ada: Browser, world: World) -> None:
    answer = fill(ada, "save")
    assert answer.status_code == 409
    assert "Look once more" in words_of(answer.text)
    assert count(world, Incident) == 0


def test_what_was_changed_after_looking_is_looked_at_again(ada: Browser, world: World) -> None:
    looked = fill(ada)
    assert fill(ada, "save", looked.text, arrived="2026-11-22T21:40").status_code == 409
    assert count(world, Incident) == 0


def test_a_deadline_that_passes_while_somebody_looks_is_shown(ada: Browser, world: World) -> None:
    looked = fill(ada, arrived="2026-11-22T21:31")
    assert "At stake" in words_of(looked.text)
    world.clock.advance(120)
    answer = fill(ada, "save", looked.text, arrived="2026-11-22T21:31")
    page = words_of(answer.text)
    assert answer.status_code == 409
    assert "The deadline is over: saving it records the miss, at the deadline, and its cost." in page
    assert "It costs USD 5,000.00" in page
    assert fill(ada, "save", answer.text, arrived="2026-11-22T21:31").status_code == 303


def test_a_double_tap_opens_one_incident(ada: Browser, world: World) -> None:
    looked = fill(ada).text
    first, second = fill(ada, "save", looked), fill(ada, "save", looked)
    assert first.location == second.location
    assert count(world, Incident) == 1
    assert "It was recorded already" in words_of(ada.get(second.location).text)


def test_without_a_contract_it_is_a_report_to_be_verified(bo: Browser, world: World) -> None:
    typed = {"contract": "", "product": "", "arrived": "2026-11-22T15:50"}
    assert "No contract, so no clock yet" in words_of(fill(bo, **typed).text)
    answer = save(bo, **typed)
    incident = world.incident(answer.location.rsplit("/", 1)[1])
    assert (incident.contract_id, incident.respond_by) == (None, None)
    assert incident.reported_at == world.clock.now() - timedelta(minutes=10), "Bo's clock is Berlin's"
    board = words_of(bo.get("/").text)
    assert "Reporter not identified" in board
    assert "Put down by hand" in board


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"arrived": "2026-11-22T22:01"}, "That is in the future."),
        ({"arrived": "2026-10-22T21:00"}, "That is more than 30 days ago"),
        ({"arrived": "yesterday"}, "This is no date and time."),
        ({"arrived": ""}, "Say when: the clock counts from then."),
        ({"contract": "999999"}, "There is no contract with this number."),
        ({"contract": "9" * 13}, "That is too long."),
        ({"product": ""}, "Choose the product."),
        ({"product": "cobol"}, "Not a valid choice"),
        ({"channel": "api"}, "Not a valid choice"),
        ({"channel": ""}, "Choose one of these."),
        ({"phone": "12"}, "That is no complete international number"),
        ({"words": "  "}, "Say what was reported"),
        ({"words": "x" * 1001}, "That is too long."),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(
    ada: Browser, world: World, typed: dict[str, str], said: str
) -> None:
    answer = fill(ada, **typed)
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    assert "Mail: the booking engine is down" in answer.text or "words" in typed, "what was typed stays"
    assert count(world, Incident) == 0


def test_a_contract_that_does_not_entitle_says_why_and_what_to_do(ada: Browser, world: World) -> None:
    from hotline.db.models import Contract

    world.do(lambda op: op.session.query(Contract).update({"cover_from": None}))
    page = words_of(fill(ada).text)
    assert "The contract has no mission-critical cover. Leave the contract empty to keep it" in page


def test_an_open_incident_of_the_contract_is_pointed_at(ada: Browser, world: World) -> None:
    reference = world.report("Contoso")
    page = words_of(fill(ada).text)
    assert f"Open for this contract already: {reference}" in page


def test_a_missed_call_is_offered_and_put_down_with_its_arrival(ada: Browser, world: World) -> None:
    call = world.missed_call()
    world.clock.advance(900)
    calls = ada.get("/calls?end=no-report").text
    assert f"{FORM}?call={call}" in calls
    page = ada.get(f"{FORM}?call={call}").text
    assert "The clock counts from this call." in words_of(page)
    assert "+628119999999" not in page
    typed = {"channel": "missed-call", "arrived": "2026-01-01T00:00"}
    looked = fill(ada, "look", page, **typed)
    answer = fill(ada, "save", looked.text, **typed)
    incident = world.incident(answer.location.rsplit("/", 1)[1])
    assert incident.reported_at == world.clock.now() - timedelta(minutes=15), (
        "the call's own time, not one typed"
    )
    assert incident.channel is ReportChannel.MISSED_CALL
    assert "Record as report" not in ada.get("/calls").text
    again = ada.get(f"{FORM}?call={call}")
    assert (again.status_code, again.location) == (303, answer.location)


def test_a_colleague_who_was_faster_is_said(ada: Browser, bo: Browser, world: World) -> None:
    call = world.missed_call()
    pages = [browser.get(f"{FORM}?call={call}").text for browser in (ada, bo)]
    looked = [
        fill(browser, "look", page, channel="missed-call").text
        for browser, page in zip((ada, bo), pages, strict=True)
    ]
    first = fill(ada, "save", looked[0], channel="missed-call")
    second = fill(bo, "save", looked[1], channel="missed-call")
    assert first.location == second.location
    assert "This call is on an incident already." in words_of(bo.get(second.location).text)
    assert count(world, Incident) == 1


def test_a_known_callers_missed_call_brings_the_contract_along(ada: Browser, world: World) -> None:
    call = world.missed_call("+628111111110")
    assert 'value="100000"' in ada.get(f"{FORM}?call={call}").text


@pytest.mark.parametrize("call", ["junk", "00000000-0000-0000-0000-000000000000", ""])
def test_a_call_that_is_not_there_is_not_found(ada: Browser, call: str) -> None:
    assert ada.get(f"{FORM}?call={call}").status_code == 404


def test_who_may_not_work_on_incidents_is_offered_nothing(otto: Browser, world: World) -> None:
    world.missed_call()
    assert otto.get(FORM).status_code == 403
    assert post(otto, FORM, {**TYPED, "do": "save"}).status_code == 403
    assert FORM not in otto.get("/calls").text
    assert FORM not in otto.get("/incidents").text


def test_lists_and_files_say_how_it_was_reported(ada: Browser, world: World) -> None:
    world.report("Fabrikam")
    save(ada)
    page = words_of(ada.get("/incidents?channel=web").text)
    assert "Put down by hand" in page
    assert "Contoso" in page
    assert "Fabrikam" not in ada.get("/incidents?channel=web").text.split("<table")[1]
    heads, *rows = ada.get("/incidents.csv").text.strip().splitlines()
    place = heads.lstrip("\ufeff").split(",").index("channel")
    assert sorted(row.split(",")[place] for row in rows) == ["call", "web"]


def test_the_board_says_it_was_no_call(ada: Browser, world: World) -> None:
    save(ada)
    page = words_of(ada.get("/").text)
    assert "SQL Server" in page
    assert "Put down by hand" in page
