"""Look, then save: what is shown is what is saved, the past stays, and the hotline stays answered."""

import random
import uuid
from datetime import date, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db.base import new_id
from hotline.db.models import (
    AuditEntry,
    Message,
    Override,
    OverrideKind,
    Rotation,
    RotationVersion,
    RungTarget,
    Team,
)
from hotline.errors import NotFoundError
from hotline.services.on_call import versions
from hotline.services.on_call.rosters import Roster, load_rotations
from hotline.services.operation import Operation
from hotline.services.planning import overrides, planning
from hotline.services.planning.plans import (
    EndPlan,
    LayerEnd,
    LayerPlan,
    OverridePlan,
    Plan,
    SwapPlan,
    Turn,
    VersionPlan,
)
from hotline.services.planning.refusing import Refusal, RefusedError
from routing import HandOff, Hours
from tests.hotline.house import ADA, BO, DEWI, NADIA, SITI, House, at_once

MEI = "+6590000105"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# On call at the instant of the tests: Dewi (primary) hands over to Mei at 09:00 next Monday.


def rotation(op: Operation, layer: str = "primary", team: str = "Data Platform") -> Rotation:
    query = sa.select(Rotation).join(Team).where(Rotation.layer == layer, Team.name == team)
    return op.session.scalars(query).one()


def override(
    house: House,
    phone: str | None,
    start: timedelta = timedelta(0),
    end: timedelta = 8 * HOUR,
    kind: OverrideKind = OverrideKind.REPLACE,
    layer: str = "primary",
    instead_of: str | None = None,
) -> OverridePlan:
    def work(op: Operation) -> OverridePlan:
        ids = [None if one is None else house.user(op, one).id for one in (phone, instead_of)]
        return OverridePlan(new_id(), rotation(op, layer).id, kind, *ids, op.now + start, op.now + end)

    made: OverridePlan = house.do(work)
    return made


def look(house: House, plan: Plan, by: str = SITI) -> planning.Outcome:
    found: planning.Outcome = house.do(lambda op: planning.look(op, plan, house.user(op, by)))
    return found


def save(house: House, plan: Plan, seen: str, by: str = SITI, **options: Any) -> planning.Outcome:
    done: planning.Outcome = house.do(lambda op: planning.save(op, plan, house.user(op, by), seen, **options))
    return done


def do(house: House, plan: Plan, **options: Any) -> planning.Outcome:
    return save(house, plan, look(house, plan).digest, **options)


def refused(act: Any, *args: Any, **options: Any) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        act(*args, **options)
    return caught.value


def on_call(house: House, after: timedelta = timedelta(0), layer: str = "primary") -> list[str]:
    def work(op: Operation) -> list[str]:
        rows = load_rotations(op)
        row = next(row for row in rows if row.id == rotation(op, layer).id)
        ids = Roster(op, rows).resolve(row.id, op.now + after)
        from hotline.services.on_call.rosters import people

        users = people(op, ids)
        return [users[user_id].phone or "" for user_id in ids]

    found: list[str] = house.do(work)
    return found


def texts(house: House, phone: str) -> list[str]:
    return [message.body for message in house.messages(phone)]


def weekly(op: Operation, house: House, *phones: str, **options: Any) -> versions.PartPlan:
    members = [house.user(op, phone).id for phone in phones]
    return versions.planned(members, "Asia/Jakarta", date(2026, 1, 5), HandOff(0, time(9)), **options)


def version(house: House, *phones: str, after: timedelta | None = None, **options: Any) -> VersionPlan:
    def work(op: Operation) -> VersionPlan:
        holds_from = None if after is None else op.now + after
        return VersionPlan(new_id(), rotation(op).id, [weekly(op, house, *phones, **options)], holds_from)

    made: VersionPlan = house.do(work)
    return made


def test_looking_shows_before_and_after_and_leaves_nothing_behind(house: House) -> None:
    counted = [house.count(model) for model in (Override, AuditEntry, Message)]
    outcome = look(house, override(house, BO, DAY, 2 * DAY))
    (row,) = outcome.rows
    (difference,) = row.differences()
    assert [outcome.people[one].name for one in difference.was] == ["Dewi Santoso"]
    assert [outcome.people[one].name for one in difference.now] == ["Bo Lindqvist"]
    assert {outcome.people[one.user_id].name: (one.nights, one.hours) for one in outcome.tallies} == {
        "Bo Lindqvist": (1, 24.0),
        "Dewi Santoso": (-1, -24.0),
    }
    assert [(one.team, one.layer) for one in outcome.doubles] == [("Data Platform", "backup")]
    assert [house.count(model) for model in (Override, AuditEntry, Message)] == counted
    assert on_call(house, DAY) == [DEWI]


def test_what_was_looked_at_is_saved_once_told_once_and_in_the_trail(house: House) -> None:
    plan = override(house, ADA, DAY, 2 * DAY)
    seen = look(house, plan).digest
    assert not save(house, plan, seen).was_there
    house.clock.advance(30)
    assert save(house, plan, seen).was_there, "a second tap"
    assert house.count(Override) == 1
    assert on_call(house, 30 * HOUR) == [ADA]
    assert [len(texts(house, phone)) for phone in (ADA, DEWI, SITI)] == [1, 1, 0]
    entry = house.one(AuditEntry, AuditEntry.kind == "override")
    assert (entry.action, entry.after["on_call"], entry.after["layer"]) == (
        "created",
        "Ada Okafor",
        "primary",
    )


def test_a_roster_that_changed_meanwhile_is_shown_again_and_then_saved(house: House) -> None:
    plan = override(house, ADA, DAY, 2 * DAY)
    seen = look(house, plan).digest
    do(house, override(house, BO, DAY, 26 * HOUR))
    house.clock.advance(1)
    with pytest.raises(planning.LookAgainError) as caught:
        save(house, plan, seen)
    assert house.count(Override) == 1
    assert len(caught.value.outcome.rows[0].differences()) == 2
    save(house, plan, caught.value.outcome.digest)
    assert on_call(house, 25 * HOUR) == [ADA]


def test_nobody_saves_what_they_did_not_look_at(house: House) -> None:
    plan = override(house, ADA, DAY, 2 * DAY)
    with pytest.raises(planning.LookAgainError):
        save(house, plan, "")
    other = override(house, BO, DAY, 2 * DAY)
    with pytest.raises(planning.LookAgainError):
        save(house, other, look(house, plan).digest)
    assert house.count(Override) == 0


def test_adding_removing_and_replacing_one_person(house: House) -> None:
    do(house, override(house, ADA, DAY, 3 * DAY, OverrideKind.ADD))
    assert on_call(house, 25 * HOUR) == [DEWI, ADA]
    do(house, override(house, BO, 2 * DAY, 3 * DAY, instead_of=DEWI))
    assert on_call(house, 49 * HOUR) == [BO, ADA]
    do(house, override(house, ADA, 2 * DAY, 3 * DAY, OverrideKind.REMOVE))
    assert on_call(house, 49 * HOUR) == [BO]
    assert on_call(house, 25 * HOUR) == [DEWI, ADA]
    assert "melepas" not in "".join(texts(house, DEWI))
    assert "took you off" in texts(house, ADA)[-1]


def test_a_gap_is_named_and_saved_only_when_confirmed(house: House) -> None:
    plan = override(house, None, DAY, 2 * DAY)
    outcome = look(house, plan)
    assert [(layer, end - start) for layer, start, end in outcome.gaps] == [("primary", DAY)]
    assert refused(save, house, plan, outcome.digest).why is Refusal.NOBODY
    assert house.count(Override) == 0
    save(house, plan, outcome.digest, gaps_confirmed=True)
    assert on_call(house, 25 * HOUR) == []
    assert any("NOBODY" in text or "TIDAK ADA" in text for text in texts(house, NADIA))


def empty_all_but_primary(house: House) -> None:
    for layer in ("backup", "manager"):
        do(house, override(house, None, layer=layer), gaps_confirmed=True)


def test_the_hotline_is_never_left_unanswered_now(house: House) -> None:
    empty_all_but_primary(house)
    plan = override(house, None)
    outcome = look(house, plan)
    assert outcome.unanswered == ["Data Platform, day and night"]
    refusal = refused(save, house, plan, outcome.digest, gaps_confirmed=True)
    assert (refusal.why, refusal.who) == (Refusal.UNANSWERED, "Data Platform, day and night")
    assert on_call(house) == [DEWI]
    later = override(house, None, HOUR, 2 * HOUR)
    assert look(house, later).unanswered == []
    do(house, later, gaps_confirmed=True)


def test_ending_an_override_the_short_way_cannot_leave_it_unanswered_either(house: House) -> None:
    do(house, override(house, None), gaps_confirmed=True)
    house.clock.advance(1)
    made = override(house, ADA)
    do(house, made)
    empty_all_but_primary(house)
    assert (
        refused(house.do, lambda op: overrides.end(op, made.id, house.user(op, SITI))).why
        is Refusal.UNANSWERED
    )
    assert on_call(house) == [ADA]


def test_two_at_once_cannot_leave_it_unanswered_together(house: House) -> None:
    do(house, override(house, None, layer="manager"), gaps_confirmed=True)
    plans = [override(house, None, layer=layer) for layer in ("primary", "backup")]
    seen = [look(house, plan).digest for plan in plans]

    def attempt(number: int) -> str:
        try:
            save(house, plans[number], seen[number], gaps_confirmed=True)
        except RefusedError as error:
            return error.why.value
        return "saved"

    assert sorted(at_once(lambda: attempt(0), lambda: attempt(1))) == ["saved", Refusal.UNANSWERED]
    assert on_call(house) + on_call(house, layer="backup") != []


def test_a_swap_is_both_or_none_and_each_hears_it_once(house: House) -> None:
    def work(op: Operation) -> SwapPlan:
        here, dewi, mei = rotation(op).id, house.user(op, DEWI).id, house.user(op, MEI).id
        mine = Turn(here, dewi, op.now + DAY, op.now + 2 * DAY)
        theirs = Turn(here, mei, op.now + 8 * DAY, op.now + 9 * DAY)
        return SwapPlan(new_id(), mine, theirs)

    plan = house.do(work)
    outcome = do(house, plan)
    assert {one.hours for one in outcome.tallies} == {0.0}
    assert on_call(house, 25 * HOUR) == [MEI]
    assert on_call(house, 8 * DAY + HOUR) == [DEWI]
    assert [len(texts(house, phone)) for phone in (DEWI, MEI)] == [1, 1]
    assert "no longer from" in texts(house, MEI)[0]
    assert save(house, plan, outcome.digest).was_there
    assert house.count(Override) == 2
    again = house.do(work)
    assert refused(look, house, again).why is Refusal.CHANGED, "the turns are not theirs any more"


def test_an_override_is_ended_after_a_look(house: House) -> None:
    made = override(house, ADA, DAY, 2 * DAY)
    do(house, made)
    plan = EndPlan(made.id)
    assert look(house, plan, by=ADA).digest == look(house, plan).digest, "whoever is on call by it may"
    assert refused(look, house, plan, by=BO).why is Refusal.NOT_YOURS
    do(house, plan)
    assert on_call(house, 25 * HOUR) == [DEWI]
    assert look(house, plan).was_there
    with pytest.raises(NotFoundError):
        look(house, EndPlan(uuid.uuid4()))


def test_a_new_version_changes_the_order_from_an_instant_on(house: House) -> None:
    plan = version(house, ADA, MEI, DEWI, after=2 * DAY)
    outcome = do(house, plan)
    assert on_call(house, DAY) == [DEWI]
    assert on_call(house, 2 * DAY) != [DEWI]
    assert outcome.tallies
    assert save(house, plan, outcome.digest).was_there
    entry = house.one(AuditEntry, AuditEntry.kind == "rotation")
    assert entry.before["parts"] == [
        "Dewi Santoso, Mei Tan; 7 days from 2026-01-05, day 1 09:00; Asia/Jakarta"
    ]
    assert entry.after["parts"][0].startswith("Ada Okafor, Mei Tan, Dewi Santoso")
    assert max(len(texts(house, phone)) for phone in (ADA, MEI, DEWI)) == 1


def test_a_change_in_the_past_or_with_nobody_is_refused(house: House) -> None:
    assert refused(look, house, version(house, ADA, after=-DAY)).why is Refusal.PAST
    assert refused(look, house, version(house)).why is Refusal.EMPTY
    assert refused(look, house, version(house, "+4915110000109")).why is Refusal.ROLE
    assert house.count(AuditEntry) == 0


def test_no_version_moves_history(house: House) -> None:
    """Random edits, each later than the one before: what was answered about the past stays the answer."""
    chance = random.Random(4)  # noqa: S311 - a repeatable choice, no secret
    known: dict[timedelta, list[str]] = {}
    begun = house.clock.now()
    for _ in range(12):
        phones = chance.sample([DEWI, MEI, BO, ADA, SITI], chance.randint(1, 4))
        days = chance.choice((1, 2, 7, 10))
        hours = [Hours(day, time(8), time(20)) for day in range(5)] if chance.random() < 0.3 else []
        after = chance.choice((None, timedelta(hours=chance.randint(1, 400))))
        do(house, version(house, *phones, after=after, cycle_days=days, hours=hours), gaps_confirmed=True)
        house.clock.advance(chance.randint(1, 400) * 3600)
        passed = house.clock.now() - begun
        for at in list(known):
            assert on_call(house, at - passed) == known[at], at
        known |= {at: on_call(house, at - passed) for at in (passed - HOUR, passed - 5 * DAY)}
    assert house.count(RotationVersion) > 12


def test_a_layer_is_added_and_ended_and_its_history_stays(house: House) -> None:
    def work(op: Operation) -> LayerPlan:
        return LayerPlan(new_id(), rotation(op).team_id, "night shift", [weekly(op, house, BO, ADA)], None)

    plan = house.do(work)
    do(house, plan)
    assert on_call(house, layer="night shift") != []
    assert on_call(house, -DAY, layer="night shift") == [], "it was not there yesterday"
    same = LayerPlan(new_id(), plan.team_id, "Night Shift", plan.parts, None)
    assert refused(look, house, same).why is Refusal.TAKEN_NAME
    house.clock.advance(3600)
    do(house, override(house, SITI, DAY, 2 * DAY, layer="night shift"))
    do(house, LayerEnd(plan.id), gaps_confirmed=True)
    assert house.one(Rotation, Rotation.id == plan.id).ended_at == house.clock.now()
    assert all(row.cancelled_at is not None for row in house.all(Override))
    with house.operation() as op:
        row = op.session.get_one(Rotation, plan.id)
        assert Roster(op, [row]).resolve(row.id, op.now - HOUR / 2) != ()
        assert Roster(op, [row]).resolve(row.id, op.now + DAY) == ()
    assert look(house, LayerEnd(plan.id)).was_there


def test_a_layer_that_ladders_ring_is_not_ended(house: House) -> None:
    plan = LayerEnd(house.do(lambda op: rotation(op).id))
    refusal = refused(look, house, plan)
    assert (refusal.why, refusal.who) == (Refusal.IS_RUNG, "Data Platform, day and night")
    assert house.count(RungTarget) > 0


@pytest.mark.parametrize("phone", [BO, ADA])
def test_an_engineer_plans_nothing(house: House, phone: str) -> None:
    for plan in (override(house, ADA, DAY, 2 * DAY), version(house, ADA)):
        assert refused(look, house, plan, by=phone).why is Refusal.NOT_YOURS
        assert refused(save, house, plan, "", by=phone).why is Refusal.NOT_YOURS
