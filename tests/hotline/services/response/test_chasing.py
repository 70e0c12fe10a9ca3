"""Whoever has an incident and is not heard of is asked; any sign of life is an answer."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    Call,
    CallKind,
    CallOutcome,
    Incident,
    IncidentEvent,
    IncidentStatus,
    Message,
    MessageKind,
    Recording,
    ToldBy,
    User,
)
from hotline.services.accounts import people
from hotline.services.operation import Operation
from hotline.services.response import calling, chasing, handovers, incidents, remarks, silence
from tests.hotline.house import BO, DEWI, MADE, NADIA, SITI, House, Line, at_once, new_sid

SPAN = timedelta(minutes=30)


def dewis(house: House) -> Incident:
    """Dewi has it, the customer knows, and nothing is left to be sent."""
    incident = house.report()
    house.take(incident)
    house.tell(incident, ToldBy.MESSAGE)
    house.worker.tick()
    return house.again(incident)


def wait(house: House, minutes: float) -> None:
    """Time passes, and a worker looks."""
    house.clock.advance(minutes * 60)
    house.worker.tick()


def steps(house: House) -> list[tuple[str, int]]:
    """The steps that were taken, and after how many minutes without a word each was due."""
    events = house.all(IncidentEvent, IncidentEvent.kind == "chased")
    return [(event.data["by"], event.data["minutes"]) for event in events]


def texts(house: House, phone: str, kind: MessageKind = MessageKind.CHASE) -> list[str]:
    return [text.body for text in house.all(Message, Message.to_phone == phone, Message.kind == kind)]


def test_silence_is_answered_by_a_text_then_a_call_then_the_managers(house: House) -> None:
    incident = dewis(house)
    wait(house, 29)
    assert (steps(house), texts(house, DEWI)) == ([], [])
    wait(house, 1)
    (body,) = texts(house, DEWI)
    assert "selama 30 mnt" in body
    assert house.pages()[0].code in body
    wait(house, 2)
    (call,) = house.calls_of(CallKind.CHASE)
    assert (call.to_phone, call.call_sid is not None) == (DEWI, True)
    assert texts(house, SITI, MessageKind.ALARM) == []
    house.set(call, ended_at=house.clock.now())
    wait(house, 28)
    assert steps(house) == [("text", 30), ("call", 32), ("managers", 60)]
    for manager in (SITI, NADIA):
        (alarm,) = texts(house, manager, MessageKind.ALARM)
        assert "Dewi Santoso" in alarm
        assert f"/incidents/{incident.reference}" in alarm
    assert [call.to_phone for call in house.calls_of(CallKind.CHASE)] == [DEWI, DEWI]


def test_later_steps_come_further_and_further_apart(lite: House) -> None:
    dewis(lite)
    for _ in range(24 * 60):
        wait(lite, 1)
    managers = [minutes for step, minutes in steps(lite) if step == "managers"]
    assert managers == [60, 120, 240, 480, 720, 960, 1200, 1440][: len(managers)]
    assert len(managers) >= 6


def test_each_step_is_written_down_at_the_instant_of_the_rule(lite: House) -> None:
    incident = dewis(lite)
    assert incident.owned_since is not None
    wait(lite, 45)  # the worker was away
    (event,) = lite.all(IncidentEvent, IncidentEvent.kind == "chased")
    assert (event.at, event.recorded_at) == (incident.owned_since + SPAN, lite.clock.now())
    assert lite.again(incident).next_chase_at == lite.clock.now() + chasing.TO_ANSWER


def test_two_workers_take_each_step_once(house: House) -> None:
    dewis(house)
    house.clock.advance(SPAN.total_seconds())
    at_once(house.worker.hunt, house.new_worker().hunt, house.new_worker().hunt)
    assert (steps(house), len(texts(house, DEWI))) == ([("text", 30)], 1)


def _note(op: Operation, incident: Incident, dewi: User) -> None:
    chasing.note(op, incident, dewi, "Restarting the replica.")


def _status(op: Operation, incident: Incident, dewi: User) -> None:
    chasing.note(op, incident, dewi, "Half done.", remarks.STATUS)


def _hand_over(op: Operation, incident: Incident, dewi: User) -> None:
    bo = op.session.scalars(sa.select(User).where(User.phone == BO)).one()
    handovers.ask(op, incident, dewi, bo)


def _take_over(op: Operation, incident: Incident, dewi: User) -> None:
    siti = op.session.scalars(sa.select(User).where(User.phone == SITI)).one()
    handovers.take_over(op, incident, siti, "Dewi is ill")


def _call(op: Operation, incident: Incident, dewi: User) -> None:
    calling.call_both(op, incident, dewi)


def _say_so(op: Operation, incident: Incident, dewi: User) -> None:
    assert chasing.settle(op, incident, dewi, "web")


def _transcribe(op: Operation, incident: Incident, dewi: User) -> None:
    call = op.session.scalars(sa.select(Call).where(Call.incident_id == incident.id)).first()
    assert call is not None
    row = Recording(
        recording_sid=new_sid("RE"),
        call_id=call.id,
        incident_id=incident.id,
        created_at=op.now,
        url="https://x",
    )
    op.session.add(row)
    op.session.flush()
    remarks.write_transcript(op, row, dewi, "The replica is down.")


@pytest.mark.parametrize("sign", [_note, _status, _hand_over, _take_over, _call, _say_so, _transcribe])
def test_a_sign_of_life_begins_the_waiting_anew(
    lite: House, sign: Callable[[Operation, Incident, User], None]
) -> None:
    incident = dewis(lite)
    wait(lite, 20)
    with lite.operation() as op:
        sign(op, op.session.get_one(Incident, incident.id), lite.user(op, DEWI))
    wait(lite, 29)
    assert steps(lite) == []
    wait(lite, 1)
    assert [step for step, _minutes in steps(lite)] == ["text"]


def test_who_talks_with_the_customer_is_not_asked_and_after_it_has_the_whole_time(lite: House) -> None:
    incident = dewis(lite)
    with lite.operation() as op:
        call = lite.inbound(op, MADE, "+622150100200")
        call.incident_id, call.bridged_at, call_id = incident.id, op.now, call.id
    wait(lite, 90)
    assert steps(lite) == []
    lite.set(lite.one(Call, Call.id == call_id), ended_at=lite.clock.now())
    wait(lite, 29)
    assert steps(lite) == []
    wait(lite, 1)
    assert steps(lite) == [("text", 30)]


def test_a_pressed_one_settles_it(lite: House) -> None:
    incident = dewis(lite)
    wait(lite, 30)
    wait(lite, 2)
    (call,) = lite.calls_of(CallKind.CHASE)
    assert call.call_sid is not None
    line = Line(lite, call.call_sid, call.from_phone, call.to_phone)
    line.post(lite.network.calls[call.call_sid].answer_url)
    assert "tekan 1" in line.said
    line.press("1")
    assert lite.one(Call, Call.id == call.id).outcome is CallOutcome.ACCEPTED
    assert lite.again(incident).next_chase_at == lite.clock.now() + SPAN
    wait(lite, 29)
    assert len(steps(lite)) == 2


def test_voicemail_settles_nothing(lite: House) -> None:
    dewis(lite)
    wait(lite, 30)
    wait(lite, 2)
    (call,) = lite.calls_of(CallKind.CHASE)
    line = Line(lite, str(call.call_sid), call.from_phone, call.to_phone)
    line.post(lite.network.calls[str(call.call_sid)].answer_url)
    line.press("").press("")
    assert line.verbs == ["Hangup"]
    wait(lite, 28)
    assert steps(lite)[-1] == ("managers", 60)


def test_an_owner_who_cannot_be_rung_is_the_managers_affair_at_once(lite: House) -> None:
    dewis(lite)
    with lite.operation() as op:
        op.session.execute(
            sa.text("UPDATE contact_methods SET failed_at = :at WHERE value = :phone"),
            {"at": (op.now + SPAN).replace(tzinfo=None), "phone": DEWI},
        )
        from hotline.services.reaching import numbers

        for method in numbers.list_of(op, lite.user(op, DEWI).id):
            method.failed_at = op.now + SPAN
    wait(lite, 30)
    assert steps(lite) == [("managers", 30)]
    assert texts(lite, SITI, MessageKind.ALARM)


def test_what_somebody_who_left_had_goes_back_to_the_ladder_at_once(house: House) -> None:
    incident = dewis(house)
    with house.operation() as op:
        people.disable(op, house.user(op, DEWI).id, house.user(op, NADIA).id)
    house.worker.tick()
    now = house.again(incident)
    assert (now.status, now.owner_id) == (IncidentStatus.OPEN, None)
    rung = {
        call.to_phone for call in house.calls_of(CallKind.PAGE) if call.ended_at is None and call.round > 0
    }
    assert rung
    assert DEWI not in rung


def test_finished_incidents_are_left_alone(lite: House) -> None:
    incident = dewis(lite)
    with lite.operation() as op:
        incidents.resolve(op, op.session.get_one(Incident, incident.id), lite.user(op, DEWI))
    assert lite.again(incident).next_chase_at is None
    wait(lite, 120)
    assert steps(lite) == []


def test_only_the_owner_can_say_that_they_are_on_it(lite: House) -> None:
    incident = dewis(lite)
    with lite.operation() as op:
        row = op.session.get_one(Incident, incident.id)
        assert not chasing.settle(op, row, lite.user(op, BO), "web")
        assert chasing.settle(op, row, lite.user(op, DEWI), "web")


def test_silence_is_read_off_the_record_of_many_at_once(lite: House) -> None:
    first, second = dewis(lite), dewis(lite)
    lite.clock.advance(600)
    with lite.operation() as op:
        chasing.note(op, op.session.get_one(Incident, second.id), lite.user(op, DEWI), "Looking.")
    lite.clock.advance(25 * 60)
    with lite.operation() as op:
        found = [op.session.get_one(Incident, one.id) for one in (first, second)]
        assert silence.silent_since(op, found) == {first.id: first.owned_since}
