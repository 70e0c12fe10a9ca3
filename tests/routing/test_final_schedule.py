"""The final schedule: one person at a time, the same from every side, whatever the overrides."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing import Gap, OnCall, Override, Rotation, compile_timetable, gaps, on_call, shifts

BOUNDED = settings(max_examples=300, deadline=None, derandomize=True, database=None)
TICK = timedelta(microseconds=1)
NOON = datetime(2026, 10, 24, 12, tzinfo=UTC)

zones = st.sampled_from(
    ["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Asia/Jakarta", "Africa/Casablanca"]
)
instants = st.integers(-20 * 96, 20 * 96).map(lambda quarters: NOON + quarters * timedelta(minutes=15))
rotations = st.builds(
    Rotation,
    id=st.just("db"),
    name=st.just("first line"),
    time_zone=zones,
    starts_on=st.integers(-60, 15).map(lambda days: date(2026, 10, 24) + timedelta(days=days)),
    hand_off=st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59])),
    shift_days=st.integers(1, 9),
    members=st.lists(st.sampled_from(["Ada", "Bo", "Cy"]), max_size=4).map(tuple),
)
overrides_in_order = st.lists(
    st.builds(
        lambda rotation_id, member, starts_at, quarters: Override(
            rotation_id, member, starts_at, starts_at + quarters * timedelta(minutes=15)
        ),
        st.sampled_from(["db", "db", "db", "web"]),
        st.sampled_from(["Ada", "Bo", "Dee", None]),
        instants,
        st.integers(1, 5 * 96),
    ),
    max_size=7,
)
windows = st.tuples(instants, st.integers(0, 15 * 96)).map(
    lambda drawn: (drawn[0], drawn[0] + drawn[1] * timedelta(minutes=15))
)
AMSTERDAM = Rotation("db", "first line", "Europe/Amsterdam", date(2026, 9, 1), time(2, 30), 1, ("Ada", "Bo"))


def edges(start: datetime, end: datetime, overrides: list[Override[str]]) -> list[datetime]:
    """Where anything might change, a tick to either side, and some quiet hours between."""
    near = [
        at + nudge for o in overrides for at in (o.starts_at, o.ends_at) for nudge in (-TICK, TICK * 0, TICK)
    ]
    hours = [start + hour * timedelta(hours=1) for hour in range((end - start) // timedelta(hours=1) + 1)]
    return [at for at in [*near, *hours, end - TICK] if start <= at < end]


@BOUNDED
@given(rotations, overrides_in_order, windows)
@example(AMSTERDAM, [], (NOON, NOON + timedelta(days=1)))
def test_on_call_and_the_final_schedule_never_differ(
    rotation: Rotation[str], overrides: list[Override[str]], window: tuple[datetime, datetime]
) -> None:
    drawn = shifts(rotation, overrides, *window)
    timetable = compile_timetable(rotation, overrides, *window)
    boundaries = [at + nudge for s in drawn for at in (s.starts_at, s.ends_at) for nudge in (-TICK, TICK * 0)]
    for at in [*edges(*window, overrides), *(b for b in boundaries if window[0] <= b < window[1])]:
        answer = on_call(rotation, overrides, at)
        holding = [shift for shift in drawn if shift.starts_at <= at < shift.ends_at]
        assert [shift.member for shift in holding] == ([] if answer.member is None else [answer.member])
        assert timetable.member_at(at) == answer.member
        for shift in holding:
            assert shift.is_override == answer.is_override
            assert shift.starts_at == max(answer.since or window[0], window[0])
            assert shift.ends_at == min(answer.until or window[1], window[1])


@BOUNDED
@given(rotations, overrides_in_order, windows)
def test_shifts_and_gaps_together_tile_the_window(
    rotation: Rotation[str], overrides: list[Override[str]], window: tuple[datetime, datetime]
) -> None:
    pieces = [*shifts(rotation, overrides, *window), *gaps(rotation, overrides, *window)]
    pieces.sort(key=lambda piece: piece.starts_at)
    assert [piece.starts_at for piece in pieces[1:]] == [piece.ends_at for piece in pieces[:-1]]
    assert all(piece.starts_at < piece.ends_at for piece in pieces)
    if window[0] < window[1]:
        assert (pieces[0].starts_at, pieces[-1].ends_at) == window
    else:
        assert pieces == []


@BOUNDED
@given(rotations, overrides_in_order, windows)
def test_the_last_override_that_holds_decides_and_else_the_roster(
    rotation: Rotation[str], overrides: list[Override[str]], window: tuple[datetime, datetime]
) -> None:
    for at in edges(*window, overrides):
        expected = on_call(rotation, [], at).member
        for override in overrides:
            if override.rotation_id == rotation.id and override.starts_at <= at < override.ends_at:
                expected = override.member
        assert on_call(rotation, overrides, at).member == expected


@BOUNDED
@given(rotations, windows)
def test_with_members_and_after_the_start_there_is_never_a_gap(
    rotation: Rotation[str], window: tuple[datetime, datetime]
) -> None:
    first = rotation.hand_off_at(0)
    for gap in gaps(rotation, [], *window):
        assert not rotation.members or gap.ends_at <= first


@BOUNDED
@given(rotations, overrides_in_order, windows)
def test_gaps_are_as_long_as_they_can_be(
    rotation: Rotation[str], overrides: list[Override[str]], window: tuple[datetime, datetime]
) -> None:
    for earlier, later in pairwise(gaps(rotation, overrides, *window)):
        assert earlier.ends_at < later.starts_at


@BOUNDED
@given(rotations, overrides_in_order, instants)
def test_the_bounds_of_an_answer_are_where_the_answer_stops_holding(
    rotation: Rotation[str], overrides: list[Override[str]], at: datetime
) -> None:
    answer: OnCall[str] = on_call(rotation, overrides, at)
    if answer.since is not None:
        assert on_call(rotation, overrides, answer.since) == answer
        assert on_call(rotation, overrides, answer.since - TICK).until == answer.since
    if answer.until is not None:
        assert on_call(rotation, overrides, answer.until - TICK) == answer
        assert on_call(rotation, overrides, answer.until).since == answer.until


def test_a_rotation_without_members_is_one_gap_and_not_a_quiet_page() -> None:
    empty: Rotation[str] = Rotation("db", "first line", "Asia/Jakarta", date(2026, 1, 1), time(9), 7, ())
    window = (NOON, NOON + timedelta(days=30))
    assert gaps(empty, [], *window) == [Gap(*window)]
    assert shifts(empty, [], *window) == []
