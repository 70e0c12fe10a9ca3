"""Credits: what a period's attainment earns when it is settled, and again when it is settled once more."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla import (
    AttainmentSchedule,
    Band,
    Cap,
    FeeShare,
    Limits,
    Money,
    Period,
    Tally,
    settle,
)
from tests.sla.examples import BOUNDED, measured, terms, usd

TERMS = measured(3)
MARCH = TERMS.period_of(Period.MONTH, date(2026, 3, 5))
LIMITED = measured(limits=Limits(usd(12_000), usd(13_000), Cap(usd(40_000), Period.YEAR)))


@pytest.mark.parametrize(
    ("kept", "missed", "dollars"),
    [
        (0, 0, 0),
        (9, 1, 0),
        (89, 11, 10_000),
        (17, 3, 10_000),
        (84, 16, 20_000),
        (3, 1, 20_000),
        (74, 26, 50_000),
    ],
)
def test_a_larger_credit_is_earned_by_a_smaller_attainment(kept: int, missed: int, dollars: int) -> None:
    credit = settle(TERMS, MARCH, Tally(kept, missed))
    assert (credit.amount, credit.charged) == (usd(dollars), usd(0))
    assert (credit.period, credit.terms, credit.schedule) == (MARCH, TERMS, TERMS.attainment)


@pytest.mark.parametrize(
    ("kept", "missed", "charged", "dollars", "rules"),
    [
        (9, 1, 0, 0, ["band"]),
        (17, 3, 0, 12_000, ["band", "floor"]),
        (84, 16, 0, 20_000, ["band"]),  # the cap per incident is for fines
        (84, 16, 25_000, 15_000, ["band", "cap_period"]),
        (17, 3, 39_999, 1, ["band", "floor", "cap_period"]),
        (74, 26, 0, 40_000, ["band", "cap_period"]),
    ],
)
def test_a_credit_is_worked_out_limit_by_limit(
    kept: int, missed: int, charged: int, dollars: int, rules: list[str]
) -> None:
    credit = settle(LIMITED, MARCH, Tally(kept, missed), usd(charged))
    assert (credit.amount, [step.rule for step in credit.arithmetic]) == (usd(dollars), rules)
    assert credit.charged == usd(charged)


def test_what_was_credited_is_taken_back_by_the_tally_and_never_by_a_cap() -> None:
    tally, better = Tally(84, 16), Tally(100, 11)
    assert settle(LIMITED, MARCH, tally, usd(40_000), usd(15_000)).amount == usd(15_000)
    assert settle(LIMITED, MARCH, tally, usd(22_000), usd(15_000)).amount == usd(18_000)
    assert settle(LIMITED, MARCH, tally, usd(40_000), usd(30_000)).amount == usd(20_000)
    assert settle(LIMITED, MARCH, better, usd(40_000), usd(15_000)).amount == usd(0)


@BOUNDED
@given(
    st.integers(0, 50),
    st.integers(0, 50),
    st.integers(0, 5_000_000),
    st.integers(0, 3_000_000),
    st.booleans(),
)
def test_one_more_miss_never_takes_a_credit_back(
    kept: int, missed: int, charged: int, later: int, counted_late: bool
) -> None:
    """Whatever was charged since, and whether the incident was kept before or not counted at all."""
    before, after = Tally(kept + 1, missed), Tally(kept + counted_late, missed + 1)
    credited = settle(LIMITED, MARCH, before, Money(charged, "USD")).amount
    again = settle(LIMITED, MARCH, after, Money(charged + later, "USD"), credited).amount
    assert again >= credited


def test_a_credit_says_what_it_is_for_in_one_sentence() -> None:
    assert settle(TERMS, MARCH, Tally(84, 16)).explanation == (
        "In contract month 21 (2026-03-01 to 2026-03-31) 84 of 100 incidents were answered in time, which "
        "earns USD 20,000.00: below 85 % (10 % of the annual fee, USD 200,000.00: USD 20,000.00), "
        "by terms version 3."
    )
    assert settle(TERMS, MARCH, Tally(9, 1)).explanation == (
        "In contract month 21 (2026-03-01 to 2026-03-31) 9 of 10 incidents were answered in time, which "
        "earns USD 0.00: not below 90 %, by terms version 3."
    )
    assert "which earns USD 0.00: no incident, by" in settle(TERMS, MARCH, Tally(0, 0)).explanation


def test_a_credit_of_an_amount_needs_no_fee() -> None:
    bands = AttainmentSchedule((Band(9_000, usd(700)),), "USD", Period.MONTH)
    credit = settle(terms(attainment=bands), MARCH, Tally(1, 1))
    assert credit.explanation.endswith("which earns USD 700.00: below 90 %, by terms version 1.")
    assert credit.record["annual_fee_minor"] is None


def test_a_credit_says_the_same_to_machines() -> None:
    credit = settle(LIMITED, MARCH, Tally(17, 3), usd(39_999))
    assert credit.record == {
        "kind": "attainment",
        "terms_version": 1,
        "time_zone": "Asia/Jakarta",
        "period": "month",
        "period_number": 21,
        "period_starts_on": "2026-03-01",
        "period_ends_on": "2026-03-31",
        "kept": 17,
        "missed": 3,
        "below_basis_points": 9_000,
        "annual_fee_minor": 20_000_000,
        "charged_before_minor": 3_999_900,
        "arithmetic": [
            {"rule": "band", "amount_minor": 1_000_000},
            {"rule": "floor", "amount_minor": 1_200_000},
            {"rule": "cap_period", "amount_minor": 100},
        ],
        "amount_minor": 100,
        "currency": "USD",
    }
    assert json.loads(json.dumps(credit.record)) == credit.record
    assert settle(LIMITED, MARCH, Tally(1, 0)).record["below_basis_points"] is None


def test_terms_without_bands_settle_nothing() -> None:
    with pytest.raises(ValueError, match=r"^terms version 4 has no attainment schedule$"):
        settle(terms(4), MARCH, Tally(1, 1))


def test_a_share_of_the_fee_is_credited_in_the_currency_of_the_terms() -> None:
    bands = AttainmentSchedule((Band(9_000, FeeShare(333)),), "JPY", Period.MONTH)
    japanese = measured(attainment=bands, annual_fee=Money(1_000_001, "JPY"), currency="JPY")
    assert settle(japanese, MARCH, Tally(0, 1)).amount == Money(33_300, "JPY")
