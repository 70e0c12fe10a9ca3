"""Quotes: the annual fee with its arithmetic, from USD 200,000 for one SQL Server to USD 1,000,000."""

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla import (
    Money,
    Plan,
    Quote,
    QuoteLine,
    QuoteRefusal,
    QuoteRefusalReason,
    QuoteStep,
    quote,
    quote_from_json,
    quote_to_json,
)
from tests.sla.examples import BOUNDED, DAY, usd
from tests.sla.test_rates import CARD, FIRST

PLUS = Plan.PREMIER_PLUS
ONE = "1 x USD 200,000.00 = USD 200,000.00"
FOUR = f"{ONE}, 3 x USD 150,000.00 = USD 450,000.00"
CAPPED = "capped at USD 1,000,000.00"


def quoted(**wanted: int) -> Quote:
    found = quote(CARD, PLUS, {product.replace("_", "-"): count for product, count in wanted.items()}, FIRST)
    assert isinstance(found, Quote)
    return found


@pytest.mark.parametrize(
    ("instances", "fee", "arithmetic"),
    [
        (1, 200_000, ONE),
        (
            3,
            500_000,
            f"{ONE}, 2 x USD 150,000.00 = USD 300,000.00, together USD 500,000.00",
        ),
        (
            8,
            1_000_000,
            f"{FOUR}, 4 x USD 90,000.00 = USD 360,000.00, together USD 1,010,000.00, {CAPPED}",
        ),
        (
            1_000,
            1_000_000,
            f"{FOUR}, 996 x USD 90,000.00 = USD 89,640,000.00, together USD 90,290,000.00, {CAPPED}",
        ),
    ],
)
def test_a_quote_shows_its_arithmetic(instances: int, fee: int, arithmetic: str) -> None:
    found = quoted(sql_server=instances)
    (line,) = found.lines
    assert (line.amount, line.instances, line.is_capped) == (usd(fee), instances, "capped" in arithmetic)
    assert line.arithmetic == arithmetic
    assert found.annual_fee == usd(fee)


def test_products_are_added_up_in_the_order_of_the_card() -> None:
    found = quoted(exchange=5, sql_server=1)
    assert [line.product for line in found.lines] == ["sql-server", "exchange"]
    assert [line.arithmetic for line in found.lines][1] == (
        "5 x USD 120,000.00 = USD 600,000.00, capped at USD 500,000.00"
    )
    assert found.lines[1].subtotal == usd(600_000)
    assert found.annual_fee == usd(700_000)
    assert (found.plan, found.day, found.effective_from, found.currency) == (PLUS, FIRST, FIRST, "USD")


def test_a_sum_that_is_the_maximum_is_not_capped() -> None:
    line = QuoteLine("a", (QuoteStep(2, usd(5)),), usd(10))
    assert (line.is_capped, line.amount) == (False, usd(10))


@pytest.mark.parametrize(
    ("plan", "wanted", "day", "refusal"),
    [
        (Plan.PREMIER, {"sql-server": 1}, FIRST, QuoteRefusal(QuoteRefusalReason.PLAN_NOT_ELIGIBLE)),
        (Plan.PREMIER, {}, FIRST - DAY, QuoteRefusal(QuoteRefusalReason.PLAN_NOT_ELIGIBLE)),
        (PLUS, {}, FIRST - DAY, QuoteRefusal(QuoteRefusalReason.NOTHING_ASKED)),
        (PLUS, {"other": 1}, FIRST - DAY, QuoteRefusal(QuoteRefusalReason.CARD_NOT_IN_FORCE)),
        (
            PLUS,
            {"sql-server": 1, "other": 1, "more": 1},
            FIRST,
            QuoteRefusal(QuoteRefusalReason.PRODUCT_NOT_PRICED, "other"),
        ),
    ],
)
def test_what_cannot_be_quoted_is_refused_for_the_first_reason(
    plan: Plan, wanted: dict[str, int], day: date, refusal: QuoteRefusal
) -> None:
    assert quote(CARD, plan, wanted, day) == refusal


@pytest.mark.parametrize("plan", [Plan.PREMIER_PLUS, Plan.PREMIER_ULTIMATE])
def test_both_plans_that_are_eligible_pay_the_same(plan: Plan) -> None:
    found = quote(CARD, plan, {"sql-server": 2}, FIRST + 400 * DAY)
    assert isinstance(found, Quote)
    assert (found.plan, found.annual_fee) == (plan, usd(350_000))


@pytest.mark.parametrize("wrong", [0, -1, True, 1.5])
def test_less_than_one_instance_cannot_be_quoted(wrong: int) -> None:
    with pytest.raises(ValueError, match="one instance of sql-server at least"):
        quote(CARD, PLUS, {"sql-server": wrong}, FIRST)
    with pytest.raises(ValueError, match=r"^a step has one instance at least, not "):
        QuoteStep(wrong, usd(1))


@BOUNDED
@given(st.integers(1, 60), st.integers(0, 60))
def test_a_quote_survives_being_stored(sql: int, exchange: int) -> None:
    found = quoted(sql_server=sql, **({"exchange": exchange} if exchange else {}))
    assert quote_from_json(json.loads(json.dumps(quote_to_json(found)))) == found


STORED: dict[str, Any] = {
    "plan": "premier_plus",
    "day": "2026-01-01",
    "effective_from": "2026-01-01",
    "currency": "USD",
    "lines": [
        {
            "product": "exchange",
            "steps": [{"instances": 5, "price": 12_000_000, "amount": 60_000_000}],
            "subtotal": 60_000_000,
            "maximum": 50_000_000,
            "amount": 50_000_000,
        }
    ],
    "annual_fee": 50_000_000,
}


def test_a_stored_quote_can_be_read_without_this_code() -> None:
    assert quote_to_json(quoted(exchange=5)) == STORED
    assert quote_from_json(STORED) == quoted(exchange=5)


def step(stored: dict[str, Any]) -> dict[str, Any]:
    return stored["lines"][0]["steps"][0]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (
            lambda it: it.update(annual_fee=1),
            "^what was stored is not what the arithmetic of the quote comes to$",
        ),
        (lambda it: it["lines"][0].update(subtotal=1), "not what the arithmetic"),
        (lambda it: it["lines"][0].update(amount=60_000_000), "not what the arithmetic"),
        (lambda it: it["lines"][0].update(product=7), "not what the arithmetic"),
        (lambda it: step(it).update(amount=1), "not what the arithmetic"),
        (lambda it: step(it).update(instances=6), "not what the arithmetic"),
        (lambda it: step(it).update(instances=0), "one instance at least"),
        (lambda it: step(it).update(instances=5.0), "one instance at least"),
        (lambda it: step(it).update(price=1.5), "^this is no quote: an amount in minor units is an int"),
        (lambda it: step(it).pop("price"), "^this is no quote: 'price'$"),
        (lambda it: it["lines"][0].pop("maximum"), "^this is no quote: 'maximum'$"),
        (lambda it: it.update(more=1), "not what the arithmetic"),
        (lambda it: it.pop("annual_fee"), "not what the arithmetic"),
        (lambda it: it.pop("plan"), "^this is no quote: 'plan'$"),
        (lambda it: it.update(plan="gold"), "'gold' is not a valid Plan"),
        (lambda it: it.update(day=None), "^this is no quote: fromisoformat"),
        (lambda it: it.update(effective_from="soon"), "Invalid isoformat"),
        (lambda it: it.update(currency=None), "no currency is called 'None'"),
        (lambda it: it.update(lines=None), "^this is no quote: "),
        (lambda it: it.update(lines=[1]), "^this is no quote: "),
    ],
)
def test_a_stored_quote_that_does_not_add_up_is_refused(
    spoil: Callable[[dict[str, Any]], object], complaint: str
) -> None:
    stored = copy.deepcopy(STORED)
    spoil(stored)
    with pytest.raises(ValueError, match=complaint):
        quote_from_json(stored)


def test_a_line_of_another_currency_is_refused() -> None:
    line = QuoteLine("a", (QuoteStep(1, Money(1, "EUR")),), usd(1))
    with pytest.raises(ValueError, match="different currencies"):
        line.amount  # noqa: B018
