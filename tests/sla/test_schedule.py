"""Rising schedules: what each miss of a period costs, before any limit."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla import FeeShare, Money, Period, RisingSchedule, schedule_from_json, schedule_to_json
from tests.sla.examples import BOUNDED, FINES, currencies, periods, usd


@st.composite
def schedules(draw: st.DrawFn) -> RisingSchedule:
    currency = draw(currencies)
    count = draw(st.integers(1, 8))
    amounts = sorted(draw(st.lists(st.integers(0, 10**12), min_size=count, max_size=count)))
    points = sorted(draw(st.lists(st.integers(0, 10_000), min_size=count, max_size=count)))
    kinds = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    steps = tuple(
        Money(amount, currency) if is_amount else FeeShare(point)
        for amount, point, is_amount in zip(amounts, points, kinds, strict=True)
    )
    return RisingSchedule(steps, currency, draw(periods))


def test_each_miss_costs_its_step_and_the_last_step_repeats() -> None:
    costs = [FINES.price_of(ordinal) for ordinal in range(1, 7)]
    assert costs == [usd(5_000), usd(12_500), usd(25_000), usd(25_000), usd(25_000), usd(25_000)]
    assert [FINES.step_for(ordinal) for ordinal in range(1, 5)] == [1, 2, 3, 3]


def test_misses_are_counted_by_the_contract_year_unless_agreed_otherwise() -> None:
    assert FINES.period is Period.YEAR


def test_the_first_misses_may_be_free_and_steps_may_be_alike() -> None:
    schedule = RisingSchedule((usd(0), usd(0), usd(9), usd(9)), "USD")
    assert [schedule.price_of(ordinal) for ordinal in (1, 2, 3, 9)] == [usd(0), usd(0), usd(9), usd(9)]


def test_amounts_and_shares_may_stand_side_by_side() -> None:
    mixed = RisingSchedule((usd(5_000), FeeShare(500), usd(6_000), FeeShare(1_000)), "USD")
    assert [mixed.price_of(ordinal) for ordinal in (2, 4, 5)] == [
        FeeShare(500),
        FeeShare(1_000),
        FeeShare(1_000),
    ]


@BOUNDED
@given(schedules(), st.integers(1, 30))
def test_a_miss_costs_the_step_of_its_number(schedule: RisingSchedule, ordinal: int) -> None:
    assert schedule.price_of(ordinal) == schedule.steps[min(ordinal, len(schedule.steps)) - 1]


@pytest.mark.parametrize("ordinal", [0, -1])
def test_there_is_no_miss_before_the_first(ordinal: int) -> None:
    for ask in (FINES.step_for, FINES.price_of):
        with pytest.raises(ValueError, match=f"^misses are counted from 1, not {ordinal}$"):
            ask(ordinal)


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        ((), "^a schedule of fines needs at least one step$"),
        ((usd(-1),), r"^a price cannot be negative: USD -1\.00$"),
        ((usd(2), usd(1)), r"^fines may not fall from one miss to the next: USD 2\.00, then USD 1\.00$"),
        ((FeeShare(2), FeeShare(1)), r"^fines may not fall"),
        ((usd(1), Money(2, "EUR")), r"^EUR 0\.02 is not in USD$"),
    ],
)
def test_a_schedule_that_is_empty_negative_falling_or_mixed_is_refused(
    steps: tuple[Money | FeeShare, ...], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        RisingSchedule(steps, "USD")


def test_a_schedule_of_shares_still_has_a_currency_that_exists() -> None:
    with pytest.raises(ValueError, match="no currency"):
        RisingSchedule((FeeShare(1),), "XXX")


@BOUNDED
@given(schedules())
def test_a_schedule_survives_being_stored(schedule: RisingSchedule) -> None:
    assert schedule_from_json(json.loads(json.dumps(schedule_to_json(schedule)))) == schedule


def test_a_stored_schedule_says_its_kind() -> None:
    schedule = RisingSchedule((usd(5_000), FeeShare(250)), "USD", Period.QUARTER)
    assert schedule_to_json(schedule) == {
        "kind": "rising",
        "period": "quarter",
        "currency": "USD",
        "steps": [500_000, {"basis_points": 250}],
    }


STORED: dict[str, object] = {"kind": "rising", "period": "year", "currency": "USD", "steps": [1]}


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"kind": "attainment"}, "^no schedule of fines is of the kind 'attainment'$"),
        ({"kind": None}, "of the kind None"),
        ({"currency": 1}, "^a rising schedule has a kind, a period, a currency and a list of steps$"),
        ({"currency": "usd"}, "no currency"),
        ({"steps": []}, "at least one step"),
        ({"steps": "12"}, "has a kind"),
        ({"steps": None}, "has a kind"),
        ({"steps": [1.5]}, "whole minor units"),
        ({"steps": [True]}, "whole minor units"),
        ({"steps": ["1"]}, "whole minor units"),
        ({"steps": [2, 1]}, "may not fall"),
        ({"steps": [{"basis_points": 20_000}]}, "0 to 10000"),
        ({"period": "week"}, "'week' is not a valid Period"),
        ({"period": None}, "not a valid Period"),
        ({"cap": 5}, "has a kind"),
    ],
)
def test_a_stored_schedule_that_makes_no_sense_is_refused(changed: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        schedule_from_json(STORED | changed)


@pytest.mark.parametrize("missing", sorted(STORED))
def test_a_stored_schedule_lacks_nothing(missing: str) -> None:
    assert schedule_from_json(STORED).steps == (Money(1, "USD"),)
    with pytest.raises(ValueError, match=r"has a kind|of the kind None"):
        schedule_from_json({key: value for key, value in STORED.items() if key != missing})
