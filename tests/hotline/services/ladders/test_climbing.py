"""Targets, rounds and fallbacks in a real hunt; which ladder an incident takes; edits while it is climbed."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    Call,
    CallKind,
    Contract,
    Incident,
    IncidentEvent,
    Ladder,
    Message,
    MessageKind,
    Rotation,
    TargetKind,
    User,
)
from hotline.services import directory
from hotline.services.directory import InUseError, WrongFieldError
from hotline.services.ladders import answers, saving, uses
from hotline.services.ladders.plans import LADDERS
from hotline.services.on_call.rosters import load_ladder
from hotline.services.on_call.targets import Target
from hotline.services.operation import Operation
from hotline.services.promise import announcements
from hotline.services.reports.hunt import hunts
from hotline.services.response import dispatch
from tests.hotline.house import ADA, BO, DEWI, NADIA, SITI, House

from .stairs import DATA, WINDOWS, ladder, layer, manager, person, save, steps, team_id, whole


def rung(house: House) -> list[tuple[int, str]]:
    """The round in which each person was rung, in order, without those who share one instant's order."""
    with house.database.read() as session:
        query = (
            sa.select(Call.round, User.name)
            .join(User, User.id == Call.user_id)
            .where(Call.kind == CallKind.PAGE)
            .order_by(Call.created_at, Call.id)
        )
        return [(round_, name.split()[0]) for round_, name in session.execute(query)]


def climb(house: House, incident: Incident, times: int = 1) -> None:
    """Let the next rung come due, and ring it; nobody's telephone rings on."""
    for _ in range(times):
        due = house.again(incident).next_rung_at
        house.clock.advance(max(0.0, (due - house.clock.now()).total_seconds()))
        with house.database.write() as session:
            session.execute(sa.update(Call).values(ended_at=house.clock.now()))
        house.do(lambda op: dispatch.climb(op, op.session.get_one(Incident, incident.id)))


def resolved(house: House, target: Target) -> list[str]:
    def work(op: Operation) -> list[str]:
        _row, _value, targets = load_ladder(op, ladder(op).id)
        ids = targets.resolve(target, op.now)
        return [op.session.get_one(User, one).name.split()[0] for one in ids]

    return house.do(work)


def test_the_targets_of_a_rung_mean_a_layer_a_person_a_team_and_the_duty_manager(house: House) -> None:
    wanted = house.do(lambda op: [layer(op, "primary"), person(op, BO), whole(op), manager(op)])
    save(house, rungs=lambda op: steps(*((place, [one]) for place, one in enumerate(wanted))))
    assert [resolved(house, one) for one in wanted] == [
        ["Dewi"],
        ["Bo"],
        ["Dewi", "Bo", "Mei", "Ada"],
        ["Siti"],
    ]


def test_a_whole_team_is_rung_without_those_of_this_round_and_without_the_managers(house: House) -> None:
    save(
        house,
        rungs=lambda op: steps(
            (0, [layer(op, "primary")]),
            (2, [layer(op, "backup"), person(op, SITI)]),
            (5, [whole(op)]),
            (8, [manager(op)]),
        ),
    )
    incident = house.report()
    climb(house, incident, 4)
    assert rung(house) == [
        (0, "Dewi"),
        (0, "Bo"),
        (0, "Siti"),
        (0, "Mei"),
        (0, "Ada"),
        (1, "Dewi"),
    ], "Siti was rung with the backup, so the manager's step had nobody left"


def test_after_its_rounds_the_hunt_goes_on_with_the_other_ladder_and_says_so(house: House) -> None:
    save(
        house,
        rungs=lambda op: steps((0, [person(op, DEWI)])),
        repeats=2,
        fallback=lambda op: str(ladder(op, WINDOWS).id),
    )
    save(house, WINDOWS, rungs=lambda op: steps((0, [person(op, ADA)]), (1, [person(op, BO)])))
    incident = house.report()
    climb(house, incident)
    home, away = house.do(lambda op: (ladder(op).id, ladder(op, WINDOWS).id))
    assert house.again(incident).ladder_id == home, "it is still theirs while the pause lasts"
    hunt = house.do(lambda op: hunts(op, [op.session.get_one(Incident, incident.id)])[incident.id])
    assert (hunt.team, hunt.next_layer) == (DATA, "Ada Okafor")
    climb(house, incident)
    assert house.again(incident).ladder_id == away
    climb(house, incident, 3)
    assert rung(house) == [(0, "Dewi"), (1, "Dewi"), (2, "Ada"), (2, "Bo"), (3, "Ada"), (3, "Bo")]
    (event,) = house.all(IncidentEvent, IncidentEvent.kind == "ladder-changed")
    assert event.data == {"before": f"{DATA}, day and night", "after": f"{WINDOWS}, day and night"}
    assert house.again(incident).ladder_since == 2


def test_a_ladder_on_which_nobody_can_be_rung_gives_way_in_the_same_minute(house: House) -> None:
    save(
        house,
        rungs=lambda op: steps((0, [person(op, DEWI)])),
        fallback=lambda op: str(ladder(op, WINDOWS).id),
    )
    save(house, WINDOWS, rungs=lambda op: steps((0, [person(op, ADA)])))
    _disable(house, DEWI)
    incident = house.report()
    assert rung(house) == [(1, "Ada")]
    (call,) = house.calls_of(CallKind.PAGE)
    assert call.created_at == house.again(incident).opened_at
    alarms = [one for one in house.all(Message, Message.kind == MessageKind.ALARM) if one.to_phone == SITI]
    assert alarms, "the managers are told"


def test_whoever_comes_on_call_after_their_ladder_gave_way_is_rung_in_the_next_round(house: House) -> None:
    save(
        house,
        rungs=lambda op: steps((0, [person(op, DEWI)])),
        fallback=lambda op: str(ladder(op, WINDOWS).id),
    )
    save(house, WINDOWS, rungs=lambda op: steps((0, [person(op, ADA)]), (1, [person(op, BO)])))
    _disable(house, DEWI)
    incident = house.report()
    climb(house, incident)
    assert [name for _, name in rung(house)] == ["Ada", "Bo"]
    _disable(house, DEWI, disabled=False)
    climb(house, incident)
    assert rung(house)[-1] == (2, "Dewi")
    assert house.again(incident).ladder_id == house.do(lambda op: ladder(op).id)


def test_when_nobody_at_all_can_be_rung_the_hunt_begins_with_the_first_ladder_again(house: House) -> None:
    save(
        house,
        rungs=lambda op: steps((0, [person(op, DEWI)])),
        repeats=1,
        fallback=lambda op: str(ladder(op, WINDOWS).id),
    )
    save(house, WINDOWS, rungs=lambda op: steps((0, [person(op, ADA)])))
    incident = house.report()
    climb(house, incident, 2)
    assert [name for _, name in rung(house)] == ["Dewi", "Ada", "Ada"]
    _disable(house, ADA)
    climb(house, incident)
    assert house.again(incident).ladder_id == house.do(lambda op: ladder(op).id)
    climb(house, incident)
    assert [name for _, name in rung(house)] == ["Dewi", "Ada", "Ada", "Dewi"]


def test_a_telephone_that_still_rings_is_not_nobody(house: House) -> None:
    save(
        house,
        rungs=lambda op: steps((0, [person(op, DEWI)])),
        repeats=9,
        fallback=lambda op: str(ladder(op, WINDOWS).id),
    )
    incident = house.report()
    house.clock.advance((house.again(incident).next_rung_at - house.clock.now()).total_seconds())
    house.do(lambda op: dispatch.climb(op, op.session.get_one(Incident, incident.id)))
    assert rung(house) == [(0, "Dewi")]
    assert house.again(incident).ladder_id == house.do(lambda op: ladder(op).id)
    assert house.all(Message, Message.kind == MessageKind.ALARM) == []


def test_two_ladders_that_name_each_other_and_are_both_empty_end_the_climb(lite: House) -> None:
    save(lite, rungs=lambda op: steps((0, [person(op, DEWI)])))
    save(lite, WINDOWS, rungs=lambda op: steps((0, [person(op, DEWI)])))
    with lite.database.write() as session:  # behind the service's back, which refuses it
        one, other = session.scalars(sa.select(Ladder).order_by(Ladder.name)).all()
        one.fallback_id, other.fallback_id = other.id, one.id
    _disable(lite, DEWI)
    incident = lite.report()
    assert lite.again(incident).next_rung_at > lite.clock.now()
    assert rung(lite) == []


def _disable(house: House, phone: str, *, disabled: bool = True) -> None:
    def work(op: Operation) -> None:
        house.user(op, phone).disabled_at = op.now if disabled else None

    house.do(work)


def test_an_incident_on_the_way_goes_on_with_an_edited_ladder_where_it_was(house: House) -> None:
    save(house, rungs=lambda op: steps((0, [person(op, DEWI)]), (4, [person(op, BO)])))
    incident = house.report()
    save(house, rungs=lambda op: steps((0, [person(op, SITI)]), (1, [person(op, ADA)]), (2, [manager(op)])))
    assert house.again(incident).next_rung_at - house.clock.now() == timedelta(minutes=4)
    climb(house, incident)
    assert rung(house) == [(0, "Dewi"), (0, "Ada")]
    climb(house, incident)
    assert rung(house)[-1] == (0, "Siti")


def test_warnings_climb_the_same_targets(house: House) -> None:
    save(house, rungs=lambda op: steps((0, [person(op, BO), person(op, ADA)]), (1, [manager(op)])))
    incident = house.report()
    house.clock.advance(15 * 60)
    house.do(announcements.sweep_warnings)
    warned = {one.to_phone for one in house.all(Message, Message.kind == MessageKind.WARNING)}
    assert warned == {BO, ADA}, "the lowest rung first, all of it"
    assert house.again(incident).next_warning_at is not None


def test_the_duty_manager_changes_with_the_marked_layer_and_ended_layers_mean_nobody(house: House) -> None:
    save(house, rungs=lambda op: steps((0, [layer(op, "primary")]), (1, [manager(op)])))

    def mark(op: Operation) -> bool:
        backup = layer(op, "backup").id
        return saving.set_managers_layer(op, house.user(op, NADIA), team_id(op), str(backup))

    assert house.do(mark) is True
    assert house.do(mark) is False
    target = house.do(manager)
    assert resolved(house, target) == ["Bo"]
    with house.database.write() as session:
        session.execute(sa.update(Rotation).where(Rotation.is_manager).values(ended_at=house.clock.now()))
    assert resolved(house, target) == []
    assert resolved(house, Target(TargetKind.TEAM, target.id))[:1] == ["Dewi"]


def test_no_ladder_is_saved_on_which_nobody_answers_now_but_the_fallback_counts(house: House) -> None:
    _disable(house, DEWI)
    with pytest.raises(answers.UnansweredError):
        save(house, rungs=lambda op: steps((0, [layer(op, "primary")])))
    save(
        house,
        rungs=lambda op: steps((0, [layer(op, "primary")])),
        fallback=lambda op: str(ladder(op, WINDOWS).id),
    )
    with pytest.raises(WrongFieldError, match="leads back"):
        save(house, WINDOWS, fallback=lambda op: str(ladder(op).id))
    with pytest.raises(WrongFieldError, match="leads back"):
        save(house, fallback=lambda op: str(ladder(op).id))


def test_a_ladder_in_use_does_not_end_and_says_what_uses_it(house: House) -> None:
    incident = house.report()

    def end(op: Operation) -> bool:
        return directory.end(op, LADDERS, house.user(op, NADIA).id, ladder(op).id)

    with pytest.raises(InUseError, match=incident.reference):
        house.do(end)
    found = house.do(lambda op: uses.of(op, [ladder(op).id])[ladder(op).id])
    assert found.is_used
    assert found.incidents == [incident.reference]
    assert ("200417", "Nusantara Securities") in found.contracts


def test_a_product_of_a_contract_may_have_a_ladder_of_its_own(house: House) -> None:
    def give(op: Operation) -> uuid.UUID:
        contract = op.session.scalars(sa.select(Contract).where(Contract.number == "200417")).one()
        contract.products[0].ladder_id = ladder(op, WINDOWS).id
        return ladder(op, WINDOWS).id

    assert house.report().ladder_id == house.do(lambda op: ladder(op).id)
    own = house.do(give)
    assert house.report().ladder_id == own
    found = house.do(lambda op: uses.of(op, [own])[own])
    assert [number for number, *_ in found.products] == ["200417"]
