"""Climbing: who is rung, who is passed over and why, and that the hunt never stops and never spins."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import Ladder, NobodyReachable, Rung, Skipped, SkipReason, Step, everyone, next_step

BOUNDED = settings(max_examples=300, deadline=None, derandomize=True, database=None)
AT = datetime(2026, 11, 2, 3, 14, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
THREE = Ladder(
    (Rung(0, 0 * MINUTE, "first"), Rung(1, 3 * MINUTE, "second"), Rung(2, 4 * MINUTE, "manager")), 5 * MINUTE
)
BARE: Ladder[str] = Ladder((), MINUTE)


def on_duty(**people: str) -> Callable[[str, datetime], tuple[str, ...]]:
    return lambda target, at: (people[target],) if target in people else ()


ADA_BO_CY = on_duty(first="Ada", second="Bo", manager="Cy")


def test_ada_is_rung_first_and_bo_is_due_three_minutes_later() -> None:
    assert next_step(THREE, 0, 0, AT, ADA_BO_CY) == Step(("Ada",), 0, 0, 1, 0, AT + 3 * MINUTE, ())


def test_after_the_last_rung_the_ladder_starts_again_in_the_next_round() -> None:
    assert next_step(THREE, 2, 4, AT, ADA_BO_CY) == Step(("Cy",), 2, 4, 0, 5, AT + 5 * MINUTE, ())


def test_an_empty_rung_costs_no_time_and_is_reported() -> None:
    step = next_step(THREE, 0, 0, AT, on_duty(second="Bo", manager="Cy"))
    assert step == Step(
        ("Bo",), 1, 0, 2, 0, AT + 4 * MINUTE, (Skipped(0, "first", None, SkipReason.NOBODY_ON_CALL),)
    )


def test_a_person_who_cannot_be_rung_is_passed_over_for_the_reason_given() -> None:
    no_number = {"Ada": "no verified number"}.get
    step = next_step(THREE, 0, 0, AT, ADA_BO_CY, skip=no_number)
    assert isinstance(step, Step)
    assert step.targets == ("Bo",)
    assert step.skipped == (Skipped(0, "first", "Ada", "no verified number"),)


def test_a_person_tried_in_this_round_is_not_rung_twice() -> None:
    step = next_step(THREE, 1, 0, AT, on_duty(first="Ada", second="Ada", manager="Cy"), tried={"Ada"})
    assert isinstance(step, Step)
    assert step.targets == ("Cy",)
    assert step.skipped == (Skipped(1, "second", "Ada", SkipReason.ALREADY_TRIED),)


def test_rungs_at_one_position_ring_together_and_nobody_twice() -> None:
    ladder = Ladder(
        tuple(Rung(0, 0 * MINUTE, name) for name in ("first", "second", "third", "fourth")), MINUTE
    )
    step = next_step(ladder, 0, 0, AT, on_duty(first="Ada", second="Bo", third="Ada"))
    assert isinstance(step, Step)
    assert step.targets == ("Ada", "Bo")
    assert [(skipped.target, skipped.reason) for skipped in step.skipped] == [
        ("third", SkipReason.ALREADY_TRIED),
        ("fourth", SkipReason.NOBODY_ON_CALL),
    ]
    assert (step.next_rung, step.next_round, step.next_at) == (0, 1, AT + MINUTE)


def test_all_who_are_on_call_together_are_rung_together_and_the_one_without_a_phone_is_reported() -> None:
    step = next_step(THREE, 0, 0, AT, lambda target, at: ("Ada", "Bo", "Cy"), skip={"Bo": "no phone"}.get)
    assert isinstance(step, Step)
    assert step.targets == ("Ada", "Cy")
    assert step.skipped == (Skipped(0, "first", "Bo", "no phone"),)


def test_a_ladder_on_which_every_rung_is_empty_says_so_and_goes_on() -> None:
    step = next_step(THREE, 0, 2, AT, on_duty(), skip=lambda member: None)
    assert isinstance(step, NobodyReachable)
    assert step.is_whole_ladder
    assert [skipped.target for skipped in step.skipped] == ["first", "second", "manager"]
    assert (step.next_rung, step.next_round, step.next_at) == (0, 3, AT + 5 * MINUTE)


def test_a_round_that_merely_ran_out_is_not_called_an_empty_ladder() -> None:
    step = next_step(THREE, 1, 0, AT, on_duty(first="Ada"), tried=["Ada"])
    assert isinstance(step, NobodyReachable)
    assert not step.is_whole_ladder
    assert (step.next_rung, step.next_round, step.next_at) == (0, 1, AT + 5 * MINUTE)


def test_a_ladder_without_rungs_is_an_empty_ladder() -> None:
    step = next_step(BARE, 0, 0, AT, ADA_BO_CY)
    assert step == NobodyReachable(0, 0, 1, AT + MINUTE, (), is_whole_ladder=True)


def test_a_ladder_edited_meanwhile_is_picked_up_at_the_next_rung_that_is_left() -> None:
    shorter = Ladder((THREE.rungs[0], THREE.rungs[2]), 5 * MINUTE)
    step = next_step(shorter, 1, 0, AT, ADA_BO_CY)
    assert isinstance(step, Step)
    assert (step.targets, step.rung) == (("Cy",), 2)


def test_a_hand_over_between_two_rungs_rings_whoever_is_on_call_then() -> None:
    step = next_step(THREE, 1, 0, AT, lambda target, at: ("Bo",) if at == AT else ("Ada",))
    assert isinstance(step, Step)
    assert step.targets == ("Bo",)


def test_the_rungs_may_be_given_in_any_order() -> None:
    assert Ladder(THREE.rungs[::-1], 5 * MINUTE) == THREE
    assert THREE.positions == (0, 1, 2)


def test_the_first_rung_is_due_its_delay_after_the_opening() -> None:
    assert THREE.starts_at(AT) == AT
    assert Ladder((Rung(7, 2 * MINUTE, "first"),), MINUTE).starts_at(AT) == AT + 2 * MINUTE
    assert BARE.starts_at(AT) == AT


def test_everyone_lists_the_ladder_from_the_bottom_each_person_once() -> None:
    assert everyone(THREE, AT, on_duty(first="Bo", second="Ada", manager="Bo")) == ("Bo", "Ada")
    assert everyone(THREE, AT, ADA_BO_CY, skip={"Bo": "no phone"}.get) == ("Ada", "Cy")
    assert everyone(THREE, AT, on_duty()) == ()


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="pause"):
        Ladder(THREE.rungs, 0 * MINUTE)
    with pytest.raises(ValueError, match="differ in delay"):
        Ladder((Rung(0, MINUTE, "first"), Rung(0, 2 * MINUTE, "second")), MINUTE)
    with pytest.raises(ValueError, match="0 or more"):
        Rung(-1, MINUTE, "first")
    with pytest.raises(ValueError, match="before the one below"):
        Rung(0, -MINUTE, "first")
    for ask in (lambda at: next_step(THREE, 0, 0, at, ADA_BO_CY), lambda at: everyone(THREE, at, ADA_BO_CY)):
        with pytest.raises(ValueError, match="aware UTC"):
            ask(AT.replace(tzinfo=None))


minutes = st.integers(0, 9).map(lambda count: count * MINUTE)
on_call_together = st.lists(st.sampled_from(["Ada", "Bo", "Cy", "Dee"]), max_size=3, unique=True)
rosters = st.lists(on_call_together.map(tuple), max_size=6)


@st.composite
def hunts(draw: st.DrawFn) -> tuple[Ladder[int], list[tuple[str, ...]]]:
    roster = draw(rosters)
    positions = sorted(draw(st.lists(st.integers(0, 4), min_size=len(roster), max_size=len(roster))))
    delays = draw(st.lists(minutes, min_size=5, max_size=5))
    rungs = tuple(Rung(place, delays[place], number) for number, place in enumerate(positions))
    return Ladder(rungs, draw(st.integers(1, 9)) * MINUTE), roster


def hunt(
    ladder: Ladder[int], roster: list[tuple[str, ...]], refused: set[str], steps: int
) -> list[tuple[datetime, Step[int, str] | NobodyReachable[int, str]]]:
    """What dispatch does: act, store the three values, forget the tried when a round is over, come back."""
    rung, round_number, at, tried = 0, 0, ladder.starts_at(AT), set[str]()
    seen = []
    for _ in range(steps):
        step = next_step(
            ladder,
            rung,
            round_number,
            at,
            lambda number, _at: roster[number],
            skip=lambda member: "refused" if member in refused else None,
            tried=tried,
        )
        seen.append((at, step))
        tried |= set(step.targets) if isinstance(step, Step) else set()
        tried = tried if step.next_round == round_number else set()
        rung, round_number, at = step.next_rung, step.next_round, step.next_at
    return seen


@BOUNDED
@given(hunts(), st.sets(st.sampled_from(["Ada", "Bo", "Cy"])))
def test_every_round_rings_everyone_who_can_be_rung_exactly_once(
    drawn: tuple[Ladder[int], list[tuple[str, ...]]], refused: set[str]
) -> None:
    ladder, roster = drawn
    rung_in: dict[int, list[str]] = {}
    seen = hunt(ladder, roster, refused, 20)
    for _, step in seen:
        rung_in.setdefault(step.round_number, []).extend(step.targets if isinstance(step, Step) else ())
    expected = everyone(
        ladder, AT, lambda number, at: roster[number], skip=lambda m: "refused" if m in refused else None
    )
    for round_number in range(seen[-1][1].round_number):
        assert tuple(rung_in[round_number]) == expected


@BOUNDED
@given(hunts(), st.sets(st.sampled_from(["Ada", "Bo", "Cy"])))
def test_the_hunt_goes_on_for_ever_and_never_spins(
    drawn: tuple[Ladder[int], list[tuple[str, ...]]], refused: set[str]
) -> None:
    ladder, roster = drawn
    began: dict[int, datetime] = {}
    for at, step in hunt(ladder, roster, refused, 20):
        began.setdefault(step.round_number, at)
        assert step.next_at >= at
        assert step.next_round == step.round_number or step.next_at == at + ladder.repeat_after
        assert (step.next_round, step.next_rung) > (step.round_number, getattr(step, "rung", -1))
    assert all(began[n + 1] - began[n] >= ladder.repeat_after for n in range(len(began) - 1))


@BOUNDED
@given(hunts(), st.integers(0, 5), st.sets(st.sampled_from(["Ada", "Bo", "Cy", "Dee"])))
def test_whoever_is_meant_by_a_rung_that_was_asked_is_either_rung_or_reported(
    drawn: tuple[Ladder[int], list[tuple[str, ...]]], start: int, tried: set[str]
) -> None:
    ladder, roster = drawn
    step = next_step(ladder, start, 0, AT, lambda number, at: roster[number], tried=tried)
    top = step.rung if isinstance(step, Step) else 4
    asked = [rung.target for rung in ladder.rungs if start <= rung.position <= top]
    reported = [(skipped.target, skipped.member) for skipped in step.skipped]
    meant = [(number, member) for number in asked for member in roster[number] or (None,)]
    assert set(reported) <= set(meant)
    left = [member for number, member in meant if (number, member) not in reported]
    assert tuple(left) == (step.targets if isinstance(step, Step) else ())
    if isinstance(step, NobodyReachable):
        again = any(one.reason == SkipReason.ALREADY_TRIED for one in step.skipped)
        assert step.is_whole_ladder == (all(rung.position >= start for rung in ladder.rungs) and not again)
