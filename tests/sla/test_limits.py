"""Limits: a floor, a cap per incident, a cap per period; what each does to an amount, and in which order."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla import Applied, Cap, Limits, Money, Period, contract_period, limits_from_json, limits_to_json
from tests.sla.examples import BOUNDED, periods, usd

YEAR_CAP = Cap(usd(100), Period.YEAR)


def applied(
    limits: Limits, amount: int, charged: int = 0, *, is_incident: bool = True, credited: int | None = None
) -> list[tuple[str, int]]:
    """The rules that changed so many dollars, with what is left after each."""
    before = None if credited is None else usd(credited)
    steps = limits.apply(usd(amount), usd(charged), is_incident=is_incident, credited=before)
    return [(step.rule, step.amount.minor // 100) for step in steps]


@st.composite
def all_limits(draw: st.DrawFn) -> Limits:
    floor, *caps = sorted(draw(st.lists(st.integers(0, 10**9), min_size=3, max_size=3)))
    incident, period = draw(st.permutations(caps))
    return Limits(
        Money(floor, "USD") if draw(st.booleans()) else None,
        Money(incident, "USD") if draw(st.booleans()) else None,
        Cap(Money(period, "USD"), draw(periods)) if draw(st.booleans()) else None,
    )


@pytest.mark.parametrize(
    ("limits", "amount", "charged", "steps"),
    [
        (Limits(), 50, 0, []),
        (Limits(floor=usd(10)), 5, 0, [("floor", 10)]),
        (Limits(floor=usd(10)), 10, 0, []),
        (Limits(floor=usd(10)), 0, 0, []),  # a free miss stays free
        (Limits(per_incident=usd(40)), 50, 0, [("cap_incident", 40)]),
        (Limits(per_incident=usd(40)), 40, 0, []),
        (Limits(per_period=YEAR_CAP), 50, 50, []),
        (Limits(per_period=YEAR_CAP), 50, 51, [("cap_period", 49)]),
        (Limits(per_period=YEAR_CAP), 50, 100, [("cap_period", 0)]),
        (Limits(per_period=YEAR_CAP), 50, 130, [("cap_period", 0)]),  # an earlier cap was higher
        (Limits(floor=usd(10), per_incident=usd(10)), 5, 0, [("floor", 10)]),
        (Limits(usd(10), usd(40), YEAR_CAP), 5, 95, [("floor", 10), ("cap_period", 5)]),  # the cap wins
        (Limits(usd(10), usd(40), YEAR_CAP), 50, 70, [("cap_incident", 40), ("cap_period", 30)]),
    ],
)
def test_limits_apply_in_order_where_they_change_something(
    limits: Limits, amount: int, charged: int, steps: list[tuple[str, int]]
) -> None:
    assert applied(limits, amount, charged) == steps


def test_the_cap_per_incident_is_not_for_a_period() -> None:
    assert applied(Limits(per_incident=usd(40)), 50, is_incident=False) == []
    assert applied(Limits(usd(10), usd(40), YEAR_CAP), 5, 97, is_incident=False) == [
        ("floor", 10),
        ("cap_period", 3),
    ]


@pytest.mark.parametrize(
    ("charged", "credited", "steps"),
    [
        (0, 0, []),
        (70, 0, [("cap_period", 30)]),
        (70, 20, [("cap_period", 30)]),
        (70, 30, [("cap_period", 30)]),
        (95, 20, [("cap_period", 20)]),
        (150, 20, [("cap_period", 20)]),
        (150, 60, []),
    ],
)
def test_a_cap_always_has_room_for_what_was_credited_before(
    charged: int, credited: int, steps: list[tuple[str, int]]
) -> None:
    found = applied(Limits(per_period=YEAR_CAP), 50, charged, is_incident=False, credited=credited)
    assert found == steps


def test_each_limit_says_what_it_did() -> None:
    steps = Limits(usd(10), usd(10), YEAR_CAP).apply(usd(5), usd(95), is_incident=True)
    assert steps == [
        Applied("floor", usd(10), "raised to the floor of USD 10.00"),
        Applied(
            "cap_period",
            usd(5),
            "limited to USD 5.00 since USD 95.00 of at most USD 100.00 a contract year was charged before",
        ),
    ]
    (capped,) = Limits(per_incident=usd(40)).apply(usd(50), usd(0), is_incident=True)
    assert capped.words == "limited to USD 40.00 an incident"
    again = Limits(per_period=YEAR_CAP).apply(usd(50), usd(150), is_incident=False, credited=usd(20))
    assert again[0].words == (
        "limited to USD 20.00, which was credited before, since "
        "USD 150.00 of at most USD 100.00 a contract year was charged before"
    )


@BOUNDED
@given(all_limits(), st.lists(st.integers(0, 10**9), min_size=1, max_size=8), st.booleans())
def test_together_never_more_than_the_cap_and_never_below_zero(
    limits: Limits, amounts: list[int], is_incident: bool
) -> None:
    charged = 0
    for minor in amounts:
        steps = limits.apply(Money(minor, "USD"), Money(charged, "USD"), is_incident=is_incident)
        owed = steps[-1].amount.minor if steps else minor
        assert owed >= 0
        assert (minor == 0) <= (owed == 0)
        if is_incident and limits.per_incident is not None:
            assert owed <= limits.per_incident.minor
        charged += owed
    if limits.per_period is not None:
        assert charged <= limits.per_period.amount.minor


def test_a_cap_holds_in_its_own_period_of_the_contract() -> None:
    starts_on, day = date(2024, 7, 1), date(2025, 2, 10)
    assert Limits(floor=usd(1)).cap_period(starts_on, day) is None
    for kind in Period:
        capped = Limits(per_period=Cap(usd(1), kind)).cap_period(starts_on, day)
        assert capped == contract_period(starts_on, kind, day)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"floor": usd(-1)}, "cannot be negative"),
        ({"per_incident": usd(-1)}, "cannot be negative"),
        ({"per_period": Cap(usd(-1), Period.YEAR)}, "cannot be negative"),
        ({"floor": usd(2), "per_incident": usd(1)}, r"^the floor, USD 2\.00, is above a cap$"),
        ({"floor": usd(101), "per_period": YEAR_CAP}, "is above a cap"),
        ({"floor": usd(1), "per_incident": Money(5, "EUR")}, "is not in USD"),
        ({"per_incident": Money(5, "EUR"), "per_period": YEAR_CAP}, "is not in EUR"),
    ],
)
def test_limits_that_make_no_sense_are_refused(given: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Limits(**given)  # type: ignore[arg-type]


def test_limits_have_one_currency_or_none() -> None:
    assert Limits().currency is None
    for limits in (Limits(floor=usd(1)), Limits(per_incident=usd(1)), Limits(per_period=YEAR_CAP)):
        assert limits.currency == "USD"


@BOUNDED
@given(all_limits())
def test_limits_survive_being_stored(limits: Limits) -> None:
    assert limits_from_json(json.loads(json.dumps(limits_to_json(limits))), "USD") == limits


def test_stored_limits_are_whole_minor_units() -> None:
    assert limits_to_json(Limits(usd(1), usd(2), YEAR_CAP)) == {
        "floor": 100,
        "per_incident": 200,
        "per_period": {"amount": 10_000, "period": "year"},
    }


STORED: dict[str, object] = {"floor": 1, "per_incident": 2, "per_period": {"amount": 3, "period": "month"}}


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"floor": 1.5}, "^a limit is whole minor units"),
        ({"floor": True}, "whole minor units"),
        ({"per_incident": "2"}, "whole minor units"),
        ({"floor": -1}, "cannot be negative"),
        ({"floor": 5}, "above a cap"),
        ({"per_period": 3}, "^a cap per period has an amount and a period$"),
        ({"per_period": {}}, "has an amount and a period"),
        ({"per_period": {"amount": 3, "period": "month", "more": 1}}, "has an amount and a period"),
        ({"per_period": {"amount": None, "period": "month"}}, "whole minor units"),
        ({"per_period": {"amount": 3, "period": "week"}}, "not a valid Period"),
        ({"ceiling": 1}, "^limits have a floor, a cap per incident and a cap per period$"),
    ],
)
def test_stored_limits_that_make_no_sense_are_refused(changed: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        limits_from_json(STORED | changed, "USD")


@pytest.mark.parametrize("missing", sorted(STORED))
def test_stored_limits_lack_nothing(missing: str) -> None:
    with pytest.raises(ValueError, match="limits have a floor"):
        limits_from_json({key: value for key, value in STORED.items() if key != missing}, "USD")
