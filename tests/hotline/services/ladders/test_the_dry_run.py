"""What the dry run says is what the hunt does: the same people at the same instants, driven by the worker."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db.models import Call, CallKind, Contract, Incident, NotificationRule, User
from hotline.services.ladders import assigning, rehearsing
from hotline.services.operation import Operation
from tests.hotline.house import ADA, BO, DEWI, HANNAHS_CONTRACT, MADES_CONTRACT, SITI, House

from .stairs import DATA, WINDOWS, ladder, layer, manager, person, save, steps, team_id, whole

# A telephone rings 25 seconds, and the network that goes nowhere tells of no end: then it is taken as over.
RINGS_FOR = timedelta(seconds=25 + 150)
HALF_AN_HOUR = timedelta(minutes=30)


def drive(house: House, number: str = MADES_CONTRACT) -> list[tuple[datetime, str]]:
    """Report an incident now and let half an hour pass; who was rung and when."""
    start = house.clock.now()
    incident = house.report(number)
    while house.clock.now() < start + HALF_AN_HOUR:
        house.worker.tick()
        after = house.clock.now() + timedelta(seconds=1)
        due = [house.again(incident).next_rung_at or after]
        with house.database.read() as session:
            query = sa.select(Call.created_at).where(Call.ended_at.is_(None), Call.kind == CallKind.PAGE)
            due += [created + RINGS_FOR for created in session.scalars(query)]
        wanted = min([start + HALF_AN_HOUR, *(at for at in due if at >= after)], default=after)
        house.clock.advance((wanted - house.clock.now()).total_seconds())
    with house.database.read() as session:
        query = (
            sa.select(Call.created_at, User.name)
            .join(User, User.id == Call.user_id)
            .where(Call.kind == CallKind.PAGE, Call.created_at < start + HALF_AN_HOUR)
        )
        return sorted((at, name) for at, name in session.execute(query))


def rehearsed(house: House, team: str = DATA, **options: Any) -> rehearsing.Rehearsal:
    return house.do(
        lambda op: rehearsing.rehearse(op, ladder(op, team).id, op.now, rings_for=RINGS_FOR, **options)
    )


def rung(found: rehearsing.Rehearsal) -> list[tuple[datetime, str]]:
    return sorted((line.at, one.name) for line in found.lines for one in line.rung)


def _plain(house: House) -> None:
    """Nobody has rules: a call that comes later by a rule is no matter of the ladder."""
    with house.database.write() as session:
        session.execute(sa.delete(NotificationRule))


def _disable(house: House, phone: str) -> None:
    def work(op: Operation) -> None:
        house.user(op, phone).disabled_at = op.now

    house.do(work)


LADDERS: dict[str, dict[str, Any]] = {
    "as the world has it": {},
    "everybody at last": {
        "rungs": lambda op: steps(
            (0, [layer(op, "primary")]),
            (2, [layer(op, "backup"), person(op, SITI)]),
            (5, [whole(op)]),
            (8, [manager(op)]),
        ),
        "repeat_after": 240,
    },
    "three rounds, then the others": {
        "rungs": lambda op: steps((0, [layer(op, "primary")]), (1, [layer(op, "backup")])),
        "repeat_after": 60,
        "repeats": 3,
        "fallback": lambda op: str(ladder(op, WINDOWS).id),
    },
    "rounds so short that telephones still ring": {
        "rungs": lambda op: steps((0, [person(op, BO), person(op, ADA)]), (0, [whole(op)])),
        "repeat_after": 30,
    },
    "the first cannot be rung": {
        "rungs": lambda op: steps((0, [person(op, DEWI)]), (3, [person(op, BO)])),
        "repeat_after": 600,
    },
}


@pytest.mark.parametrize("name", LADDERS)
def test_it_says_what_the_worker_does_when_nobody_answers(lite: House, name: str) -> None:
    _plain(lite)
    save(lite, **LADDERS[name])
    if name == "the first cannot be rung":
        _disable(lite, DEWI)
    for _ in range(2):
        found = rehearsed(lite)
        assert rung(found) == drive(lite)
        assert len(found.lines) >= 3
        lite.clock.advance(3 * 86400 + 7 * 3600)  # others are on call by then
        with lite.database.write() as session:
            session.execute(sa.update(Call).values(ended_at=lite.clock.now()))
            session.execute(sa.update(Incident).values(next_rung_at=None))
            session.execute(sa.text("DELETE FROM calls"))


def test_with_telephones_that_ring_on_each_step_comes_as_late_as_it_was_set(lite: House) -> None:
    save(lite, **LADDERS["everybody at last"])
    found = lite.do(lambda op: rehearsing.rehearse(op, ladder(op).id, op.now))
    minutes = [int((line.at - found.at).total_seconds()) // 60 for line in found.lines if line.rung]
    assert minutes[:5] == [0, 2, 5, 12, 14]
    assert [one.name for one in found.lines[1].rung] == ["Bo Lindqvist", "Siti Rahmawati"]
    assert [one.target for one in found.lines[1].rung] == ["backup", "Siti Rahmawati"]
    first = found.lines[0].rung[0]
    assert first.name == "Dewi Santoso"
    uses = [(use.channel.value, use.to, int(use.after.total_seconds())) for use in first.uses]
    assert uses[:2] == [("sms", "Mobile", 0), ("call", "Mobile", 0)]


def test_it_names_the_fallback_the_rounds_and_who_is_passed_over(lite: House) -> None:
    save(lite, **LADDERS["three rounds, then the others"])
    _disable(lite, DEWI)
    found = lite.do(lambda op: rehearsing.rehearse(op, ladder(op).id, op.now))
    new = [line for line in found.lines if line.is_new_ladder]
    assert [(line.ladder, line.round) for line in new] == [(f"{WINDOWS}, day and night", 1)]
    assert [line.round for line in found.lines if line.is_new_round][:3] == [1, 2, 3]
    first = found.lines[0]
    assert first.step == 2, "an empty step costs no minute"
    assert first.at == found.at
    assert [(one.name, one.reason) for one in first.passed] == [
        ("Dewi Santoso", "has an account that is disabled")
    ]
    assert not found.is_unanswered


def test_the_fine_and_the_time_are_those_of_the_contract(lite: House) -> None:
    def work(op: Operation) -> rehearsing.Rehearsal:
        contract = assigning.find(op, HANNAHS_CONTRACT)
        return rehearsing.rehearse(op, contract.ladder_id, op.now, contract=contract)

    found = lite.do(work)
    assert found.over_at - found.at == HALF_AN_HOUR
    assert found.fine is not None
    assert found.fine.ordinal == 1
    assert all(found.at <= line.at < found.over_at for line in found.lines)


def test_a_hand_over_in_the_midst_of_it_shows(lite: House) -> None:
    """Half an hour that begins ten minutes before the primary layer hands over."""

    def when(op: Operation) -> datetime:
        from hotline.services.on_call.rosters import duties

        ends = [duty.until for duty in duties(op, team_id(op)) if duty.layer == "primary"]
        assert ends[0] is not None
        return ends[0] - timedelta(minutes=10)

    save(lite, rungs=lambda op: steps((0, [layer(op, "primary")])), repeat_after=600)
    found = lite.do(lambda op: rehearsing.rehearse(op, ladder(op).id, when(op)))
    assert [[one.name for one in line.rung] for line in found.lines] in (
        [["Dewi Santoso"], ["Mei Tan"], ["Mei Tan"]],
        [["Mei Tan"], ["Dewi Santoso"], ["Dewi Santoso"]],
    )


def test_with_a_contract_that_promises_nothing_yet_it_is_half_an_hour(lite: House) -> None:
    def work(op: Operation) -> rehearsing.Rehearsal:
        contract = op.session.scalars(sa.select(Contract).where(Contract.number == MADES_CONTRACT)).one()
        long_ago = op.now - timedelta(days=3000)
        return rehearsing.rehearse(op, contract.ladder_id, long_ago, contract=contract)

    found = lite.do(work)
    assert (found.over_at - found.at, found.fine) == (HALF_AN_HOUR, None)
