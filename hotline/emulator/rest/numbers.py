"""The numbers of the account."""

import re

from hotline.emulator.model import Number
from hotline.emulator.rest import render, specs
from hotline.emulator.rest.context import Context, Reply
from hotline.emulator.rest.errors import bad, not_found
from hotline.emulator.rest.params import Params

_FIELDS = {
    "FriendlyName": "friendly_name",
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "VoiceFallbackMethod": "voice_fallback_method",
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "SmsFallbackUrl": "sms_fallback_url",
    "SmsFallbackMethod": "sms_fallback_method",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
}


def _apply(number: Number, params: Params) -> None:
    for name, attribute in _FIELDS.items():
        if name in params:
            setattr(number, attribute, params.text(name))
    if "VoiceCallerIdLookup" in params:
        number.voice_caller_id_lookup = params.flag("VoiceCallerIdLookup")


def find(context: Context, sid: str) -> Number:
    for number in context.exchange.numbers.values():
        if number.sid == sid:
            return number
    raise not_found(f"/IncomingPhoneNumbers/{sid}.json")


def fetch(context: Context, sid: str) -> Reply:
    return 200, render.number(context.exchange, find(context, sid))


def list_all(context: Context) -> Reply:
    params = context.query(specs.LIST_NUMBERS)
    wanted = params.text("PhoneNumber").replace("*", ".*").replace("+", r"\+")
    chosen = [
        number
        for number in context.exchange.numbers.values()
        if (not wanted or re.search(wanted, number.phone_number))
        and params.text("FriendlyName") in ("", number.friendly_name)
    ]
    return context.page(
        "incoming_phone_numbers", chosen, params, lambda number: render.number(context.exchange, number)
    )


def create(context: Context) -> Reply:
    params, exchange = context.form(specs.CREATE_NUMBER), context.exchange
    phone_number = params.text("PhoneNumber")
    if not re.fullmatch(r"\+[1-9]\d{6,14}", phone_number):
        raise bad(21421, "PhoneNumber is not a valid number")
    if phone_number in exchange.numbers:
        raise bad(21422, "PhoneNumber is not available")
    now = exchange.now()
    number = Number(exchange.sids.new("PN"), phone_number, now, now, phone_number)
    _apply(number, params)
    exchange.numbers[phone_number] = number
    return 201, render.number(exchange, number)


def update(context: Context, sid: str) -> Reply:
    params, number = context.form(specs.UPDATE_NUMBER), find(context, sid)
    _apply(number, params)
    number.updated = context.exchange.now()
    return 200, render.number(context.exchange, number)


def delete(context: Context, sid: str) -> Reply:
    del context.exchange.numbers[find(context, sid).phone_number]
    return 204, None
