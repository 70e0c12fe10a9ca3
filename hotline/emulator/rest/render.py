"""Resources as Twilio renders them: every documented property, its type and its date format."""

from datetime import datetime
from email.utils import format_datetime
from typing import Any

from hotline.emulator.exchange import Exchange
from hotline.emulator.legs.recordings import media_url
from hotline.emulator.model import (
    API_VERSION,
    Call,
    CallStatus,
    Conference,
    Member,
    Message,
    Number,
    Participant,
    Queue,
    Recording,
)

Json = dict[str, Any]


def date(instant: datetime | None) -> str | None:
    """RFC 2822, as Twilio writes it."""
    return None if instant is None else format_datetime(instant)


def _uri(exchange: Exchange, *parts: str) -> str:
    return "/".join((f"/{API_VERSION}/Accounts/{exchange.account_sid}", *parts)) + ".json"


def _base(exchange: Exchange) -> Json:
    return {"account_sid": exchange.account_sid, "api_version": API_VERSION}


def call(exchange: Exchange, record: Call) -> Json:
    kinds = (
        "notifications", "recordings", "payments", "events", "siprec", "streams", "transcriptions",
        "user_defined_message_subscriptions", "user_defined_messages",
    )  # fmt: skip
    names = ("".join(word.title() for word in kind.split("_")) for kind in kinds)
    status = CallStatus.QUEUED if record.status is CallStatus.INITIATED else record.status
    return {
        **_base(exchange),
        "sid": record.sid,
        "date_created": date(record.created),
        "date_updated": date(record.updated or record.created),
        "parent_call_sid": record.parent_sid,
        "to": record.to,
        "to_formatted": record.to,
        "from": record.from_,
        "from_formatted": record.from_,
        "phone_number_sid": record.phone_number_sid,
        "status": str(status),
        "start_time": date(record.answered),
        "end_time": date(record.ended),
        "duration": str(record.duration) if record.over else None,
        "price": None,
        "price_unit": "USD",
        "direction": record.direction,
        "answered_by": record.answered_by,
        "annotation": None,
        "forwarded_from": record.forwarded_from,
        "group_sid": None,
        "caller_name": record.caller_name,
        "queue_time": str(record.queue_time_ms),
        "trunk_sid": None,
        "uri": _uri(exchange, "Calls", record.sid),
        "subresource_uris": {
            kind: _uri(exchange, "Calls", record.sid, name) for kind, name in zip(kinds, names, strict=True)
        },
    }


def message(exchange: Exchange, record: Message) -> Json:
    error = record.error_code
    return {
        **_base(exchange),
        "sid": record.sid,
        "body": record.body,
        "num_segments": str(record.segments),
        "num_media": str(len(record.media)),
        "direction": record.direction,
        "from": record.from_ or None,
        "to": record.to,
        "date_created": date(record.created),
        "date_updated": date(record.updated or record.created),
        "date_sent": date(record.sent),
        "status": record.status,
        "error_code": error,
        "error_message": None if error is None else f"Twilio error {error}",
        "price": None,
        "price_unit": "USD",
        "messaging_service_sid": record.messaging_service_sid,
        "uri": _uri(exchange, "Messages", record.sid),
        "subresource_uris": {"media": _uri(exchange, "Messages", record.sid, "Media")},
    }


def queue(exchange: Exchange, record: Queue) -> Json:
    return {
        "account_sid": exchange.account_sid,
        "sid": record.sid,
        "friendly_name": record.name,
        "current_size": len(record.members),
        "max_size": record.max_size,
        "average_wait_time": record.average_wait,
        "date_created": date(record.created),
        "date_updated": date(record.updated),
        "uri": _uri(exchange, "Queues", record.sid),
        "subresource_uris": {"members": _uri(exchange, "Queues", record.sid, "Members")},
    }


def member(exchange: Exchange, where: Queue, record: Member, position: int) -> Json:
    return {
        "call_sid": record.call_sid,
        "date_enqueued": date(record.since),
        "position": position,
        "wait_time": int((exchange.now() - record.since).total_seconds()),
        "queue_sid": where.sid,
        "uri": _uri(exchange, "Queues", where.sid, "Members", record.call_sid),
    }


def conference(exchange: Exchange, record: Conference) -> Json:
    return {
        **_base(exchange),
        "sid": record.sid,
        "friendly_name": record.name,
        "region": record.region,
        "status": record.status,
        "reason_conference_ended": record.reason_ended,
        "call_sid_ending_conference": record.ended_by,
        "date_created": date(record.created),
        "date_updated": date(record.updated),
        "uri": _uri(exchange, "Conferences", record.sid),
        "subresource_uris": {
            "participants": _uri(exchange, "Conferences", record.sid, "Participants"),
            "recordings": _uri(exchange, "Conferences", record.sid, "Recordings"),
        },
    }


def participant(exchange: Exchange, where: Conference, record: Participant) -> Json:
    return {
        "account_sid": exchange.account_sid,
        "call_sid": record.call_sid,
        "label": record.label,
        "call_sid_to_coach": record.coach_sid,
        "coaching": record.coaching,
        "conference_sid": where.sid,
        "date_created": date(record.joined),
        "date_updated": date(record.updated),
        "end_conference_on_exit": record.end_on_exit,
        "muted": record.muted,
        "hold": record.hold,
        "start_conference_on_enter": record.start_on_enter,
        "status": record.status,
        "queue_time": "0",
        "uri": _uri(exchange, "Conferences", where.sid, "Participants", record.call_sid),
    }


def recording(exchange: Exchange, record: Recording) -> Json:
    return {
        **_base(exchange),
        "sid": record.sid,
        "call_sid": record.call_sid,
        "conference_sid": record.conference_sid,
        "date_created": date(record.created),
        "date_updated": date(record.updated),
        "start_time": date(record.started),
        "duration": "-1" if record.duration is None else str(record.duration),
        "price": None,
        "price_unit": "USD",
        "status": record.status,
        "channels": record.channels,
        "track": record.track,
        "source": record.source,
        "error_code": record.error_code,
        "encryption_details": None,
        "media_url": media_url(exchange, record),
        "uri": _uri(exchange, "Recordings", record.sid),
        "subresource_uris": {
            "add_on_results": _uri(exchange, "Recordings", record.sid, "AddOnResults"),
            "transcriptions": _uri(exchange, "Recordings", record.sid, "Transcriptions"),
        },
    }


def number(exchange: Exchange, record: Number) -> Json:
    return {
        **_base(exchange),
        "sid": record.sid,
        "phone_number": record.phone_number,
        "friendly_name": record.friendly_name,
        "address_sid": None,
        "address_requirements": "none",
        "beta": False,
        "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
        "date_created": date(record.created),
        "date_updated": date(record.updated),
        "identity_sid": None,
        "origin": "twilio",
        "sms_application_sid": "",
        "sms_fallback_method": record.sms_fallback_method,
        "sms_fallback_url": record.sms_fallback_url,
        "sms_method": record.sms_method,
        "sms_url": record.sms_url,
        "status_callback": record.status_callback,
        "status_callback_method": record.status_callback_method,
        "trunk_sid": None,
        "voice_receive_mode": "voice",
        "voice_application_sid": "",
        "voice_caller_id_lookup": record.voice_caller_id_lookup,
        "voice_fallback_method": record.voice_fallback_method,
        "voice_fallback_url": record.voice_fallback_url,
        "voice_method": record.voice_method,
        "voice_url": record.voice_url,
        "emergency_status": "Inactive",
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "bundle_sid": None,
        "status": "in-use",
        "type": "local",
        "uri": _uri(exchange, "IncomingPhoneNumbers", record.sid),
        "subresource_uris": {
            "assigned_add_ons": _uri(exchange, "IncomingPhoneNumbers", record.sid, "AssignedAddOns")
        },
    }
