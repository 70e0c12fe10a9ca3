"""The board and the wall screen: :mod:`hotline.web.pages.board`."""

import re
from html import unescape

import pytest

from hotline.services.promise import enforcement, heartbeat
from hotline.services.response import incidents


def test_an_empty_board_teaches_the_next_step(ada):
    page = ada.get("/").text
    assert "Nothing is open" in page
    assert 'href="/on-call"' in page


def test_a_row_says_how_long_who_what_and_how_much(ada, world):
    reference = world.report()
    world.clock.advance(4 * 60)
    page = ada.get("/").text
    for text in ("26 min", "Contoso", "SQL Server", reference, "Nobody has it", "Ringing", "USD 5,000.00"):
        assert text in page
    assert 'data-seconds="1560.0"' in page
    assert "Ada Lovelace" in page
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
        ("safe", "circle", "In time"),
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


def words_of(answer):
    """What a page says, without its marks and in one line."""
    shown = re.sub(r"<(script|style|select|noscript).*?</\1>", "", answer.text, flags=re.DOTALL)
    return re.sub(r" (?=[.,])", "", " ".join(unescape(re.sub(r"<[^>]+>", " ", shown)).split()))


def told(world, reference, by=incidents.ToldBy.SPOKEN):
    world.do(lambda op: incidents.tell(op, incidents.by_reference(op, reference), by))


def test_who_is_rung_since_when_and_who_is_next(ada, world):
    world.report()
    world.clock.advance(10)
    said = words_of(ada.get("/"))
    assert "Nobody has it Ringing Ada Lovelace since 22:00:00 next: backup at 22:01:00" in said


def test_a_rung_that_nobody_climbs_is_loud(ada, world):
    world.report()
    world.clock.advance(90)
    assert "backup was due to be rung at 22:01:00" in words_of(ada.get("/"))


def test_a_told_customer_looks_like_no_countdown(ada, world):
    reference = world.report()
    world.take(reference)
    world.clock.advance(4 * 60)
    told(world, reference)
    page = ada.get("/")
    assert "told 22:04 4 min after the report" in words_of(page)
    assert "customer told: told while holding" in words_of(page)
    assert "data-seconds" not in page.text


def test_the_sum_counts_what_is_open_and_adds_up_what_is_at_stake(ada, world):
    world.report()
    world.take(world.report("Fabrikam"))
    world.clock.advance(16 * 60)
    world.report("Fabrikam")
    assert "3 open 2 not taken 2 at risk USD 15,000.00 at stake" in words_of(ada.get("/"))


def test_a_fine_in_the_ledger_is_no_longer_at_stake(ada, world):
    world.report()
    world.clock.advance(31 * 60)
    world.do(enforcement.sweep_deadlines)
    said = words_of(ada.get("/"))
    assert "1 open 1 not taken 1 missed" in said
    assert "at stake" not in said


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", {"Contoso", "Fabrikam", "Unidentified caller"}),
        ("customer=contoso", {"Contoso"}),
        ("product=sql", {"Contoso", "Fabrikam"}),
        ("product=SQL+Server&customer=Fabrikam", {"Fabrikam"}),
        ("team=Databases", {"Contoso", "Fabrikam", "Unidentified caller"}),
        ("team=databases&state=untaken", {"Contoso", "Unidentified caller"}),
        ("state=mine", {"Fabrikam"}),
        ("state=at-risk", {"Contoso"}),
        ("state=missed", set()),
        ("q=100001", {"Fabrikam"}),
        ("q=sql+conto", {"Contoso"}),
        ("q=lovelace", {"Contoso", "Fabrikam", "Unidentified caller"}),
        ("team=Networks", set()),
        ("state=nonsense", {"Contoso", "Fabrikam", "Unidentified caller"}),
        ("q=%27%22%3Cscript%3E", set()),
        ("q=" + "x" * 5000, set()),
    ],
)
@pytest.mark.parametrize("path", ["/", "/wall"])
def test_the_address_chooses_what_is_shown(ada, world, path, query, seen):
    world.report()
    world.clock.advance(16 * 60)
    world.take(world.report("Fabrikam"), "Ada")
    world.report(None)
    page = ada.get(f"{path}?{query}")
    assert page.status_code == 200
    assert set(re.findall(r'data-name="\S+ ([^"]+)">', page.text)) == seen


def test_each_filter_is_a_chip_that_takes_it_away(ada, world):
    world.report()
    page = ada.get("/?customer=Contoso&state=at-risk&q=sql")
    chips = re.findall(r'class="chip" href="([^"]+)".*?<span>([^<]+)</span>', page.text)
    assert {text: unescape(address) for address, text in chips} == {
        "Text: sql": "/?customer=Contoso&state=at-risk",
        "Customer: Contoso": "/?state=at-risk&q=sql",
        "State: At risk": "/?customer=Contoso&q=sql",
    }
    said = words_of(page)
    assert "Nothing open matches" in said
    assert "0 open 0 of 1 shown" in said
    assert "Clear the filters" in said


def test_a_filter_keeps_its_place_in_the_form_and_on_the_wall(ada, world):
    world.report()
    page = ada.get("/?customer=Contoso&state=untaken").text
    assert '<option value="Contoso" selected>' in page
    assert '<input type="hidden" name="state" value="untaken">' in page
    assert 'href="/wall?customer=Contoso&amp;state=untaken"' in page


def test_a_filter_of_something_that_is_not_there_now_is_still_shown(ada):
    assert '<option value="Gone" selected>Gone</option>' in ada.get("/?customer=Gone").text


def test_the_numbers_are_written_as_the_viewer_does(ada, world):
    world.change_user("Ada", language="id")
    reference = world.report()
    world.clock.advance(4 * 60)
    said = words_of(ada.get("/"))
    assert "USD 5.000,00" in said
    assert "26 mnt" in said
    world.take(reference)
    told(world, reference)
    assert "diberi tahu 22:04 4 mnt setelah laporan" in words_of(ada.get("/"))


def test_the_wall_shows_incidents_the_time_and_who_is_on_call_and_nothing_to_press(ada, world):
    reference = world.report()
    page = ada.get("/wall")
    said = words_of(page)
    for text in ("Contoso", reference, "22:00:00 Asia/Jakarta", "Databases Ada Lovelace", "Bo Diddley"):
        assert text in said
    assert "<nav" not in page.text
    assert 'data-theme="dark"' in page.text
    assert 'data-theme="light"' in ada.get("/wall?theme=light").text


def test_the_wall_is_loud_about_a_layer_without_anybody(ada, world):
    world.do(lambda op: op.session.execute(incidents.sa.text("DELETE FROM part_members")))
    assert "primary: NOBODY" in words_of(ada.get("/wall"))


@pytest.mark.parametrize("path", ["/", "/wall"])
def test_it_is_loud_when_nobody_enforces_the_promise(ada, world, path):
    loud = "No worker is running: nobody is being rung and no deadline is enforced."
    assert loud in words_of(ada.get(path))
    world.do(heartbeat.beat)
    assert loud not in words_of(ada.get(path))
    world.clock.advance(31)
    said = words_of(ada.get(path))
    assert loud in said
    assert "The last one was at work at 22:00:00." in said
