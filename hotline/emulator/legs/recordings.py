"""Recordings: started on a leg or a conference, finished, and only then to be had as a file."""

from email.utils import format_datetime

from hotline.emulator.exchange import Callback, Exchange
from hotline.emulator.legs.leg import Leg
from hotline.emulator.model import Conference, Recording
from hotline.emulator.twiml import Element
from hotline.emulator.webhooks import Webhook


def media_path(exchange: Exchange, recording: Recording) -> str:
    return f"/2010-04-01/Accounts/{exchange.account_sid}/Recordings/{recording.sid}"


def media_url(exchange: Exchange, recording: Recording) -> str:
    """Where the audio will be, without the ``.wav`` or ``.mp3``."""
    return exchange.base_url + media_path(exchange, recording)


def wanted_by(verb: Element, resolve: str) -> Callback | None:
    """The recording callback that a verb's attributes ask for; ``resolve`` is its absolute URL."""
    if not verb.get("recordingStatusCallback"):
        return None
    events = frozenset(verb.get("recordingStatusCallbackEvent", "completed").split())
    return Callback(resolve, verb.get("recordingStatusCallbackMethod", "POST"), events)


def start(
    exchange: Exchange,
    leg: Leg | None,
    conference: Conference | None,
    source: str,
    callback: Callback | None,
    channels: int = 1,
    track: str = "both",
) -> Recording:
    """Begin to record and say so to the callback if it asked for ``in-progress``."""
    now = exchange.now()
    recording = Recording(
        exchange.sids.new("RE"),
        leg.call.sid if leg else None,
        conference.sid if conference else None,
        source, now, now, now, channels=channels, track=track,
    )  # fmt: skip
    if callback is not None:
        recording.callback_url, recording.callback_method = callback.url, callback.method
        recording.callback_events = callback.events
    exchange.recordings[recording.sid] = recording
    if leg is not None:
        leg.recordings.append(recording)
    exchange.note("recording", recording.call_sid or recording.conference_sid or "", "recording started")
    _tell(exchange, recording)
    return recording


def seconds(exchange: Exchange, recording: Recording) -> int:
    """Length so far, pauses left out."""
    until = recording.paused_at or exchange.now()
    return max(0, round((until - recording.started).total_seconds() - recording.paused_seconds))


def finish(exchange: Exchange, recording: Recording, absent: bool = False) -> None:
    """Stop recording; the file and the callback come when Twilio has processed it."""
    if recording.duration is not None:
        return
    recording.duration = 0 if absent else seconds(exchange, recording)
    leg = exchange.legs.get(recording.call_sid or "")
    if leg is not None and recording in leg.recordings:
        leg.recordings.remove(recording)
    recording.status = "absent" if absent else "processing"
    recording.updated = exchange.now()
    exchange.note("recording", recording.call_sid or recording.conference_sid or "", "recording stopped")
    exchange.kernel.later(exchange.settings.recording_processing, lambda: _processed(exchange, recording))


def _processed(exchange: Exchange, recording: Recording) -> None:
    if recording.status == "processing":
        recording.status = "completed"
        recording.updated = exchange.now()
    if recording.status in ("completed", "absent"):
        _tell(exchange, recording)


def _tell(exchange: Exchange, recording: Recording) -> None:
    if recording.callback_url is None or recording.status not in recording.callback_events:
        return
    params = {
        "AccountSid": exchange.account_sid,
        "RecordingSid": recording.sid,
        "RecordingUrl": media_url(exchange, recording),
        "RecordingStatus": recording.status,
        "RecordingChannels": str(recording.channels),
        "RecordingSource": recording.source,
        "RecordingTrack": recording.track,
        "RecordingStartTime": format_datetime(recording.started),
    }
    if recording.call_sid:
        params["CallSid"] = recording.call_sid
    if recording.conference_sid:
        params["ConferenceSid"] = recording.conference_sid
    if recording.duration is not None:
        params["RecordingDuration"] = str(recording.duration)
    sid = recording.call_sid or recording.conference_sid or ""
    exchange.callback(Webhook(recording.callback_url, params, recording.callback_method, sid, callback=True))


def transcribe(exchange: Exchange, recording: Recording, url: str) -> None:
    """Send the transcription of a finished recording in a while; only 2 to 120 s can be transcribed."""
    length = recording.duration or 0
    good = 2 <= length <= 120
    sid = exchange.sids.new("TR")
    path = f"/2010-04-01/Accounts/{exchange.account_sid}/Transcriptions/{sid}"
    params = {
        "AccountSid": exchange.account_sid,
        "CallSid": recording.call_sid or "",
        "TranscriptionSid": sid,
        "TranscriptionText": " ".join(recording.words) if good else "",
        "TranscriptionStatus": "completed" if good else "failed",
        "TranscriptionUrl": exchange.base_url + path,
        "RecordingSid": recording.sid,
        "RecordingUrl": media_url(exchange, recording),
    }
    webhook = Webhook(url, params, "POST", recording.call_sid or "", callback=True)
    exchange.kernel.later(exchange.settings.transcription_processing, lambda: exchange.callback(webhook))
