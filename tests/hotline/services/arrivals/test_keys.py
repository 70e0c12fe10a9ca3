"""Keys of customers' programs: made once, shown once, ended."""

import uuid

import pytest

from hotline.db.models import AuditEntry, Contract, ContractKey, Customer
from hotline.errors import ConflictError, InvalidInputError, NotFoundError
from hotline.services.arrivals import keys
from hotline.services.arrivals.keys import TooManyKeysError
from tests.hotline.house import HANNAHS_CONTRACT, MADES_CONTRACT, NADIA, House, at_once

NONCE = "a nonce of the admin's form"


def contract(house: House, number: str = MADES_CONTRACT) -> Contract:
    found: Contract = house.one(Contract, Contract.number == number)
    return found


def make(house: House, label: str = "Monitoring", nonce: str = NONCE, number: str = MADES_CONTRACT) -> str:
    made: str = house.do(
        lambda op: keys.make(op, house.user(op, NADIA).id, contract(house, number).id, label, nonce)
    )
    return made


def end(house: House, key_id: uuid.UUID, number: str = MADES_CONTRACT) -> bool:
    done: bool = house.do(
        lambda op: keys.end(op, house.user(op, NADIA).id, contract(house, number).id, key_id)
    )
    return done


def opens(house: House, key: str) -> bool:
    return bool(house.do(lambda op: keys.find(op, key) is not None))


def test_a_key_opens_its_contract_and_only_its_digest_is_kept(house: House) -> None:
    key = make(house)
    assert key.startswith("hk_")
    assert len(key) > 40
    row = house.one(ContractKey)
    assert row.contract_id == contract(house).id
    assert row.hint == key[-4:]
    assert key not in str(vars(row))
    assert house.do(lambda op: keys.find(op, key).contract.number) == MADES_CONTRACT
    assert not opens(house, key + "x")
    assert not opens(house, "")


def test_a_double_tap_makes_one_key_and_shows_it_both_times(house: House) -> None:
    found = at_once(*[lambda: make(house)] * 3)
    assert len(set(found)) == 1
    assert house.count(ContractKey) == 1
    assert [entry.action for entry in house.all(AuditEntry)] == ["key made"]


def test_a_key_is_not_shown_again_later(lite: House) -> None:
    make(lite)
    lite.clock.advance(301)
    with pytest.raises(ConflictError):
        make(lite)


def test_the_same_nonce_makes_another_key_for_another_contract(lite: House) -> None:
    assert make(lite) != make(lite, number=HANNAHS_CONTRACT, nonce=NONCE + "2")


def test_an_ended_key_opens_nothing_and_ends_once(house: House) -> None:
    key = make(house)
    row = house.one(ContractKey)
    assert end(house, row.id)
    assert not end(house, row.id)
    assert not opens(house, key)
    made, ended = house.all(AuditEntry)
    assert (made.action, ended.action) == ("key made", "key ended")
    assert made.after == ended.after == {"key": f"Monitoring (..{key[-4:]})"}
    with pytest.raises(ConflictError):
        make(house)


def test_a_key_is_ended_on_its_own_contract_only(lite: House) -> None:
    make(lite)
    with pytest.raises(NotFoundError):
        end(lite, lite.one(ContractKey).id, HANNAHS_CONTRACT)
    with pytest.raises(NotFoundError):
        end(lite, uuid.uuid4())


@pytest.mark.parametrize("model", [Contract, Customer])
def test_a_key_ends_with_its_contract_and_its_customer(lite: House, model: type) -> None:
    key = make(lite)
    ended = contract(lite)
    if model is Customer:
        lite.set(lite.one(Customer, Customer.id == ended.customer_id), ended_at=lite.clock.now())
    else:
        lite.set(ended, ended_at=lite.clock.now())
        with pytest.raises(ConflictError):
            make(lite, nonce="another nonce")
    assert not opens(lite, key)


@pytest.mark.parametrize("label", ["", "   ", "x" * 61])
def test_a_key_needs_a_name(lite: House, label: str) -> None:
    with pytest.raises(InvalidInputError):
        make(lite, label)


def test_ten_keys_are_enough(lite: House) -> None:
    for place in range(keys.MOST):
        make(lite, nonce=f"nonce {place}")
    with pytest.raises(TooManyKeysError):
        make(lite, nonce="one more")
    end(lite, lite.all(ContractKey)[0].id)
    make(lite, nonce="one more")
    rows = lite.do(lambda op: [row.ended_at is None for row in keys.of_contract(op, contract(lite).id)])
    assert rows == [True] * keys.MOST + [False], "those that are good come first"
