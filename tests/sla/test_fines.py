"""Fines: each miss of a contract year costs its step, whatever the order in which misses are seen."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import combinations_with_replacement, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla import (
    EXPONENTS,
    Fine,
    Money,
    RisingSchedule,
    Terms,
    assess,
    fine_for,
    next_miss_costs,
    schedule_from_json,
    schedule_to_json,
    total,
)

BOUNDED = settings(max_examples=300, deadline=None, derandomize=True, database=None)


def usd(dollars: int) -> Money:
    return Money(dollars * 100, "USD")


STEPS = RisingSchedule((usd(5_000), usd(12_500), usd(25_000)))
TERMS = Terms(3, date(2025, 1, 1), timedelta(minutes=30), (), STEPS, date(2024, 7, 1), "Asia/Jakarta")
schedules = st.builds(
    lambda minors, currency: RisingSchedule(tuple(Money(minor, currency) for minor in sorted(minors))),
    st.lists(st.integers(0, 10**12), min_size=1, max_size=8),
    st.sampled_from(sorted(EXPONENTS)),
)


def test_each_miss_costs_its_step_and_the_last_step_repeats() -> None:
    costs = [fine_for(STEPS, ordinal) for ordinal in range(1, 7)]
    assert costs == [usd(5_000), usd(12_500), usd(25_000), usd(25_000), usd(25_000), usd(25_000)]


def test_a_schedule_of_one_step_fines_every_miss_alike() -> None:
    assert {fine_for(RisingSchedule((usd(1),)), ordinal) for ordinal in range(1, 50)} == {usd(1)}


def test_the_first_misses_may_be_free() -> None:
    assert fine_for(RisingSchedule((usd(0), usd(0), usd(9))), 2) == usd(0)


@BOUNDED
@given(schedules, st.integers(1, 30))
def test_a_later_miss_never_costs_less(schedule: RisingSchedule, ordinal: int) -> None:
    assert fine_for(schedule, ordinal) <= fine_for(schedule, ordinal + 1)
    assert fine_for(schedule, ordinal) == schedule.steps[min(ordinal, len(schedule.steps)) - 1]


@pytest.mark.parametrize("ordinal", [0, -1])
def test_there_is_no_miss_before_the_first(ordinal: int) -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        fine_for(STEPS, ordinal)
    with pytest.raises(ValueError, match="counted from 1"):
        assess(TERMS, datetime(2026, 1, 1, tzinfo=UTC), ordinal - 1)


def test_a_schedule_that_is_empty_negative_falling_or_mixed_is_refused() -> None:
    for steps, complaint in (
        ((), "at least one step"),
        ((usd(-1),), "cannot be negative"),
        ((usd(2), usd(1)), "may not fall"),
        ((usd(1), Money(2, "EUR")), "different currencies"),
    ):
        with pytest.raises(ValueError, match=complaint):
            RisingSchedule(steps)


def test_a_fine_says_what_it_is_for_in_one_sentence() -> None:
    fine = assess(TERMS, datetime(2026, 3, 1, 17, 30, tzinfo=UTC), 1)
    assert fine.explanation == (
        "Miss 2 of contract year 2 (2025-07-01 to 2026-06-30), on 2026-03-02 Asia/Jakarta, "
        "costs USD 12,500.00: step 2 of 3 of terms version 3."
    )
    assert "step 3 of 3, the last, which repeats, of terms" in assess(TERMS, fine.respond_by, 3).explanation
    assert "repeats" not in assess(TERMS, fine.respond_by, 2).explanation
    assert fine.explanation.isascii()


def test_a_fine_says_the_same_to_machines() -> None:
    fine = assess(TERMS, datetime(2026, 3, 1, 17, 30, tzinfo=UTC), 4)
    assert fine.record == {
        "kind": "rising",
        "terms_version": 3,
        "respond_by": "2026-03-01T17:30:00+00:00",
        "missed_on": "2026-03-02",
        "time_zone": "Asia/Jakarta",
        "contract_year": 2,
        "year_starts_on": "2025-07-01",
        "year_ends_on": "2026-06-30",
        "ordinal": 5,
        "step": 3,
        "steps": 3,
        "amount_minor": 2_500_000,
        "currency": "USD",
    }
    assert json.loads(json.dumps(fine.record)) == fine.record


def settle(deadlines: tuple[datetime, ...]) -> list[Fine]:
    """What enforcement does: take misses as they come, and count those before each in its contract year."""
    counted: Counter[int] = Counter()
    fines = []
    for respond_by in deadlines:
        year = TERMS.year_of(respond_by).number
        fines.append(assess(TERMS, respond_by, counted[year]))
        counted[year] += 1
    return fines


YEAR_ENDS = datetime(2025, 6, 30, 17, tzinfo=UTC)
AROUND_MIDNIGHT = [
    YEAR_ENDS - timedelta(days=200),
    YEAR_ENDS - timedelta(microseconds=1),
    YEAR_ENDS,
    YEAR_ENDS + timedelta(days=365) - timedelta(microseconds=1),
    YEAR_ENDS + timedelta(days=365),
]


def test_every_order_of_misses_gives_each_year_the_same_bill() -> None:
    for misses in combinations_with_replacement(AROUND_MIDNIGHT, 5):
        per_year = Counter(TERMS.year_of(at).number for at in misses)
        bill = total((fine_for(STEPS, n + 1) for count in per_year.values() for n in range(count)), "USD")
        for order in set(permutations(misses)):
            fines = settle(order)
            assert total((fine.amount for fine in fines), "USD") == bill
            for number, count in per_year.items():
                ordinals = [fine.ordinal for fine in fines if fine.contract_year.number == number]
                assert ordinals == list(range(1, count + 1))


def test_the_count_begins_again_with_each_contract_year() -> None:
    fines = settle(tuple(AROUND_MIDNIGHT))
    assert [(fine.contract_year.number, fine.ordinal) for fine in fines] == [
        (1, 1),
        (1, 2),
        (2, 1),
        (2, 2),
        (3, 1),
    ]


@BOUNDED
@given(schedules, st.integers(0, 12), st.integers(0, 12))
def test_the_money_at_stake_is_what_the_next_misses_will_be_fined(
    schedule: RisingSchedule, previous: int, misses: int
) -> None:
    expected = sum(fine_for(schedule, previous + later).minor for later in range(1, misses + 1))
    assert next_miss_costs(schedule, previous, misses) == Money(expected, schedule.currency)
    assert next_miss_costs(schedule, previous) == fine_for(schedule, previous + 1)


def test_the_money_at_stake_of_a_negative_count_is_refused() -> None:
    for counts in ((-1, 1), (0, -1)):
        with pytest.raises(ValueError, match="counted from 0"):
            next_miss_costs(STEPS, *counts)


@BOUNDED
@given(schedules)
def test_a_schedule_survives_being_stored(schedule: RisingSchedule) -> None:
    assert schedule_from_json(json.loads(json.dumps(schedule_to_json(schedule)))) == schedule


def test_a_stored_schedule_says_its_kind() -> None:
    stored = {"kind": "rising", "currency": "USD", "steps": [500_000, 1_250_000, 2_500_000]}
    assert schedule_to_json(STEPS) == stored


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"kind": "attainment"},
        {"kind": None, "currency": "USD", "steps": [1]},
        {"kind": "rising", "steps": [1]},
        {"kind": "rising", "currency": "USD"},
        {"kind": "rising", "currency": "USD", "steps": []},
        {"kind": "rising", "currency": "USD", "steps": [1.5]},
        {"kind": "rising", "currency": "USD", "steps": [True]},
        {"kind": "rising", "currency": "USD", "steps": ["1"]},
        {"kind": "rising", "currency": "USD", "steps": [2, 1]},
        {"kind": "rising", "currency": "USD", "steps": "12"},
        {"kind": "rising", "currency": "usd", "steps": [1]},
        {"kind": "rising", "currency": "USD", "steps": [1], "cap": 5},
    ],
)
def test_a_stored_schedule_that_makes_no_sense_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        schedule_from_json(stored)


def test_a_fine_before_the_contract_or_at_a_naive_deadline_is_refused() -> None:
    with pytest.raises(ValueError, match="before the contract starts"):
        assess(TERMS, datetime(2024, 6, 30, 16, 59, 59, tzinfo=UTC), 0)
    with pytest.raises(ValueError, match="aware UTC"):
        assess(TERMS, datetime(2026, 1, 1), 0)  # noqa: DTZ001
