"""The caller's own leg dials the roster: what a leg told that never bridged is taken back, and only that."""

import pytest

from hotline.db.models import Call, Incident, ToldBy
from hotline.services.callflow import direct, holding
from hotline.services.callflow.instructions import Heard
from hotline.services.operation import Operation
from hotline.services.response import reopening
from tests.hotline.house import DEWI, MADE, MADES_LINE, House

HOURS = 3 * 3600


@pytest.fixture
def incident(house: House) -> Incident:
    return house.report()


def arrive(house: House, incident: Incident) -> Call:
    """The customer calls about the incident while no call can be placed."""

    def work(op: Operation) -> Call:
        call = house.inbound(op, MADE, MADES_LINE)
        call.incident_id = incident.id
        return call

    return house.do(work)


def dial(house: House, caller: Call, *, press: str = "") -> None:
    """The caller's leg dials the next of the roster, who presses a key; the two are never connected."""

    def work(op: Operation) -> None:
        call = op.session.get_one(Call, caller.id)
        direct.dial_next(op, call)
        child = op.session.query(Call).filter(Call.parent_id == call.id).order_by(Call.id.desc()).first()
        assert child is not None
        if press:
            direct.whisper_key(op, child, Heard(digits=press))

    house.do(work)
    house.do(lambda op: direct.dialled(op, op.session.get_one(Call, caller.id), Heard()))


def back_to_the_ladder(house: House, incident: Incident) -> None:
    house.do(
        lambda op: reopening.to_the_ladder(
            op, op.session.get_one(Incident, incident.id), reopening.UNREACHABLE
        )
    )


def test_a_kept_promise_is_not_taken_back_by_a_leg_that_told_nothing(
    house: House, incident: Incident
) -> None:
    house.take(incident, DEWI)
    assert house.tell(incident, ToldBy.BRIDGE)
    told_at = house.clock.now()
    house.clock.advance(HOURS)
    back_to_the_ladder(house, incident)
    dial(house, arrive(house, incident), press="1")
    house.worker.enforce()
    now = house.again(incident)
    assert (now.told_at, now.told_by, now.breached_at) == (told_at, ToldBy.BRIDGE, None)
    assert "told-retracted" not in house.events(incident)


def test_a_leg_that_failed_long_ago_takes_back_no_later_telling(house: House, incident: Incident) -> None:
    caller = arrive(house, incident)
    dial(house, caller, press="1")
    assert house.again(incident).told_at is None
    house.clock.advance(60)

    def connect(op: Operation) -> None:
        holding.joined(op, op.session.get_one(Call, caller.id))

    house.do(connect)
    told_at = house.clock.now()
    house.clock.advance(HOURS)
    back_to_the_ladder(house, incident)
    dial(house, caller)
    house.worker.enforce()
    now = house.again(incident)
    assert (now.told_at, now.breached_at) == (told_at, None)
    assert house.events(incident).count("told-retracted") == 1


def test_what_a_leg_told_that_never_bridged_is_taken_back_once(house: House, incident: Incident) -> None:
    caller = arrive(house, incident)
    dial(house, caller, press="1")
    again = house.do(lambda op: direct.dialled(op, op.session.get_one(Call, caller.id), Heard()))
    assert again
    assert house.again(incident).told_at is None
    assert house.events(incident).count("told") == 1
    assert house.events(incident).count("told-retracted") == 1
    house.clock.advance(1800)
    house.worker.enforce()
    assert house.again(incident).breached_at is not None
