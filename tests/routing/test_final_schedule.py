"""The final schedule: the same from every side and as the wall clocks have it, whatever changes it."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TypeAlias

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing import (
    Gap,
    HandOff,
    Hours,
    OnCall,
    Override,
    OverrideKind,
    Part,
    Rotation,
    Version,
    compile_timetable,
    gaps,
    on_call,
    shifts,
)
from tests.routing.by_the_wall import TICK, Duty, Walls
from tests.routing.rota import rota

Window: TypeAlias = tuple[datetime, datetime]
BOUNDED = settings(max_examples=150, deadline=None, derandomize=True, database=None)
# Three weeks to either side of it lie the clock changes of all these zones.
NOON = datetime(2026, 10, 17, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
WALLS = Walls(NOON - timedelta(days=60), NOON + timedelta(days=60))

zones = st.sampled_from(
    [
        "Europe/Amsterdam",
        "America/New_York",
        "Australia/Lord_Howe",
        "Australia/Sydney",
        "Africa/Cairo",
        "Asia/Jakarta",
    ]
)
people = st.sampled_from(["Ada", "Bo", "Cy"])
instants = st.integers(-20 * 96, 20 * 96).map(lambda quarters: NOON + quarters * QUARTER)
times = st.sampled_from([time(0), time(2), time(2, 15), time(2, 30), time(3), time(9), time(17)]) | st.builds(
    time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59])
)
hours = st.lists(st.builds(Hours, st.integers(0, 6), times, times), max_size=5).map(tuple)


@st.composite
def parts(draw: st.DrawFn) -> Part[str]:
    cycle_days = draw(st.sampled_from([1, 1, 2, 3, 7, 9]))
    hand_off = st.builds(HandOff, st.integers(0, cycle_days - 1), times)
    return Part(
        draw(zones),
        date(2026, 10, 17) + timedelta(days=draw(st.integers(-40, 10))),
        draw(st.lists(people, max_size=4).map(tuple)),
        cycle_days,
        tuple(draw(st.lists(hand_off, min_size=1, max_size=3, unique=True))),
        draw(st.just(()) | hours),
    )


@st.composite
def rotations(draw: st.DrawFn) -> Rotation[str]:
    begins = sorted(draw(st.lists(instants, max_size=2)))
    always = [None] if draw(st.booleans()) else []
    layers = st.lists(parts(), max_size=3).map(tuple)
    return Rotation(
        "db", "first line", tuple(Version(holds_from, draw(layers)) for holds_from in [*always, *begins])
    )


@st.composite
def overrides(draw: st.DrawFn) -> Override[str]:
    kind = draw(st.sampled_from(OverrideKind))
    is_replacing = kind is OverrideKind.REPLACE
    anyone = st.sampled_from(["Ada", "Bo", "Dee"])
    starts_at = draw(instants)
    return Override(
        draw(st.sampled_from(["db", "db", "db", "web"])),
        draw(st.none() | anyone if is_replacing else anyone),
        starts_at,
        starts_at + draw(st.integers(1, 5 * 96)) * QUARTER,
        kind,
        draw(st.none() | people) if is_replacing else None,
    )


overrides_in_order = st.lists(overrides(), max_size=7)
windows = st.tuples(instants, st.integers(0, 15 * 96)).map(
    lambda drawn: (drawn[0], drawn[0] + drawn[1] * QUARTER)
)
AMSTERDAM = rota("Europe/Amsterdam", date(2026, 9, 1), time(2, 30), 1, ("Ada", "Bo"))
AUTUMN = (datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC))


def looked_at(window: Window, changes: list[Override[str]], drawn: list[datetime]) -> list[datetime]:
    """Where anything might change, a tick to either side, and some quiet instants between."""
    start, end = window
    near = [at for override in changes for at in (override.starts_at, override.ends_at)]
    quiet = [
        start + step * timedelta(hours=5, minutes=15) for step in range((end - start) // QUARTER // 21 + 1)
    ]
    edges = {at + nudge for at in (*near, *drawn) for nudge in (-TICK, TICK * 0)}
    return sorted(at for at in edges.union(quiet, [end - TICK]) if start <= at < end)


@BOUNDED
@given(rotations(), overrides_in_order, windows)
@example(AMSTERDAM, [], AUTUMN)
def test_on_call_the_schedule_the_gaps_and_the_wall_clocks_never_differ(
    rotation: Rotation[str], changes: list[Override[str]], window: Window
) -> None:
    drawn = shifts(rotation, changes, *window)
    timetable = compile_timetable(rotation, changes, *window)
    bare = gaps(rotation, changes, *window)
    duty = Duty(rotation, changes, WALLS)
    for at in looked_at(window, changes, [spell.starts_at for spell in timetable.spells]):
        expected, is_override = duty.at(at)
        answer = on_call(rotation, changes, at)
        assert (list(answer.members), answer.is_override) == (expected, is_override), at
        assert list(timetable.members_at(at)) == expected, at
        holding = [shift for shift in drawn if shift.starts_at <= at < shift.ends_at]
        assert [shift.member for shift in holding] == expected, at
        assert any(gap.starts_at <= at < gap.ends_at for gap in bare) == (not expected), at
        for shift in holding:
            assert shift.is_override == is_override
            assert shift.starts_at == max(answer.since or window[0], window[0])
            assert shift.ends_at == min(answer.until or window[1], window[1])


@BOUNDED
@given(rotations(), overrides_in_order, windows)
def test_the_spells_tile_the_window_and_shifts_and_gaps_are_all_of_it(
    rotation: Rotation[str], changes: list[Override[str]], window: Window
) -> None:
    spells = compile_timetable(rotation, changes, *window).spells
    assert all(spell.starts_at < spell.ends_at for spell in spells)
    assert [spell.ends_at for spell in spells[:-1]] == [spell.starts_at for spell in spells[1:]]
    assert [spells[0].starts_at, spells[-1].ends_at] == [*window] if spells else window[0] == window[1]
    assert all(len(set(spell.members)) == len(spell.members) for spell in spells)
    told = [(shift.member, shift.starts_at, shift.ends_at) for shift in shifts(rotation, changes, *window)]
    assert told == [(member, spell.starts_at, spell.ends_at) for spell in spells for member in spell.members]
    bare = gaps(rotation, changes, *window)
    assert all(earlier.ends_at < later.starts_at for earlier, later in pairwise(bare)), "one gap, told as two"
    silent = sum((gap.ends_at - gap.starts_at for gap in bare), timedelta())
    staffed = sum((spell.ends_at - spell.starts_at for spell in spells if spell.members), timedelta())
    assert silent + staffed == window[1] - window[0]


@BOUNDED
@given(parts(), windows)
def test_with_members_without_hours_and_after_the_start_there_is_never_a_gap(
    part: Part[str], window: Window
) -> None:
    first = part.hand_off_at(0)
    for gap in gaps(Rotation("db", "first line", (Version(None, (part,)),)), [], *window):
        assert not part.members or part.hours or gap.ends_at <= first


@BOUNDED
@given(parts(), windows)
def test_turns_are_in_order_none_is_empty_and_each_has_a_neighbour_at_both_sides(
    part: Part[str], window: Window
) -> None:
    turns = part.turns(*window)
    assert all(turn.since < turn.until for turn in turns)
    assert all(earlier.until <= later.since for earlier, later in pairwise(turns))
    if part.members:
        assert turns[-1].since >= window[1]
        assert turns[0].until <= window[0] or turns[0].since >= part.hand_off_at(0)


@BOUNDED
@given(rotations(), overrides_in_order, instants)
def test_the_bounds_of_an_answer_are_where_the_answer_stops_holding(
    rotation: Rotation[str], changes: list[Override[str]], at: datetime
) -> None:
    answer: OnCall[str] = on_call(rotation, changes, at)
    if answer.since is not None:
        assert on_call(rotation, changes, answer.since) == answer
        assert on_call(rotation, changes, answer.since - TICK).until == answer.since
    if answer.until is not None:
        assert on_call(rotation, changes, answer.until - TICK) == answer
        assert on_call(rotation, changes, answer.until).since == answer.until


@BOUNDED
@given(rotations(), overrides_in_order, instants, st.lists(parts(), max_size=2).map(tuple))
def test_a_change_never_moves_history_and_says_all_that_follows(
    rotation: Rotation[str], changes: list[Override[str]], moment: datetime, new: tuple[Part[str], ...]
) -> None:
    kept = tuple(version for version in rotation.versions if (version.holds_from or moment) <= moment)
    before = Rotation("db", "first line", kept)
    after = Rotation("db", "first line", (*kept, Version(moment, new)))
    only_new = Rotation("db", "first line", (Version(None, new),))
    week = timedelta(days=7)
    assert gaps(after, changes, moment - week, moment) == gaps(before, changes, moment - week, moment)
    assert shifts(after, changes, moment - week, moment) == shifts(before, changes, moment - week, moment)
    assert shifts(after, changes, moment, moment + week) == shifts(only_new, changes, moment, moment + week)


def test_a_rotation_without_members_parts_or_versions_is_one_gap_and_not_a_quiet_page() -> None:
    nobody: Part[str] = Part("Asia/Jakarta", date(2026, 1, 1), ())
    window = (NOON, NOON + timedelta(days=30))
    for versions in ((Version(None, (nobody,)),), (Version(None, ()),), ()):
        empty: Rotation[str] = Rotation("db", "first line", versions)
        assert gaps(empty, [], *window) == [Gap(*window)]
        assert shifts(empty, [], *window) == []
        assert on_call(empty, [], NOON) == OnCall((), None, None, is_override=False)


def test_versions_out_of_order_and_one_without_a_beginning_after_another_are_refused() -> None:
    for begins in ((NOON, NOON - TICK), (NOON, None), (None, None)):
        with pytest.raises(ValueError, match="in the order in which they hold"):
            Rotation("db", "first line", tuple(Version(at, ()) for at in begins))
    with pytest.raises(ValueError, match="aware UTC"):
        Version(NOON.replace(tzinfo=None), ())
