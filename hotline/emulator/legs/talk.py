"""The verbs between one caller and the machine: Say, Play, Pause, Gather, Record and the rest."""

from dataclasses import dataclass, field
from datetime import timedelta

from hotline.emulator import audio
from hotline.emulator.legs import recordings
from hotline.emulator.legs.interpreter import Interpreter
from hotline.emulator.legs.leg import Goto, HungUp, Key, Speech
from hotline.emulator.model import CallStatus, Recording
from hotline.emulator.story import TIMED_OUT, Fetch, Interrupted, Listen, Sleep, Story
from hotline.emulator.twiml import Document, Element
from hotline.emulator.webhooks import Answer

FOREVER = 1000
_AFTER_SPEECH = 1.0
_ALL_KEYS = "1234567890*#"


class LeftQueue(Interrupted):
    """``<Leave>`` was reached; only an ``<Enqueue>`` around it knows what that means."""


def say(interp: Interpreter, verb: Element, document: Document) -> Story[None]:
    """Speak the text as often as asked; nothing interrupts it but the end of the call."""
    for sound in (yield from _sounds(interp, verb, document)):
        interp.say(sound.text, sound.seconds, language=sound.language)
        yield Sleep(sound.seconds)


def pause(_interp: Interpreter, verb: Element, _document: Document) -> Story[None]:
    yield Sleep(float(verb.number("length", 1)))


@dataclass(frozen=True)
class _Sound:
    """What is on the line for so many seconds; speech has a language."""

    text: str
    seconds: float
    language: str = ""


def _sounds(interp: Interpreter, verb: Element, document: Document) -> Story[list[_Sound]]:
    """What a Say, Play or Pause puts on the line."""
    settings = interp.exchange.settings
    if verb.name == "Pause":
        return [_Sound("", float(verb.number("length", 1)))]
    times = verb.number("loop", 1) or FOREVER
    if verb.name == "Say":
        if not verb.text:
            return []
        language = verb.get("language", "en-US")
        one = _Sound(verb.text, audio.speech_seconds(verb.text, language, settings), language)
    elif verb.get("digits"):
        one = _Sound(f"[tones {len(verb.get('digits'))}]", 0.5 * len(verb.get("digits")))
    else:
        seconds = yield from _play_seconds(interp, verb, document)
        if seconds is None:
            return []
        one = _Sound(f"[audio {verb.text}]", seconds)
    return [one] * times


def _play_seconds(interp: Interpreter, verb: Element, document: Document) -> Story[float | None]:
    """Length of the file, asked for once; ``None`` when it cannot be played."""
    exchange = interp.exchange
    url = interp.target(document, verb.text, "GET").url
    own = _own_recording(interp, url)
    if own is not None:
        return own
    if url not in exchange.audio_lengths:
        webhook = interp.leg.webhook(Goto(url, "GET"))
        answer: Answer = yield Fetch(lambda: exchange.client.retrieve(webhook))
        exchange.audio_lengths[url] = _length(answer, exchange.settings.play_seconds)
        if exchange.audio_lengths[url] is None:
            exchange.alert(answer.error or 12300, f"<Play> found no audio at {url}", interp.leg.call.sid, url)
    return exchange.audio_lengths[url]


def _own_recording(interp: Interpreter, url: str) -> float | None:
    """Length of a recording of this account, which Twilio plays without asking itself for a password."""
    for recording in interp.exchange.recordings.values():
        address = recordings.media_url(interp.exchange, recording)
        if recording.status == "completed" and url in (address, f"{address}.wav", f"{address}.mp3"):
            return float(recording.duration or 0)
    return None


def _length(answer: Answer, default: float) -> float | None:
    if answer.error is not None or not answer.content_type.startswith("audio/"):
        return None
    return audio.wav_seconds(answer.body) or default


def redirect(interp: Interpreter, verb: Element, document: Document) -> Story[Goto | None]:
    yield Sleep(0.0)
    return interp.target(document, verb.text, verb.get("method", "POST"))


def hangup(interp: Interpreter, _verb: Element, _document: Document) -> Story[None]:
    yield Sleep(0.0)
    interp.leg.self_ending = True
    interp.leg.end(CallStatus.COMPLETED, "hung up by the service")
    raise HungUp


def reject(interp: Interpreter, verb: Element, _document: Document) -> Story[None]:
    """Refuse a call that was not answered yet; afterwards it is an ordinary hang-up."""
    yield Sleep(0.0)
    reason = verb.get("reason", "rejected")
    status = CallStatus.BUSY if reason == "busy" else CallStatus.NO_ANSWER
    interp.leg.self_ending = True
    interp.leg.end(CallStatus.COMPLETED if interp.leg.call.answered else status, "rejected by the service")
    raise HungUp


def leave(interp: Interpreter, _verb: Element, _document: Document) -> Story[None]:
    yield Sleep(0.0)
    if interp.mode == "wait":
        raise LeftQueue


def sms(interp: Interpreter, verb: Element, document: Document) -> Story[Goto | None]:
    """Send a message in the middle of a call; the addressee is the caller unless named."""
    yield Sleep(0.0)
    call = interp.leg.call
    ours, theirs = (call.to, call.from_) if call.direction == "inbound" else (call.from_, call.to)
    callback = verb.get("statusCallback")
    url = interp.target(document, callback, "POST").url if callback else None
    message = interp.exchange.send_message(
        verb.get("from", ours), verb.get("to", theirs), verb.text, "outbound-call", url
    )
    if not verb.get("action"):
        return None
    told = {"MessageSid": message.sid, "MessageStatus": message.status, "SmsSid": message.sid}
    return interp.target(document, verb.get("action"), verb.get("method", "POST"), told)


@dataclass
class _Input:
    digits: str = ""
    speech: str = ""
    done: bool = False
    keys: int = field(default=0)


def gather(interp: Interpreter, verb: Element, document: Document) -> Story[Goto | None]:
    """Collect keys or words while and after the nested prompts are heard.

    1. Keys pressed before are forgotten. 2. The first key ends the prompts. 3. Each key restarts
    the timer. 4. The finish key, the last digit or the timer submits. 5. Nothing at all goes on
    with the next verb unless ``actionOnEmptyResult``. A hang-up leaves here without a request.
    """
    interp.leg.input.clear()
    got = _Input()
    yield from _prompts(interp, verb, document, got)
    while not got.done:
        item = yield Listen(interp.leg.input, _gather_timeout(verb) * (_haste(interp) if got.keys else 1))
        if item is TIMED_OUT:
            break
        yield from _take(verb, item, got)
    if got.speech:
        params = {"SpeechResult": got.speech, "Confidence": "0.92"}
    elif got.digits or verb.flag("actionOnEmptyResult"):
        params = {"Digits": got.digits}
    else:
        return None
    return interp.target(document, verb.get("action"), verb.get("method", "POST"), params)


def _prompts(interp: Interpreter, verb: Element, document: Document, got: _Input) -> Story[None]:
    for prompt in verb.children:
        for sound in (yield from _sounds(interp, prompt, document)):
            if sound.text:
                interp.say(sound.text, sound.seconds, language=sound.language)
            yield from _listen_for(interp, verb, sound.seconds, got)
            if got.done or (got.keys and verb.flag("bargeIn", default=True)):
                return


def _listen_for(interp: Interpreter, verb: Element, seconds: float, got: _Input) -> Story[None]:
    until = interp.exchange.now() + timedelta(seconds=seconds)
    while (left := (until - interp.exchange.now()).total_seconds()) > 0:
        item = yield Listen(interp.leg.input, left)
        if item is TIMED_OUT:
            return
        yield from _take(verb, item, got)
        if got.done or (got.keys and verb.flag("bargeIn", default=True)):
            return


def _take(verb: Element, item: object, got: _Input) -> Story[None]:
    wanted = verb.get("input", "dtmf").split()
    if isinstance(item, Speech) and "speech" in wanted and not got.keys:
        yield Sleep(item.seconds + _AFTER_SPEECH)
        got.speech, got.done = item.words, True
    elif isinstance(item, Key) and "dtmf" in wanted:
        got.keys += 1
        if item.key in verb.get("finishOnKey", "#"):
            got.done = True
            return
        got.digits += item.key
        limit = verb.number("numDigits", 0)
        got.done = bool(limit) and len(got.digits) >= limit


def _haste(interp: Interpreter) -> float:
    """How much faster than a finger the clock runs: between two keys a person gets their real seconds."""
    return max(1.0, getattr(interp.exchange.kernel.clock, "speed", 1.0))


def _gather_timeout(verb: Element) -> float:
    value = verb.get("timeout", "5")
    return float(value) if value.isdigit() else 5.0


def record(interp: Interpreter, verb: Element, document: Document) -> Story[Goto | None]:
    """Record the caller; silence only makes no request and goes on with the next verb."""
    exchange, leg = interp.exchange, interp.leg
    leg.input.clear()
    if verb.flag("playBeep", default=True):
        interp.say("[beep]", exchange.settings.beep)
        yield Sleep(exchange.settings.beep)
    url = interp.target(document, verb.get("recordingStatusCallback"), "POST").url
    recording = recordings.start(exchange, leg, None, "RecordVerb", recordings.wanted_by(verb, url))
    action = interp.target(document, verb.get("action"), verb.get("method", "POST"))
    try:
        ended_by = yield from _until_silence(interp, verb, recording)
    except Interrupted as why:
        spoke = _finish_recording(interp, verb, document, recording)
        if spoke and isinstance(why, HungUp):
            exchange.callback(leg.webhook(_recorded(interp, action, recording, "hangup")))
        raise
    if not _finish_recording(interp, verb, document, recording):
        return None
    return _recorded(interp, action, recording, ended_by)


def _until_silence(interp: Interpreter, verb: Element, recording: Recording) -> Story[str]:
    """Wait for the end of the speech; returns the key that ended it, or nothing."""
    now = interp.exchange.now
    longest = verb.number("maxLength", 120 if verb.flag("transcribe") else 3600)
    silence = timedelta(seconds=verb.number("timeout", 5))
    end = now() + timedelta(seconds=longest)
    quiet_at = max(now(), interp.leg.speaking_until) + silence
    if interp.leg.speaking_until > now():
        recording.words.append("…")
    while (left := (min(end, quiet_at) - now()).total_seconds()) > 0:
        item = yield Listen(interp.leg.input, left)
        if isinstance(item, Speech):
            quiet_at = now() + timedelta(seconds=item.seconds) + silence
        elif isinstance(item, Key) and item.key in verb.get("finishOnKey", _ALL_KEYS):
            return item.key
    return ""


def _finish_recording(interp: Interpreter, verb: Element, document: Document, recording: Recording) -> bool:
    spoke = bool(recording.words)
    recordings.finish(interp.exchange, recording, absent=not spoke)
    if spoke and verb.get("transcribeCallback"):
        url = interp.target(document, verb.get("transcribeCallback"), "POST").url
        recordings.transcribe(interp.exchange, recording, url)
    return spoke


def _recorded(interp: Interpreter, action: Goto, recording: Recording, digits: str) -> Goto:
    told = {
        "RecordingUrl": recordings.media_url(interp.exchange, recording),
        "RecordingSid": recording.sid,
        "RecordingDuration": str(recording.duration),
    }
    if digits:
        told["Digits"] = digits
    return Goto(action.url, action.method, told)
