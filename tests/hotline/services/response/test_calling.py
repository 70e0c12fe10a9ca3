"""Calling the customer and me: the owner first, then the customer; only numbers that may be called."""

from typing import Any

import pytest

from hotline.db.models import Call, CallKind, Incident, OutboxStatus
from hotline.errors import ConflictError, InvalidInputError
from hotline.services.operation import Operation
from hotline.services.response import calling
from tests.hotline.house import BO, DEWI, MADE, STRANGER, House, Line, at_once


def use(house: House, incident: Incident, work: Any, *phones: str) -> Any:
    def do(op: Operation) -> Any:
        found = op.session.get_one(Incident, incident.id)
        return work(op, found, *(house.user(op, phone) for phone in phones))

    return house.do(do)


def quiet(house: House, incident: Incident) -> None:
    """Nobody's telephone rings, and the customer is told by nothing of its own."""
    house.set(incident, next_notice_at=None)
    for call in house.all(Call, Call.ended_at.is_(None)):
        house.set(call, ended_at=house.clock.now(), status="completed")


def mine(house: House, incident: Incident) -> Incident:
    house.take(incident, DEWI)
    quiet(house, incident)
    return incident


def answered(house: House, kind: CallKind, place: int = -1) -> Line:
    call = house.calls_of(kind)[place]
    assert call.call_sid is not None, "it was not placed"
    line = Line(house, call.call_sid, call.from_phone, call.to_phone)
    line.post(house.network.calls[call.call_sid].answer_url)
    house.set(call, answered_at=house.clock.now(), status="in-progress")
    return line


def stage(house: House, incident: Incident) -> calling.Stage | None:
    found = use(house, incident, calling.under_way)
    return None if found is None else found.stage


def test_the_owner_is_rung_and_one_key_calls_the_customer(lite: House) -> None:
    incident = mine(lite, lite.report())
    assert use(lite, incident, calling.call_both, DEWI)
    assert stage(lite, incident) is calling.Stage.RINGING_OWNER
    lite.worker.tick()
    line = answered(lite, CallKind.JOIN)
    assert stage(lite, incident) is calling.Stage.OWNER_ON_LINE
    line.press("1")
    assert "Enqueue" in line.verbs
    assert stage(lite, incident) is calling.Stage.RINGING_CUSTOMER
    lite.worker.tick()
    (callback,) = lite.calls_of(CallKind.CALLBACK)
    assert (callback.to_phone, callback.contract_id) == (MADE, incident.contract_id)


def test_two_taps_at_once_ring_once(house: House) -> None:
    incident = mine(house, house.report())
    results = at_once(*[lambda: use(house, incident, calling.call_both, DEWI)] * 2)
    assert sorted(results) == [False, True]
    assert len(house.calls_of(CallKind.JOIN)) == 1


def test_only_the_owner_of_an_unfinished_incident_calls(lite: House) -> None:
    incident = mine(lite, lite.report())
    with pytest.raises(ConflictError):
        use(lite, incident, calling.call_both, BO)
    lite.set(incident, status="resolved")
    with pytest.raises(ConflictError):
        use(lite, incident, calling.call_both, DEWI)


def test_whoever_left_a_report_is_called_on_the_number_that_called_and_told_nothing(lite: House) -> None:
    incident = mine(lite, lite.leave_report())
    assert use(lite, incident, calling.call_both, DEWI)
    lite.worker.tick()
    line = answered(lite, CallKind.JOIN)
    assert incident.reference.replace("-", "")[0] in line.said
    line.press("1")
    lite.worker.tick()
    (callback,) = lite.calls_of(CallKind.CALLBACK)
    assert callback.to_phone == STRANGER
    assert callback.call_sid is not None
    theirs = answered(lite, CallKind.CALLBACK)
    assert "Dewi Santoso membalas panggilan Anda" in theirs.said
    assert incident.reference not in theirs.said
    theirs.press("1")
    assert theirs.verbs == ["Dial"]
    theirs.post(theirs.url_of("Dial"), DialBridged="true")
    assert theirs.verbs == ["Say", "Hangup"]


def test_silence_at_the_reporters_end_connects_nobody(lite: House) -> None:
    incident = mine(lite, lite.leave_report())
    use(lite, incident, calling.call_both, DEWI)
    lite.worker.tick()
    answered(lite, CallKind.JOIN).press("1")
    lite.worker.tick()
    theirs = answered(lite, CallKind.CALLBACK)
    for _ in range(3):
        theirs.press("")
    assert "Hangup" in theirs.verbs
    assert "Dial" not in theirs.verbs


def test_a_withheld_number_cannot_be_called(lite: House) -> None:
    incident = mine(lite, lite.leave_report(caller="anonymous"))
    with pytest.raises(InvalidInputError, match="theirs is not known"):
        use(lite, incident, calling.call_both, DEWI)


@pytest.mark.parametrize("countries", [("ID", "SG", "SE")])
def test_the_allowed_countries_hold_for_the_reporter_too(house_with: Any, countries: tuple[str, ...]) -> None:
    house = house_with(allowed_countries=countries)
    incident = mine(house, house.leave_report())  # from France
    use(house, incident, calling.call_both, DEWI)
    house.worker.tick()
    answered(house, CallKind.JOIN).press("1")
    house.worker.tick()
    (callback,) = house.calls_of(CallKind.CALLBACK)
    assert callback.call_sid is None
    assert callback.error == "calls to that country are not allowed"


def test_no_other_number_is_ever_dialled(lite: House) -> None:
    """The guard looks again when the call goes out, whatever wrote it into the outbox."""
    incident = mine(lite, lite.leave_report())

    def plant(op: Operation) -> None:
        from hotline.services.response import followup

        followup.call_customer(op, op.session.get_one(Incident, incident.id), "+33140000099")

    lite.do(plant)
    lite.worker.tick()
    (callback,) = lite.calls_of(CallKind.CALLBACK)
    assert callback.error == "the number is neither verified nor contracted"
    assert any(item.status is OutboxStatus.EXPIRED for item in lite.outbox())


def test_an_owner_without_a_telephone_is_told_so(lite: House) -> None:
    incident = mine(lite, lite.report())

    def ask(op: Operation) -> None:
        user = lite.user(op, DEWI)
        user.phone = None
        calling.call_both(op, op.session.get_one(Incident, incident.id), user)

    with pytest.raises(InvalidInputError, match="no telephone number"):
        lite.do(ask)
