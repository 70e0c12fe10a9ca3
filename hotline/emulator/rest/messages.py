"""The Messages resource: send, look up, list, redact, cancel and delete texts."""

import re
from datetime import UTC, datetime, timedelta

from hotline.emulator.exchange import Exchange
from hotline.emulator.messaging import MOST_CHARACTERS
from hotline.emulator.model import Message
from hotline.emulator.rest import render, specs
from hotline.emulator.rest.context import Context, Reply, within
from hotline.emulator.rest.errors import bad, invalid, not_found
from hotline.emulator.rest.params import Params

MAGIC_FROM = {
    "+15005550001": (21212, "the 'From' number is invalid"),
    "+15005550007": (21606, "the 'From' number is not one of this account that can send SMS"),
    "+15005550008": (21611, "the 'From' number has too many messages queued"),
}
MAGIC_TO = {
    "+15005550001": (21211, "the 'To' number is invalid"),
    "+15005550002": (21612, "the 'To' number cannot be reached from this 'From'"),
    "+15005550003": (21408, "the account may not send to that country"),
    "+15005550004": (21610, "the recipient has unsubscribed"),
    "+15005550009": (21614, "the 'To' number cannot receive SMS"),
}
MAGIC_GOOD = "+15005550006"
_E164 = re.compile(r"^\+[1-9]\d{6,14}$")


def create(context: Context) -> Reply:
    params, exchange = context.form(specs.CREATE_MESSAGE), context.exchange
    from_ = _sender(exchange, params)
    to, body = params.text("To"), params.text("Body")
    _check(exchange, from_, to, body, params)
    message = exchange.send_message(
        from_, to, body, "outbound-api", params.text("StatusCallback") or None,
        params.text("MessagingServiceSid") or None, params.many("MediaUrl"),
        send_at=_send_at(exchange, params), validity=params.number("ValidityPeriod", 36000),
    )  # fmt: skip
    return 201, render.message(exchange, message)


def _sender(exchange: Exchange, params: Params) -> str:
    from_ = params.text("From")
    if from_ or not params.text("MessagingServiceSid"):
        return from_
    return next(iter(exchange.numbers), "")


def _check(exchange: Exchange, from_: str, to: str, body: str, params: Params) -> None:
    if not to:
        raise bad(21604, "A 'To' phone number is required")
    if not from_:
        raise bad(21603, "A 'From' phone number is required")
    if not body and not params.many("MediaUrl") and not params.text("ContentSid"):
        raise bad(21602, "Message body is required")
    if len(body) > MOST_CHARACTERS:
        raise bad(21617, "The concatenated message body exceeds the 1600 character limit")
    if from_ in MAGIC_FROM:
        raise bad(*MAGIC_FROM[from_])
    if to in MAGIC_TO:
        raise bad(*MAGIC_TO[to])
    if not _E164.match(to):
        raise bad(21211, f"The 'To' number {to} is not a valid phone number")
    if from_ not in exchange.numbers and from_ != MAGIC_GOOD:
        raise bad(21606, f"The 'From' phone number {from_} is not a number of this account")
    if (to, from_) in exchange.stopped:
        raise bad(21610, "Attempt to send to unsubscribed recipient")


def _send_at(exchange: Exchange, params: Params) -> datetime | None:
    """The instant of a scheduled message, 15 minutes to 35 days from now, by a Messaging Service only."""
    if not params.text("ScheduleType"):
        return None
    if not params.text("MessagingServiceSid"):
        raise bad(35118, "MessagingServiceSid is required to schedule a message")
    try:
        instant = datetime.fromisoformat(params.text("SendAt"))
    except ValueError:
        raise invalid("SendAt", "it is no ISO 8601 instant") from None
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    ahead = instant - exchange.now()
    if not timedelta(minutes=15) <= ahead <= timedelta(days=35):
        raise bad(35114, "SendAt is 15 minutes to 35 days ahead")
    return instant


def find(context: Context, sid: str) -> Message:
    message = context.exchange.messages.get(sid)
    if message is None:
        raise not_found(f"/Messages/{sid}.json")
    return message


def fetch(context: Context, sid: str) -> Reply:
    return 200, render.message(context.exchange, find(context, sid))


def list_all(context: Context) -> Reply:
    params = context.query(specs.LIST_MESSAGES)
    chosen = [
        message
        for message in reversed(context.exchange.messages.values())
        if params.text("To") in ("", message.to)
        and params.text("From") in ("", message.from_)
        and within(params, "DateSent", message.sent)
    ]
    return context.page("messages", chosen, params, lambda message: render.message(context.exchange, message))


def update(context: Context, sid: str) -> Reply:
    """Redact the body (it can only be made empty), or cancel a scheduled message."""
    params, message = context.form(specs.UPDATE_MESSAGE), find(context, sid)
    if params.text("Status"):
        if message.status != "scheduled":
            raise bad(30409, "the message is not scheduled")
        message.status = "canceled"
    if "Body" in params:
        if params.text("Body"):
            raise bad(20001, "a body can only be redacted to the empty text")
        message.body = ""
    message.updated = context.exchange.now()
    return 200, render.message(context.exchange, message)


def delete(context: Context, sid: str) -> Reply:
    find(context, sid)
    del context.exchange.messages[sid]
    return 204, None
