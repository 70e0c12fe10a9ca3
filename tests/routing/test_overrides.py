"""Overrides: who covers, who is removed, and who wins when they overlap."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from routing import (
    Gap,
    Override,
    OverrideKind,
    Part,
    Rotation,
    Shift,
    Version,
    compile_timetable,
    gaps,
    on_call,
    shifts,
)
from tests.routing.rota import rota

HOUR = timedelta(hours=1)
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
WEEKLY = rota("Etc/UTC", date(2026, 1, 5), time(9), 7, ("Ada", "Bo"))
EMPTY = rota("Etc/UTC", date(2026, 1, 5), time(9), 7, ())


def cover(member: str | None, first_hour: int, last_hour: int, rotation_id: str = "db") -> Override[str]:
    return Override(rotation_id, member, NINE + first_hour * HOUR, NINE + last_hour * HOUR)


def test_bo_covers_for_ada_from_the_first_instant_until_just_before_the_last() -> None:
    covered = [cover("Bo", 2, 4)]
    tick = timedelta(microseconds=1)
    assert on_call(WEEKLY, covered, NINE + 2 * HOUR - tick).members == ("Ada",)
    assert on_call(WEEKLY, covered, NINE + 2 * HOUR).members == ("Bo",)
    assert on_call(WEEKLY, covered, NINE + 4 * HOUR - tick).members == ("Bo",)
    assert on_call(WEEKLY, covered, NINE + 4 * HOUR).members == ("Ada",)


def changed(kind: OverrideKind, member: str | None, instead_of: str | None = None) -> Override[str]:
    return Override("db", member, NINE + 2 * HOUR, NINE + 4 * HOUR, kind, instead_of)


ADD, REMOVE, REPLACE = OverrideKind.ADD, OverrideKind.REMOVE, OverrideKind.REPLACE
PAIR = Rotation(
    "db",
    "first line",
    (Version(None, tuple(Part("Etc/UTC", date(2026, 1, 5), (member,)) for member in ("Ada", "Bo"))),),
)


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ([changed(ADD, "Cy")], ("Ada", "Bo", "Cy")),
        ([changed(ADD, "Ada")], ("Ada", "Bo")),
        ([changed(REMOVE, "Ada")], ("Bo",)),
        ([changed(REMOVE, "Cy")], ("Ada", "Bo")),
        ([changed(REPLACE, "Cy", "Ada")], ("Cy", "Bo")),
        ([changed(REPLACE, "Bo", "Ada")], ("Bo",)),
        ([changed(REPLACE, "Cy", "Dee")], ("Ada", "Bo")),
        ([changed(REPLACE, None, "Ada")], ("Bo",)),
        ([changed(REPLACE, "Cy")], ("Cy",)),
        ([changed(REPLACE, None)], ()),
        ([changed(REMOVE, "Ada"), changed(ADD, "Ada")], ("Bo", "Ada")),
        ([changed(ADD, "Cy"), changed(REMOVE, "Cy")], ("Ada", "Bo")),
        ([changed(ADD, "Cy"), changed(REPLACE, "Dee")], ("Dee",)),
        ([changed(REPLACE, "Dee"), changed(ADD, "Cy")], ("Dee", "Cy")),
        ([changed(REPLACE, None), changed(ADD, "Cy"), changed(REPLACE, "Dee", "Cy")], ("Dee",)),
        ([changed(REPLACE, "Cy", "Ada"), changed(REPLACE, "Dee", "Cy")], ("Dee", "Bo")),
    ],
)
def test_overrides_act_one_after_another_oldest_first(
    overrides: list[Override[str]], expected: tuple[str, ...]
) -> None:
    for at in (NINE + 2 * HOUR, NINE + 3 * HOUR):
        answer = on_call(PAIR, overrides, at)
        assert (answer.members, answer.is_override) == (expected, True)
        assert (answer.since, answer.until) == (NINE + 2 * HOUR, NINE + 4 * HOUR)
    assert on_call(PAIR, overrides, NINE + 4 * HOUR).members == ("Ada", "Bo")
    (_, drawn, _) = compile_timetable(PAIR, overrides, NINE, NINE + 9 * HOUR).spells
    assert drawn.members == expected


def test_an_override_that_adds_or_removes_names_one_person() -> None:
    for kind, member, instead_of in ((ADD, None, None), (REMOVE, None, None), (ADD, "Cy", "Ada")):
        with pytest.raises(ValueError, match="names one person"):
            changed(kind, member, instead_of)


def test_a_cover_cuts_the_shift_beneath_in_two() -> None:
    assert shifts(WEEKLY, [cover("Bo", 2, 4)], NINE, NINE + 10 * HOUR) == [
        Shift("Ada", NINE, NINE + 2 * HOUR, is_override=False),
        Shift("Bo", NINE + 2 * HOUR, NINE + 4 * HOUR, is_override=True),
        Shift("Ada", NINE + 4 * HOUR, NINE + 10 * HOUR, is_override=False),
    ]


def test_the_last_created_wins_while_it_holds_and_then_the_earlier_one_holds_again() -> None:
    layers = [cover("Bo", 0, 10), cover("Cy", 3, 5)]
    answers = [on_call(WEEKLY, layers, NINE + hour * HOUR).members for hour in range(11)]
    assert answers == [("Bo",)] * 3 + [("Cy",)] * 2 + [("Bo",)] * 5 + [("Ada",)]


def test_a_cover_hidden_by_a_later_one_leaves_no_trace() -> None:
    layers = [cover("Cy", 3, 5), cover("Bo", 0, 10)]
    assert [shift.member for shift in shifts(WEEKLY, layers, NINE, NINE + 12 * HOUR)] == ["Bo", "Ada"]


def test_someone_from_outside_the_rotation_may_cover_across_a_hand_off() -> None:
    week = 7 * 24
    held = on_call(WEEKLY, [cover("Dee", week - 1, week + 1)], NINE + week * HOUR)
    assert (held.members, held.since, held.until) == (
        ("Dee",),
        NINE + (week - 1) * HOUR,
        NINE + (week + 1) * HOUR,
    )


def test_an_override_with_nobody_removes_the_person_and_shows_as_a_gap() -> None:
    removed = [cover(None, 2, 4)]
    answer = on_call(WEEKLY, removed, NINE + 3 * HOUR)
    assert (answer.members, answer.is_override) == ((), True)
    assert gaps(WEEKLY, removed, NINE, NINE + 10 * HOUR) == [Gap(NINE + 2 * HOUR, NINE + 4 * HOUR)]


def test_gaps_that_touch_are_told_as_one() -> None:
    removed = [cover(None, 2, 4), cover(None, 4, 5), cover(None, 3, 6)]
    assert gaps(WEEKLY, removed, NINE, NINE + 10 * HOUR) == [Gap(NINE + 2 * HOUR, NINE + 6 * HOUR)]


def test_someone_may_cover_before_the_rotation_starts() -> None:
    early = [cover("Bo", -5, -3)]
    assert on_call(WEEKLY, early, NINE - 4 * HOUR).members == ("Bo",)
    before, after = on_call(WEEKLY, early, NINE - 6 * HOUR), on_call(WEEKLY, early, NINE - 2 * HOUR)
    assert (before.since, before.until) == (None, NINE - 5 * HOUR)
    assert (after.since, after.until) == (NINE - 3 * HOUR, NINE)


def test_someone_may_cover_a_rotation_without_members() -> None:
    assert on_call(EMPTY, [cover("Bo", 0, 2)], NINE).members == ("Bo",)
    ends = on_call(EMPTY, [cover("Bo", 0, 2)], NINE + 2 * HOUR)
    assert (ends.members, ends.since, ends.until) == ((), NINE + 2 * HOUR, None)


def test_an_override_of_another_rotation_changes_nothing() -> None:
    assert on_call(WEEKLY, [cover("Bo", 0, 9, rotation_id="web")], NINE).members == ("Ada",)


def test_an_override_that_is_empty_backwards_or_naive_is_refused() -> None:
    for hours in ((2, 2), (3, 2)):
        with pytest.raises(ValueError, match="not after its start"):
            cover("Bo", *hours)
    with pytest.raises(ValueError, match="aware UTC"):
        Override("db", "Bo", NINE.replace(tzinfo=None), NINE + HOUR)


def test_a_window_that_runs_backwards_is_refused_and_an_empty_one_is_empty() -> None:
    for ask in (shifts, gaps, compile_timetable):
        with pytest.raises(ValueError, match="before its start"):
            ask(WEEKLY, [], NINE, NINE - HOUR)
    assert shifts(WEEKLY, [cover("Bo", -1, 1)], NINE, NINE) == []
    assert gaps(WEEKLY, [], NINE, NINE) == []


def test_a_timetable_refuses_to_answer_outside_its_window() -> None:
    timetable = compile_timetable(WEEKLY, [], NINE, NINE + HOUR)
    assert timetable.members_at(NINE) == ("Ada",)
    for outside in (NINE - HOUR, NINE + HOUR):
        with pytest.raises(ValueError, match="outside the timetable"):
            timetable.members_at(outside)
