"""Whoever has left takes nothing, and who waits for them gets somebody else."""

import sqlalchemy as sa

from hotline.db.models import Call, CallKind, Contract, Incident, IncidentStatus, ToldBy
from hotline.services.accounts import people
from hotline.services.callflow import holding
from hotline.services.response import followup, incidents
from tests.hotline.house import BO, DEWI, MADES_CONTRACT, MADES_LINE, NADIA, SITI, STRANGER, House, Line


def leave(house: House, phone: str) -> None:
    house.do(lambda op: people.disable(op, house.user(op, phone).id, house.user(op, NADIA).id))


def rung(house: House) -> list[str]:
    return [call.to_phone for call in house.calls_of(CallKind.PAGE)]


def test_who_left_while_it_rang_hears_why_and_the_next_is_rung(house: House) -> None:
    incident = house.report()
    house.worker.tick()
    leave(house, DEWI)
    line = house.answer_page()
    assert "nonaktif" in line.said
    assert line.verbs == ["Say", "Hangup"]
    house.worker.tick()
    assert BO in rung(house)
    assert house.again(incident).owner_id is None


def test_a_one_pressed_after_leaving_takes_nothing(lite: House) -> None:
    incident = lite.report()
    lite.worker.tick()
    line = lite.answer_page()
    leave(lite, DEWI)
    assert "nonaktif" in line.press("1").said
    assert lite.again(incident).owner_id is None


def test_a_customer_who_waits_for_who_left_gets_the_ladder(house: House) -> None:
    incident = house.report()
    house.take(incident)
    house.tell(incident, ToldBy.MESSAGE)
    house.worker.tick()
    with house.operation() as op:  # the account is disabled, and the worker has not looked yet
        house.user(op, DEWI).disabled_at = op.now
    with house.operation() as op:
        call = house.inbound(op, "+6281220000202", MADES_LINE)
        holding.join(op, call, op.session.get_one(Incident, incident.id))
    house.worker.tick()
    now = house.again(incident)
    assert (now.status, now.owner_id) == (IncidentStatus.OPEN, None)
    assert [one.to_phone for one in house.calls_of(CallKind.JOIN)] == []
    assert [one.to_phone for one in house.calls_of(CallKind.PAGE) if one.round == now.round] == [BO]


def test_a_report_that_is_verified_while_its_telephone_rings_asks_no_pin(house: House) -> None:
    incident = house.leave_report()
    house.take(incident, SITI)
    with house.operation() as op:
        row = op.session.get_one(Incident, incident.id)
        call_id = followup.call_customer(op, row, STRANGER).id
    house.worker.tick()
    with house.operation() as op:
        row = op.session.get_one(Incident, incident.id)
        contract = op.session.scalars(sa.select(Contract).where(Contract.number == MADES_CONTRACT)).one()
        incidents.verify(op, row, contract, contract.products[0].product, house.user(op, SITI))
    call = house.one(Call, Call.id == call_id)
    line = Line(house, str(call.call_sid), call.from_phone, call.to_phone)
    line.post(house.network.calls[str(call.call_sid)].answer_url)
    assert "tekan 1" in line.said
    assert "PIN" not in line.said
    line.press("1")
    assert line.verbs == ["Dial"]
