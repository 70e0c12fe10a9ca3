"""Attainment: the share that was answered in time, compared exactly, and the band it falls into."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla import (
    AttainmentSchedule,
    Band,
    FeeShare,
    Money,
    Period,
    Tally,
    attainment_from_json,
    attainment_to_json,
)
from tests.sla.examples import BANDS, BOUNDED, currencies, periods, usd

tallies = st.builds(Tally, st.integers(0, 500), st.integers(0, 500))


@st.composite
def schedules(draw: st.DrawFn) -> AttainmentSchedule:
    currency = draw(currencies)
    below = sorted(draw(st.sets(st.integers(1, 10_000), min_size=1, max_size=6)), reverse=True)
    sizes = sorted(draw(st.lists(st.integers(0, 10_000), min_size=len(below), max_size=len(below))))
    is_share = draw(st.booleans())
    bands = tuple(
        Band(at, FeeShare(size) if is_share else Money(size, currency))
        for at, size in zip(below, sizes, strict=True)
    )
    return AttainmentSchedule(bands, currency, draw(periods))


@pytest.mark.parametrize(
    ("kept", "missed", "below"),
    [
        (0, 0, None),  # no incidents: no credit
        (10, 0, None),
        (9, 1, None),  # 90 % is not below 90 %
        (899, 101, 9_000),
        (8_999, 1_001, 9_000),  # 89.99 %, which a rounded percentage would let pass
        (89_999_999, 10_000_001, 9_000),
        (17, 3, 9_000),  # exactly 85 %
        (84, 16, 8_500),
        (3, 1, 8_500),  # exactly 75 %
        (74, 26, 7_500),
        (2, 1, 7_500),
        (0, 1, 7_500),
    ],
)
def test_the_lowest_band_that_holds_pays(kept: int, missed: int, below: int | None) -> None:
    band = BANDS.band_for(Tally(kept, missed))
    assert (None if band is None else band.below) == below


@BOUNDED
@given(schedules(), tallies)
def test_a_band_is_found_by_an_exact_fraction(schedule: AttainmentSchedule, tally: Tally) -> None:
    share = tally.attainment
    held = [b for b in schedule.bands if share is not None and share < Fraction(b.below, 10_000)]
    assert schedule.band_for(tally) == (min(held, key=lambda band: band.below) if held else None)


@BOUNDED
@given(schedules(), st.integers(1, 500), st.integers(0, 500))
def test_a_further_miss_never_lifts_a_period_into_a_better_band(
    schedule: AttainmentSchedule, kept: int, missed: int
) -> None:
    before, after = schedule.band_for(Tally(kept, missed)), schedule.band_for(Tally(kept - 1, missed + 1))
    assert before is None or (after is not None and after.below <= before.below)


def test_a_tally_counts() -> None:
    assert (Tally(3, 1).total, Tally(3, 1).attainment) == (4, Fraction(3, 4))
    assert (Tally(0, 0).total, Tally(0, 0).attainment) == (0, None)
    assert not Tally(0, 0).is_below(10_000)


@pytest.mark.parametrize("counts", [(-1, 0), (0, -1), (1.0, 0), (0, True), ("1", 0)])
def test_a_tally_of_anything_but_whole_numbers_is_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="counted in whole numbers from 0"):
        Tally(*counts)


@pytest.mark.parametrize("below", [0, -1, 10_001, True, 9_000.0, "9000"])
def test_a_threshold_is_above_zero_and_at_most_everything(below: int) -> None:
    with pytest.raises(ValueError, match=r"^a band lies below 1 to 10000 basis points, not "):
        Band(below, usd(1))


def test_thresholds_at_both_ends_are_accepted_and_read_well() -> None:
    assert str(Band(1, usd(1))) == "below 0.01 %: USD 1.00"
    assert str(Band(10_000, FeeShare(500))) == "below 100 %: 5 % of the annual fee"


@pytest.mark.parametrize(
    ("bands", "complaint"),
    [
        ((), "^an attainment schedule needs at least one band$"),
        ((Band(9_000, usd(1)), Band(9_000, usd(2))), "^thresholds fall from band to band: below 90 %"),
        ((Band(8_000, usd(1)), Band(9_000, usd(2))), "thresholds fall"),
        (
            (Band(9_000, usd(2)), Band(8_000, usd(1))),
            "^a lower attainment is not credited with less: below 90 %",
        ),
        ((Band(9_000, FeeShare(2)), Band(8_000, FeeShare(1))), "not credited with less"),
        ((Band(9_000, usd(-1)),), "cannot be negative"),
        ((Band(9_000, Money(1, "EUR")),), "is not in USD"),
    ],
)
def test_bands_that_make_no_sense_are_refused(bands: tuple[Band, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        AttainmentSchedule(bands, "USD", Period.MONTH)


def test_bands_may_be_credited_alike() -> None:
    alike = AttainmentSchedule((Band(9_000, usd(1)), Band(8_000, usd(1))), "USD", Period.YEAR)
    assert alike.band_for(Tally(1, 9)) == Band(8_000, usd(1))


@BOUNDED
@given(schedules())
def test_a_schedule_survives_being_stored(schedule: AttainmentSchedule) -> None:
    assert attainment_from_json(json.loads(json.dumps(attainment_to_json(schedule)))) == schedule


def test_a_stored_schedule_says_its_kind() -> None:
    schedule = AttainmentSchedule((Band(9_000, usd(1)), Band(500, FeeShare(1))), "USD", Period.QUARTER)
    assert attainment_to_json(schedule) == {
        "kind": "attainment",
        "period": "quarter",
        "currency": "USD",
        "bands": [{"below": 9_000, "credit": 100}, {"below": 500, "credit": {"basis_points": 1}}],
    }


STORED: dict[str, object] = {
    "kind": "attainment",
    "period": "month",
    "currency": "USD",
    "bands": [{"below": 9_000, "credit": 1}],
}


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"kind": "rising"}, "has a kind"),
        ({"currency": None}, "has a kind"),
        ({"currency": "usd"}, "no currency"),
        ({"bands": []}, "at least one band"),
        ({"bands": {}}, "has a kind"),
        ({"bands": [1]}, "has a kind"),
        ({"bands": [{"below": 9_000}]}, "has a kind"),
        ({"bands": [{"below": 9_000, "credit": 1, "name": "a"}]}, "has a kind"),
        ({"bands": [{"below": 9_000, "credit": 1.5}]}, "whole minor units"),
        ({"bands": [{"below": 0.9, "credit": 1}]}, "a band lies below"),
        ({"bands": [{"below": None, "credit": 1}]}, "a band lies below"),
        ({"period": "decade"}, "not a valid Period"),
        ({"cap": 5}, "has a kind"),
    ],
)
def test_a_stored_schedule_that_makes_no_sense_is_refused(changed: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        attainment_from_json(STORED | changed)


@pytest.mark.parametrize("missing", sorted(STORED))
def test_a_stored_schedule_lacks_nothing(missing: str) -> None:
    assert attainment_from_json(STORED).bands == (Band(9_000, Money(1, "USD")),)
    with pytest.raises(
        ValueError, match=r"^an attainment schedule has a kind, a period, a currency and a list of b"
    ):
        attainment_from_json({key: value for key, value in STORED.items() if key != missing})
