"""``<Dial>``: whispers, several telephones, callers who leave, and what the action is told."""

import pytest

from hotline.emulator import Emulator, PhoneCall
from tests.emulator.support import ADA, BO, CALLER, LINE, Service

WHISPER = (
    '<Gather numDigits="1" action="/accepted" timeout="3"><Say>Press 1 to accept.</Say></Gather><Hangup/>'
)


def dial(emu: Emulator, service: Service, nouns: str, attributes: str = "") -> PhoneCall:
    service.say("/voice", f'<Dial action="/after" {attributes}>{nouns}</Dial><Say>Next verb.</Say>')
    service.say("/after", "<Say>Dial is over.</Say>")
    service.say("/whisper", WHISPER)
    service.say("/accepted", "<Say>Connecting.</Say>")
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    return call


def after(service: Service) -> dict[str, str]:
    (told,) = service.got("/after")
    return {name: told.get(name, "") for name in ("DialCallStatus", "DialBridged")}


def test_two_people_are_connected_until_one_hangs_up(emu, service):
    ada = emu.handset(ADA).answers(after=3)
    call = dial(emu, service, f"<Number>{ADA}</Number>")
    emu.advance(5)
    assert call.is_connected_with == ADA
    assert emu.calls[ada.call.sid].direction == "outbound-dial"
    assert emu.calls[ada.call.sid].parent_sid == call.sid
    emu.advance(10)
    ada.hang_up()
    emu.advance(1)
    assert after(service) == {"DialCallStatus": "completed", "DialBridged": "true"}
    assert service.got("/after")[0]["DialCallDuration"] == "11"
    assert service.got("/after")[0]["DialCallSid"] == ada.calls[0].sid
    assert call.heard == ["Dial is over."]


def test_without_an_action_the_next_verb_follows(emu, service):
    service.say("/voice", f"<Dial>{ADA}</Dial><Say>Next verb.</Say>")
    emu.handset(ADA).busy()
    call = emu.handset(CALLER).dial(LINE)
    emu.advance(2)
    assert call.heard == ["Next verb."]


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [("busy", "busy"), ("unreachable", "failed"), ("rejects", "busy"), ("rings_out", "no-answer")],
)
def test_the_action_learns_why_nobody_answered(emu, service, behaviour, status):
    getattr(emu.handset(ADA), behaviour)()
    dial(emu, service, f"<Number>{ADA}</Number>", 'timeout="20"')
    emu.advance(40)
    assert after(service) == {"DialCallStatus": status, "DialBridged": "false"}


def test_a_telephone_rings_for_its_timeout_and_five_seconds_more(emu, service):
    dial(emu, service, f"<Number>{ADA}</Number>", 'timeout="20"')
    emu.advance(25.9)
    assert service.got("/after") == []
    emu.advance(0.2)
    assert after(service)["DialCallStatus"] == "no-answer"


def test_pressing_1_in_the_whisper_connects(emu, service):
    ada = emu.handset(ADA).answers(after=1).when_hears("press 1", press="1")
    call = dial(emu, service, f'<Number url="/whisper">{ADA}</Number>')
    emu.advance(2.5)
    assert call.is_connected_with is None, "the caller still hears it ring"
    emu.advance(10)
    assert call.is_connected_with == ADA
    assert service.got("/accepted")[0]["Digits"] == "1"
    assert service.got("/whisper")[0]["CallSid"] == ada.call.sid
    assert service.got("/whisper")[0]["ParentCallSid"] == call.sid


@pytest.mark.parametrize("mailbox", [True, False])
def test_a_leg_that_answers_but_fails_its_whisper_is_completed_and_not_bridged(emu, service, mailbox):
    ada = emu.handset(ADA)
    ada.voicemail(after=2) if mailbox else ada.answers(after=2)
    call = dial(emu, service, f'<Number url="/whisper">{ADA}</Number>')
    emu.advance(15)
    assert after(service) == {"DialCallStatus": "completed", "DialBridged": "false"}
    assert service.got("/accepted") == []
    assert "Press 1 to accept." in ada.heard
    assert call.heard == ["Dial is over."]


def test_somebody_who_hangs_up_in_the_whisper_is_not_bridged(emu, service):
    ada = emu.handset(ADA).answers(after=1)
    dial(emu, service, f'<Number url="/whisper">{ADA}</Number>')
    emu.advance(2.5)
    ada.hang_up()
    emu.advance(1)
    assert after(service) == {"DialCallStatus": "completed", "DialBridged": "false"}


def test_the_first_to_pick_up_wins_even_a_mailbox_and_the_others_stop_ringing(emu, service):
    emu.handset(ADA).answers(after=6)
    emu.handset(BO).voicemail(after=1)
    dial(emu, service, f'<Number url="/whisper">{ADA}</Number><Number url="/whisper">{BO}</Number>')
    emu.advance(3)
    assert emu.handset(ADA).call is None
    assert emu.handset(ADA).calls[0].status == "canceled"
    emu.advance(20)
    assert after(service) == {"DialCallStatus": "completed", "DialBridged": "false"}


def test_sequential_dialling_tries_one_after_another(emu, service):
    emu.handset(ADA).busy()
    emu.handset(BO).answers(after=1)
    call = dial(emu, service, f"<Number>{ADA}</Number><Number>{BO}</Number>", 'sequential="true"')
    emu.advance(1)
    assert emu.handset(BO).calls == []
    emu.advance(4)
    assert call.is_connected_with == BO


@pytest.mark.parametrize("asked", [True, False])
def test_the_action_after_the_caller_hung_up_is_switchable(emu, service, asked):
    emu.faults.action_after_hangup = asked
    emu.handset(ADA).answers(after=1)
    call = dial(emu, service, f"<Number>{ADA}</Number>")
    emu.advance(5)
    call.hang_up()
    emu.advance(5)
    assert len(service.got("/after")) == int(asked)
    assert emu.handset(ADA).calls[0].status == "completed"
    if asked:
        assert after(service) == {"DialCallStatus": "completed", "DialBridged": "true"}
        assert service.got("/after")[0]["CallStatus"] == "completed"


def test_a_caller_who_leaves_while_it_rings_stops_the_ringing(emu, service):
    call = dial(emu, service, f"<Number>{ADA}</Number>")
    emu.advance(3)
    assert emu.handset(ADA).call.status == "ringing"
    call.hang_up()
    emu.run_due()
    assert emu.handset(ADA).calls[0].status == "canceled"
    emu.run_due()
    assert after(service) == {"DialCallStatus": "canceled", "DialBridged": "false"}


def test_the_callee_reports_its_own_progress(emu, service):
    emu.handset(ADA).answers(after=1)
    events = "initiated ringing answered completed"
    dial(
        emu,
        service,
        f'<Number statusCallback="/leg" statusCallbackEvent="{events}">{ADA}</Number>',
        'hangupOnStar="true"',
    )
    emu.advance(5)
    emu.handset(CALLER).press("*")
    emu.advance(2)
    told = service.got("/leg")
    assert [one["CallStatus"] for one in told] == ["initiated", "ringing", "in-progress", "completed"]
    assert {one["CallSid"] for one in told} == {emu.handset(ADA).calls[0].sid}
    assert emu.handset(CALLER).heard == ["Dial is over."]


def test_the_time_limit_ends_the_conversation(emu, service):
    emu.handset(ADA).answers(after=1)
    call = dial(emu, service, f"<Number>{ADA}</Number>", 'timeLimit="30"')
    emu.advance(31.9)
    assert call.is_connected_with == ADA
    emu.advance(0.2)
    assert service.got("/after")[0]["DialCallDuration"] == "30"
    assert emu.handset(ADA).call is None


def test_a_caller_answered_on_the_bridge_rings_until_then(emu, service):
    emu.handset(ADA).answers(after=4)
    call = dial(emu, service, f"<Number>{ADA}</Number>", 'answerOnBridge="true"')
    emu.advance(4.5)
    assert call.status == "ringing"
    emu.advance(1)
    assert call.status == "in-progress"


def test_a_foreign_caller_id_and_an_impossible_number_are_alerts(emu, service):
    dial(emu, service, f"<Number>{ADA}</Number>", 'callerId="+15551230000"')
    emu.advance(1)
    assert [alert.code for alert in emu.alerts] == [13214]
    assert after(service)["DialCallStatus"] == "failed"
    service.say("/voice", "<Dial action='/after2'><Number>12</Number></Dial>")
    emu.handset(BO).dial(LINE)
    emu.advance(1)
    assert emu.alerts[-1].code == 13224
    assert service.got("/after2")[0]["DialCallStatus"] == "failed"


def test_clients_and_sip_endpoints_cannot_be_reached(emu, service):
    dial(emu, service, "<Client>ada</Client><Sip>sip:ada@example.com</Sip>")
    emu.advance(5)
    assert after(service)["DialCallStatus"] == "failed"


def test_a_dialled_party_led_elsewhere_lives_on_and_the_dial_is_over(emu, service, client):
    emu.handset(ADA).answers(after=1)
    call = dial(emu, service, f"<Number>{ADA}</Number>")
    emu.advance(5)
    child = emu.handset(ADA).call
    service.say("/moved", "<Say>You were moved.</Say><Pause length='30'/>")
    client.calls(child.sid).update(url=service.url + "/moved")
    emu.advance(1)
    assert child.heard == ["You were moved."]
    assert child.status == "in-progress"
    assert after(service)["DialBridged"] == "true"
    assert call.heard == ["Dial is over."]


def test_a_caller_led_elsewhere_leaves_the_dialled_party_behind(emu, service, client):
    emu.handset(ADA).answers(after=1)
    call = dial(emu, service, f"<Number>{ADA}</Number>")
    emu.advance(5)
    client.calls(call.sid).update(twiml="<Response><Say>Moved.</Say><Pause length='9'/></Response>")
    emu.advance(1)
    assert call.heard == ["Moved."]
    assert emu.handset(ADA).call is None
    assert service.got("/after") == []


def test_a_call_recorded_from_answer_names_its_recording(emu, service):
    emu.handset(ADA).answers(after=1)
    call = dial(
        emu,
        service,
        f"<Number>{ADA}</Number>",
        'record="record-from-answer-dual" recordingStatusCallback="/rec"',
    )
    emu.advance(12)
    call.hang_up()
    emu.advance(5)
    told = service.got("/rec")[0]
    assert told["RecordingStatus"] == "completed"
    assert told["RecordingChannels"] == "2"
    assert told["CallSid"] == call.sid
    assert told["RecordingSource"] == "DialVerb"
    assert service.got("/after")[0]["RecordingUrl"] == told["RecordingUrl"]
