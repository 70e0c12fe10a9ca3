"""A caller dials the number: what the service is asked, and what the caller hears and does."""

import pytest
from werkzeug import Response

from hotline.emulator import Emulator, PhoneCall
from hotline.emulator.audio import wav
from tests.emulator.support import ACCOUNT, CALLER, LINE, Service


def test_a_caller_hears_what_the_service_says_and_is_hung_up_at_the_end(emu: Emulator, service: Service):
    service.say("/voice", "<Say>Welcome to the hotline.</Say>")
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    assert call.heard == ["Welcome to the hotline."]
    assert call.status == "in-progress"
    emu.advance(10)
    assert call.status == "completed"
    assert call.ended
    assert emu.alerts == []
    assert emu.quiet()


def test_gather_submits_the_digits_without_the_finish_key(emu: Emulator, service: Service):
    service.say("/voice", '<Gather action="/digits"><Say>Your PIN please.</Say></Gather><Say>Nothing.</Say>')
    service.say("/digits", "<Say>Thank you.</Say>")
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    emu.advance(2)
    call.press("1234#")
    emu.advance(3)
    assert service.got("/digits")[0]["Digits"] == "1234"
    assert call.heard == ["Your PIN please.", "Thank you."]


def test_the_first_request_carries_the_standard_parameters(emu: Emulator, service: Service):
    service.say("/voice", "<Say>Hello.</Say>")
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    assert service.got("/voice") == [
        {
            "CallSid": call.sid,
            "AccountSid": ACCOUNT,
            "From": CALLER,
            "To": LINE,
            "Caller": CALLER,
            "Called": LINE,
            "CallStatus": "ringing",
            "ApiVersion": "2010-04-01",
            "Direction": "inbound",
        }
    ]


def test_an_action_request_says_that_the_call_is_in_progress(emu: Emulator, service: Service):
    service.say("/voice", '<Gather numDigits="1" action="/next"/>')
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    call.press("7")
    emu.run_due()
    assert service.got("/next")[0]["CallStatus"] == "in-progress"
    assert service.got("/next")[0]["Digits"] == "7"


def in_gather(emu: Emulator, service: Service, attributes: str) -> PhoneCall:
    service.say("/voice", f'<Gather action="/digits" {attributes}/><Say>No input.</Say>')
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    return call


def test_partial_digits_are_submitted_when_the_timer_of_the_last_key_runs_out(emu, service):
    call = in_gather(emu, service, 'timeout="3"')
    call.press("1")
    emu.advance(2.9)
    call.press("2")
    emu.advance(2.9)
    assert service.got("/digits") == []
    emu.advance(0.2)
    assert service.got("/digits")[0]["Digits"] == "12"


def test_between_two_keys_a_person_has_real_seconds_however_fast_the_clock_runs(emu, service, clock):
    clock.speed = 4.0
    call = in_gather(emu, service, 'timeout="3"')
    call.press("1")
    emu.advance(11.9)
    assert service.got("/digits") == []
    emu.advance(0.2)
    assert service.got("/digits")[0]["Digits"] == "1"


def test_the_finish_key_alone_is_empty_input_and_goes_on(emu, service):
    call = in_gather(emu, service, "")
    call.press("#")
    emu.run_due()
    assert service.got("/digits") == []
    assert call.heard == ["No input."]


def test_empty_input_is_reported_when_asked_for(emu, service):
    in_gather(emu, service, 'actionOnEmptyResult="true"')
    emu.advance(5)
    assert service.got("/digits")[0]["Digits"] == ""


def test_a_hang_up_while_typing_makes_no_action_request(emu, service):
    call = in_gather(emu, service, "")
    call.press("123")
    emu.advance(1)
    call.hang_up()
    emu.advance(20)
    assert service.got("/digits") == []
    assert call.status == "completed"
    assert emu.quiet()


def test_the_number_of_digits_submits_at_once_and_a_star_is_a_digit(emu, service):
    call = in_gather(emu, service, 'numDigits="3"')
    call.press("4*6")
    emu.advance(0.6)
    assert service.got("/digits")[0]["Digits"] == "4*6"


def test_a_key_interrupts_a_nested_prompt_but_not_one_outside(emu, service):
    service.say(
        "/voice",
        f'<Say>{"x" * 140}</Say><Gather numDigits="1" action="/digits"><Say>{"y" * 140}</Say></Gather>',
    )
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    call.press("1")
    emu.advance(5)
    assert call.heard == ["x" * 140]
    emu.advance(6)
    assert call.heard == ["x" * 140, "y" * 140]
    assert service.got("/digits") == [], "the key came before the Gather and is lost"
    call.press("2")
    emu.run_due()
    assert service.got("/digits")[0]["Digits"] == "2"


def test_spoken_words_arrive_as_a_speech_result(emu, service):
    call = in_gather(emu, service, 'input="dtmf speech"')
    call.say("my server is down", seconds=2)
    emu.advance(3)
    got = service.got("/digits")[0]
    assert got["SpeechResult"] == "my server is down"
    assert 0 < float(got["Confidence"]) <= 1
    assert "Digits" not in got


def test_redirect_play_and_pause_follow_each_other(emu, service):
    service.say("/voice", '<Pause length="2"/><Redirect>/second</Redirect><Say>Never.</Say>')
    service.say("/second", "<Play>/music.wav</Play><Say>Done.</Say>")
    service.say("/music.wav", Response(wav(3), content_type="audio/x-wav"))
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    assert call.status == "ringing", "a Pause in front is waited for before answering"
    emu.advance(2)
    assert call.heard == ["[audio /music.wav]"]
    emu.advance(2.9)
    assert len(call.heard) == 1
    emu.advance(0.2)
    assert call.heard[-1] == "Done."
    assert emu.alerts == []


def test_audio_that_is_not_there_is_an_alert_and_is_skipped(emu, service):
    service.say("/voice", "<Play>/gone.mp3</Play><Say>Still here.</Say>")
    service.say("/gone.mp3", Response("no", status=404))
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    assert [alert.code for alert in emu.alerts] == [11200]
    assert call.heard == ["Still here."]


def test_a_rejected_call_was_never_answered(emu, service):
    service.say("/voice", '<Reject reason="busy"/>')
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    assert call.status == "busy"
    assert emu.calls[call.sid].answered is None


def test_the_number_reports_the_end_of_a_call_with_its_duration(emu, service):
    emu.add_number(LINE, voice_url=service.url + "/voice", status_callback=service.url + "/ended")
    service.say("/voice", '<Say>Hi.</Say><Pause length="70"/>')
    emu.handset(CALLER).dial(LINE)
    emu.advance(80)
    (ended,) = service.got("/ended")
    assert ended["CallStatus"] == "completed"
    assert ended["CallDuration"] == "71"
    assert ended["Duration"] == "2"
    assert ended["CallbackSource"] == "call-progress-events"


def test_a_caller_can_give_up_before_the_service_answers(emu, service):
    service.say("/voice", '<Pause length="5"/><Say>Late.</Say>')
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    call.hang_up()
    emu.advance(10)
    assert call.status == "canceled"
    assert call.heard == []


def test_a_telephone_presses_only_keys_that_it_has(emu, service):
    service.say("/voice", "<Pause length='60'/>")
    call = emu.handset(CALLER).dial(LINE)
    with pytest.raises(ValueError, match="keys"):
        call.press("12x")


def test_the_log_tells_that_a_key_was_pressed_but_never_which(emu, service):
    call = in_gather(emu, service, "")
    call.press("987654#")
    emu.advance(5)
    assert service.got("/digits")[0]["Digits"] == "987654"
    assert call.pressed == list("987654#")
    keys = emu.log.of_kind("key")
    assert len(keys) == 7
    assert all(entry.masked for entry in keys)
    assert not any("987654" in f"{entry.text}{entry.data}" for entry in emu.log)


def test_a_mid_call_sms_goes_to_the_caller(emu, service):
    service.say("/voice", "<Sms>Your incident is 7KM.</Sms><Say>Sent.</Say>")
    emu.handset(CALLER).dial(LINE)
    emu.advance(5)
    assert [text.body for text in emu.handset(CALLER).inbox] == ["Your incident is 7KM."]


def test_a_call_ends_after_four_hours_whatever_it_does(emu, service):
    service.say("/voice", "<Say>A.</Say><Pause length='86400'/>")
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    emu.advance(4 * 3600 - 1)
    assert call.status == "in-progress"
    emu.advance(2)
    assert call.status == "completed"
