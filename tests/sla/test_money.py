"""Money: exact to the minor unit, one currency at a time."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla import EXPONENTS, Money, exponent_of, money_from_text, total

BOUNDED = settings(max_examples=300, deadline=None, derandomize=True, database=None)
currencies = st.sampled_from(sorted(EXPONENTS))
minors = st.integers(-(10**15), 10**15)
amounts = st.builds(Money, minors, currencies)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1_250_000, "USD", "USD 12,500.00"),
        (1_250_000, "IDR", "IDR 12,500.00"),
        (12_500, "JPY", "JPY 12,500"),
        (12_500_000, "KWD", "KWD 12,500.000"),
        (5, "USD", "USD 0.05"),
        (-5, "USD", "USD -0.05"),
        (0, "JPY", "JPY 0"),
        (0, "KWD", "KWD 0.000"),
        (-123_456_789_012, "EUR", "EUR -1,234,567,890.12"),
        (10**40 + 1, "USD", f"USD {10**38:,}.01"),
    ],
)
def test_an_amount_reads_the_same_everywhere(minor: int, currency: str, text: str) -> None:
    assert str(Money(minor, currency)) == text


@pytest.mark.parametrize(
    ("currency", "decimals"), [("USD", 2), ("IDR", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3)]
)
def test_each_currency_has_its_own_decimals(currency: str, decimals: int) -> None:
    assert exponent_of(currency) == decimals


def test_every_code_is_three_capitals_and_listed_once() -> None:
    assert all(len(code) == 3 and code.isupper() and code.isascii() for code in EXPONENTS)
    assert set(EXPONENTS.values()) == {0, 2, 3}


@pytest.mark.parametrize("code", ["usd", "XXX", "", "US", "DOLLAR"])
def test_an_unknown_currency_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="no currency"):
        Money(1, code)


@pytest.mark.parametrize("minor", [1.0, True, "1", Decimal(1), None, Fraction(1)])
def test_only_an_int_is_an_amount(minor: object) -> None:
    with pytest.raises(TypeError, match="minor units"):
        Money(minor, "USD")  # type: ignore[arg-type]


def test_two_currencies_never_mix() -> None:
    dollar, euro = Money(1, "USD"), Money(1, "EUR")
    for mix in (
        lambda: dollar + euro,
        lambda: dollar - euro,
        lambda: dollar < euro,
        lambda: total([euro], "USD"),
    ):
        with pytest.raises(ValueError, match="different currencies"):
            mix()
    assert dollar != euro


def test_money_mixes_with_nothing_but_money() -> None:
    for mix in (lambda: Money(1, "USD") + 1, lambda: Money(1, "USD") < 1, lambda: Money(1, "USD") - 1.5):
        with pytest.raises(TypeError):
            mix()


@BOUNDED
@given(minors, minors, currencies)
def test_adding_and_taking_away_come_back_to_the_start(first: int, second: int, currency: str) -> None:
    one, other = Money(first, currency), Money(second, currency)
    assert one + other - other == one
    assert one + other == other + one == total([one, other], currency)
    assert one - one == total([], currency) == Money(0, currency)
    assert (one < other, one <= other, one > other, one >= other) == (
        first < second,
        first <= second,
        first > second,
        first >= second,
    )


def test_what_is_owed_may_be_turned_round_and_multiplied() -> None:
    assert -Money(5, "USD") == Money(-5, "USD")
    assert -Money(-5, "JPY") == Money(5, "JPY")
    assert [Money(150, "USD").times(count) for count in (0, 1, 3, -2)] == [
        Money(minor, "USD") for minor in (0, 150, 450, -300)
    ]
    for wrong in (1.5, True, "2", None):
        with pytest.raises(TypeError, match=r"^a count is an int, not "):
            Money(150, "USD").times(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minor", "basis_points", "share"),
    [
        (10_000, 2_500, 2_500),
        (1, 5_000, 1),
        (3, 5_000, 2),
        (5, 5_000, 3),
        (1, 4_999, 0),
        (-1, 5_000, -1),
        (-1, 4_999, 0),
        (999, 10_000, 999),
        (999, 0, 0),
        (100, 12_345, 123),
        (10_000, 1, 1),
        (4_999, 1, 0),
        (5_000, 1, 1),
    ],
)
def test_a_share_rounds_an_exact_half_away_from_zero(minor: int, basis_points: int, share: int) -> None:
    assert Money(minor, "USD").share(basis_points) == Money(share, "USD")


@BOUNDED
@given(amounts, st.integers(0, 30_000))
def test_a_share_is_never_off_by_more_than_half_a_minor_unit(amount: Money, basis_points: int) -> None:
    share = amount.share(basis_points)
    off = abs(Fraction(share.minor) - Fraction(amount.minor * basis_points, 10_000))
    assert off <= Fraction(1, 2)
    assert off < Fraction(1, 2) or abs(share.minor) * 10_000 > abs(amount.minor) * basis_points
    assert (-amount).share(basis_points) == -share


def test_a_share_is_a_whole_number_of_basis_points_and_not_negative() -> None:
    for wrong in (0.5, True, "1"):
        with pytest.raises(TypeError, match=r"^a share in basis points is an int, not "):
            Money(1, "USD").share(wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="0 basis points or more"):
        Money(1, "USD").share(-1)


@BOUNDED
@given(amounts)
def test_what_is_printed_can_be_typed_back(amount: Money) -> None:
    currency, major = str(amount).split(" ")
    assert money_from_text(major, currency) == amount
    assert money_from_text(major.replace(",", ""), currency) == amount
    assert amount.to_decimal() * 10 ** exponent_of(currency) == amount.minor


def test_fewer_decimals_may_be_typed() -> None:
    assert money_from_text("12.5", "USD") == Money(1_250, "USD")
    assert money_from_text("-1.2", "KWD") == Money(-1_200, "KWD")
    assert money_from_text(" 12500 ", "USD") == money_from_text("12,500.0", "USD") == Money(1_250_000, "USD")


@pytest.mark.parametrize(
    "typed",
    ["", "-", ".5", "5.", "1.234", "1,23", "12,50.00", "1e3", "1_000", "+1", "--1", "\u0661", "NaN", "1 0"],
)
def test_what_cannot_be_read_exactly_is_refused_and_never_rounded(typed: str) -> None:
    with pytest.raises(ValueError, match="is not an amount in USD"):
        money_from_text(typed, "USD")
    with pytest.raises(ValueError, match="0 decimals"):
        money_from_text("1.0", "JPY")
