"""What an engineer presses in the call of a page: :mod:`hotline.services.callflow.engineers`."""

import pytest

from hotline.db.models import Call, CallKind, CallOutcome, Incident
from tests.hotline.house import BO, DEWI, House, Line


def picked_up(house: House) -> Line:
    """Dewi picks up the call of a page; she hears it in Indonesian."""
    house.worker.tick()
    (call,) = [call for call in house.calls_of(CallKind.PAGE) if call.to_phone == DEWI]
    line = Line(house, str(call.call_sid), call.from_phone, DEWI)
    line.post(f"/twilio/voice/engineer/{call.id.hex}")
    return line


def the_call(house: House) -> Call:
    return next(call for call in house.calls_of(CallKind.PAGE) if call.to_phone == DEWI)


def test_a_star_repeats_as_often_as_it_is_pressed_and_is_no_silence(house: House) -> None:
    house.report()
    line = picked_up(house)
    for _ in range(9):
        line.press("*")
        assert "Nusantara" in line.said
        assert "tekan 1" in line.said
    call = the_call(house)
    assert (call.silences, call.outcome) == (0, None)
    line.press("1")
    assert house.one(Incident).owner_id == call.user_id


def test_silence_twice_is_nobody_also_after_a_star(house: House) -> None:
    """A machine presses nothing: an answering machine never holds a page."""
    house.report()
    line = picked_up(house)
    line.press("*")
    line.press("")
    assert the_call(house).outcome is None
    line.press("")
    assert the_call(house).outcome is CallOutcome.UNANSWERED
    assert house.one(Incident).owner_id is None


def test_three_says_who_is_next_and_when(house: House) -> None:
    house.report()
    line = picked_up(house)
    line.press("3")
    assert "Belum ada orang lain yang dihubungi" in line.said
    assert "Bo" in line.said
    assert "tekan 1" in line.said
    assert the_call(house).silences == 0


def test_three_says_who_has_been_rung(house: House) -> None:
    house.report()
    line = picked_up(house)
    house.clock.move_to(house.one(Incident).next_rung_at)
    house.worker.tick()
    assert [call.to_phone for call in house.calls_of(CallKind.PAGE)] == [DEWI, BO]
    line.press("3")
    assert "Yang juga dihubungi: Bo" in line.said
    line.press("2")
    assert the_call(house).outcome is CallOutcome.DECLINED


@pytest.mark.parametrize("key", ["4", "9", "0", "#"])
def test_other_keys_are_asked_about_and_never_taken_for_a_yes(lite: House, key: str) -> None:
    lite.report()
    line = picked_up(lite)
    line.press(key)
    assert "tekan 1" in line.said
    assert lite.one(Incident).owner_id is None
