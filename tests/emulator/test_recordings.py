"""Voice messages and recorded calls: when there is audio, and what is told about it."""

import io
import wave

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from tests.emulator.support import ACCOUNT, CALLER, LINE, TOKEN

RECORD = '<Record action="/recorded" recordingStatusCallback="/file" {0}/><Say>Nothing was said.</Say>'


@pytest.fixture
def call(emu, service, server):
    def dial(attributes=""):
        service.say("/voice", RECORD.format(attributes))
        service.say("/recorded", "<Say>Thank you.</Say>")
        call = emu.handset(CALLER).dial(LINE)
        emu.run_due()
        emu.advance(1)
        return call

    return dial


def test_a_message_ends_after_the_silence(emu, service, call):
    spoken = call('timeout="4"').say("My database is gone.", seconds=6)
    emu.advance(9.9)
    assert service.got("/recorded") == []
    emu.advance(0.2)
    told = service.got("/recorded")[0]
    assert told["RecordingDuration"] == "10"
    assert "Digits" not in told
    assert spoken.heard == ["[beep]", "Thank you."]


def test_a_key_ends_the_message_and_is_told(emu, service, call):
    spoken = call('finishOnKey="#"').say("Help.", seconds=2)
    emu.advance(2)
    spoken.press("1#")
    emu.advance(1)
    assert service.got("/recorded")[0]["Digits"] == "#"


def test_a_caller_who_hangs_up_ends_the_message_with_hangup(emu, service, call):
    spoken = call().say("Help.", seconds=2)
    emu.advance(2)
    spoken.hang_up()
    emu.advance(5)
    assert service.got("/recorded")[0]["Digits"] == "hangup"
    assert service.got("/file")[0]["RecordingStatus"] == "completed"


def test_silence_alone_is_no_message(emu, service, call):
    silent = call('recordingStatusCallbackEvent="completed absent"')
    emu.advance(10)
    assert service.got("/recorded") == []
    assert silent.heard == ["[beep]", "Nothing was said."]
    assert [one["RecordingStatus"] for one in service.got("/file")] == ["absent"]


def test_the_longest_message_is_cut_off(emu, service, call):
    call('maxLength="30"').say("And another thing.", seconds=300)
    emu.advance(31)
    assert service.got("/recorded")[0]["RecordingDuration"] == "30"


def test_a_recording_is_404_until_its_callback(emu, service, call):
    call().say("Help.", seconds=2)
    emu.advance(8)
    url = service.got("/recorded")[0]["RecordingUrl"]
    assert service.got("/file") == []
    assert requests.get(url + ".wav", auth=(ACCOUNT, TOKEN), timeout=5).status_code == 404
    emu.advance(2)
    assert service.got("/file")[0]["RecordingUrl"] == url
    audio = requests.get(url + ".wav", auth=(ACCOUNT, TOKEN), timeout=5)
    with wave.open(io.BytesIO(audio.content)) as file:
        assert file.getnframes() > 0
    mp3 = requests.get(url + ".mp3", auth=(ACCOUNT, TOKEN), timeout=5)
    assert mp3.headers["Content-Type"] == "audio/mpeg"
    assert mp3.content[:2] == b"\xff\xfb"
    assert requests.get(url + ".wav", timeout=5).status_code == 401


def test_a_transcription_follows_for_messages_of_2_to_120_seconds(emu, service, call):
    call('transcribe="true" transcribeCallback="/words"').say("The pump is broken.", seconds=3)
    emu.advance(30)
    (told,) = service.got("/words")
    assert told["TranscriptionText"] == "The pump is broken."
    assert told["TranscriptionStatus"] == "completed"


def test_a_mailbox_greeting_is_what_a_record_verb_hears(emu, service, client):
    emu.handset(CALLER).voicemail(after=1, greeting="You have reached somebody who is out, sorry.")
    service.say("/offer", RECORD.format('timeout="3"'))
    client.calls.create(to=CALLER, from_=LINE, url=service.url + "/offer")
    emu.advance(20)
    assert len(service.got("/recorded")) == 1


def test_a_call_is_recorded_paused_and_stopped_by_rest(emu, service, client):
    service.say("/voice", "<Pause length='60'/><Say>Still there?</Say>")
    call = emu.handset(CALLER).dial(LINE)
    emu.advance(60.5)
    made = client.calls(call.sid).recordings.create(recording_status_callback=service.url + "/file")
    assert (made.status, made.source) == ("in-progress", "StartCallRecordingAPI")
    client.calls(call.sid).recordings(made.sid).update(status="paused")
    client.calls(call.sid).recordings(made.sid).update(status="in-progress")
    client.calls(call.sid).recordings(made.sid).update(status="stopped")
    emu.advance(5)
    assert service.got("/file")[0]["RecordingStatus"] == "completed"
    assert client.recordings(made.sid).fetch().status == "completed"
    assert [one.sid for one in client.recordings.list(call_sid=call.sid)] == [made.sid]
    assert client.recordings(made.sid).delete()
    with pytest.raises(TwilioRestException) as refused:
        client.recordings(made.sid).fetch()
    assert (refused.value.status, refused.value.code) == (404, 20404)


def test_a_call_placed_with_record_is_recorded_to_its_end(emu, service, client):
    emu.handset(CALLER).answers(after=1)
    service.say("/offer", "<Pause length='20'/>")
    client.calls.create(
        to=CALLER, from_=LINE, url=service.url + "/offer", record=True,
        recording_status_callback=service.url + "/file",
    )  # fmt: skip
    emu.advance(30)
    assert service.got("/file")[0]["RecordingDuration"] == "20"
    assert service.got("/file")[0]["RecordingSource"] == "OutboundAPI"
