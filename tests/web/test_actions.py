"""What can be done about an incident: :mod:`hotline.web.pages.actions`."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from hotline.services import reports


def _kinds(world, reference):
    with world.reading() as op:
        incident = reports.incidents(op)
        assert any(facts["reference"] == reference for facts in incident)
        found = world.found(op, reference)
        return [line.kind for line in reports.timeline(op, found)]


def test_taking_an_incident_makes_it_yours_and_starts_telling_the_customer(ada, world):
    reference = world.report()
    page = ada.press(f"/incidents/{reference}/take").text
    assert "It is yours. The customer is being told now." in page
    incident = world.incident(reference)
    assert incident.owner_id == world.user("Ada").id
    assert incident.accepted_by == "web"
    assert "notice to <strong>the customer</strong>" in " ".join(page.split())


def test_a_second_tap_changes_nothing_and_says_since_when(ada, world):
    reference = world.report()
    ada.press(f"/incidents/{reference}/take")
    world.clock.advance(5)
    page = ada.press(f"/incidents/{reference}/take").text
    assert "It is yours already, since 5 seconds ago." in page
    assert _kinds(world, reference).count("accepted") == 1


def test_a_stale_page_says_who_was_first_and_how_long_ago(ada, world):
    reference = world.report()
    world.take(reference, "Bo")
    world.clock.advance(40)
    page = ada.press(f"/incidents/{reference}/take").text
    assert "Somebody was first, 40 seconds ago: Bo Diddley took it by text message." in page
    assert world.incident(reference).owner_id == world.user("Bo").id


def test_taking_what_is_finished_says_what_happened(ada, world):
    reference = world.report(None)
    ada.press(f"/incidents/{reference}/cancel", reason="A test call.")
    page = ada.press(f"/incidents/{reference}/take").text
    assert "Ada Lovelace cancelled it: A test call." in page


def test_the_owner_resolves_and_a_second_tap_says_so(ada, world):
    reference = world.report()
    ada.press(f"/incidents/{reference}/take")
    assert "Resolved." in ada.press(f"/incidents/{reference}/resolve").text
    assert "Ada Lovelace resolved it." in ada.press(f"/incidents/{reference}/resolve").text
    assert _kinds(world, reference).count("resolved") == 1


def test_only_the_owner_resolves(ada, world):
    reference = world.report()
    world.take(reference, "Bo")
    ada.press(f"/incidents/{reference}/resolve")
    assert world.incident(reference).status == "acknowledged"


def test_verifying_a_report_starts_its_clock_at_the_call(ada, world):
    reference = world.report(None)
    world.clock.advance(600)
    page = ada.press(f"/incidents/{reference}/verify", contract=" 100000 ", product="ex").text
    assert "Verified. The clock counts from the call." in page
    incident = world.incident(reference)
    assert (incident.respond_by - incident.reported_at).total_seconds() == 1800


def test_verifying_twice_says_who_did(ada, bo, world):
    reference = world.report(None)
    ada.press(f"/incidents/{reference}/verify", contract="100000", product="ex")
    page = bo.press(f"/incidents/{reference}/verify", contract="100001", product="sql").text
    assert "Ada Lovelace verified the caller: contract 100000, Exchange." in page


@pytest.mark.parametrize(
    ("action", "data", "said"),
    [
        ("verify", {"contract": "999999", "product": "ex"}, "There is no contract with this number."),
        ("verify", {"contract": "", "product": "ex"}, "Type the contract number."),
        ("verify", {"contract": "100000", "product": "none"}, "Not a valid choice."),
        ("cancel", {"reason": ""}, "Say why; the reason stays on the incident."),
        ("cancel", {"reason": "  "}, "Say why; the reason stays on the incident."),
        ("note", {"text": ""}, "Write something first."),
        ("note", {"text": "   "}, "Write something first."),
        ("note", {"text": "x" * 2001}, "Field cannot be longer than 2000 characters."),
    ],
)
def test_a_mistake_is_explained_and_what_was_typed_is_kept(ada, world, action, data, said):
    reference = world.report(None)
    answer = ada.press(f"/incidents/{reference}/{action}", **data)
    assert answer.status_code == 422
    assert said in answer.text
    assert all(value in answer.text for value in data.values() if value != "none")
    assert world.incident(reference).verified_at is None


def test_a_promise_cannot_be_cancelled_away(ada, world):
    reference = world.report()
    answer = ada.press(f"/incidents/{reference}/cancel", reason="Rather not.")
    assert answer.status_code == 422
    assert world.incident(reference).status == "open"


def test_a_note_is_added_once_for_two_taps_and_again_later(ada, world):
    reference = world.report()
    for _ in range(2):
        ada.press(f"/incidents/{reference}/note", text="Disk is full.")
    assert _kinds(world, reference).count("note") == 1
    world.clock.advance(61)
    page = ada.press(f"/incidents/{reference}/note", text="Disk is full.").text
    assert "Ada Lovelace noted: Disk is full." in page
    assert _kinds(world, reference).count("note") == 2


def test_what_is_noted_cannot_become_part_of_the_page(ada, world):
    reference = world.report()
    page = ada.press(f"/incidents/{reference}/note", text="<img src=x onerror=alert(1)>").text
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


@pytest.mark.parametrize("action", ["take", "resolve"])
def test_an_action_on_an_unknown_incident_is_not_found(ada, action):
    assert ada.press(f"/incidents/9999-9/{action}").status_code == 404


def test_of_two_who_take_it_at_once_one_has_it_and_the_other_is_told(ada, bo, world):
    reference = world.report()
    path = f"/incidents/{reference}/take"
    with ThreadPoolExecutor(2) as pool:
        pages = [answer.text for answer in pool.map(lambda browser: browser.press(path), (ada, bo))]
    assert sum("It is yours. The customer is being told now." in page for page in pages) == 1
    assert sum("Somebody was first" in page for page in pages) == 1
    assert _kinds(world, reference).count("accepted") == 1
