"""Rate cards: prices by the instance, graduated, with a maximum for each product."""

import json
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla import (
    Money,
    ProductRate,
    RateCard,
    Tier,
    rate_card_from_json,
    rate_card_in_force,
    rate_card_to_json,
)
from tests.sla.examples import BOUNDED, DAY, currencies, usd

FIRST = date(2026, 1, 1)
SQL = ProductRate(
    "sql-server", (Tier(1, usd(200_000)), Tier(2, usd(150_000)), Tier(5, usd(90_000))), usd(1_000_000)
)
EXCHANGE = ProductRate("exchange", (Tier(1, usd(120_000)),), usd(500_000))
CARD = RateCard("USD", FIRST, (SQL, EXCHANGE))


@st.composite
def rates(draw: st.DrawFn, product: str = "sql-server", currency: str = "USD") -> ProductRate:
    firsts = sorted({1} | draw(st.sets(st.integers(2, 40), max_size=4)))
    prices = [draw(st.integers(1, 10**9)), *(draw(st.integers(0, 10**9)) for _ in firsts[1:])]
    maximum = prices[0] + draw(st.integers(0, 10**10))
    tiers = tuple(Tier(first, Money(price, currency)) for first, price in zip(firsts, prices, strict=True))
    return ProductRate(product, tiers, Money(maximum, currency))


@st.composite
def cards(draw: st.DrawFn) -> RateCard:
    currency = draw(currencies)
    products = draw(st.sets(st.sampled_from(["sql-server", "exchange", 'Ü "\n']), min_size=1))
    return RateCard(
        currency, draw(st.dates()), tuple(draw(rates(product, currency)) for product in sorted(products))
    )


@pytest.mark.parametrize(
    ("instances", "split"),
    [
        (1, ((1, usd(200_000)),)),
        (2, ((1, usd(200_000)), (1, usd(150_000)))),
        (4, ((1, usd(200_000)), (3, usd(150_000)))),
        (5, ((1, usd(200_000)), (3, usd(150_000)), (1, usd(90_000)))),
        (100, ((1, usd(200_000)), (3, usd(150_000)), (96, usd(90_000)))),
    ],
)
def test_each_instance_costs_the_price_of_its_own_tier(
    instances: int, split: tuple[tuple[int, Money], ...]
) -> None:
    assert SQL.split(instances) == split


@BOUNDED
@given(rates(), st.integers(1, 100))
def test_instances_are_priced_one_by_one(rate: ProductRate, instances: int) -> None:
    """As somebody would who walks along the instances with the card in hand."""
    one_by_one = [
        max((tier for tier in rate.tiers if tier.first <= number), key=lambda tier: tier.first).price.minor
        for number in range(1, instances + 1)
    ]
    split = rate.split(instances)
    assert sum(count for count, _price in split) == instances
    assert [price.minor for count, price in split for _ in range(count)] == one_by_one


@pytest.mark.parametrize("wrong", [0, -1, True, 1.0, "2"])
def test_there_is_no_fee_for_less_than_one_instance(wrong: int) -> None:
    with pytest.raises(ValueError, match=r"^one instance of sql-server at least, not "):
        SQL.split(wrong)


@pytest.mark.parametrize(
    ("product", "tiers", "maximum", "complaint"),
    [
        ("", (Tier(1, usd(1)),), usd(1), "^a rate is for a product$"),
        (" ", (Tier(1, usd(1)),), usd(1), "^a rate is for a product$"),
        (7, (Tier(1, usd(1)),), usd(1), "^a rate is for a product$"),
        ("a", (), usd(1), "^the prices of a begin with instance 1$"),
        ("a", (Tier(2, usd(1)),), usd(1), "^the prices of a begin with instance 1$"),
        ("a", (Tier(1, usd(1)), Tier(1, usd(1))), usd(1), "^the tiers of a begin one after the other$"),
        ("a", (Tier(1, usd(1)), Tier(5, usd(1)), Tier(4, usd(1))), usd(1), "one after the other"),
        ("a", (Tier(1, usd(1)), Tier(2, usd(-1))), usd(1), "cannot be negative"),
        ("a", (Tier(1, usd(1)), Tier(2, Money(1, "EUR"))), usd(1), "is not in USD"),
        ("a", (Tier(1, usd(1)),), Money(100, "EUR"), "is not in USD"),
        ("a", (Tier(1, usd(0)),), usd(1), "^the first instance of a is not free$"),
        ("a", (Tier(1, usd(2)),), usd(1), r"^the maximum of a, USD 1\.00, is below one instance, USD 2\.00$"),
    ],
)
def test_a_rate_that_makes_no_sense_is_refused(
    product: str, tiers: tuple[Tier, ...], maximum: Money, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        ProductRate(product, tiers, maximum)


@pytest.mark.parametrize("first", [0, -1, True, 1.0])
def test_instances_are_counted_from_one(first: int) -> None:
    with pytest.raises(ValueError, match=r"^instances are counted from 1, not "):
        Tier(first, usd(1))


def test_further_instances_may_be_free_and_one_may_cost_the_maximum() -> None:
    rate = ProductRate("a", (Tier(1, usd(1)), Tier(2, usd(0))), usd(1))
    assert rate.split(3) == ((1, usd(1)), (2, usd(0)))


@pytest.mark.parametrize(
    ("currency", "given", "complaint"),
    [
        ("USD", (), "^a rate card prices one product at least$"),
        (
            "USD",
            (SQL, EXCHANGE, SQL),
            "^a product stands on a rate card once, not as in sql-server, exchange, sql",
        ),
        ("EUR", (SQL,), "^the rate of sql-server is in USD, not in EUR$"),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(
    currency: str, given: tuple[ProductRate, ...], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        RateCard(currency, FIRST, given)


def test_a_card_knows_what_it_prices() -> None:
    assert [CARD.rate_of(product) for product in ("sql-server", "exchange", "other")] == [SQL, EXCHANGE, None]


def test_the_card_that_took_effect_last_is_in_force() -> None:
    old, new, corrected = (
        RateCard("USD", day, (SQL,)) for day in (FIRST, FIRST + 30 * DAY, FIRST + 30 * DAY)
    )
    euros = RateCard("EUR", FIRST + DAY, (ProductRate("a", (Tier(1, Money(1, "EUR")),), Money(1, "EUR")),))
    for kept in ([old, new, corrected, euros], [euros, new, old, corrected]):
        assert rate_card_in_force(kept, "USD", FIRST - DAY) is None
        assert rate_card_in_force(kept, "USD", FIRST) is old
        assert rate_card_in_force(kept, "USD", FIRST + 29 * DAY) is old
        assert rate_card_in_force(kept, "USD", FIRST + 30 * DAY) is corrected
        assert rate_card_in_force(kept, "EUR", FIRST + 30 * DAY) is euros
        assert rate_card_in_force(kept, "JPY", FIRST + 30 * DAY) is None


@BOUNDED
@given(cards())
def test_a_card_survives_being_stored(card: RateCard) -> None:
    assert rate_card_from_json(json.loads(json.dumps(rate_card_to_json(card)))) == card


STORED: dict[str, object] = {
    "currency": "USD",
    "effective_from": "2026-01-01",
    "rates": [
        {
            "product": "sql-server",
            "tiers": [
                {"first": 1, "price": 20_000_000},
                {"first": 2, "price": 15_000_000},
                {"first": 5, "price": 9_000_000},
            ],
            "maximum": 100_000_000,
        },
        {"product": "exchange", "tiers": [{"first": 1, "price": 12_000_000}], "maximum": 50_000_000},
    ],
}


def test_a_stored_card_is_plain() -> None:
    assert rate_card_to_json(CARD) == STORED
    assert rate_card_from_json(STORED) == CARD


def rate(**changed: object) -> dict[str, object]:
    return {"rates": [{"product": "a", "tiers": [{"first": 1, "price": 5}], "maximum": 9} | changed]}


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"currency": 1}, "^this is no rate card: a currency is text, not 1$"),
        ({"currency": "usd"}, "no currency"),
        ({"effective_from": "yesterday"}, "Invalid isoformat"),
        ({"effective_from": 20260101}, "^this is no rate card: fromisoformat"),
        ({"rates": []}, "one product at least"),
        ({"rates": {}}, "^a rate card has a currency, a first day and a list of rates$"),
        ({"rates": [1]}, "^this is no rate card: "),
        ({"name": "a"}, "a list of rates$"),
        (rate(product=1), "a rate is for a product"),
        (rate(more=1), "^a rate has a product, a list of tiers and a maximum$"),
        (rate(tiers={}), "a list of tiers"),
        (rate(tiers=[]), "begin with instance 1"),
        (rate(tiers=[1]), "^this is no rate card: "),
        (rate(tiers=[{"first": 1}]), "^a tier has a first instance and a price$"),
        (rate(tiers=[{"first": 1, "price": 5, "more": 1}]), "^a tier has a first instance and a price$"),
        (rate(tiers=[{"first": 1.0, "price": 5}]), "counted from 1"),
        (
            rate(tiers=[{"first": 1, "price": 5.0}]),
            "^this is no rate card: an amount in minor units is an int",
        ),
        (rate(maximum=None), "minor units is an int"),
        (rate(maximum=True), "minor units is an int"),
    ],
)
def test_a_stored_card_that_makes_no_sense_is_refused(changed: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        rate_card_from_json(STORED | changed)


@pytest.mark.parametrize("missing", ["currency", "effective_from", "rates"])
def test_a_stored_card_lacks_nothing(missing: str) -> None:
    with pytest.raises(ValueError, match=rf"^this is no rate card: '{missing}'$|^a rate card has a currency"):
        rate_card_from_json({key: value for key, value in STORED.items() if key != missing})


@pytest.mark.parametrize("missing", ["product", "tiers", "maximum"])
def test_a_stored_rate_lacks_nothing(missing: str) -> None:
    (whole,) = rate()["rates"]  # type: ignore[misc]
    lacking = {key: value for key, value in whole.items() if key != missing}
    with pytest.raises(ValueError, match=rf"^this is no rate card: '{missing}'$"):
        rate_card_from_json(STORED | {"rates": [lacking]})


@BOUNDED
@given(rates())
def test_a_further_instance_never_lowers_the_fee(rate: ProductRate) -> None:
    fees = [sum(count * price.minor for count, price in rate.split(instances)) for instances in range(1, 60)]
    assert all(before <= after for before, after in pairwise(fees))
