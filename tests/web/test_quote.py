"""Quotes on the page: ``/quote``."""

import re
from datetime import date

import pytest

from hotline.db.models import RateCard

CARD = {
    "currency": "USD",
    "effective_from": "2026-01-01",
    "rates": [
        {
            "product": "sql",
            "tiers": [{"first": 1, "price": 20_000_000}, {"first": 3, "price": 15_000_000}],
            "maximum": 100_000_000,
        }
    ],
}


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.fixture
def card(world):
    world.do(
        lambda op: op.session.add(
            RateCard(currency="USD", effective_from=date(2026, 1, 1), card=CARD, entered_at=op.now)
        )
    )


def test_a_quote_shows_its_arithmetic_and_its_address_keeps_the_inputs(cy, card):
    answer = cy.get("/quote?plan=premier_plus&day=2026-11-22&count.sql=3")
    page = text_of(answer)
    assert "USD 550,000.00 a year" in page
    assert "SQL Server × 3 2 × USD 200,000.00 = USD 400,000.00 1 × USD 150,000.00 = USD 150,000.00" in page
    assert "by the rate card in force from Jan 1, 2026 on" in page
    assert 'name="count.sql" inputmode="numeric" value="3"' in answer.text
    assert '<option value="premier_plus" selected>' in answer.text


def test_the_most_of_a_product_holds(cy, card):
    page = text_of(cy.get("/quote?count.sql=10"))
    assert "USD 1,000,000.00 a year" in page
    assert "together USD 1,600,000.00 at most USD 1,000,000.00" in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("plan=premier&count.sql=1", "With Premier, move up the base plan first."),
        ("plan=premier_plus", "Say how many instances of which product."),
        ("count.sql=0", "Say how many instances of which product."),
        ("count.sql=1&day=2025-12-31", "No rate card in USD is in force on 2025-12-31."),
        ("count.sql=1&currency=EUR", "No rate card in EUR is in force on 2026-11-22."),
        ("count.ex=1", "has no price for ex."),
    ],
)
def test_a_refusal_is_kind_and_says_what_to_do(cy, card, query, words):
    answer = cy.get(f"/quote?{query}")
    assert answer.status_code == 200
    assert words in text_of(answer)
    assert "a year</h2>" not in answer.text


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("plan=gold", "plan", "Choose a plan."),
        ("day=soon", "day", "That is no day"),
        ("day=9999-12-31", "day", "That is no day"),
        ("currency=XXQ", "currency", "three letters"),
        ("count.sql=many", "count.sql", "Between 1 and 9999"),
        ("count.sql=-1", "count.sql", "Between 1 and 9999"),
        ("count.sql=99999", "count.sql", "Between 1 and 9999"),
        ("count.sql=%C2%B2", "count.sql", "Between 1 and 9999"),
    ],
)
def test_junk_in_the_address_is_named_at_its_field(cy, card, query, field, words):
    answer = cy.get(f"/quote?{query}")
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert words in answer.text


def test_without_a_card_the_page_says_who_enters_one(cy, nadia):
    assert "There is no rate card yet" in cy.get("/quote").text
    assert "/admin/rate-cards/new" not in cy.get("/quote").text
    assert "/admin/rate-cards/new" in nadia.get("/quote").text


def test_managers_and_admins_quote(ada, otto, cy, nadia, card):
    assert [browser.get("/quote").status_code for browser in (ada, otto, cy, nadia)] == [403, 403, 200, 200]
    assert ">Quote<" in cy.get("/").text
