"""Engineers say by text how it stands, or that they are on it."""

import pytest

from hotline.db.models import Incident, IncidentEvent, ToldBy
from hotline.services.texting import sms_commands
from hotline.services.texting.sms_words import Command, parse
from tests.hotline.house import BO, DEWI, House


def taken(house: House) -> Incident:
    incident = house.report()
    house.worker.tick()
    house.take(incident)
    house.tell(incident, ToldBy.MESSAGE)
    return house.again(incident)


def text(house: House, body: str, phone: str = DEWI) -> str:
    house.clock.advance(1)
    return str(house.do(lambda op: sms_commands.answer(op, phone, body)))


def words(house: House) -> list[str]:
    return [event.data["text"] for event in house.all(IncidentEvent, IncidentEvent.kind == "status")]


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ("STATUS 4821-7 we restart it", Command("status", None, "4821-7", "we restart it")),
        ("status 48217: half done.", Command("status", None, "48217", "half done.")),
        ("Stat 7km vendor is on the line", Command("status", "7KM", None, "vendor is on the line")),
        ("STATUS working on it", Command("status", None, None, "working on it")),
        ("STATUS 4821-7", Command("status", None)),
        ("STATUS 7KM", Command("status", "7KM")),
        ("status?", Command("status", None)),
    ],
)
def test_how_a_status_is_read(body: str, meant: Command) -> None:
    assert parse(body) == meant


def test_words_are_kept_with_the_incident_that_is_named(house: House) -> None:
    incident = taken(house)
    assert text(house, f"STATUS {incident.reference} replica restarts") == (
        f"Disimpan pada {incident.reference}: replica restarts"
    )
    code = house.pages()[0].code
    text(house, f"status {code.lower()} half done")
    text(house, "status nearly there")
    text(house, "status 2nd replica too")
    assert words(house) == ["replica restarts", "half done", "nearly there", "2nd replica too"]


def test_the_incident_of_somebody_else_takes_no_words(lite: House) -> None:
    incident = taken(lite)
    text(lite, f"STATUS {incident.reference} it is fine", BO)
    text(lite, "STATUS it is fine", BO)
    assert words(lite) == []


def test_of_several_nothing_is_guessed(lite: House) -> None:
    taken(lite), taken(lite)
    text(lite, "STATUS half done")
    assert words(lite) == []


def test_an_ok_settles_what_was_asked(house: House) -> None:
    incident = taken(house)
    house.clock.advance(1800)
    house.worker.tick()
    assert text(house, "OK").startswith(f"Dicatat: Anda menangani {incident.reference}")
    assert house.events(incident).count("still-on-it") == 1
    house.clock.advance(1800)
    house.worker.tick()
    assert text(house, f"ok {house.pages()[0].code}").startswith("Dicatat")


def test_a_lone_ok_that_could_mean_a_page_settles_nothing(lite: House) -> None:
    taken(lite)
    lite.clock.advance(1800)
    lite.worker.tick()
    lite.report()
    lite.worker.tick()
    text(lite, "OK")
    assert "still-on-it" not in lite.events()


def test_an_ok_that_nobody_asked_for_is_what_it_was(lite: House) -> None:
    taken(lite)
    assert "Dicatat" not in text(lite, "OK")
    assert "still-on-it" not in lite.events()
