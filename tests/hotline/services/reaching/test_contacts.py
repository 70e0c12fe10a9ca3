"""Numbers of people: whose they are, what a code proves, and what the network says about them."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    AccountEvent,
    Call,
    CallKind,
    CallStatus,
    Channel,
    ContactMethod,
    Message,
    MessageKind,
    MessageStatus,
    OutboxItem,
    OutboxStatus,
    Override,
    PartMember,
    Rotation,
    User,
)
from hotline.errors import ConflictError, HotlineError, InvalidInputError
from hotline.services.callflow import calls
from hotline.services.operation import Operation
from hotline.services.reaching import codes, contacts, numbers, trials
from hotline.services.reaching.codes import Verdict
from tests.hotline.house import BO, DEWI, MADE, NADIA, House, at_once

HOME = "+622155501234"


def add(house: House, phone: str = DEWI, number: str = HOME, by: Channel = Channel.SMS) -> Any:
    return house.do(lambda op: contacts.add(op, house.user(op, phone), "Home", number, by).id)


def code(house: House, method_id: Any) -> str:
    return house.do(lambda op: codes.code_of(op, op.session.get_one(ContactMethod, method_id)))


def verify(house: House, method_id: Any, typed: str, phone: str = DEWI) -> Any:
    return house.do(lambda op: contacts.verify(op, house.user(op, phone), method_id, typed))


def remove(house: House, number: str, phone: str = DEWI) -> Any:
    def work(op: Operation) -> Any:
        user = house.user(op, phone)
        return contacts.remove(op, user, numbers.of(op, user.id, number).id)  # type: ignore[union-attr]

    return house.do(work)


def row(house: House, number: str = HOME) -> ContactMethod:
    return house.one(ContactMethod, ContactMethod.value == number)


def test_the_first_verified_number_is_the_users_phone_in_every_query(house: House) -> None:
    method_id = add(house)
    assert house.one(User, User.phone == DEWI).phone == DEWI
    verify(house, method_id, code(house, method_id))

    def first(op: Operation) -> None:
        contacts.make_first(op, house.user(op, DEWI), method_id)

    house.do(first)
    assert house.one(User, User.phone == HOME).phone == HOME
    assert house.all(User, User.phone == DEWI) == []


def test_a_phone_is_not_set_on_the_user_by_mistake() -> None:
    with pytest.raises(TypeError, match="contact methods"):
        User(name="X", phone="+6281110000999")


def test_of_two_people_who_verify_the_same_number_at_once_one_has_it(house: House) -> None:
    mine, bos = add(house), add(house, BO)
    tries = [
        lambda: verify(house, mine, code(house, mine)),
        lambda: verify(house, bos, code(house, bos), BO),
    ]

    def outcome(act: Any) -> Any:
        try:
            return act()
        except ConflictError:
            return "late"

    results = at_once(*[lambda act=act: outcome(act) for act in tries])
    assert sorted(results) == sorted(["late", Verdict.RIGHT])
    assert (
        len(house.all(ContactMethod, ContactMethod.value == HOME, ContactMethod.verified_at.is_not(None)))
        == 1
    )


def test_the_database_itself_lets_a_verified_number_be_one_persons(house: House) -> None:
    def twice(op: Operation) -> None:
        for phone in (DEWI, BO):
            op.session.add(
                ContactMethod(
                    user_id=house.user(op, phone).id,
                    label="X",
                    value=HOME,
                    created_at=op.now,
                    verified_at=op.now,
                )
            )
        op.session.flush()

    with pytest.raises(sa.exc.IntegrityError):
        house.do(twice)


def test_of_two_removals_at_once_the_last_number_stays(house: House) -> None:
    method_id = add(house)
    verify(house, method_id, code(house, method_id))

    def outcome(number: str) -> Any:
        with house.database.read() as session:
            user_id = session.scalars(
                sa.select(ContactMethod.user_id).where(ContactMethod.value == number)
            ).one()
        try:
            return house.do(
                lambda op: contacts.remove(
                    op,
                    op.session.get_one(User, user_id),
                    numbers.of(op, user_id, number).id,  # type: ignore[union-attr]
                )
            )
        except contacts.LastNumberError:
            return "stays"

    results = at_once(lambda: outcome(DEWI), lambda: outcome(HOME))
    assert sorted(map(str, results)) == ["False", "stays"]


def test_somebody_on_call_by_an_override_alone_keeps_the_last_number(lite: House) -> None:
    def cover(op: Operation) -> None:
        rotation = op.session.scalars(sa.select(Rotation)).first()
        op.session.add(
            Override(
                rotation_id=rotation.id,  # type: ignore[union-attr]
                user_id=lite.user(op, NADIA).id,
                starts_at=op.now - timedelta(hours=1),
                ends_at=op.now + timedelta(hours=1),
                created_at=op.now,
            )
        )

    lite.do(cover)
    with pytest.raises(contacts.LastNumberError):
        remove(lite, NADIA, NADIA)
    lite.clock.advance(3700)
    remove(lite, NADIA, NADIA)
    assert row(lite, NADIA).removed_at == lite.clock.now()


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_somebody_who_will_be_on_call_by_an_override_keeps_the_last_number(
    lite: House, is_cancelled: bool
) -> None:
    def cover(op: Operation) -> None:
        rotation = op.session.scalars(sa.select(Rotation)).first()
        op.session.add(
            Override(
                rotation_id=rotation.id,  # type: ignore[union-attr]
                user_id=lite.user(op, NADIA).id,
                starts_at=op.now + timedelta(hours=1),
                ends_at=op.now + timedelta(hours=2),
                created_at=op.now,
                cancelled_at=op.now if is_cancelled else None,
            )
        )

    lite.do(cover)
    if is_cancelled:
        remove(lite, NADIA, NADIA)
    else:
        with pytest.raises(contacts.LastNumberError):
            remove(lite, NADIA, NADIA)
    assert (row(lite, NADIA).removed_at is not None) is is_cancelled


def test_a_code_is_good_for_ten_minutes_and_five_tries(lite: House) -> None:
    method_id = add(lite)
    right = code(lite, method_id)
    lite.clock.advance(599)
    assert verify(lite, method_id, "no digits") is Verdict.WRONG
    lite.clock.advance(1)
    assert verify(lite, method_id, right) is Verdict.USED_UP
    assert row(lite).verified_at is None


def test_a_newer_code_makes_the_older_worthless(lite: House) -> None:
    method_id = add(lite)
    old = row(lite).code_nonce
    lite.clock.advance(30)
    assert lite.do(lambda op: contacts.send_code(op, lite.user(op, DEWI), method_id, Channel.SMS)) is True
    new = code(lite, method_id)
    assert row(lite).code_nonce != old
    assert verify(lite, method_id, f" {new[:3]} {new[3:]} ") is Verdict.RIGHT


def test_a_person_gets_ten_codes_a_day_whatever_the_numbers(lite: House) -> None:
    for number in range(10):
        method_id = add(lite, number=f"+62215550120{number}")
        lite.do(lambda op, gone=method_id: contacts.remove(op, lite.user(op, DEWI), gone))
    with pytest.raises(codes.TooManyCodesError):
        add(lite)
    lite.clock.advance(86_401)
    add(lite)


def test_an_older_code_that_leaves_late_is_dropped(lite: House) -> None:
    method_id = add(lite)
    lite.clock.advance(31)
    lite.do(lambda op: contacts.send_code(op, lite.user(op, DEWI), method_id, Channel.SMS))
    lite.worker.tick()
    items = sorted(
        lite.all(OutboxItem, OutboxItem.dedupe_key.startswith("code:")), key=lambda item: item.created_at
    )
    assert [item.status for item in items] == [OutboxStatus.EXPIRED, OutboxStatus.DONE]
    (sent,) = [order for order in lite.network.messages.values() if order.to == HOME]
    assert code(lite, method_id) in sent.body


def test_a_code_is_neither_kept_nor_logged(lite: House, logged: list[Any]) -> None:
    method_id = add(lite)
    lite.worker.tick()
    typed = code(lite, method_id)
    verify(lite, method_id, typed)
    with lite.database.read() as session:
        for table in ("messages", "outbox", "contact_methods", "account_events"):
            kept = str(session.execute(sa.text(f"SELECT * FROM {table}")).all())  # noqa: S608
            assert typed not in kept.replace(method_id.hex, ""), table
    assert typed not in str(logged)
    assert HOME not in str(logged)


def test_an_unverified_number_is_called_for_its_code_and_nothing_else(lite: House) -> None:
    method_id = add(lite, by=Channel.CALL)

    def sneak(op: Operation) -> None:
        call = op.session.scalars(sa.select(Call).where(Call.kind == CallKind.CODE)).one()
        op.session.add(
            Call(
                kind=CallKind.TEST,
                from_phone=call.from_phone,
                to_phone=HOME,
                created_at=op.now,
                user_id=call.user_id,
                service_number_id=call.service_number_id,
            )
        )
        op.session.flush()
        other = op.session.scalars(sa.select(Call).where(Call.kind == CallKind.TEST)).one()
        from hotline.db.models import Effect
        from hotline.services.outgoing import outbox

        outbox.add(op, Effect.PLACE_CALL, other.id, "sneak", lifetime=timedelta(minutes=1))

    lite.do(sneak)
    lite.worker.tick()
    assert [order.to for order in lite.network.calls.values()] == [HOME]
    refused = lite.one(OutboxItem, OutboxItem.dedupe_key == "sneak")
    assert refused.last_error == "the number is neither verified nor contracted"
    verify(lite, method_id, code(lite, method_id))


def test_a_code_call_after_the_code_was_used_is_not_placed(lite: House) -> None:
    method_id = add(lite, by=Channel.CALL)
    verify(lite, method_id, code(lite, method_id))
    lite.worker.tick()
    assert lite.network.calls == {}


def test_whoever_picks_up_late_hears_no_code(lite: House) -> None:
    method_id = add(lite, by=Channel.CALL)
    lite.worker.tick()
    verify(lite, method_id, code(lite, method_id))
    call = lite.one(Call, Call.kind == CallKind.CODE)

    def hear(op: Operation) -> str:
        return str(contacts.read_code(op, op.session.get_one(Call, call.id)))

    assert "code.read" not in lite.do(hear)


@pytest.mark.parametrize("answered", [True, False])
def test_a_failed_number_is_well_again_once_it_is_answered(lite: House, answered: bool) -> None:
    lite.do(lambda op: numbers.failed(op, lite.user(op, DEWI).id, DEWI))
    assert lite.one(User, User.phone == DEWI).phone_failed_at == lite.clock.now()
    assert lite.do(
        lambda op: trials.start(op, lite.user(op, DEWI), numbers.of(op, lite.user(op, DEWI).id, DEWI))
    )
    lite.worker.tick()

    def report(op: Operation) -> None:
        call = op.session.scalars(sa.select(Call).where(Call.kind == CallKind.TEST)).one()
        calls.report_status(op, call, CallStatus.IN_PROGRESS if answered else CallStatus.NO_ANSWER)

    lite.do(report)
    assert (lite.one(User, User.phone == DEWI).phone_failed_at is None) is answered


def test_a_failed_number_is_well_again_once_a_text_is_delivered(lite: House) -> None:
    from hotline.services.outgoing import deliveries

    lite.do(lambda op: numbers.failed(op, lite.user(op, DEWI).id, DEWI))
    lite.do(lambda op: trials.start(op, lite.user(op, DEWI), numbers.of(op, lite.user(op, DEWI).id, DEWI)))

    def delivered(op: Operation) -> None:
        message = op.session.scalars(sa.select(Message).where(Message.kind == MessageKind.TEST)).one()
        deliveries.message_report(op, message, MessageStatus.DELIVERED, None)

    lite.do(delivered)
    assert row(lite, DEWI).failed_at is None


def test_a_number_of_a_forbidden_country_is_refused_at_once(house_with: Any) -> None:
    house = house_with(allowed_countries="ID")
    with pytest.raises(InvalidInputError, match="country"):
        add(house, number="+46701000199")


def test_a_customers_number_is_no_engineers_until_verified(lite: House) -> None:
    add(lite, number=MADE)
    assert lite.do(lambda op: numbers.owner(op, MADE)) is None


def test_everything_is_in_the_accounts_history_without_a_whole_number(lite: House) -> None:
    method_id = add(lite)
    verify(lite, method_id, code(lite, method_id))
    lite.do(lambda op: contacts.make_first(op, lite.user(op, DEWI), method_id))
    remove(lite, HOME, HOME)
    dewi = lite.do(lambda op: lite.user(op, DEWI).id)
    history = lite.all(AccountEvent, AccountEvent.user_id == dewi)
    kinds = [event.kind for event in history]
    assert kinds == ["number-added", "number-verified", "number-first", "number-removed"]
    assert all(event.data == {"label": "Home", "number": "+62…34"} for event in history)


def test_an_admin_enters_a_number_at_once_but_not_somebody_elses(lite: House) -> None:
    lite.do(lambda op: numbers.enter(op, lite.user(op, DEWI), HOME, "Home"))
    assert row(lite).verified_at == lite.clock.now()
    with pytest.raises(ConflictError):
        lite.do(lambda op: numbers.enter(op, lite.user(op, BO), HOME))


def test_a_removed_number_may_be_anothers_and_ones_own_again(lite: House) -> None:
    method_id = add(lite)
    verify(lite, method_id, code(lite, method_id))
    remove(lite, HOME)
    bos = add(lite, BO)
    verify(lite, bos, code(lite, bos), BO)
    assert lite.do(lambda op: numbers.owner(op, HOME).name) == "Bo Lindqvist"  # type: ignore[union-attr]
    with pytest.raises(HotlineError):
        add(lite)


def test_somebody_in_no_rotation_may_have_no_number(lite: House) -> None:
    lite.do(lambda op: op.session.execute(sa.delete(PartMember)))
    remove(lite, DEWI)
    assert lite.all(User, User.phone == DEWI) == []
