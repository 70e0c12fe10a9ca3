"""Every minute of a clock, on a page and in files."""

import csv
import io
from datetime import timedelta

from hotline.db.models import Incident, ToldBy
from hotline.services.promise.enforcement import sweep_deadlines
from hotline.services.response import incidents


def told(world, reference, by=ToldBy.SPOKEN):
    def work(op):
        incidents.tell(op, world.found(op, reference), by)

    world.do(work)


def take(browser, reference):
    return browser.press(f"/incidents/{reference}/take")


def rows(browser, reference):
    answer = browser.get(f"/incidents/{reference}/clock.csv")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=clock-{reference}.csv"
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_it_walks_from_the_arrival_to_the_telling(ada, world):
    reference = world.report()
    world.clock.advance(120)
    take(ada, reference)
    world.clock.advance(61)
    told(world, reference)
    world.clock.advance(600)
    text = ada.get(f"/incidents/{reference}/clock").text
    assert "The clock was started by version" in text
    assert "took it on this board" in text
    assert "the clock stopped" in text
    assert "3:01 after the report arrived" in text
    assert "Nothing happened" not in text


def test_a_silence_of_more_than_five_minutes_is_said_and_a_shorter_one_is_not(ada, world):
    reference = world.report()
    world.clock.advance(300)
    assert not any(row["kind"] == "silence" for row in rows(ada, reference))
    world.clock.advance(432)
    take(ada, reference)
    silences = [row for row in rows(ada, reference) if row["kind"] == "silence"]
    assert [row["what"] for row in silences] == ["Nothing happened for 12:12."]
    assert silences[0]["after_seconds"] == "0"


def test_a_clock_that_runs_is_told_up_to_now(ada, world):
    reference = world.report()
    world.clock.advance(400)
    text = ada.get(f"/incidents/{reference}/clock").text
    assert "Not yet: the clock runs." in text
    assert "Nothing happened for 6:40." in text


def test_a_telling_that_was_taken_back_is_told_and_the_clock_runs_on(ada, world):
    reference = world.report()
    take(ada, reference)
    told(world, reference, ToldBy.BRIDGE)
    world.do(lambda op: incidents.retract(op, world.found(op, reference), ToldBy.BRIDGE))
    text = ada.get(f"/incidents/{reference}/clock").text
    assert "The connection did not come about" in text
    assert "Not yet: the clock runs." in text


def test_a_miss_has_its_fine_with_the_sentence_and_the_hash(ada, world):
    reference = world.report()
    world.clock.advance(1800)
    world.do(sweep_deadlines)
    take(ada, reference)
    world.clock.advance(60)
    told(world, reference)
    text = ada.get(f"/incidents/{reference}/clock").text
    assert "Promise missed" in text
    assert "Miss 1 of contract" in text
    data = ada.get(f"/incidents/{reference}/clock.json").json
    incident: Incident = world.incident(reference)
    assert data["respond_by"] == incident.respond_by.isoformat() == data["breached_at"]
    assert data["told_at"] == (incident.respond_by + timedelta(seconds=60)).isoformat()
    (entry,) = data["ledger"]
    assert entry["kind"] == "fine"
    assert entry["record"]["amount_minor"] == entry["amount_minor"]
    assert entry["hash"] in text
    kinds = [step["kind"] for step in data["steps"]]
    assert kinds.index("breached") < kinds.index("fined") < kinds.index("told")


def test_instants_are_in_the_zone_of_the_contract_too(ada, world):
    reference = world.report()
    first = rows(ada, reference)[0]
    assert first["at_utc"].endswith("Z")
    assert first["at_contract"][-6] in "+-"
    assert first["at_contract"][:10] <= first["at_utc"][:10] or first["at_contract"][-6] == "+"


def test_an_incident_without_a_clock_has_no_such_page_and_junk_neither(ada, world):
    stranger = world.report(None)
    for reference in (stranger, "0000-0", "x", "%00"):
        for ending in ("", ".csv", ".json"):
            assert ada.get(f"/incidents/{reference}/clock{ending}").status_code == 404
    assert "Every minute of this clock" not in ada.get(f"/incidents/{stranger}").text


def test_the_page_of_the_incident_leads_there_and_to_the_terms(ada, cy, world):
    reference = world.report()
    assert f"/incidents/{reference}/clock" in ada.get(f"/incidents/{reference}").text
    assert "/terms#version-" in cy.get(f"/incidents/{reference}").text
    assert "/terms#version-" not in ada.get(f"/incidents/{reference}").text


def test_a_stranger_sees_none_of_it(stranger, world):
    reference = world.report()
    for ending in ("", ".csv", ".json"):
        assert stranger.get(f"/incidents/{reference}/clock{ending}").status_code == 302
