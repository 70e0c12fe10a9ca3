"""Reports: :mod:`hotline.web.pages.statistics`."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from hotline.db.models import Customer, Incident, Product, Team, ToldBy
from hotline.services.promise import enforcement
from hotline.services.response import incidents
from hotline.web.pages.statistics import drawing
from hotline.web.pages.statistics.plans import LOOKS, Look, Plan, Series, Tone, scale

PAGES = ["/reports", "/reports/response", "/reports/misses", "/reports/load"]
FIGURES = ["month", "customer", "team", "product", "response", "pickup", "misses", "load"]
MONEY = ["ledger-usd", "risk-usd", "avoided-usd"]
EVERY = [*(f"/reports/figures/{name}" for name in FIGURES), *(f"/reports/money/{name}" for name in MONEY)]
NOBODY = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
def busy(world):
    """Contoso missed one of two, Fabrikam kept one, and one clock of Contoso runs."""
    told = [world.report("Contoso"), world.report("Fabrikam")]
    world.report("Contoso")
    for reference in told:
        world.take(reference)
        world.do(
            lambda op, reference=reference: incidents.tell(op, world.found(op, reference), ToldBy.BRIDGE)
        )
    world.clock.advance(1801)
    world.do(enforcement.sweep_deadlines)
    world.report("Contoso")
    return world


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\xa0", " ").split())


def picture(browser, path: str, **asked: str) -> str:
    answer = browser.get(path + ".svg", query_string=asked)
    assert answer.status_code == 200, path
    assert answer.mimetype == "image/svg+xml"
    ET.fromstring(answer.get_data())  # noqa: S314 - it is our own
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ["ada", "cy", "otto"])
def test_everybody_sees_how_promises_are_kept(request, busy, name):
    browser = request.getfixturevalue(name)
    assert {path: browser.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 200)


def test_money_is_for_those_who_may_see_it(ada, cy, busy):
    assert ada.get("/reports/money").status_code == 403
    assert ada.get("/reports/money/ledger-usd.svg").status_code == 403
    assert ada.get("/reports/money/ledger-usd.csv").status_code == 403
    assert "Money" not in ada.get("/reports").text.split('class="tabs"')[1].split("</nav>")[0]
    assert "Money" in cy.get("/reports").text.split('class="tabs"')[1].split("</nav>")[0]


def test_strangers_are_sent_to_sign_in(stranger):
    for path in [*PAGES, "/reports/money", *(path + ".svg" for path in EVERY)]:
        assert stranger.get(path).status_code == 302, path


def test_nothing_yet_is_said_in_words_and_not_drawn(cy):
    for path in [*PAGES, "/reports/money"]:
        answer = cy.get(path)
        assert answer.status_code == 200, path
        assert "<picture>" not in answer.text, path
        assert re.search(r"(No|Nobody) .*(yet|missed|taken|paged|moved)", answer.text), path


def test_nothing_yet_is_a_picture_that_says_so_and_a_file_with_a_heading_alone(cy):
    for path in EVERY:
        assert "Nothing to show yet" in picture(cy, path), path
        assert len(table(cy.get(path + ".csv").text)) == 1, path


def test_a_page_says_what_it_shows_in_a_sentence_a_picture_a_table_and_a_file(cy, busy):
    page = cy.get("/reports").text
    words = plain(page)
    assert (
        "66.6 % of the incidents were answered in time: 2 of 3. Months below what was promised: 1 of 1."
        in words
    )
    assert "Customers who got less than was promised: 1 of 2. Lowest: Contoso, 50 % in time." in words
    assert page.count("<picture>") == 4
    assert "Contoso 1 1 1 50 % 100 % below the promise" in words
    rows = table(cy.get("/reports/figures/customer.csv").text)
    assert rows[0][:4] == ["customer", "kept", "missed", "undecided"]
    assert rows[1:] == [
        ["Contoso", "1", "1", "1", "50.0", "100.00", "true"],
        ["Fabrikam", "1", "0", "0", "100.0", "100.00", "false"],
    ]


@pytest.mark.parametrize("look", LOOKS)
def test_every_picture_is_drawn_for_every_look_without_a_script(cy, busy, look):
    for path in EVERY:
        drawn = picture(cy, path, look=look)
        assert "<script" not in drawn, path
        assert ("#1b2129" if look.startswith("dark") else "#fff") in drawn, path
        assert f'width="{LOOKS[look].width}"' in drawn, path


def test_a_picture_brings_its_style_and_nothing_else_may_run_in_it(cy, busy):
    headers = cy.get("/reports/figures/month.svg").headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_promise_is_a_line_with_its_words(cy, busy):
    for path, words in (
        ("month", "promised: 100"),
        ("response", "promised within 30 min"),
        ("pickup", "promised within 30 min"),
    ):
        drawn = picture(cy, f"/reports/figures/{path}")
        assert 'class="promise"' in drawn
        assert words in drawn.replace("\xa0", " ")


def test_the_money_page_agrees_with_the_ledger_and_the_board(cy, busy):
    page = plain(cy.get("/reports/money").text)
    ledger = plain(cy.get("/ledger").text)
    assert "Charged in fines and credits: USD 5,000.00." in page
    assert "Owed to customers in all: USD 5,000.00" in ledger
    assert "Clocks that run now: 1. Missing them would cost USD 10,000.00" in page
    assert "USD 10,000.00 at stake" in plain(cy.get("/").text)
    assert (
        "An estimate: USD 10,000.00 was not charged because promises were kept. Each of 2 incidents" in page
    )
    rows = table(cy.get("/reports/money/ledger-usd.csv").text)
    assert rows[1:] == [["2026-11", "5000.00", "0.00", "0.00", "0.00", "5000.00"]]


def test_filters_stand_in_every_address_of_the_page(cy, busy):
    with busy.reading() as op:
        chosen = {
            "customer": str(
                op.session.scalars(sa.select(Customer.id).where(Customer.name == "Contoso")).one()
            ),
            "product": str(op.session.scalars(sa.select(Product.id).where(Product.code == "sql")).one()),
            "team": str(op.session.scalars(sa.select(Team.id)).one()),
            "from": "2026-11-01",
            "to": "2026-11-30",
        }
    page = cy.get("/reports", query_string=chosen).text
    places = re.findall(r'(?:src|srcset|href)="(/reports[^"]*)"', page)
    # The chips and the usual spans each leave one out, on purpose; nothing else does.
    figures = [place.replace("&amp;", "&") for place in places if "/figures/" in place]
    assert len(figures) == 4 * 5
    for place in figures:
        assert all(f"{name}={text}" in place for name, text in chosen.items())
    assert "Fabrikam" not in page.split("report-head", 1)[1]
    assert "50 %" in plain(page)
    money = plain(cy.get("/reports/money", query_string=chosen).text)
    assert "Credits for a whole period belong to a contract" in money


def test_the_usual_span_is_a_year_and_others_are_a_press_away(cy, busy):
    page = cy.get("/reports").text
    assert 'name="from" type="date" value="2025-12-01"' in page
    for words, asked in (
        ("This month", "/reports?from=2026-11-01"),
        ("Last month", "/reports?from=2026-10-01&amp;to=2026-10-31"),
        ("All time", "/reports?from=2000-01-01"),
    ):
        assert f'<a href="{asked}">{words}</a>' in page
    assert "No deadline in these days is decided yet" in cy.get("/reports?from=2026-10-01&to=2026-10-31").text
    assert "66.6" in cy.get("/reports?to=2026-12-31").text


def test_empty_fields_of_the_form_stay_out_of_the_address(cy):
    answer = cy.get(f"/reports/load?from=2026-01-01&to=&customer=&product=&team={NOBODY}")
    assert answer.headers["Location"].endswith(f"/reports/load?from=2026-01-01&team={NOBODY}")


@pytest.mark.parametrize(
    "asked",
    [
        "from=yesterday",
        "from=2026-02-30",
        "customer=Contoso",
        "team=%F0%9F%94%A5",
        "from=2026-02-02&to=2026-02-01",
        "product=" + "9" * 300,
    ],
)
def test_an_address_that_cannot_be_used_says_why_and_draws_nothing(cy, busy, asked):
    answer = cy.get(f"/reports?{asked}")
    assert answer.status_code == 422
    assert "These reports cannot be shown as asked." in answer.text
    assert "<picture>" not in answer.text
    assert cy.get(f"/reports/figures/month.svg?{asked}").status_code == 404
    assert cy.get(f"/reports/figures/month.csv?{asked}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/reports/figures/nothing.svg",
        "/reports/figures/ledger-usd.csv",
        "/reports/figures/month.svg?look=purple",
        "/reports/money/ledger.svg",
        "/reports/money/ledger-xxx.svg",
        "/reports/money/ledger-USD.csv",
        "/reports/money/bribes-usd.csv",
        "/reports/figures/month.svg?from=%00",
    ],
)
def test_what_is_not_there_is_not_found(cy, busy, path):
    assert cy.get(path).status_code == 404


def test_somebody_whom_nobody_knows_gives_nothing(cy, busy):
    assert "Nobody was paged in these days." in cy.get(f"/reports/load?team={NOBODY}").text
    assert "No deadline in these days is decided yet" in cy.get(f"/reports?customer={NOBODY}").text


def test_numbers_are_written_as_the_reader_writes_them(cy, busy):
    busy.change_user("Cy", language="id")
    words = plain(cy.get("/reports").text)
    assert "Pencapaian Waktu tanggap Keterlambatan Beban Uang" in words
    assert "66,6 % insiden dijawab tepat waktu: 2 dari 3." in words
    assert "dijanjikan" in picture(cy, "/reports/figures/month")
    assert "66.6" in cy.get("/reports/figures/month.csv").text


def test_misses_are_at_the_hour_of_the_reader(cy, busy):
    assert "Most often on Sunday between 15:00 and 16:00: 1." in cy.get("/reports/misses").text
    busy.change_user("Cy", time_zone="Asia/Jakarta")
    assert "Most often on Sunday between 22:00 and 23:00: 1." in cy.get("/reports/misses").text


def test_names_are_text_wherever_they_stand(cy, busy):
    busy.rename_customer("Contoso", "<b>=Contoso</b> & Söhne")
    assert "<b>=Contoso" not in cy.get("/reports").text
    assert "&lt;b&gt;=Contoso&lt;/b&gt; &amp;" in picture(cy, "/reports/figures/customer")
    busy.rename_customer("<b>=Contoso</b> & Söhne", "=1+1")
    assert table(cy.get("/reports/figures/customer.csv").text)[1][0] == "'=1+1"


def test_a_page_of_many_customers_takes_as_many_statements_as_one_of_few(cy, busy):
    def statements() -> int:
        seen: list[str] = []
        note = lambda _c, _cur, text, *_: seen.append(text)  # noqa: E731
        sa.event.listen(busy.database.engine, "before_cursor_execute", note)
        for path in (*PAGES, "/reports/money"):
            cy.get(path)
        sa.event.remove(busy.database.engine, "before_cursor_execute", note)
        return len(seen)

    cy.get("/reports")
    before = statements()
    for _ in range(3):
        busy.report("Fabrikam")
        busy.report("Contoso")
    assert statements() == before


def test_months_without_an_incident_stand_between_those_with_some(cy, busy):
    def move(op):
        row = op.session.scalars(sa.select(Incident).where(Incident.told_at.is_not(None))).first()
        row.due_on = row.due_on - timedelta(days=92)

    busy.do(move)
    drawn = picture(cy, "/reports/figures/month")
    assert all(f">{month} 26<" in drawn for month in ("Aug", "Sep", "Oct", "Nov"))
    assert [row[0] for row in table(cy.get("/reports/figures/month.csv").text)] == [
        "month",
        "2026-08",
        "2026-11",
    ]


@pytest.mark.parametrize(
    ("lowest", "highest"), [(0, 1), (0, 7), (0, 60), (-300, 90), (0, 10**15), (-1, 0), (0, 0)]
)
def test_an_axis_has_few_round_values_that_hold_everything(lowest, highest):
    values = scale(lowest, highest)
    assert values[0] <= lowest
    assert values[-1] >= highest
    assert 2 <= len(values) <= 8
    assert len({after - before for before, after in pairwise(values)}) == 1


def test_a_bar_without_room_for_its_words_has_none():
    plan = Plan(
        labels=[f"{number}" for number in range(24)],
        series=[Series("all", Tone.ACCENT, [5] * 24)],
        axis="incidents",
        tick=str,
        captions=["100 %"] * 24,
    )
    few = replace(plan, labels=plan.labels[:3], series=[Series("all", Tone.ACCENT, [5] * 3)])
    assert drawing.columns(few, Look("light", "narrow")).count(b"100 %") == 3
    assert b"100 %" not in drawing.columns(plan, Look("light", "narrow"))


def test_two_customers_whose_names_begin_alike_keep_a_bar_each():
    plan = Plan(
        labels=["Nusantara Securities One", "Nusantara Securities Two"],
        series=[Series("all", Tone.ACCENT, [5, 7])],
        axis="incidents",
        tick=str,
        captions=["5 of 9", "7 of 9"],
    )
    drawn = drawing.rows(plan, Look("light", "narrow")).decode()
    assert drawn.count("Nusantara Secu\N{HORIZONTAL ELLIPSIS}") >= 2
    assert drawn.index("5 of 9") < drawn.index("7 of 9")


def test_an_empty_report_leads_to_all_time_and_from_there_to_who_answers(cy, busy):
    page = cy.get("/reports/load?from=2026-10-01&to=2026-10-31").text
    assert 'href="/reports/load?from=2000-01-01&amp;to=2026-10-31">Look at all time<' in page
    assert "See who would answer now" in cy.get("/reports/load?from=2000-01-01&to=2026-10-31").text


def test_a_bar_of_nothing_in_time_is_below_the_promise_in_the_legend_too(cy, world):
    world.report("Contoso")
    world.clock.advance(1801)
    world.do(enforcement.sweep_deadlines)
    drawn = picture(cy, "/reports/figures/customer")
    assert "below the promise" in drawn
    assert "as promised" not in drawn
    assert "0 % (0 of 1)" in drawn.replace("\N{NO-BREAK SPACE}", " ")
