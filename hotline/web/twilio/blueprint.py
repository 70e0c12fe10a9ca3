"""The webhooks' routes. Everything unsigned is refused before anything else looks at it."""

import re
import uuid
from collections.abc import Callable
from typing import TypeVar

import structlog
from flask import Blueprint, Response, abort, request
from twilio.twiml.messaging_response import MessagingResponse

from hotline.clock import Clock
from hotline.db.models import CallStatus, MessageStatus
from hotline.db.session import Database
from hotline.services.callflow.instructions import Heard
from hotline.settings import Settings
from hotline.speech import Prompt, render
from hotline.web.twilio.messages import MessageDesk
from hotline.web.twilio.music import music
from hotline.web.twilio.reports import ReportDesk
from hotline.web.twilio.signature import SignatureCheck
from hotline.web.twilio.steps import FIRST_STEPS, STEPS
from hotline.web.twilio.voice import Party, VoiceDesk

log = structlog.get_logger()

LARGEST_BODY = 64 * 1024
_CALL_SID = re.compile(r"CA[0-9a-fA-F]{32}")
_MESSAGE_SID = re.compile(r"[SM]M[0-9a-fA-F]{32}")
_RECORDING_SID = re.compile(r"RE[0-9a-fA-F]{32}")
_URL = re.compile(r"https?://[!-~]{1,290}")
_STEP_NUMBER = re.compile(r"[0-9]{1,9}|now")
_NO_KEYS = re.compile(r"[^0-9*#]")
# What a database or an XML document cannot hold.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
Kind = TypeVar("Kind", CallStatus, MessageStatus)
_XML = "text/xml; charset=utf-8"


def create_blueprint(database: Database, clock: Clock, settings: Settings) -> Blueprint:
    """The webhooks of one installation, below ``/twilio``."""
    blueprint = Blueprint("twilio", __name__, url_prefix="/twilio")
    check = SignatureCheck(settings)
    voice = VoiceDesk(database, clock, settings)
    texts = MessageDesk(database, clock, settings)
    reports = ReportDesk(database, clock, settings)

    @blueprint.before_request
    def refuse_strangers() -> None:
        if request.endpoint == "twilio.hold_music":
            return
        request.max_content_length = LARGEST_BODY
        if not check.passes(request):
            log.warning("webhook_refused", path=request.path, reason="signature")
            abort(403, "This request is not signed with a token of this account.")

    @blueprint.post("/voice")
    def arrive() -> Response:
        party = _party()
        return _twiml(_recovering(voice, party, lambda: voice.arrive(party)))

    @blueprint.post("/voice/fallback")
    def fallback() -> Response:
        log.error("voice_fallback", error_code=_number("ErrorCode"))
        return _twiml(_recover(voice, _party()))

    @blueprint.post("/voice/<name>/<number>")
    def step(name: str, number: str) -> Response:
        party = _party()
        if name in FIRST_STEPS:
            call_id = _uuid(number)
            return _twiml(_recovering(voice, party, lambda: voice.first(name, call_id, party)))
        if name not in STEPS or not _STEP_NUMBER.fullmatch(number):
            abort(404, "There is no such step.")
        heard = _heard()
        return _twiml(_recovering(voice, party, lambda: voice.step(name, number, party, heard), name))

    @blueprint.post("/calls", defaults={"call_id": None})
    @blueprint.post("/calls/<call_id>")
    def call_status(call_id: str | None) -> Response:
        status = _member(CallStatus, request.form.get("CallStatus", ""))
        if status is not None:
            reports.call_status(
                _sid(_CALL_SID, "CallSid"), None if call_id is None else _uuid(call_id), status, _sip_error()
            )
        return Response(status=204)

    @blueprint.post("/messages/<message_id>")
    def message_status(message_id: str) -> Response:
        status = _member(MessageStatus, request.form.get("MessageStatus", ""))
        if status is not None:
            reports.message_status(_uuid(message_id), status, _number("ErrorCode"))
        return Response(status=204)

    @blueprint.post("/recordings")
    def recording_status() -> Response:
        heard = _heard()
        if heard.recording_sid is not None:
            reports.recording_status(
                _sid(_CALL_SID, "CallSid"),
                heard,
                _text("RecordingStatus", 20),
                _number("RecordingDuration"),
            )
        return Response(status=204)

    @blueprint.post("/transcriptions")
    def transcription() -> Response:
        recording_sid = _matching(_RECORDING_SID, "RecordingSid")
        if recording_sid is not None and request.form.get("TranscriptionStatus") == "completed":
            reports.transcription(recording_sid, _text("TranscriptionText", 4000))
        return Response(status=204)

    @blueprint.post("/sms")
    def sms() -> Response:
        sid = _sid(_MESSAGE_SID, "MessageSid")
        try:
            reply = texts.answer(sid, _field("From"), _field("To"), _text("Body", 1600))
        except Exception as error:
            log.exception("sms_failed", error=type(error).__name__)
            reply = render(Prompt.of("reply.trouble"), "en", written=True)
        response = MessagingResponse()
        if reply is not None:
            response.message(reply)
        return _twiml(str(response))

    @blueprint.get("/music.wav")
    def hold_music() -> Response:
        response = Response(music(), mimetype="audio/wav")
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response

    return blueprint


def _recovering(voice: VoiceDesk, party: Party, answer: Callable[[], str], step: str = "") -> str:
    """The answer; and when there is none, the next best: a caller is never dropped for our mistake.

    Inside a queue or a whisper few verbs are allowed, so the way on from there is to leave it.
    """
    try:
        return answer()
    except Exception as error:
        log.exception("voice_failed", path=request.path, error=type(error).__name__)
        return voice.way_out(step) or _recover(voice, party)


def _recover(voice: VoiceDesk, party: Party) -> str:
    try:
        return voice.recover(party)
    except Exception as error:
        log.exception("database_unreachable", error=type(error).__name__)
        return voice.last_resort()


def _party() -> Party:
    return Party(_sid(_CALL_SID, "CallSid"), _field("From"), _field("To"))


def _heard() -> Heard:
    form = request.form
    return Heard(
        digits=_NO_KEYS.sub("", form.get("Digits", ""))[:64],
        recording_sid=_matching(_RECORDING_SID, "RecordingSid"),
        recording_url=_matching(_URL, "RecordingUrl"),
        recording_seconds=_number("RecordingDuration"),
        queue_result=form.get("QueueResult"),
        dial_status=form.get("DialCallStatus"),
        dial_bridged=form.get("DialBridged", "").lower() == "true",
        dequeuing_sid=_matching(_CALL_SID, "DequeingCallSid"),
        error_code=form.get("ErrorCode"),
        hung_up=form.get("Digits") == "hangup" or form.get("CallStatus") == "completed",
    )


def _sid(pattern: re.Pattern[str], name: str) -> str:
    value = request.form.get(name, "")
    if not pattern.fullmatch(value):
        abort(400, f"{name} is missing or is no sid.")
    return value


def _matching(pattern: re.Pattern[str], name: str) -> str | None:
    value = request.form.get(name, "")
    return value if pattern.fullmatch(value) else None


def _text(name: str, longest: int) -> str:
    return _UNWRITABLE.sub("", request.form.get(name, ""))[:longest]


def _field(name: str) -> str:
    return _text(name, 64) or "unknown"


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(hex=text)
    except ValueError:
        abort(404, "There is no such call or message.")


def _number(name: str) -> int | None:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _member(kind: type[Kind], value: str) -> Kind | None:
    """The status of that name; the network may invent others, which are of no concern to us."""
    try:
        return kind(value)
    except ValueError:
        return None


def _sip_error() -> str | None:
    code = _number("SipResponseCode")
    return None if code is None or code < 400 else f"SIP {code}"


def _twiml(body: str) -> Response:
    return Response(body, content_type=_XML)
