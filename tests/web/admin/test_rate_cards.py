"""Rate cards on the administration's pages: ``/admin/rate-cards``."""

import re
from datetime import date

import pytest

from hotline.db.models import AuditEntry, Contract, Product, RateCard

from .conftest import fields

NEW = "/admin/rate-cards/new"


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.fixture
def prices(world):
    """What is typed for the two products."""
    with world.reading() as op:
        ids = {product.code: product.id.hex for product in op.session.query(Product)}

    def typed(sql="1: 200,000\n3: 150,000", sql_most="1,000,000", ex="1: 50,000", ex_most="300,000"):
        return {
            f"tiers_{ids['sql']}": sql,
            f"maximum_{ids['sql']}": sql_most,
            f"tiers_{ids['ex']}": ex,
            f"maximum_{ids['ex']}": ex_most,
        }

    return typed


def cards(world):
    with world.reading() as op:
        return op.session.query(RateCard).order_by(RateCard.effective_from).all()


def test_a_card_is_looked_at_with_what_it_makes_of_quotes(desk, world, prices):
    seen = desk.look(NEW, effective_from="2026-01-01", **prices())
    words = text_of(seen)
    assert "SQL Server 3 USD 550,000.00" in words
    assert "SQL Server 10 USD 1,000,000.00" in words
    assert "Exchange 1 USD 50,000.00" in words
    assert cards(world) == []
    page = text_of(desk.send(NEW, fields(seen.text)))
    assert "Prices of sql 1: USD 200,000.00, 3: USD 150,000.00 (≤ USD 1,000,000.00)" in page
    (card,) = cards(world)
    assert card.card["rates"][0]["tiers"] == [
        {"first": 1, "price": 20_000_000},
        {"first": 3, "price": 15_000_000},
    ]
    with world.reading() as op:
        assert op.session.query(AuditEntry).one().kind == "rate card"


def test_the_next_card_begins_with_the_last_one_after_today_and_shows_both(desk, world, prices):
    desk.save(NEW, effective_from="2026-01-01", **prices())
    form = fields(desk.browser.get(NEW).text)
    assert form["effective_from"] == "2026-12-01"
    assert {name: form[name].replace(".00", "") for name in prices()} == prices()
    assert "It begins after today" in desk.look(NEW, effective_from="2026-11-22").text
    assert "already: change that one." in desk.look(NEW, effective_from="2026-01-01").text
    page = desk.look(NEW, **prices(ex="1: 60,000"))
    assert "Exchange 1 USD 50,000.00 USD 60,000.00" in text_of(page)
    desk.send(NEW, fields(page.text))
    first, second = cards(world)
    home = f"/admin/rate-cards/{second.id}"
    desk.save(f"{home}/change", **prices(ex="1: 70,000"))
    assert cards(world)[1].card["rates"][1]["tiers"][0]["price"] == 7_000_000
    assert "stays as it is" in desk.look(f"/admin/rate-cards/{first.id}/change", **prices(ex="")).text
    assert "It holds since 2026-01-01" in desk.browser.get(f"/admin/rate-cards/{first.id}").text
    assert "Ended at" in desk.press(f"{home}/end", home).text
    assert "was ended. Bring it back" in desk.look(NEW, effective_from="2026-12-01").text
    desk.press(f"{home}/back", home)
    assert cards(world)[1].ended_at is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"sql": "200,000"}, "Line 1: write from which instance on"),
        ({"sql": "1: much"}, "Line 1: write from which instance on"),
        ({"sql": "2: 5"}, "Line 1: prices begin with instance 1"),
        ({"sql": "1: 0"}, "Line 1: prices begin with instance 1"),
        ({"sql": "1: 5\n3: 4\n3: 3"}, "Line 3 does not begin after the line before it."),
        ({"sql_most": ""}, "Type the most that the product costs a year."),
        ({"sql_most": "100"}, "That is less than one instance, USD 200,000.00."),
        ({"sql_most": "x"}, "Write an amount above zero"),
        ({"sql": ""}, "Write the prices, or leave the most empty as well."),
        ({"sql": "", "sql_most": "", "ex": "", "ex_most": ""}, "Write the prices of one product at least."),
        ({"sql": f"1: {'9' * 30}"}, "Line 1: write from which instance on"),
    ],
)
def test_what_is_wrong_names_its_line(desk, world, prices, typed, words):
    page = desk.look(NEW, effective_from="2026-01-01", **prices(**typed))
    assert page.status_code == 422
    assert words in page.text
    assert cards(world) == []


def test_a_code_that_is_priced_stays(desk, world, prices):
    desk.save(NEW, effective_from="2026-01-01", **prices())
    with world.reading() as op:
        product = op.session.query(Product).filter_by(code="sql").one()
    assert "Rate cards price it as sql" in desk.look(f"/admin/products/{product.id}/change", code="sql2").text


def test_cover_is_refused_to_the_premier_plan_and_what_is_there_may_stay(desk, world):
    with world.reading() as op:
        contract = op.session.query(Contract).filter_by(number="100000").one()
    change = f"/admin/contracts/{contract.id}/change"
    page = desk.look(change, plan="premier")
    assert page.status_code == 422
    assert "needs Premier Plus or Premier Ultimate. Choose one of them" in page.text
    assert "Look before it is saved" in desk.look(change, plan="premier", cover_until="2026-11-21").text
    assert "Look before it is saved" in desk.look(change, plan="premier", cover_from="").text
    world.do(lambda op: op.session.query(Contract).update({"plan": "premier"}))
    assert "Look before it is saved" in desk.look(change, number="100009").text


def test_the_beginning_of_a_contract_moves_without_moving_its_years(desk, world):
    with world.reading() as op:
        contract = op.session.query(Contract).filter_by(number="100000").one()
    change = f"/admin/contracts/{contract.id}/change"
    assert "What is promised holds from 2026-01-01" in desk.look(change, starts_on="2026-02-01").text
    desk.save(change, starts_on="2025-12-01")
    with world.reading() as op:
        kept = op.session.query(Contract).filter_by(number="100000").one()
        assert kept.starts_on == date(2025, 12, 1)
        assert kept.terms[0].year_starts_on == date(2026, 1, 1)
