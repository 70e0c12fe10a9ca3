"""Telephones: what they do by themselves, and what they refuse."""

import pytest

from tests.emulator.support import ADA, BO, CALLER, LINE

OFFER = "<Response><Say>Press 1 to accept.</Say><Pause length='20'/></Response>"


def ring(emu, client, to=ADA, seconds=2.0):
    client.calls.create(to=to, from_=LINE, twiml=OFFER, timeout=20)
    emu.advance(seconds)


def test_a_telephone_rings_and_nobody_answers_unless_told(emu, client):
    ring(emu, client)
    assert emu.handset(ADA).call.status == "ringing"
    emu.advance(30)
    assert emu.handset(ADA).calls[0].status == "no-answer"


def test_a_person_can_pick_up_or_decline_by_hand(emu, client):
    ring(emu, client)
    emu.handset(ADA).answer()
    emu.run_due()
    assert emu.handset(ADA).call.status == "in-progress"
    ring(emu, client, BO)
    emu.handset(BO).hang_up()
    emu.run_due()
    assert emu.handset(BO).calls[0].status == "busy"


def test_an_engaged_telephone_is_busy(emu, service, client):
    service.say("/voice", "<Pause length='60'/><Say>Hm.</Say>")
    emu.handset(CALLER).dial(LINE)
    emu.run_due()
    ring(emu, client, CALLER)
    assert [call.status for call in emu.handset(CALLER).calls] == ["ringing", "busy"]


def test_a_reaction_comes_after_the_sentence_and_only_once(emu, client):
    emu.handset(ADA).answers(after=1).when_hears("PRESS 1", press="1", after=2.0)
    ring(emu, client, seconds=2)
    call = emu.handset(ADA).call
    emu.advance(3.2)
    assert call.pressed == []
    emu.advance(0.2)
    assert call.pressed == ["1"]
    emu.advance(30)
    ring(emu, client, seconds=10)
    assert emu.handset(ADA).call.pressed == []


def test_a_reaction_may_speak_or_hang_up_and_may_repeat(emu, client):
    emu.handset(ADA).answers(after=1).when_hears("accept", say="No.", hang_up=True, once=False)
    for _ in range(2):
        ring(emu, client, seconds=10)
        assert emu.handset(ADA).calls[-1].ended
    assert [entry.text for entry in emu.log.of_kind("spoken")] == ["No.", "No."]


def test_a_mailbox_greets_beeps_listens_and_never_reacts(emu, client):
    emu.handset(ADA).voicemail(after=3, greeting="You have reached Ada.").when_hears("press", press="1")
    ring(emu, client, seconds=25)
    (call,) = emu.handset(ADA).calls
    assert call.pressed == []
    assert call.heard == ["Press 1 to accept."]
    assert [entry.text for entry in emu.log.of_kind("spoken")] == ["You have reached Ada.", "[beep]"]


def test_a_telephone_without_a_call_has_nothing_to_press(emu):
    for action in (lambda: emu.handset(ADA).press("1"), lambda: emu.handset(ADA).hang_up()):
        with pytest.raises(RuntimeError, match="no call"):
            action()


def test_a_telephone_dials_one_number_at_a_time(emu, service):
    service.say("/voice", "<Say>Hello there.</Say>")
    emu.handset(CALLER).dial(LINE)
    with pytest.raises(RuntimeError, match="in a call"):
        emu.handset(CALLER).dial(LINE)


def test_a_number_that_is_not_ours_cannot_be_dialled(emu):
    call = emu.handset(CALLER).dial("+62215550000")
    assert (call.status, call.ended) == ("failed", True)
