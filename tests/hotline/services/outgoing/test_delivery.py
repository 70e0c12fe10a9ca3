"""What leaves the house: sent once, again when that is wanted, and never to the wrong number."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    Call,
    CallKind,
    CallStatus,
    ContactMethod,
    Incident,
    MessageStatus,
    OutboxItem,
    OutboxStatus,
    User,
)
from hotline.services.operation import Operation
from hotline.services.outgoing.delivery import CLAIM, Delivery, backoff
from hotline.services.response import followup, ringing
from hotline.telephony.null import NullTelephony
from hotline.telephony.port import MessageOrder, TelephonyError
from tests.hotline.house import DEWI, MADE, NADIA, STRANGER, House, at_once, new_sid

TEMPORARY = TelephonyError("HTTP 429, too many requests", code=20429)
PERMANENT = TelephonyError("HTTP 400, refused", code=21211, permanent=True, number_is_bad=True)
UNKNOWN = TelephonyError("the network did not answer in time", unknown=True)


def place_item(house: House) -> OutboxItem:
    return next(item for item in house.outbox() if item.dedupe_key.startswith("place:"))


def only_the_call(house: House) -> OutboxItem:
    """An incident whose one thing to send is the call to Dewi."""
    house.report()
    item = place_item(house)
    with house.operation() as op:
        op.session.execute(sa.delete(OutboxItem).where(OutboxItem.id != item.id))
    return item


def deliver(house: House, network: Any = None) -> int:
    return Delivery(house.database, network or house.network, house.clock, house.settings).deliver_due()


def test_what_is_due_is_sent_and_done(house: House) -> None:
    house.report()
    assert deliver(house) == len(house.outbox())
    assert {item.status for item in house.outbox()} == {OutboxStatus.DONE}
    assert [order.to for order in house.network.calls.values()] == [DEWI]
    assert sorted(order.to for order in house.network.messages.values()) == sorted([DEWI, MADE])
    assert deliver(house) == 0


def test_the_backoff_doubles_up_to_half_a_minute() -> None:
    assert [backoff(n).total_seconds() for n in range(1, 9)] == [1, 2, 4, 8, 16, 30, 30, 30]


def test_a_temporary_error_is_tried_again_later_and_not_before(house: House) -> None:
    only_the_call(house)
    house.network.failures = [TEMPORARY, TEMPORARY]
    assert deliver(house) == 1
    assert deliver(house) == 0
    house.clock.advance(1)
    assert deliver(house) == 1
    house.clock.advance(1)
    assert deliver(house) == 0
    house.clock.advance(1)
    assert deliver(house) == 1
    assert (place_item(house).status, place_item(house).attempts) == (OutboxStatus.DONE, 3)
    assert len(house.network.calls) == 1


def test_what_fails_until_it_is_of_no_use_is_given_up_and_said(house: House) -> None:
    item = only_the_call(house)
    house.network.failures = [TEMPORARY] * 50
    while house.one(OutboxItem, OutboxItem.id == item.id).status is OutboxStatus.PENDING:
        deliver(house)
        house.clock.advance(1)
        assert house.clock.now() < item.give_up_at + timedelta(seconds=60)
    assert place_item(house).status is OutboxStatus.FAILED
    assert house.calls_of(CallKind.PAGE)[0].status is CallStatus.FAILED
    assert "outgoing-failed" in house.events()


def test_a_number_refused_for_good_is_not_tried_again_and_the_ladder_climbs(house: House) -> None:
    only_the_call(house)
    house.network.failures = [PERMANENT]
    deliver(house)
    assert place_item(house).status is OutboxStatus.FAILED
    assert house.one(User, User.phone == DEWI).phone_failed_at == house.clock.now()
    assert house.one(Incident).next_rung_at == house.clock.now()
    house.worker.tick()
    assert DEWI not in {order.to for order in house.network.calls.values()}
    assert len(house.network.calls) == 1


def test_a_message_refused_for_good_is_failed(house: House) -> None:
    house.report()
    with house.operation() as op:
        op.session.execute(sa.delete(OutboxItem).where(~OutboxItem.dedupe_key.startswith("reference:")))
    house.network.failures = [PERMANENT]
    deliver(house)
    (message,) = house.messages(MADE)
    assert (message.status, message.error_code) == (MessageStatus.FAILED, 21211)


def test_an_item_in_hand_is_left_alone_until_its_claim_lapses(house: House) -> None:
    """A worker that died after claiming: another takes it up when the claim ends."""
    item = only_the_call(house)
    house.set(item, claimed_until=house.clock.now() + CLAIM, attempts=1)
    assert deliver(house) == 0
    house.clock.advance(CLAIM.total_seconds() - 1)
    assert deliver(house) == 0
    house.clock.advance(1)
    assert deliver(house) == 1
    assert len(house.network.calls) == 1


class Dies(NullTelephony):
    """Does what it is asked, then the process is gone before it could be written down."""

    def place_call(self, order: Any) -> str:
        super().place_call(order)
        raise KeyboardInterrupt

    def send_message(self, order: MessageOrder) -> str:
        super().send_message(order)
        raise KeyboardInterrupt


def test_a_call_that_was_placed_before_the_crash_is_adopted_and_not_placed_again(house: House) -> None:
    only_the_call(house)
    dying = Dies()
    with pytest.raises(KeyboardInterrupt):
        deliver(house, dying)
    (sid,) = dying.calls
    house.network.calls = dying.calls
    house.clock.advance(CLAIM.total_seconds())
    assert deliver(house) == 1
    assert list(house.network.calls) == [sid]
    assert house.calls_of(CallKind.PAGE)[0].call_sid == sid


def test_a_call_of_unknown_outcome_is_looked_for_before_it_is_placed_again(house: House) -> None:
    only_the_call(house)
    house.network.failures = [UNKNOWN]
    deliver(house)
    house.clock.advance(1)
    deliver(house)
    assert len(house.network.calls) == 1
    assert house.calls_of(CallKind.PAGE)[0].call_sid in house.network.calls


def test_a_call_that_is_known_as_anothers_is_not_adopted(house: House) -> None:
    house.report()
    house.worker.tick()
    (first,) = house.network.calls
    second = house.report()
    item = next(
        row for row in house.outbox() if row.incident_id == second.id and row.dedupe_key[:6] == "place:"
    )
    house.set(item, claimed_until=house.clock.now() - timedelta(seconds=1))
    deliver(house)
    sids = {call.call_sid for call in house.calls_of(CallKind.PAGE)}
    assert first in sids
    assert len(sids) == len(house.network.calls) == 2


def test_a_message_sent_before_the_crash_may_come_twice_but_is_never_lost(house: House) -> None:
    house.report()
    with house.operation() as op:
        op.session.execute(sa.delete(OutboxItem).where(~OutboxItem.dedupe_key.startswith("page:")))
    with pytest.raises(KeyboardInterrupt):
        deliver(house, Dies())
    house.clock.advance(CLAIM.total_seconds())
    assert deliver(house) == 1
    assert len(house.network.messages) == 1
    assert house.messages(DEWI)[0].message_sid is not None


def test_deliverers_at_once_send_everything_once(house: House) -> None:
    for _ in range(4):
        house.report()
    workers = [house.new_worker() for _ in range(4)]
    at_once(*[worker.send for worker in workers])
    assert len(house.network.calls) == 4
    assert len(house.network.messages) == 8
    assert {item.status for item in house.outbox()} == {OutboxStatus.DONE}
    assert {item.attempts for item in house.outbox()} == {1}


def test_a_page_is_dropped_once_somebody_has_it(house: House) -> None:
    incident = house.report()
    house.take(incident)
    deliver(house)
    assert house.network.calls == {}
    assert DEWI not in {order.to for order in house.network.messages.values()}
    assert house.calls_of(CallKind.PAGE)[0].status is CallStatus.CANCELED


def test_a_call_that_is_too_late_is_not_placed(house: House) -> None:
    item = only_the_call(house)
    house.clock.move_to(item.give_up_at)
    deliver(house)
    assert house.network.calls == {}
    assert place_item(house).status is OutboxStatus.EXPIRED


# Toll fraud


def call_to(house: House, phone: str, kind: CallKind = CallKind.PAGE) -> None:
    """Have a call placed to a number, whoever it is of."""
    incident = house.report()
    with house.operation() as op:
        op.session.execute(sa.delete(OutboxItem))

    def work(op: Operation) -> None:
        found = op.session.get_one(Incident, incident.id)
        ringing.place(op, found, ringing.new_call(op, found, None, kind, phone))

    house.do(work)
    deliver(house)


@pytest.mark.parametrize(
    ("phone", "kind", "allowed"),
    [
        (DEWI, CallKind.PAGE, True),
        (MADE, CallKind.CALLBACK, True),
        (STRANGER, CallKind.PAGE, False),
        (STRANGER, CallKind.CALLBACK, False),
        (MADE, CallKind.PAGE, False),
        (DEWI, CallKind.CALLBACK, False),
    ],
)
def test_only_rostered_and_contracted_numbers_are_ever_dialled(
    lite: House, phone: str, kind: CallKind, allowed: bool
) -> None:
    call_to(lite, phone, kind)
    assert [order.to for order in lite.network.calls.values()] == [phone] * int(allowed)


@pytest.mark.parametrize(("countries", "allowed"), [((), True), (("ID",), True), (("SG", "US"), False)])
def test_only_allowed_countries_are_called(
    house_with: Callable[..., House], countries: tuple[str, ...], allowed: bool
) -> None:
    house = house_with(allowed_countries=countries)
    call_to(house, DEWI)
    assert bool(house.network.calls) is allowed


def test_a_number_is_called_about_one_incident_only_so_often_in_an_hour(
    house_with: Callable[..., House],
) -> None:
    house = house_with(calls_per_number_per_hour=3)
    item = only_the_call(house)

    def again(op: Operation) -> None:
        incident = op.session.get_one(Incident, item.incident_id)
        ringing.place(op, incident, ringing.new_call(op, incident, None, CallKind.PAGE, DEWI))

    for _ in range(5):
        deliver(house)
        house.do(again)
    deliver(house)
    assert len(house.network.calls) == 3
    house.clock.advance(3601)
    house.do(again)
    deliver(house)
    assert len(house.network.calls) == 4


def test_the_first_call_about_an_incident_is_made_however_busy_the_hour_was(
    house_with: Callable[..., House],
) -> None:
    house = house_with(calls_per_number_per_hour=1)
    call_to(house, DEWI)
    call_to(house, DEWI)
    assert len(house.network.calls) == 2


@pytest.mark.parametrize(("kind", "placed"), [(CallKind.TEST, 2), (CallKind.PAGE, 1)])
def test_trying_a_number_out_costs_it_no_page(
    house_with: Callable[..., House], kind: CallKind, placed: int
) -> None:
    house = house_with(calls_per_number_per_hour=2)
    item = only_the_call(house)
    deliver(house)

    def busy_hour(op: Operation) -> None:
        incident = op.session.get_one(Incident, item.incident_id)
        for letter in "ab":
            ringing.new_call(op, incident, None, kind, DEWI).call_sid = "CA" + letter * 32
        ringing.place(op, incident, ringing.new_call(op, incident, None, CallKind.PAGE, DEWI))

    house.do(busy_hour)
    deliver(house)
    assert len(house.network.calls) == placed


def test_a_page_never_rings_a_number_that_is_somebody_elses_by_now(lite: House) -> None:
    only_the_call(lite)
    with lite.operation() as op:
        method = op.session.scalars(sa.select(ContactMethod).where(ContactMethod.value == DEWI)).one()
        method.user_id = lite.user(op, NADIA).id
    deliver(lite)
    assert not lite.network.calls


def test_the_kill_switch_stops_everything_that_would_leave(house_with: Callable[..., House]) -> None:
    house = house_with(outgoing=False)
    house.report()
    assert deliver(house) == 3
    assert (house.network.calls, house.network.messages) == ({}, {})
    assert {item.status for item in house.outbox()} <= {OutboxStatus.EXPIRED, OutboxStatus.FAILED}


# Ending and redirecting


def test_a_call_that_is_ended_before_it_was_placed_never_rings(house: House) -> None:
    incident = house.report()
    (call, *_rest) = house.calls_of(CallKind.PAGE)
    house.do(lambda op: ringing.end(op, None, op.session.get_one(Call, call.id)))
    house.take(incident)
    deliver(house)
    house.clock.advance(2)
    deliver(house)
    assert house.network.calls == {}
    assert not [item for item in house.outbox() if item.status is OutboxStatus.PENDING]


def test_ending_a_call_is_asked_for_once(house: House) -> None:
    house.report()
    deliver(house)
    (call, *_rest) = house.calls_of(CallKind.PAGE)
    for _ in range(3):
        house.do(lambda op: ringing.end(op, None, op.session.get_one(Call, call.id)))
    deliver(house)
    assert house.network.ended == [call.call_sid]


def test_the_customer_is_fetched_to_the_sentence_that_names_the_engineer(house: House) -> None:
    call = house.open_incident()
    call.press("")
    call.wait()
    house.take(house.one(Incident))
    house.do(lambda op: followup.after_acceptance(op, op.session.query(Incident).one(), house.user(op, DEWI)))
    house.worker.tick()
    ((sid, url),) = house.network.redirected
    assert sid == call.sid
    call.post(url)
    assert "Dewi" in call.said


def test_several_senders_work_at_once(house: House) -> None:
    for _ in range(3):
        house.report()
    delivery = Delivery(house.database, house.network, house.clock, house.settings, workers=4)
    while delivery.deliver_due():
        pass
    delivery.close()
    assert (len(house.network.calls), len(house.network.messages)) == (3, 6)
    assert new_sid() not in house.network.calls
