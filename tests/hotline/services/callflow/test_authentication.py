"""Who is calling: three tries a call, throttles across calls, and nothing revealed."""

from datetime import timedelta

import pytest

from hotline.db.models import Call, Incident, Throttle
from hotline.services import pins
from hotline.services.callflow import authentication
from hotline.services.callflow.authentication import Challenge
from tests.hotline.house import (
    HANNAH,
    HANNAHS_CONTRACT,
    HANNAHS_LINE,
    HANNAHS_PIN,
    MADES_CONTRACT,
    MADES_PIN,
    SHARED_LINE,
    STRANGER,
    House,
    Line,
)


def as_stranger(house: House, contract: str, pin: str, caller: str = STRANGER) -> Line:
    return house.dial(caller, SHARED_LINE).press(contract).press(pin)


def test_contract_and_pin_together_open_the_door(house: House) -> None:
    assert as_stranger(house, MADES_CONTRACT, MADES_PIN).row.authenticated_at is not None
    assert house.count(Incident) == 1


def test_another_contracts_pin_is_a_wrong_pin(house: House) -> None:
    assert as_stranger(house, MADES_CONTRACT, HANNAHS_PIN).row.authenticated_at is None


def test_an_unknown_contract_sounds_exactly_like_a_wrong_pin(lite: House) -> None:
    unknown = as_stranger(lite, "999999", "123456", "+33140000001")
    wrong = as_stranger(lite, MADES_CONTRACT, "123456", "+33140000002")
    assert unknown.said == wrong.said
    assert "does not match" in wrong.said


def test_after_three_wrong_pins_a_report_is_offered_and_the_right_pin_comes_too_late(house: House) -> None:
    call = house.dial()
    for _ in range(3):
        pin = call.url_of("Gather")
        call.press("111111")
    assert "Record" in call.verbs
    assert "Gather" not in call.verbs
    call.post(pin, Digits=MADES_PIN)
    assert call.row.authenticated_at is None
    assert house.count(Incident) == 0


def test_ten_wrong_pins_from_one_number_close_it_for_the_right_pin_too(house: House) -> None:
    for _ in range(4):
        call = house.dial()
        for _ in range(3):
            call.press("111111") if "Gather" in call.text else None
    call = house.dial()
    assert call.press(MADES_PIN).row.authenticated_at is None
    assert call.press(MADES_PIN).row.authenticated_at is None
    house.clock.advance(900)
    assert house.dial().press(MADES_PIN).row.authenticated_at is not None


def test_guessing_one_contract_from_many_numbers_closes_the_contract(house: House) -> None:
    for place in range(10):
        as_stranger(house, HANNAHS_CONTRACT, "111111", f"+3314000{place:04d}")
    assert house.dial(HANNAH, HANNAHS_LINE).press(HANNAHS_PIN).row.authenticated_at is None
    assert as_stranger(house, MADES_CONTRACT, MADES_PIN, "+33149999999").row.authenticated_at is not None


def test_a_right_pin_costs_no_try(house: House) -> None:
    for _ in range(12):
        assert house.dial().press(MADES_PIN).row.authenticated_at is not None
    assert {row.count for row in house.all(Throttle)} == {0}


@pytest.mark.parametrize("pin", ["", "1", "123", "4" * 17, "4" * 64])
def test_a_pin_of_an_impossible_length_is_wrong_without_hashing(
    pin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins, "matches", lambda *_: pytest.fail("it was hashed"))
    assert not authentication.check(Challenge(None, pins.nobodys_hash(), is_open=True), pin)


def test_a_closed_challenge_is_never_right() -> None:
    hashed = pins.hash_secret("482913")
    from uuid import uuid4

    assert authentication.check(Challenge(uuid4(), hashed, is_open=True), "482913")
    assert not authentication.check(Challenge(uuid4(), hashed, is_open=False), "482913")
    assert not authentication.check(Challenge(None, hashed, is_open=True), "482913")


def test_a_number_of_two_contracts_has_to_name_one(lite: House) -> None:
    from hotline.db.models import Caller, Contract

    contract = lite.one(Contract, Contract.number == HANNAHS_CONTRACT)
    with lite.operation() as op:
        op.session.add(Caller(contract_id=contract.id, name="Made too", phone="+6281220000201"))
    assert "/contract/" in lite.dial().url_of("Gather")


def test_silence_is_explained_then_leads_to_a_person(lite: House) -> None:
    call = lite.dial(STRANGER, SHARED_LINE)
    said = [call.said]
    for _ in range(3):
        call.press("")
        said.append(call.said)
    assert len(set(said)) == 4
    assert "Record" in call.verbs
    assert call.row.tries == 0


def test_star_after_a_wrong_pin_goes_back_to_the_contract_number(lite: House) -> None:
    call = lite.dial().press("111111").press("*")
    assert "/contract/" in call.url_of("Gather")
    call.press(MADES_CONTRACT).press(MADES_PIN)
    assert call.row.authenticated_at is not None


def test_nobody_elses_digits_are_stored(lite: House) -> None:
    """What was typed is not in the database in clear anywhere."""
    call = as_stranger(lite, MADES_CONTRACT, "918273")
    row = lite.one(Call, Call.call_sid == call.sid)
    assert MADES_CONTRACT not in str(row.contract_key)
    path = str(lite.database.engine.url.database)
    lite.database.close()
    from pathlib import Path

    content = b"".join(file.read_bytes() for file in Path(path).parent.glob("hotline.db*"))
    assert call.sid.encode() in content, "the file that was read is the database"
    assert b"918273" not in content


def test_a_hash_is_salted_and_a_broken_one_matches_nothing() -> None:
    one, other = pins.hash_secret("482913"), pins.hash_secret("482913")
    assert one != other
    assert pins.matches(one, "482913")
    assert not pins.matches(one, "482914")
    assert not pins.matches("no hash at all", "482913")
    assert one.startswith("$argon2id$")
    assert "m=19456,t=2,p=1" in one


def test_the_overall_limit_ends_a_flood_from_everywhere(lite: House) -> None:
    limit = authentication._OVERALL
    with lite.operation() as op:
        op.session.add(Throttle(scope="pin:overall", since=op.now, count=limit))
    assert lite.dial().press(MADES_PIN).row.authenticated_at is None
    lite.clock.advance(timedelta(minutes=15).total_seconds())
    assert lite.dial().press(MADES_PIN).row.authenticated_at is not None


def test_naming_another_contract_asks_for_its_pin_too(house: House) -> None:
    """Somebody who gave one contract's PIN is nobody to another."""
    call = house.dial(HANNAH, HANNAHS_LINE).press(HANNAHS_PIN)
    assert call.row.authenticated_at is not None
    call.post("/twilio/voice/contract/77", Digits=MADES_CONTRACT)
    assert call.row.authenticated_at is None
    call.post("/twilio/voice/menu/78", Digits="3")
    assert house.count(Incident) == 0


def test_a_contract_that_changed_while_its_pin_was_checked_is_not_opened(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = house.dial(HANNAH, HANNAHS_LINE)
    original = authentication.check

    def check(challenge: Challenge, pin: str) -> bool:
        Line(house, call.sid, HANNAH, HANNAHS_LINE).post("/twilio/voice/contract/77", Digits=MADES_CONTRACT)
        return original(challenge, pin)

    monkeypatch.setattr(authentication, "check", check)
    call.press(HANNAHS_PIN)
    assert call.row.authenticated_at is None
