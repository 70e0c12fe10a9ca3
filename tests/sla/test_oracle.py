"""The oracle is right where a person can check it by hand, and knows nothing of the code that it judges."""

import ast
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.sla import oracle
from tests.sla.oracle import Oracle, replay

C = "contract"
HOUR = timedelta(hours=1)
MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)


def version(**changed: Any) -> dict[str, Any]:
    """Fines of 10, 20, 50 by the quarter and credits of 100 below 90 % and 300 below 50 % by the month."""
    return {
        "version": 1,
        "effective_from": date(2026, 1, 1),
        "respond_within_seconds": 1_800,
        "year_starts_on": "2026-01-01",
        "time_zone": "UTC",
        "currency": "USD",
        "annual_fee": None,
        "schedule": {"period": "quarter", "steps": [10, 20, 50]},
        "attainment": {
            "period": "month",
            "bands": [{"below": 9_000, "credit": 100}, {"below": 5_000, "credit": 300}],
        },
        "limits": {"floor": None, "per_incident": None, "per_period": None},
    } | changed


def missing(*reported: datetime) -> list[tuple[Any, ...]]:
    """Incidents a, b, c … of which nobody was told, noticed one by one in this order."""
    names = "abcdefghij"[: len(reported)]
    starts = [("start", name, C, at) for name, at in zip(names, reported, strict=True)]
    return [*starts, *(("notice", name) for name in names)]


def fines(told: Oracle) -> list[tuple[Any, ...]]:
    return [(entry.incident, entry.ordinal, entry.amount) for entry in told.entries if entry.kind == "fine"]


def credited(told: Oracle) -> list[tuple[Any, ...]]:
    return [(entry.day, entry.ordinal, entry.amount) for entry in told.entries if entry.kind == "credit"]


def test_it_imports_nothing_of_ours() -> None:
    tree = ast.parse(Path(oracle.__file__).read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {"sla", "hotline", "routing", "tests"}
    assert not {name for name in names if name.split(".")[0] in ours}


def test_misses_of_a_quarter_rise_and_the_last_step_repeats() -> None:
    told = replay(
        {C: [version()]}, missing(*(MAY + number * HOUR for number in range(4)), MAY + 60 * 24 * HOUR)
    )
    assert fines(told) == [("a", 1, 10), ("b", 2, 20), ("c", 3, 50), ("d", 4, 50), ("e", 1, 10)]
    assert told.breached() == set("abcde")
    assert told.owed(C) == {"USD": 140}


def test_numbers_follow_the_order_of_recording_and_never_change() -> None:
    events = [
        ("start", "a", C, MAY),
        ("start", "b", C, MAY - HOUR),
        ("notice", "a"),
        ("notice", "b"),
        ("notice", "a"),
    ]
    assert fines(replay({C: [version()]}, events)) == [("a", 1, 10), ("b", 2, 20)]
    swept = [*events[:2], ("sweep", MAY - HOUR), ("sweep", MAY + HOUR)]
    assert fines(replay({C: [version()]}, swept)) == [("b", 1, 10), ("a", 2, 20)]


@pytest.mark.parametrize(
    ("late_by", "missed"), [(timedelta(0), False), (timedelta(microseconds=1), True), (-HOUR, False)]
)
def test_told_at_the_deadline_is_in_time(late_by: timedelta, missed: bool) -> None:
    told_at = MAY + timedelta(minutes=30) + late_by
    events = [("start", "a", C, MAY), ("tell", "a", told_at), ("notice", "a")]
    assert replay({C: [version()]}, events).breached() == ({"a"} if missed else set())


def test_only_the_first_telling_counts_and_one_that_was_taken_back_does_not() -> None:
    events = [("tell", "a", MAY), ("tell", "a", MAY + HOUR), ("start", "a", C, MAY), ("notice", "a")]
    assert replay({C: [version()]}, events).breached() == set()
    taken_back = [*events[:3], ("take_back", "a"), ("notice", "a"), ("tell", "a", MAY)]
    assert replay({C: [version()]}, taken_back).breached() == {"a"}


def test_the_local_day_of_the_deadline_decides_the_period() -> None:
    jakarta = version(time_zone="Asia/Jakarta")
    before_midnight = datetime(2026, 6, 30, 16, 29, 59, tzinfo=UTC)
    told = replay({C: [jakarta]}, missing(before_midnight, before_midnight + timedelta(seconds=1)))
    assert [told.clocks[name].due_on for name in "ab"] == [date(2026, 6, 30), date(2026, 7, 1)]
    assert [ordinal for _name, ordinal, _amount in fines(told)] == [1, 1]


def test_floors_and_caps() -> None:
    limits = {"floor": 15, "per_incident": 40, "per_period": {"amount": 80, "period": "year"}}
    told = replay({C: [version(limits=limits)]}, missing(*(MAY + number * HOUR for number in range(5))))
    assert [amount for _name, _ordinal, amount in fines(told)] == [15, 20, 40, 5, 0]


def test_a_waiver_makes_no_room_under_a_cap() -> None:
    limits = {"floor": None, "per_incident": None, "per_period": {"amount": 10, "period": "year"}}
    events = missing(MAY, MAY + HOUR)
    events.insert(3, ("waive", C, "a", date(2026, 5, 5), 10, "USD"))
    told = replay({C: [version(limits=limits)]}, events)
    assert fines(told) == [("a", 1, 10), ("b", 2, 0)]
    assert told.owed(C) == {"USD": 0}


@pytest.mark.parametrize(("share", "amount"), [(5_000, 51), (4_950, 50), (4_851, 49), (0, 0)])
def test_a_share_is_rounded_half_away_from_zero(share: int, amount: int) -> None:
    assert oracle.share(101, share) == amount


def test_a_period_is_settled_by_its_attainment_and_again_by_the_difference() -> None:
    kept = [("start", f"kept-{n}", C, MAY) for n in range(9)] + [("tell", f"kept-{n}", MAY) for n in range(9)]
    events = [*missing(MAY), *kept]
    assert credited(replay({C: [version()]}, [*events, ("settle", C, date(2026, 5, 9))])) == []
    late = [("start", "late", C, MAY), ("notice", "late"), ("settle", C, date(2026, 5, 9))]
    worse = [*events, ("settle", C, date(2026, 5, 31)), *late, ("settle", C, date(2026, 5, 31))]
    last = date(2026, 5, 31)
    assert credited(replay({C: [version()]}, worse)) == [(last, 1, 100)]
    better = [("start", f"more-{n}", C, MAY) for n in range(20)] + [
        ("tell", f"more-{n}", MAY) for n in range(20)
    ]
    back = [*worse, *better, ("settle", C, last)]
    assert credited(replay({C: [version()]}, back)) == [(last, 1, 100), (last, 2, -100)]


def test_the_lowest_band_below_which_attainment_is_pays() -> None:
    events = [
        *missing(MAY, MAY),
        ("start", "kept", C, MAY),
        ("tell", "kept", MAY),
        ("settle", C, date(2026, 5, 1)),
    ]
    assert credited(replay({C: [version()]}, events)) == [(date(2026, 5, 31), 1, 300)]


def test_the_version_of_the_first_day_settles_the_period() -> None:
    doubled = version(version=2, effective_from=date(2026, 5, 2), attainment={
        "period": "month", "bands": [{"below": 9_000, "credit": 200}]})  # fmt: skip
    june = MAY + 31 * 24 * HOUR
    events = [*missing(MAY, june), ("settle", C, date(2026, 5, 20)), ("settle", C, date(2026, 6, 20))]
    told = replay({C: [version(), doubled]}, events)
    assert credited(told) == [(date(2026, 5, 31), 1, 300), (date(2026, 6, 30), 1, 200)]
    assert [entry.version for entry in told.entries] == [2, 2, 1, 2]


def test_a_settlement_keeps_the_room_that_it_had_used() -> None:
    small = {"floor": None, "per_incident": None, "per_period": {"amount": 110, "period": "year"}}
    large = {"floor": None, "per_incident": None, "per_period": {"amount": 500, "period": "year"}}
    second = version(version=2, effective_from=date(2026, 6, 1), limits=large, schedule={
        "period": "year", "steps": [300]})  # fmt: skip
    kept = [("start", "kept", C, MAY), ("tell", "kept", MAY)]
    events = [("start", "a", C, MAY), *kept, ("notice", "a"), ("settle", C, date(2026, 5, 1))]
    june = [("start", "b", C, MAY + 31 * 24 * HOUR), ("notice", "b")]
    late = [("start", "c", C, MAY), ("notice", "c"), ("settle", C, date(2026, 5, 1))]
    told = replay({C: [version(limits=small), second]}, [*events, *june, *late])
    assert [(entry.kind, entry.amount) for entry in told.entries] == [
        ("fine", 10),
        ("credit", 100),
        ("fine", 300),
        ("fine", 0),
    ]


def test_nothing_is_settled_where_no_attainment_is_agreed() -> None:
    told = replay({C: [version(attainment=None)]}, [*missing(MAY), ("settle", C, date(2026, 5, 9))])
    assert credited(told) == []


@pytest.mark.parametrize(
    ("starts_on", "kind", "day", "period"),
    [
        ("2024-02-29", "year", "2025-02-28", ("2024-02-29", "2025-02-28")),
        ("2024-02-29", "year", "2025-03-01", ("2025-03-01", "2026-02-28")),
        ("2024-01-31", "month", "2024-04-30", ("2024-03-31", "2024-04-30")),
        ("2024-01-31", "month", "2024-05-01", ("2024-05-01", "2024-05-30")),
        ("2024-11-30", "quarter", "2025-03-01", ("2025-03-01", "2025-05-29")),
    ],
)
def test_a_day_that_a_month_lacks_is_the_first_of_the_next(
    starts_on: str, kind: str, day: str, period: tuple[str, str]
) -> None:
    found = oracle.period_of({"year_starts_on": starts_on}, kind, date.fromisoformat(day))
    assert found == tuple(map(date.fromisoformat, period))
