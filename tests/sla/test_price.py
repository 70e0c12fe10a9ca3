"""Prices: amounts, and shares of the annual fee to the minor unit."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla import FeeShare, Money, percent, worth
from sla.price import price_from_json, price_to_json
from tests.sla import oracle
from tests.sla.examples import BOUNDED, shares, usd


@pytest.mark.parametrize(
    ("basis_points", "words"),
    [
        (0, "0 %"),
        (1, "0.01 %"),
        (5, "0.05 %"),
        (10, "0.1 %"),
        (250, "2.5 %"),
        (9_000, "90 %"),
        (9_999, "99.99 %"),
    ],
)
def test_basis_points_read_as_an_exact_percentage(basis_points: int, words: str) -> None:
    assert percent(basis_points) == words
    assert str(FeeShare(basis_points)) == f"{words} of the annual fee"


@pytest.mark.parametrize(
    ("fee", "basis_points", "cents"),
    [
        (20_000_000, 500, 1_000_000),
        (20_000_000, 0, 0),
        (20_000_000, 10_000, 20_000_000),
        (33_333, 1_250, 4_167),  # 4,166.625 rounds up
        (1, 5_000, 1),  # an exact half rounds away from zero
        (1, 4_999, 0),
    ],
)
def test_a_share_of_the_fee_is_rounded_as_on_paper(fee: int, basis_points: int, cents: int) -> None:
    assert worth(FeeShare(basis_points), Money(fee, "USD")) == Money(cents, "USD")


@BOUNDED
@given(st.integers(1, 10**18), shares)
def test_a_share_is_what_the_oracle_says(fee: int, share: FeeShare) -> None:
    assert worth(share, Money(fee, "KWD")) == Money(oracle.share(fee, share.basis_points), "KWD")


def test_an_amount_is_worth_itself_whatever_the_fee() -> None:
    assert worth(usd(5), usd(200_000)) == worth(usd(5), None) == usd(5)


def test_a_share_of_no_fee_cannot_be_worked_out() -> None:
    with pytest.raises(
        ValueError, match=r"^5 % of the annual fee cannot be worked out: no annual fee is agreed$"
    ):
        worth(FeeShare(500), None)


@pytest.mark.parametrize("wrong", [-1, 10_001])
def test_a_share_is_at_most_the_whole_fee(wrong: int) -> None:
    with pytest.raises(ValueError, match=f"^a share is 0 to 10000 basis points, not {wrong}$"):
        FeeShare(wrong)


@pytest.mark.parametrize("wrong", [True, 1.0, "1", None])
def test_a_share_is_whole_basis_points(wrong: object) -> None:
    with pytest.raises(TypeError, match="whole basis points"):
        FeeShare(wrong)  # type: ignore[arg-type]


def test_prices_are_stored_plainly() -> None:
    assert price_to_json(usd(5)) == 500
    assert price_to_json(FeeShare(250)) == {"basis_points": 250}


@BOUNDED
@given(st.one_of(shares, st.builds(Money, st.integers(0, 10**15), st.just("IDR"))))
def test_a_price_survives_being_stored(price: Money | FeeShare) -> None:
    assert price_from_json(json.loads(json.dumps(price_to_json(price))), "IDR") == price


@pytest.mark.parametrize(
    "junk",
    [
        *(None, 1.5, True, "1", [], [1], {}, {"points": 1}),
        *({"basis_points": 1.0}, {"basis_points": True}, {"basis_points": -1}, {"basis_points": None}),
        {"basis_points": 1, "of": "fee"},
    ],
)
def test_junk_is_no_price(junk: object) -> None:
    with pytest.raises(ValueError, match=r"whole minor units or basis points|nothing else|0 to 10000"):
        price_from_json(junk, "USD")
