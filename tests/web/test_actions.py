"""What can be done about an incident: :mod:`hotline.web.pages.incident.actions` and ``typed``."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from hotline.db.models import Call, CallKind
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
    assert "Who is working on it, to the customer (+62…11)." in " ".join(page.split())


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
    assert "Verified. The clock counts from the arrival of the report." in page
    incident = world.incident(reference)
    assert (incident.respond_by - incident.reported_at).total_seconds() == 1800


def test_verifying_twice_says_who_did(ada, bo, world):
    reference = world.report(None)
    ada.press(f"/incidents/{reference}/verify", contract="100000", product="ex")
    page = bo.press(f"/incidents/{reference}/verify", contract="100001", product="sql").text
    assert "Ada Lovelace verified who reported: contract 100000, Exchange." in page


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
        ("note", {"text": "x" * 2001}, "That is too long."),
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


@pytest.mark.parametrize("action", ["take", "resolve", "call", "withdraw", "decline"])
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


def _seen(browser, reference):
    """The version that the page shows, as its forms would send it."""
    page = browser.get(f"/incidents/{reference}").text
    return page.split('name="seen" value="', 1)[1].split('"', 1)[0]


def _ask(browser, world, reference, name="Bo", **data):
    return browser.press(f"/incidents/{reference}/hand-over", colleague=str(world.user(name).id), **data)


def test_the_owner_hands_over_and_the_colleague_accepts_on_the_page(ada, bo, world):
    reference = world.report()
    world.take(reference, "Ada")
    assert "Bo Diddley is asked now. Until they accept, it stays yours." in _ask(ada, world, reference).text
    assert world.incident(reference).owner_id == world.user("Ada").id
    page = bo.press(f"/incidents/{reference}/take").text
    assert "It is yours." in page
    assert "Bo Diddley took it over from Ada Lovelace on this board." in page
    assert world.incident(reference).owner_id == world.user("Bo").id


def test_handing_over_twice_and_accepting_twice_change_nothing_more(ada, bo, world):
    reference = world.report()
    world.take(reference, "Ada")
    for _ in range(2):
        _ask(ada, world, reference)
    for _ in range(2):
        bo.press(f"/incidents/{reference}/take")
    kinds = _kinds(world, reference)
    assert (kinds.count("handover-asked"), kinds.count("handed-over")) == (1, 1)


def test_a_colleague_declines_and_a_second_tap_says_so(ada, bo, world):
    reference = world.report()
    world.take(reference, "Ada")
    _ask(ada, world, reference)
    assert "Declined; your colleague is told" in bo.press(f"/incidents/{reference}/decline").text
    assert "Bo Diddley cannot take it over." in bo.press(f"/incidents/{reference}/decline").text
    assert world.incident(reference).owner_id == world.user("Ada").id


def test_a_withdrawal_and_a_late_acceptance_say_what_happened(ada, bo, world):
    reference = world.report()
    world.take(reference, "Ada")
    _ask(ada, world, reference)
    assert "It stays yours" in ada.press(f"/incidents/{reference}/withdraw").text
    page = bo.press(f"/incidents/{reference}/take").text
    assert "Ada Lovelace withdrew the hand-over to Bo Diddley." in page
    assert world.incident(reference).owner_id == world.user("Ada").id


@pytest.mark.parametrize("colleague", ["", "junk", "00000000-0000-0000-0000-000000000000"])
def test_a_colleague_has_to_be_chosen(ada, world, colleague):
    reference = world.report()
    world.take(reference, "Ada")
    answer = ada.press(f"/incidents/{reference}/hand-over", colleague=colleague, note="Node 3 lags")
    assert answer.status_code == 422
    assert "Choose a colleague." in answer.text
    assert "Node 3 lags" in answer.text


def test_a_manager_takes_over_with_a_reason_and_an_engineer_may_not(cy, bo, world):
    reference = world.report()
    world.take(reference, "Ada")
    assert bo.press(f"/incidents/{reference}/take-over", reason="Mine").status_code == 403
    assert cy.press(f"/incidents/{reference}/take-over", reason=" ").status_code == 422
    page = cy.press(f"/incidents/{reference}/take-over", reason="Ada does not answer").text
    assert "Cy Young took it from Ada Lovelace: Ada does not answer" in page
    assert world.incident(reference).owner_id == world.user("Cy").id


def test_a_customer_who_waits_is_connected_with_the_manager_who_takes_over(cy, world):
    world.change_user("Cy", phone="+628120000009")
    reference = world.report()
    world.take(reference, "Ada")
    world.hang_up()

    def waits(op):
        incident = world.found(op, reference)
        call = op.session.query(Call).filter_by(incident_id=incident.id, kind=CallKind.INBOUND).one()
        call.ended_at, call.held_since = None, op.now

    world.do(waits)
    cy.press(f"/incidents/{reference}/take-over", reason="Ada does not answer")
    with world.reading() as op:
        ringing = op.session.query(Call).filter(Call.ended_at.is_(None), Call.kind == CallKind.JOIN).all()
    assert [call.to_phone for call in ringing] == ["+628120000009"]


def test_resolving_from_a_page_older_than_somebodys_decision_does_nothing(ada, cy, world):
    reference = world.report()
    world.take(reference, "Ada")
    seen = _seen(ada, reference)
    world.clock.advance(5)
    cy.press(f"/incidents/{reference}/take-over", reason="No answer")
    world.clock.advance(40)
    page = ada.press(f"/incidents/{reference}/resolve", seen=seen).text
    assert "Nothing was done, for this happened 40 seconds ago: Cy Young took it" in page
    assert world.incident(reference).status == "acknowledged"


def test_cancelling_from_a_page_on_which_nobody_had_it_does_nothing_once_somebody_has(ada, bo, world):
    reference = world.report(None)
    seen = _seen(ada, reference)
    assert seen == ""
    bo.press(f"/incidents/{reference}/take")
    page = ada.press(f"/incidents/{reference}/cancel", reason="A test", seen=seen).text
    assert "Nothing was done" in page
    assert world.incident(reference).status == "acknowledged"
    page = ada.press(f"/incidents/{reference}/cancel", reason="A test", seen=_seen(ada, reference)).text
    assert "Cancelled." in page


def test_ones_own_decisions_make_no_page_stale(ada, world):
    reference = world.report()
    seen = _seen(ada, reference)
    ada.press(f"/incidents/{reference}/take", seen=seen)
    assert "Resolved." in ada.press(f"/incidents/{reference}/resolve", seen=seen).text


@pytest.mark.parametrize("seen", ["junk", "0" * 32, "x" * 4000])
def test_a_version_that_is_none_counts_as_never_seen(ada, world, seen):
    reference = world.report()
    world.take(reference, "Bo")
    assert "Somebody was first" in ada.press(f"/incidents/{reference}/take", seen=seen).text


def test_the_owner_has_both_telephones_rung_and_the_page_shows_how_far_it_is(ada, world):
    reference = world.report()
    ada.press(f"/incidents/{reference}/take")
    world.hang_up()
    page = ada.press(f"/incidents/{reference}/call").text
    assert "Your telephone rings now." in page
    assert "Your telephone rings: press 1." in page
    assert "Call the customer and me" not in page
    assert "under way already" in ada.press(f"/incidents/{reference}/call").text
    assert _kinds(world, reference).count("call-asked") == 1


def test_only_the_owner_has_the_customer_called(bo, world):
    reference = world.report()
    world.take(reference, "Ada")
    assert "Ada Lovelace took it by text message." in bo.press(f"/incidents/{reference}/call").text
    assert "call-asked" not in _kinds(world, reference)


def test_who_cannot_be_rung_is_told_so(cy, world):
    reference = world.report()
    cy.press(f"/incidents/{reference}/take")
    assert "You have no telephone number" in cy.press(f"/incidents/{reference}/call").text


@pytest.mark.parametrize("action", ["take", "hand-over", "call", "note", "resolve", "take-over", "withdraw"])
def test_an_auditor_does_nothing(otto, world, action):
    reference = world.report()
    assert otto.press(f"/incidents/{reference}/{action}").status_code == 403


def test_nul_reaches_no_database(ada, world):
    reference = world.report()
    assert ada.press(f"/incidents/{reference}/note", text="a\0b").status_code == 404
    assert ada.press(f"/incidents/{reference}/note", seen="\0", text="a").status_code == 404
