"""The lab of the demo world: every telephone has an owner, and the tour can be ticked off."""

import re

import pytest
import requests

from hotline.demo.cast import BY_PHONE, CALLERS
from hotline.demo.house import DemoHouse
from hotline.demo.people import MEI
from hotline.demo.tour import TOUR


def handsets(house: DemoHouse) -> list[dict]:
    found = requests.get(house.emulator_url + "/emulator/handsets", timeout=10).json()["handsets"]
    return list(found)


def test_every_telephone_has_an_owner(house: DemoHouse) -> None:
    found = {one["number"]: one["label"] for one in handsets(house)}
    assert set(BY_PHONE) < set(found)
    assert all(label["name"] and label["role"] and label["kind"] for label in found.values())
    assert all(label["dials"] in house.emulator.numbers for label in found.values())


def test_a_callers_card_holds_what_is_asked_for(house: DemoHouse) -> None:
    labels = {one["number"]: one["label"] for one in handsets(house)}
    for one in CALLERS:
        card = {line["name"]: line for line in labels[one.phone]["card"]}
        assert card["PIN"]["keys"] == f"{one.pin}#"
        assert card["Contract"]["value"] == one.contract
        assert card["Outcome"]["value"].startswith("answered" if one.entitled == "yes" else "refused: ")


def test_whoever_is_on_call_stands_in_front_with_the_first_to_be_rung_first(house: DemoHouse) -> None:
    colleagues = [one["label"] for one in handsets(house) if one["label"]["kind"] == "colleague"]
    front = [label for label in colleagues if label["first"]]
    assert [bool(label["duty"] and label["until"]) for label in front] == [True] * len(front)
    assert front == colleagues[: len(front)]
    assert "primary" in front[0]["duty"]
    assert "manager" in front[-1]["duty"]


def test_a_second_phone_is_its_owners_and_stands_beside_the_first(house: DemoHouse) -> None:
    found = handsets(house)
    numbers = [one["number"] for one in found]
    first, second = numbers.index(MEI.phone), numbers.index(MEI.home)
    assert second == first + 1
    assert found[second]["label"] == {**found[first]["label"], "name": "Mei Tan, second phone"}


def test_lines_have_names_and_sentences_a_meaning(house: DemoHouse) -> None:
    lines = requests.get(house.emulator_url + "/emulator/numbers", timeout=10).json()["numbers"]
    assert "The shared line" in {line["friendly_name"] for line in lines}
    assert house.emulator.gloss("Tunggu.") is None
    assert house.emulator.gloss("Hotline Premier. Silakan masukkan PIN Anda, lalu tekan tanda pagar.")


def test_pages_and_sign_in_are_told(house: DemoHouse) -> None:
    notes = requests.get(house.emulator_url + "/emulator/notes", timeout=10).json()
    assert notes["links"][0]["value"] == f"{house.url}/"
    who = {line["name"].rpartition(", ")[2]: line["value"] for line in notes["sign_in"]}
    assert set(who) == {"engineer", "manager", "admin", "auditor"}
    assert len(notes["tour"]) == len(TOUR)


@pytest.mark.parametrize("step", TOUR, ids=lambda step: step.title)
def test_a_step_says_how_and_why_and_waits_for_something(step) -> None:
    assert step.how
    assert len(step.why) > 80
    assert step.sees
    for sight in step.sees:
        assert sight.kind
        re.compile(sight.text)
        assert sight.party in ("", "caller", "colleague")
