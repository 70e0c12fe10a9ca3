"""Fines: what a missed deadline costs, as a lawyer would work it out, whatever the order of the misses."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import combinations_with_replacement, permutations

import pytest

from sla import Cap, FeeShare, Fine, Limits, Money, Period, RisingSchedule, assess, total
from tests.sla.examples import FINES, measured, terms, usd

DEADLINE = datetime(2026, 3, 1, 17, 30, tzinfo=UTC)  # 00:30 of 2 March in Jakarta
TERMS = terms(3)
SHARES = RisingSchedule((FeeShare(250), FeeShare(500)), "USD", Period.QUARTER)
LIMITED = terms(
    annual_fee=usd(200_000),
    rising=SHARES,
    limits=Limits(usd(6_000), usd(8_000), Cap(usd(30_000), Period.YEAR)),
)


def fined(promised: object, at: datetime, previous: int, charged: Money | None = None) -> Fine:
    fine = assess(promised, at, previous, charged)  # type: ignore[arg-type]
    assert fine is not None
    return fine


@pytest.mark.parametrize(
    ("previous", "charged", "amount", "rules"),
    [
        (0, 0, 6_000, ["step", "floor"]),  # 2.5 % of 200,000 is 5,000
        (1, 6_000, 8_000, ["step", "cap_incident"]),  # 5 % is 10,000
        (2, 14_000, 8_000, ["step", "cap_incident"]),
        (3, 22_000, 8_000, ["step", "cap_incident"]),
        (4, 30_000, 0, ["step", "cap_incident", "cap_period"]),
        (4, 25_000, 5_000, ["step", "cap_incident", "cap_period"]),
        (0, 27_000, 3_000, ["step", "floor", "cap_period"]),
    ],
)
def test_a_fine_is_worked_out_limit_by_limit(
    previous: int, charged: int, amount: int, rules: list[str]
) -> None:
    fine = fined(LIMITED, DEADLINE, previous, usd(charged))
    assert (fine.amount, [step.rule for step in fine.arithmetic]) == (usd(amount), rules)
    assert (fine.ordinal, fine.charged, fine.schedule) == (previous + 1, usd(charged), SHARES)


def test_misses_that_cost_nothing_have_no_fine() -> None:
    assert assess(measured(), DEADLINE, 3) is None


def test_a_miss_may_be_free_and_a_share_may_come_to_nothing() -> None:
    free = terms(rising=RisingSchedule((usd(0), usd(5)), "USD"), limits=Limits(floor=usd(2)))
    assert [fined(free, DEADLINE, previous).amount for previous in (0, 1)] == [usd(0), usd(5)]
    tiny = terms(annual_fee=Money(7, "USD"), rising=RisingSchedule((FeeShare(1),), "USD"))
    assert fined(tiny, DEADLINE, 0).amount == usd(0)


def test_a_fine_says_what_it_is_for_in_one_sentence() -> None:
    assert fined(TERMS, DEADLINE, 1).explanation == (
        "Miss 2 of contract year 2 (2025-07-01 to 2026-06-30), on 2026-03-02 Asia/Jakarta, "
        "costs USD 12,500.00: step 2 of 3, by terms version 3."
    )
    assert fined(TERMS, DEADLINE, 2).explanation.endswith(": step 3 of 3, by terms version 3.")
    assert fined(TERMS, DEADLINE, 3).explanation.endswith(
        ": step 3 of 3, the last, which repeats, by terms version 3."
    )


def test_the_sentence_shows_the_share_and_every_limit() -> None:
    assert fined(LIMITED, DEADLINE, 4, usd(25_000)).explanation == (
        "Miss 5 of contract quarter 7 (2026-01-01 to 2026-03-31), on 2026-03-02 Asia/Jakarta, "
        "costs USD 5,000.00: step 2 of 2, the last, which repeats "
        "(5 % of the annual fee, USD 200,000.00: USD 10,000.00), limited to USD 8,000.00 an incident, "
        "limited to USD 5,000.00 since USD 25,000.00 of at most USD 30,000.00 a contract year was charged "
        "before, by terms version 1."
    )
    assert fined(LIMITED, DEADLINE, 4, usd(25_000)).explanation.isascii()


def test_a_fine_says_the_same_to_machines() -> None:
    fine = fined(LIMITED, DEADLINE, 4, usd(25_000))
    assert fine.record == {
        "kind": "rising",
        "terms_version": 1,
        "respond_by": "2026-03-01T17:30:00+00:00",
        "missed_on": "2026-03-02",
        "time_zone": "Asia/Jakarta",
        "period": "quarter",
        "period_number": 7,
        "period_starts_on": "2026-01-01",
        "period_ends_on": "2026-03-31",
        "ordinal": 5,
        "step": 2,
        "steps": 2,
        "annual_fee_minor": 20_000_000,
        "charged_before_minor": 2_500_000,
        "arithmetic": [
            {"rule": "step", "amount_minor": 1_000_000},
            {"rule": "cap_incident", "amount_minor": 800_000},
            {"rule": "cap_period", "amount_minor": 500_000},
        ],
        "amount_minor": 500_000,
        "currency": "USD",
    }
    assert json.loads(json.dumps(fine.record)) == fine.record


def test_without_a_fee_and_before_any_charge_the_record_says_so() -> None:
    record = fined(TERMS, DEADLINE, 0).record
    assert (record["annual_fee_minor"], record["charged_before_minor"]) == (None, 0)


def bill(deadlines: tuple[datetime, ...]) -> list[Fine]:
    """What enforcement does: take misses as they come, and count those before each in its contract year."""
    counted: Counter[int] = Counter()
    fines = []
    for respond_by in deadlines:
        year = TERMS.period_of(Period.YEAR, TERMS.day_of(respond_by)).number
        fines.append(fined(TERMS, respond_by, counted[year]))
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
        sums = set()
        for order in set(permutations(misses)):
            fines = bill(order)
            sums.add(total((fine.amount for fine in fines), "USD"))
            for number in {fine.period.number for fine in fines}:
                ordinals = [fine.ordinal for fine in fines if fine.period.number == number]
                assert ordinals == list(range(1, len(ordinals) + 1))
        assert len(sums) == 1


def test_the_count_begins_again_with_each_contract_year() -> None:
    found = [(fine.period.number, fine.ordinal, fine.amount) for fine in bill(tuple(AROUND_MIDNIGHT))]
    assert found == [
        (1, 1, usd(5_000)),
        (1, 2, usd(12_500)),
        (2, 1, usd(5_000)),
        (2, 2, usd(12_500)),
        (3, 1, usd(5_000)),
    ]


@pytest.mark.parametrize(
    ("kind", "number", "starts_on"),
    [
        (Period.MONTH, 21, date(2026, 3, 1)),
        (Period.QUARTER, 7, date(2026, 1, 1)),
        (Period.YEAR, 2, date(2025, 7, 1)),
    ],
)
def test_misses_are_counted_in_the_period_that_was_agreed(kind: Period, number: int, starts_on: date) -> None:
    schedule = RisingSchedule(FINES.steps, "USD", kind)
    fine = fined(terms(rising=schedule), DEADLINE, 0)
    assert (fine.period.kind, fine.period.number, fine.period.starts_on) == (kind, number, starts_on)
    assert (fine.missed_on, fine.respond_by) == (date(2026, 3, 2), DEADLINE)


def test_a_miss_before_the_first_or_before_the_contract_or_at_a_naive_deadline_is_refused() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        assess(TERMS, DEADLINE, -1)
    with pytest.raises(ValueError, match="before the contract's years start"):
        assess(TERMS, datetime(2024, 6, 30, 16, 59, 59, tzinfo=UTC), 0)
    with pytest.raises(ValueError, match="aware UTC"):
        assess(TERMS, datetime(2026, 1, 1), 0)  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware UTC"):
        assess(measured(), datetime(2026, 1, 1), 0)  # noqa: DTZ001
