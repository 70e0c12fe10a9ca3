"""The stake: what one more miss costs, fine and credit together, under the caps that hold for both."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla import (
    AttainmentSchedule,
    Band,
    Cap,
    FeeShare,
    Forecast,
    Limits,
    Money,
    Period,
    RisingSchedule,
    Stake,
    Tally,
    Terms,
    assess,
    settle,
    stake,
)
from tests.sla.examples import BOUNDED, FINES, measured, terms, usd

DEADLINE = datetime(2026, 3, 20, 3, tzinfo=UTC)
DAY = date(2026, 3, 20)


def both(cap: int | None = None, kind: Period = Period.YEAR) -> Terms:
    """Fines of 5,000, 12,500, 25,000 and bands of 10,000, 20,000, 50,000 dollars, perhaps under one cap."""
    limits = Limits() if cap is None else Limits(per_period=Cap(usd(cap), kind))
    return measured(rising=FINES, limits=limits)


def at_stake(promised: Terms, kept: int, missed: int, charged: int = 0) -> Stake:
    """One more miss of a month with so many kept, the incident at stake among them."""
    fine = assess(promised, DEADLINE, missed, usd(charged))
    forecast = Forecast(promised, promised.period_of(Period.MONTH, DAY), Tally(kept, missed), usd(charged))
    return stake("USD", fine, forecast)


@pytest.mark.parametrize(
    ("cap", "kept", "missed", "charged", "fine", "credit"),
    [
        (None, 20, 0, 0, 5_000, 0),  # 19 of 20 is 95 %
        (None, 10, 0, 0, 5_000, 0),  # 90 % is not below 90 %
        (None, 9, 1, 0, 12_500, 20_000),  # from 90 % to 80 %
        (None, 1, 0, 0, 5_000, 50_000),
        (None, 1, 9, 0, 25_000, 0),  # the lowest band already
        (60_000, 1, 0, 0, 5_000, 50_000),
        (54_000, 1, 0, 0, 5_000, 49_000),  # one cap for both: the fine goes first
        (20_000, 9, 1, 0, 12_500, 7_500),
        (20_000, 9, 1, 20_000, 0, 0),
        (50_000, 1, 9, 0, 25_000, -25_000),  # the credit would have used up the cap alone
    ],
)
def test_one_more_miss_costs_its_fine_and_what_it_adds_to_the_credit(
    cap: int | None, kept: int, missed: int, charged: int, fine: int, credit: int
) -> None:
    found = at_stake(both(cap), kept, missed, charged)
    assert found.fine is not None
    assert (found.fine.amount, found.credit) == (usd(fine), usd(credit))
    assert found.amount == usd(fine + credit)


def test_caps_of_different_periods_do_not_share_their_room() -> None:
    """The month is settled on its last day, which is of another cap period than the fine's day."""
    fines = terms(
        year_starts_on=date(2024, 7, 25),
        effective_from=date(2024, 7, 25),
        limits=Limits(per_period=Cap(usd(20_000), Period.MONTH)),
    )
    bands = both(50_000, Period.MONTH)
    fine = assess(fines, DEADLINE, 0)
    forecast = Forecast(bands, bands.period_of(Period.MONTH, DAY), Tally(1, 0), usd(0))
    assert stake("USD", fine, forecast).amount == usd(5_000 + 45_000)
    elsewhere = assess(fines, datetime(2026, 2, 20, 3, tzinfo=UTC), 0)
    assert stake("USD", elsewhere, forecast).amount == usd(5_000 + 50_000)


def test_without_fines_only_the_credit_is_at_stake_and_without_bands_only_the_fine() -> None:
    promised = measured()
    forecast = Forecast(promised, promised.period_of(Period.MONTH, DAY), Tally(9, 1), usd(0))
    assert stake("USD", None, forecast) == Stake(None, usd(20_000), usd(20_000))
    fine = assess(terms(), DEADLINE, 2)
    assert stake("USD", fine, None) == Stake(fine, None, usd(25_000))
    assert stake("USD", None, None) == Stake(None, None, usd(0))


def test_a_deadline_in_a_period_of_another_currency_is_at_stake_in_its_own() -> None:
    bands = AttainmentSchedule((Band(9_000, Money(700, "EUR")),), "EUR", Period.MONTH)
    euros = measured(2, currency="EUR", annual_fee=None, attainment=bands,
                     limits=Limits(per_period=Cap(Money(700, "EUR"), Period.MONTH)))  # fmt: skip
    fine = assess(terms(), DEADLINE, 0)
    forecast = Forecast(euros, euros.period_of(Period.MONTH, DAY), Tally(1, 0), Money(0, "EUR"))
    assert stake("USD", fine, forecast) == Stake(fine, Money(700, "EUR"), usd(5_000))


def test_nothing_is_at_stake_where_every_incident_is_missed() -> None:
    with pytest.raises(ValueError, match="counted in whole numbers from 0"):
        at_stake(both(), 0, 3)


prices = st.lists(st.integers(0, 10_000), min_size=1, max_size=4).map(sorted)


@BOUNDED
@given(
    prices,
    prices,
    st.integers(0, 300_000_00),
    st.integers(0, 100_000_00),
    st.integers(1, 12),
    st.integers(0, 12),
)
def test_one_more_miss_never_earns_us_anything(
    fines: list[int], credited: list[int], cap: int, charged: int, kept: int, missed: int
) -> None:
    """The stake is what the contract would owe in the end, less what it would without the miss."""
    bands = tuple(Band(9_500 - 1_000 * place, FeeShare(points)) for place, points in enumerate(credited))
    promised = measured(
        rising=RisingSchedule(tuple(FeeShare(points) for points in fines), "USD"),
        attainment=AttainmentSchedule(bands, "USD", Period.MONTH),
        limits=Limits(per_period=Cap(Money(cap, "USD"), Period.QUARTER)),
    )
    before = Money(min(charged, cap), "USD")
    period = promised.period_of(Period.MONTH, DAY)
    fine = assess(promised, DEADLINE, missed, before)
    assert fine is not None
    found = stake("USD", fine, Forecast(promised, period, Tally(kept, missed), before))
    missing = fine.amount + settle(promised, period, Tally(kept - 1, missed + 1), before + fine.amount).amount
    assert found.amount == missing - settle(promised, period, Tally(kept, missed), before).amount
    assert found.amount.minor >= 0
