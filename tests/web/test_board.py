"""The board: :mod:`hotline.web.pages.board`."""

import re

from hotline.services import enforcement, incidents


def test_an_empty_board_teaches_the_next_step(ada):
    page = ada.get("/").text
    assert "Nothing is open" in page
    assert 'href="/on-call"' in page


def test_a_row_says_how_long_who_what_and_how_much(ada, world):
    reference = world.report()
    world.clock.advance(4 * 60)
    page = ada.get("/").text
    for text in ("26 min", "Contoso", "SQL Server", reference, "Ringing", "Ada Lovelace", "USD 5,000.00"):
        assert text in page
    assert 'data-seconds="1560.0"' in page
    assert "22:30</time>" in page  # the deadline, in Jakarta, where Ada is
    assert 'title="2026-11-22 15:30:00 UTC"' in page


def test_a_state_is_a_word_and_a_shape_besides_a_colour(ada, world):
    world.report()
    seen = []
    for seconds in (0, 900, 900):
        world.clock.advance(seconds)
        seen.append(
            re.search(
                r'class="state state-(\w+)">\s*<svg.*?<(circle|path|rect).*?</svg>([^<]+)<',
                ada.get("/").text,
                re.DOTALL,
            ).groups()
        )
    assert seen == [
        ("safe", "circle", "Safe"),
        ("at_risk", "path", "At risk"),
        ("breached", "rect", "Missed"),
    ]


def test_a_missed_promise_stays_visible_and_says_how_late(ada, world):
    world.report()
    world.clock.advance(32 * 60)
    world.do(enforcement.sweep_deadlines)
    page = ada.get("/").text
    assert "\N{MINUS SIGN}2 min" in page
    assert "fined, miss 1 this year" in page


def test_a_report_shows_that_there_is_no_clock_until_verified(ada, world):
    world.report(None)
    page = ada.get("/").text
    assert "Unidentified caller" in page
    assert "no clock until verified" in page


def test_an_owner_who_has_not_told_the_customer_is_named_with_the_warning(ada, world):
    world.take(world.report())
    page = ada.get("/").text
    assert "Bo Diddley" in page
    assert "the customer has not been told" in page


def test_an_incident_that_nobody_is_rung_for_is_loud(ada, world):
    world.report()
    world.hang_up()
    assert "Nobody has it" in ada.get("/").text


def test_a_finished_incident_is_listed_below(ada, world):
    reference = world.report()
    world.take(reference)
    world.do(lambda op: incidents.tell(op, incidents.by_reference(op, reference), incidents.ToldBy.SPOKEN))
    world.do(
        lambda op: incidents.resolve(
            op, incidents.by_reference(op, reference), op.session.get_one(incidents.User, world.user("Bo").id)
        )
    )
    page = ada.get("/").text
    assert "Finished in the last day" in page
    assert "Nothing is open" in page


def test_without_script_the_page_reloads_itself(ada):
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in ada.get("/").text


def test_a_refresh_by_script_does_not_swallow_what_a_person_must_read(ada, world):
    reference = world.report()
    ada.client.post(f"/incidents/{reference}/take", data={"csrf_token": ada.token()})
    assert "It is yours" not in ada.get("/", headers={"X-Refresh": "1"}).text
    assert "It is yours" in ada.get("/").text


def test_what_a_customer_is_called_cannot_become_part_of_the_page(ada, world):
    reference = world.report()
    world.rename_customer("Contoso", "<script>alert(1)</script>")
    for path in ("/", f"/incidents/{reference}"):
        page = ada.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
