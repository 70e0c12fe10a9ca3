"""PIN letters: made once, shown once, kept as a hash alone."""

import json
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db.base import Base
from hotline.db.models import AuditEntry, Caller, Contract, PinLetter, User
from hotline.errors import ConflictError
from hotline.services import pins
from hotline.services.directory import pin_letters
from hotline.services.operation import Operation
from tests.hotline.house import MADES_CONTRACT, MADES_PIN, NADIA, SITI, House, at_once

NONCE = "a nonce that only this browser knows"


def contract_of(house: House) -> Contract:
    return house.one(Contract, Contract.number == MADES_CONTRACT)


def issue(house: House, nonce: str = NONCE, seen: int = 0, phone: str = SITI, **more: Any) -> bool:
    contract_id = contract_of(house).id
    pin = house.do(lambda op: pin_letters.pin_of(op, contract_id, nonce))
    hashed = pins.hash_secret(pin)

    def work(op: Operation) -> bool:
        me = op.session.scalars(sa.select(User.id).where(User.phone == phone)).one()
        return pin_letters.issue(op, me, contract_id, nonce, hashed, seen, **more)

    return house.do(work)


def show(house: House, nonce: str = NONCE, phone: str = SITI) -> pin_letters.Letter | None:
    contract_id = contract_of(house).id

    def work(op: Operation) -> pin_letters.Letter | None:
        me = op.session.scalars(sa.select(User.id).where(User.phone == phone)).one()
        return pin_letters.show(op, contract_id, nonce, me)

    return house.do(work)


def test_the_new_pin_opens_and_the_old_one_does_not(house: House) -> None:
    assert issue(house)
    letter = show(house)
    assert letter is not None
    assert pins.matches(contract_of(house).pin_hash, letter.pin)
    assert not pins.matches(contract_of(house).pin_hash, MADES_PIN)
    assert letter.contract == MADES_CONTRACT
    assert letter.numbers == ["+622150100200"]


def test_a_caller_gets_in_with_the_pin_of_the_letter(lite: House) -> None:
    issue(lite)
    letter = show(lite)
    assert letter is not None
    lite.open_incident(pin=letter.pin)


def test_it_is_shown_once_and_to_whoever_issued_it_alone(house: House) -> None:
    issue(house)
    assert show(house, phone=NADIA) is None
    assert show(house, nonce="another") is None
    shown = at_once(lambda: show(house), lambda: show(house))
    assert sum(letter is not None for letter in shown) == 1
    assert show(house) is None


def test_a_double_tap_makes_one_pin(house: House) -> None:
    assert sorted(at_once(lambda: issue(house), lambda: issue(house))) == [False, True]
    assert house.one(PinLetter).number == 1
    assert len(house.all(AuditEntry)) == 1


def test_of_two_admins_at_once_one_is_told_of_the_other(house: House) -> None:
    def tap(nonce: str, phone: str) -> str:
        try:
            return str(issue(house, nonce, phone=phone))
        except ConflictError as conflict:
            return str(conflict)

    first, second = sorted(at_once(lambda: tap("one", SITI), lambda: tap("two", NADIA)))
    assert second == "True" or first == "True"
    assert any("Somebody issued another PIN meanwhile." in one for one in (first, second))
    assert house.count(PinLetter) == 1


def test_a_letter_that_was_replaced_is_shown_no_more(house: House) -> None:
    issue(house, "first")
    issue(house, "second", seen=1)
    assert show(house, "first") is None
    assert show(house, "second") is not None


def test_an_ended_contract_gets_no_letter(lite: House) -> None:
    with lite.operation() as op:
        op.session.get_one(Contract, contract_of(lite).id).ended_at = op.now
    with pytest.raises(ConflictError, match="ended"):
        issue(lite)


def test_the_pin_is_nowhere_in_the_database(house: House) -> None:
    issue(house, caller_id=house.all(Caller, Caller.contract_id == contract_of(house).id)[0].id)
    letter = show(house)
    assert letter is not None
    assert letter.addressee is not None
    with house.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(sa.select(table)):
                cells = [cell for cell in row if not isinstance(cell, uuid.UUID)]
                assert letter.pin not in json.dumps(cells, default=str), table.name
    (entry,) = house.all(AuditEntry)
    assert (entry.action, entry.subject) == ("PIN issued", MADES_CONTRACT)
    assert entry.after == {"letter": 1, "addressee": letter.addressee}


def test_pins_are_never_easy(lite: House) -> None:
    contract_id = contract_of(lite).id
    with lite.operation() as op:
        made = [pin_letters.pin_of(op, contract_id, str(number)) for number in range(300)]
    assert all(len(pin) == 6 and pin.isdigit() and len(set(pin)) >= 4 for pin in made)
    assert len(set(made)) > 290
