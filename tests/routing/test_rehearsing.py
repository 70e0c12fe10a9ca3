"""Fallback ladders and the dry run: what happens if nobody answers, and that it is what really happens."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing import Ladder, Moment, NobodyReachable, Rung, Skipped, SkipReason, Step, next_step, rehearse

BOUNDED = settings(max_examples=300, deadline=None, derandomize=True, database=None)
AT = datetime(2026, 11, 2, 3, 14, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PEOPLE = ("Ada", "Bo", "Cy", "Dee")


def ladder_of_two(repeats: int | None = None, then: str | None = None) -> Ladder[str]:
    return Ladder((Rung(0, 0 * MINUTE, "first"), Rung(1, 3 * MINUTE, "second")), 5 * MINUTE, repeats, then)


MANAGERS: Ladder[str] = Ladder((Rung(0, 2 * MINUTE, "manager"),), 4 * MINUTE)
NOBODY: Ladder[str] = Ladder((Rung(0, 0 * MINUTE, "nobody"),), 7 * MINUTE)


def on_duty(target: str, _at: datetime) -> tuple[str, ...]:
    return {"first": ("Ada",), "second": ("Bo",), "manager": ("Cy",)}.get(target, ())


def said(moments: tuple[Moment[str, str], ...]) -> list[tuple[int, object, tuple[str, ...]]]:
    """Minutes after the opening, the ladder, and who is rung."""
    return [
        (
            (moment.at - AT) // MINUTE,
            moment.ladder,
            moment.step.targets if isinstance(moment.step, Step) else (),
        )
        for moment in moments
    ]


def test_a_ladder_that_was_climbed_often_enough_hands_the_hunt_to_its_fallback() -> None:
    ladder = ladder_of_two(2, "managers")
    assert next_step(ladder, 1, 0, AT, on_duty) == Step(("Bo",), 1, 0, 0, 1, AT + 5 * MINUTE, ())
    assert next_step(ladder, 0, 1, AT, on_duty) == Step(("Ada",), 0, 1, 1, 1, AT + 3 * MINUTE, ())
    assert next_step(ladder, 1, 1, AT, on_duty) == Step(("Bo",), 1, 1, 0, 2, AT + 5 * MINUTE, (), "managers")


def test_rounds_are_counted_from_the_one_in_which_the_hunt_came_to_the_ladder() -> None:
    ladder = ladder_of_two(2, "managers")
    for round_number, expected in ((4, None), (5, "managers"), (9, "managers")):
        assert next_step(ladder, 1, round_number, AT, on_duty, first_round=4).next_ladder == expected


def test_a_ladder_without_a_fallback_is_climbed_for_ever_whatever_its_rounds() -> None:
    for ladder in (ladder_of_two(), ladder_of_two(1)):
        assert next_step(ladder, 1, 99, AT, on_duty) == Step(("Bo",), 1, 99, 0, 100, AT + 5 * MINUTE, ())


def test_a_round_that_ran_out_in_the_last_round_waits_its_pause_and_goes_on() -> None:
    step = next_step(ladder_of_two(1, "managers"), 1, 0, AT, on_duty, tried={"Ada", "Bo"})
    assert isinstance(step, NobodyReachable)
    assert (step.next_ladder, step.next_round, step.next_at) == ("managers", 1, AT + 5 * MINUTE)


@pytest.mark.parametrize("repeats", [None, 1, 3])
def test_a_ladder_on_which_nobody_can_be_rung_gives_way_at_once(repeats: int | None) -> None:
    step = next_step(ladder_of_two(repeats, "managers"), 0, 0, AT, on_duty, skip=lambda member: "no phone")
    assert isinstance(step, NobodyReachable)
    assert step.is_whole_ladder
    assert (step.next_ladder, step.next_rung, step.next_round, step.next_at) == ("managers", 0, 1, AT)
    assert [skipped.member for skipped in step.skipped] == ["Ada", "Bo"]


def test_a_ladder_whose_people_were_all_rung_in_this_round_keeps_its_pause() -> None:
    step = next_step(ladder_of_two(3, "managers"), 0, 0, AT, on_duty, tried={"Ada", "Bo"})
    assert isinstance(step, NobodyReachable)
    assert (step.next_ladder, step.next_round, step.next_at) == (None, 1, AT + 5 * MINUTE)


def test_it_does_not_give_way_to_a_ladder_that_it_was_just_passed_from() -> None:
    ladder = ladder_of_two(None, "managers")
    step = next_step(ladder, 0, 3, AT, lambda target, at: (), first_round=3, passed=["managers"])
    assert (step.next_ladder, step.next_round, step.next_at) == (None, 4, AT + 5 * MINUTE)


def test_a_ladder_is_climbed_once_at_least() -> None:
    with pytest.raises(ValueError, match="at least once"):
        ladder_of_two(0, "managers")


def test_the_dry_run_tells_each_minute_on_both_ladders() -> None:
    moments = rehearse(
        ladder_of_two(2, "managers"),
        AT,
        on_duty,
        until=AT + 25 * MINUTE,
        key="database",
        ladder_of={"managers": MANAGERS}.__getitem__,
    )
    assert said(moments) == [
        (0, "database", ("Ada",)),
        (3, "database", ("Bo",)),
        (8, "database", ("Ada",)),
        (11, "database", ("Bo",)),
        (16, "managers", ("Cy",)),
        (20, "managers", ("Cy",)),
        (24, "managers", ("Cy",)),
    ]


def test_the_dry_run_starts_with_the_delay_of_the_first_rung() -> None:
    assert said(rehearse(MANAGERS, AT, on_duty, steps=2)) == [(2, None, ("Cy",)), (6, None, ("Cy",))]


def test_without_the_other_ladders_it_ends_where_the_hunt_goes_on_elsewhere() -> None:
    *_, last = rehearse(ladder_of_two(1, "managers"), AT, on_duty)
    assert (last.at, last.step.next_ladder, last.step.next_at) == (
        AT + 3 * MINUTE,
        "managers",
        AT + 8 * MINUTE,
    )


def test_it_ends_just_before_its_end_and_after_as_many_steps_as_asked_for() -> None:
    assert len(rehearse(ladder_of_two(), AT, on_duty, until=AT + 3 * MINUTE)) == 1
    assert rehearse(ladder_of_two(), AT, on_duty, until=AT) == ()
    assert len(rehearse(ladder_of_two(), AT, on_duty, steps=7)) == 7


def test_telephones_that_ring_out_bring_the_next_rung_forward_but_not_the_next_round() -> None:
    for seconds, second_rung in ((60, 1), (180, 3), (240, 3)):
        moments = rehearse(ladder_of_two(), AT, on_duty, steps=3, rings_for=timedelta(seconds=seconds))
        assert said(moments) == [
            (0, None, ("Ada",)),
            (second_rung, None, ("Bo",)),
            (second_rung + 5, None, ("Ada",)),
        ]


def test_when_telephones_ring_out_the_next_rung_follows_at_once_and_the_pause_is_kept() -> None:
    moments = rehearse(ladder_of_two(), AT, on_duty, steps=3, rings_for=timedelta(seconds=30))
    assert [moment.at - AT for moment in moments] == [
        timedelta(0),
        timedelta(seconds=30),
        timedelta(seconds=30) + 5 * MINUTE,
    ]
    longer = rehearse(ladder_of_two(), AT, on_duty, steps=2, rings_for=9 * MINUTE)
    assert [moment.at - AT for moment in longer] == [timedelta(0), 3 * MINUTE]


def test_who_has_no_phone_is_passed_over_in_the_same_minute() -> None:
    (first, *_) = rehearse(ladder_of_two(), AT, on_duty, skip={"Ada": "no verified number"}.get)
    assert (first.at, first.step) == (
        AT,
        Step(("Bo",), 1, 0, 0, 1, AT + 5 * MINUTE, (Skipped(0, "first", "Ada", "no verified number"),)),
    )


def test_a_hand_over_on_the_way_shows() -> None:
    moments = rehearse(
        ladder_of_two(), AT, lambda target, at: ("Ada",) if at < AT + 8 * MINUTE else ("Bo",), steps=3
    )
    assert said(moments) == [(0, None, ("Ada",)), (3, None, ()), (8, None, ("Bo",))]
    assert moments[1].step.skipped == (Skipped(1, "second", "Ada", SkipReason.ALREADY_TRIED),)


def test_two_empty_ladders_that_name_each_other_take_turns_without_spinning() -> None:
    ladders = {
        name: Ladder(NOBODY.rungs, pause * MINUTE, None, then)
        for name, pause, then in (("a", 5, "b"), ("b", 7, "a"))
    }
    moments = rehearse(ladders["a"], AT, on_duty, steps=6, key="a", ladder_of=ladders.__getitem__)
    assert said(moments) == [
        (0, "a", ()),
        (0, "b", ()),
        (7, "a", ()),
        (7, "b", ()),
        (14, "a", ()),
        (14, "b", ()),
    ]


def test_a_local_instant_is_refused() -> None:
    for at, until in ((AT.replace(tzinfo=None), None), (AT, AT.replace(tzinfo=None))):
        with pytest.raises(ValueError, match="aware UTC"):
            rehearse(MANAGERS, at, on_duty, until=until)


minutes = st.integers(0, 6).map(lambda count: count * MINUTE)


@st.composite
def houses(draw: st.DrawFn) -> list[Ladder[int]]:
    """Ladders with fallbacks among themselves, in circles too. Their targets are 0 to 5."""
    ladders = []
    count = draw(st.integers(1, 4))
    for _ in range(count):
        positions = sorted(draw(st.lists(st.integers(0, 3), max_size=3)))
        delays = draw(st.lists(minutes, min_size=4, max_size=4))
        rungs = tuple(Rung(place, delays[place], draw(st.integers(0, 5))) for place in positions)
        ladders.append(
            Ladder(
                rungs,
                draw(st.integers(1, 6)) * MINUTE,
                draw(st.none() | st.integers(1, 3)),
                draw(st.none() | st.integers(0, count - 1)),
            )
        )
    return ladders


behind = st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True).map(tuple)
rosters = st.lists(st.tuples(behind, behind), min_size=6, max_size=6)


def resolver(
    roster: list[tuple[tuple[str, ...], tuple[str, ...]]],
) -> Callable[[int, datetime], tuple[str, ...]]:
    """Everybody hands over half an hour after the opening."""
    return lambda target, at: roster[target][at >= AT + 30 * MINUTE]


def refusing(refused: set[str]) -> Callable[[str], str | None]:
    return lambda member: "refused" if member in refused else None


def dispatched(
    ladders: list[Ladder[int]],
    resolve: Callable[[int, datetime], tuple[str, ...]],
    refused: set[str],
    steps: int,
) -> list[Moment[int, str]]:
    """A service that keeps rows: the incident's place, and each call with its round."""
    incident: dict[str, Any] = {"ladder": 0, "rung": 0, "round": 0, "came": 0, "for": None}
    incident["due"] = ladders[0].starts_at(AT)
    calls: list[tuple[int, str]] = []
    told: list[Moment[int, str]] = []
    while len(told) < steps:
        passed = []
        now = incident["due"]
        if incident["rung"] == 0 and incident["for"] is not None:  # the stand-in gives the hunt back
            incident |= {"ladder": incident["for"], "for": None}
        while incident["due"] == now and len(told) < steps:
            came = incident["came"] if incident["for"] is None else incident["round"]
            here = ladders[incident["ladder"]]
            if incident["rung"] == 0 and here.followed_by(incident["round"] - came) is not None:
                incident |= {"ladder": here.then, "came": incident["round"], "for": None}
                came = incident["round"]
            step = next_step(
                ladders[incident["ladder"]],
                incident["rung"],
                incident["round"],
                now,
                resolve,
                skip=refusing(refused),
                tried={who for round_number, who in calls if round_number == incident["round"]},
                first_round=came,
                passed=passed,
            )
            told.append(Moment(now, incident["ladder"], step))
            calls += [(incident["round"], who) for who in getattr(step, "targets", ())]
            incident |= {"rung": step.next_rung, "round": step.next_round, "due": step.next_at}
            if step.next_at == now and step.next_ladder is not None:
                passed.append(incident["ladder"])
                incident["for"] = incident["ladder"] if incident["for"] is None else incident["for"]
                incident["ladder"] = step.next_ladder
            elif (
                getattr(step, "is_whole_ladder", False)
                and step.next_ladder is None
                and incident["for"] is None
                and incident["ladder"] != 0
            ):
                incident |= {"ladder": 0, "came": step.next_round}
    return told


EMPTY_CIRCLE = [Ladder((), MINUTE, None, 1), Ladder((), MINUTE, 1, 0)]


@BOUNDED
@given(houses(), rosters, st.sets(st.sampled_from(PEOPLE)))
@example(EMPTY_CIRCLE, [((), ())] * 6, set())
def test_the_dry_run_is_what_a_service_that_keeps_rows_would_do(
    ladders: list[Ladder[int]], roster: list[tuple[tuple[str, ...], tuple[str, ...]]], refused: set[str]
) -> None:
    resolve = resolver(roster)
    moments = rehearse(
        ladders[0], AT, resolve, skip=refusing(refused), steps=30, key=0, ladder_of=ladders.__getitem__
    )
    assert list(moments) == dispatched(ladders, resolve, refused, 30)
    until = moments[len(moments) // 2].at
    assert moments[: sum(moment.at < until for moment in moments)] == rehearse(
        ladders[0], AT, resolve, skip=refusing(refused), until=until, key=0, ladder_of=ladders.__getitem__
    )


@BOUNDED
@given(houses(), rosters, st.sets(st.sampled_from(PEOPLE)))
@example(EMPTY_CIRCLE, [((), ())] * 6, set())
def test_the_hunt_never_ends_never_spins_and_keeps_its_rounds(
    ladders: list[Ladder[int]], roster: list[tuple[tuple[str, ...], tuple[str, ...]]], refused: set[str]
) -> None:
    moments = rehearse(
        ladders[0],
        AT,
        resolver(roster),
        skip=refusing(refused),
        steps=40,
        key=0,
        ladder_of=ladders.__getitem__,
    )
    assert len(moments) == 40
    for now in {moment.at for moment in moments}:
        here = [moment for moment in moments if moment.at == now]
        assert len({(moment.ladder, moment.step.round_number) for moment in here}) <= len(ladders) + 1
        assert len(here) <= len(ladders) + 1 + max(len(ladder.positions) for ladder in ladders)
    stays: list[list[Moment[int, str]]] = []
    for moment in moments:
        last = stays[-1][-1] if stays else None
        if last is None or last.step.next_ladder is not None or last.ladder != moment.ladder:
            stays.append([])
        stays[-1].append(moment)
    for stay in stays:
        ladder = ladders[stay[0].ladder]
        rounds = stay[-1].step.round_number - stay[0].step.round_number + 1
        if ladder.then is None or ladder.repeats is None:
            assert stay[-1].step.next_ladder is None or stay[-1].step.is_whole_ladder
        else:
            assert rounds <= ladder.repeats or getattr(stay[0].step, "is_whole_ladder", False)
        for earlier, later in pairwise(stay):
            if later.step.round_number > earlier.step.round_number:
                assert later.at == earlier.at + ladder.repeat_after
