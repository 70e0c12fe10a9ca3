"""Recordings, by account and by call, and their audio."""

from hotline.emulator import audio
from hotline.emulator.legs import recordings
from hotline.emulator.model import Recording
from hotline.emulator.rest import calls, render, specs
from hotline.emulator.rest.context import Context, Reply, within
from hotline.emulator.rest.errors import bad, not_found
from hotline.emulator.rest.params import Params


def find(context: Context, sid: str) -> Recording:
    recording = context.exchange.recordings.get(sid)
    if recording is None:
        raise not_found(f"/Recordings/{sid}.json")
    return recording


def fetch(context: Context, sid: str) -> Reply:
    context.query(specs.FETCH_RECORDING)
    return 200, render.recording(context.exchange, find(context, sid))


def delete(context: Context, sid: str) -> Reply:
    find(context, sid)
    del context.exchange.recordings[sid]
    return 204, None


def _list(context: Context, params: Params, call_sid: str, conference_sid: str) -> Reply:
    chosen = [
        one
        for one in reversed(context.exchange.recordings.values())
        if call_sid in ("", one.call_sid)
        and conference_sid in ("", one.conference_sid)
        and within(params, "DateCreated", one.created)
    ]
    return context.page("recordings", chosen, params, lambda one: render.recording(context.exchange, one))


def list_all(context: Context) -> Reply:
    params = context.query(specs.LIST_RECORDINGS)
    return _list(context, params, params.text("CallSid"), params.text("ConferenceSid"))


def list_of_call(context: Context, call_sid: str) -> Reply:
    calls.find(context, call_sid)
    return _list(context, context.query(specs.LIST_CALL_RECORDINGS), call_sid, "")


def list_of_conference(context: Context, conference_sid: str) -> Reply:
    if conference_sid not in context.exchange.conferences:
        raise not_found(f"/Conferences/{conference_sid}.json")
    return _list(context, context.query(specs.LIST_CALL_RECORDINGS), "", conference_sid)


def start(context: Context, call_sid: str) -> Reply:
    """Begin to record a call that is in progress."""
    params, exchange = context.form(specs.CREATE_CALL_RECORDING), context.exchange
    call = calls.find(context, call_sid)
    if call.answered is None or call.over:
        raise bad(21220, "the call is not in progress")
    leg = exchange.legs[call_sid]
    recording = recordings.start(
        exchange, leg, None, "StartCallRecordingAPI", calls.recording_callback(params),
        2 if params.text("RecordingChannels") == "dual" else 1, params.text("RecordingTrack", "both"),
    )  # fmt: skip
    leg.finally_do(lambda: recordings.finish(exchange, recording))
    return 201, render.recording(exchange, recording)


def of_call(context: Context, call_sid: str, sid: str) -> Reply:
    return 200, render.recording(context.exchange, _of_call(context, call_sid, sid))


def _of_call(context: Context, call_sid: str, sid: str) -> Recording:
    recording = find(context, sid)
    if recording.call_sid != call_sid:
        raise not_found(f"/Calls/{call_sid}/Recordings/{sid}.json")
    return recording


def update(context: Context, call_sid: str, sid: str) -> Reply:
    """Pause, resume or stop; what is paused is not recorded."""
    params, exchange = context.form(specs.UPDATE_CALL_RECORDING), context.exchange
    recording, now = _of_call(context, call_sid, sid), context.exchange.now()
    status = params.text("Status")
    if recording.duration is not None:
        raise bad(21220, "the recording is over")
    if status == "paused" and recording.paused_at is None:
        recording.paused_at, recording.status = now, "paused"
    elif status == "in-progress" and recording.paused_at is not None:
        recording.paused_seconds += (now - recording.paused_at).total_seconds()
        recording.paused_at, recording.status = None, "in-progress"
    elif status == "stopped":
        recordings.finish(exchange, recording)
    recording.updated = now
    return 200, render.recording(exchange, recording)


def delete_of_call(context: Context, call_sid: str, sid: str) -> Reply:
    _of_call(context, call_sid, sid)
    return delete(context, sid)


def media(context: Context, sid: str, kind: str) -> tuple[bytes, str]:
    """The audio of a completed recording; until then there is none."""
    recording = find(context, sid)
    if recording.status != "completed":
        raise not_found(f"/Recordings/{sid}")
    make = audio.mp3 if kind == "mp3" else audio.wav
    return make(recording.duration or 1), "audio/mpeg" if kind == "mp3" else "audio/x-wav"
