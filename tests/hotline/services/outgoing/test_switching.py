"""What fails for good is tried another way at once, and the ladder goes on only when no way is left."""

from hotline.db.models import (
    Call,
    CallKind,
    Channel,
    Effect,
    Incident,
    IncidentEvent,
    Message,
    MessageKind,
    OutboxItem,
    OutboxStatus,
)
from hotline.services.operation import Operation
from hotline.services.reaching import notification_rules, numbers
from hotline.services.reaching.notification_rules import Rule
from hotline.telephony.port import TelephonyError
from tests.hotline.house import BO, DEWI, House

HOME = "+622155500001"


def two_numbers(house: House, *rules: tuple[int, Channel, int]) -> None:
    """Dewi has a mobile and a home number; ``rules`` name them by 0 and 1."""

    def work(op: Operation) -> None:
        dewi = house.user(op, DEWI)
        numbers.enter(op, dewi, HOME, "Home")
        methods = numbers.list_of(op, dewi.id)
        wanted = [Rule(minutes, channel, methods[place].id) for minutes, channel, place in rules]
        present = notification_rules.version(notification_rules.rules_of(op, dewi.id))
        notification_rules.replace(op, dewi, wanted, present)

    house.do(work)


def refuse(house: House, phone: str, code: int = 21211) -> None:
    """The network refuses every call to that number for good."""
    place = house.network.place_call

    def placing(order: object) -> str:
        if order.to == phone:  # type: ignore[attr-defined]
            raise TelephonyError("refused", code=code, permanent=True, number_is_bad=True)
        return place(order)  # type: ignore[arg-type]

    house.network.place_call = placing  # type: ignore[method-assign]


def rung(house: House) -> list[str]:
    return [call.to_phone for call in house.calls_of(CallKind.PAGE)]


def test_a_number_that_is_refused_for_good_brings_the_later_one_at_once(house: House) -> None:
    two_numbers(house, (0, Channel.SMS, 0), (0, Channel.CALL, 0), (10, Channel.CALL, 1))
    refuse(house, DEWI)
    incident = house.report()
    house.worker.tick()
    house.worker.tick()
    assert rung(house)[:2] == [DEWI, HOME]
    assert BO not in rung(house)
    assert house.again(incident).next_rung_at > house.clock.now()
    assert house.calls_of(CallKind.PAGE)[1].call_sid is not None


def test_a_call_that_cannot_be_put_through_does_so_too(house: House) -> None:
    two_numbers(house, (0, Channel.SMS, 0), (0, Channel.CALL, 0), (10, Channel.CALL, 1))
    house.report()
    house.worker.tick()
    (call,) = house.calls_of(CallKind.PAGE)
    failed = {"CallSid": str(call.call_sid), "CallStatus": "failed", "SipResponseCode": "404"}
    house.post(f"/twilio/calls/{call.id.hex}", **failed)
    house.post(f"/twilio/calls/{call.id.hex}", **failed)
    house.worker.tick()
    assert rung(house) == [DEWI, HOME]


def test_with_no_other_number_the_next_rung_is_rung_now(house: House) -> None:
    refuse(house, DEWI)
    house.report()
    house.worker.tick()
    house.worker.tick()
    assert rung(house)[:2] == [DEWI, BO]


def test_somebody_who_was_not_there_is_no_failure(lite: House) -> None:
    two_numbers(lite, (0, Channel.SMS, 0), (0, Channel.CALL, 0), (10, Channel.CALL, 1))
    lite.report()
    lite.worker.tick()
    (call,) = lite.calls_of(CallKind.PAGE)
    lite.post(f"/twilio/calls/{call.id.hex}", CallSid=str(call.call_sid), CallStatus="no-answer")
    lite.worker.tick()
    assert HOME not in rung(lite)
    assert "brought-forward" not in lite.events()


def test_a_text_that_fails_brings_the_later_call_forward(house: House) -> None:
    two_numbers(house, (0, Channel.SMS, 0), (10, Channel.CALL, 1))
    house.report()
    house.worker.tick()
    assert HOME not in rung(house)
    (page,) = house.all(Message, Message.kind == MessageKind.PAGE, Message.to_phone == DEWI)
    for _ in range(2):
        house.post(
            f"/twilio/messages/{page.id.hex}",
            MessageSid=str(page.message_sid), MessageStatus="undelivered", ErrorCode="30005",
        )  # fmt: skip
    house.worker.tick()
    assert rung(house).count(HOME) == 1
    assert house.events().count("brought-forward") == 1
    waiting = house.all(
        OutboxItem, OutboxItem.effect == Effect.RING, OutboxItem.status == OutboxStatus.PENDING
    )
    assert waiting == []


def test_a_text_that_fails_after_somebody_took_it_rings_nobody(lite: House) -> None:
    two_numbers(lite, (0, Channel.SMS, 0), (10, Channel.CALL, 1))
    incident = lite.report()
    lite.worker.tick()
    (page,) = lite.all(Message, Message.kind == MessageKind.PAGE, Message.to_phone == DEWI)
    lite.take(incident, BO)
    lite.post(
        f"/twilio/messages/{page.id.hex}",
        MessageSid=str(page.message_sid), MessageStatus="undelivered", ErrorCode="30005",
    )  # fmt: skip
    lite.worker.tick()
    assert HOME not in rung(lite)


def test_the_page_of_the_incident_says_what_failed(lite: House) -> None:
    from hotline.services import reports

    refuse(lite, DEWI)
    incident = lite.report()
    lite.worker.tick()
    with lite.operation() as op:
        found = reports.history(op, op.session.get_one(Incident, incident.id)).paged
    dewis = found[0]
    assert dewis.name == "Dewi Santoso"
    assert any("no telephone number" in part.became for part in dewis.parts)
    assert [one.name for one in found][:1] == ["Dewi Santoso"]


def test_who_was_reached_is_told_apart_from_who_was_not(lite: House) -> None:
    from hotline.services import reports

    incident = lite.report()
    lite.worker.tick()

    def state() -> str:
        with lite.operation() as op:
            return reports.history(op, op.session.get_one(Incident, incident.id)).paged[0].reached.value

    assert state() == "not yet"
    with lite.operation() as op:
        for call in op.session.query(Call).filter(Call.kind == CallKind.PAGE):
            call.ended_at, call.status = op.now, "no-answer"
    (page,) = lite.all(Message, Message.kind == MessageKind.PAGE, Message.to_phone == DEWI)
    lite.post(
        f"/twilio/messages/{page.id.hex}",
        MessageSid=str(page.message_sid), MessageStatus="undelivered", ErrorCode="30003",
    )  # fmt: skip
    assert state() == "no"
    assert lite.all(IncidentEvent, IncidentEvent.kind == "message-undelivered")
