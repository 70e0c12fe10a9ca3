"""Text messages both ways: sending, delivery reports, replies, and the words that carriers answer."""

import math
from datetime import datetime, timedelta
from urllib.parse import urljoin

from hotline.emulator.exchange import Exchange
from hotline.emulator.legs.leg import Goto
from hotline.emulator.model import Message, Number, Text
from hotline.emulator.story import Fetch, Sleep, Story
from hotline.emulator.twiml import Document, Element, read
from hotline.emulator.webhooks import Answer, Webhook

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
HELP_WORDS = frozenset({"HELP", "INFO"})
REPLIES = {
    "STOP": "You have successfully been unsubscribed. Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed. Reply HELP for help, STOP to unsubscribe.",
    "HELP": "Reply STOP to unsubscribe. Message and data rates may apply.",
}
_GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = set("^{}\\[~]|€")
MOST_CHARACTERS = 1600
MOST_REDIRECTS = 10


def segments(body: str) -> int:
    """How many SMS the body takes: 160/153 septets, or 70/67 characters outside GSM-7."""
    if all(sign in _GSM or sign in _GSM_TWICE for sign in body):
        length, single, part = sum(2 if sign in _GSM_TWICE else 1 for sign in body), 160, 153
    else:
        length, single, part = len(body.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= single else math.ceil(length / part)


class Messaging:
    """Carries text messages between the account's numbers and the handsets."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        exchange.send_message = self.send

    def send(
        self,
        from_: str,
        to: str,
        body: str,
        direction: str,
        status_callback: str | None,
        service: str | None = None,
        media: list[str] | None = None,
        send_at: datetime | None = None,
        validity: int = 36000,
    ) -> Message:
        """Accept a message and let it travel; errors after this are told by callback only."""
        exchange = self.exchange
        message = Message(
            exchange.sids.new("MM" if media else "SM"), from_, to, body, direction,
            "accepted" if service else "queued", exchange.now(), segments(body), list(media or []),
            service, status_callback=status_callback,
        )  # fmt: skip
        exchange.messages[message.sid] = message
        exchange.note("sms", message.sid, body, to=to, status=message.status, from_=from_)
        if send_at is not None:
            message.status = "scheduled"
        exchange.kernel.spawn(self._travel(message, send_at, validity))
        return message

    def _travel(self, message: Message, send_at: datetime | None, validity: int) -> Story[None]:
        exchange, settings = self.exchange, self.exchange.settings
        if send_at is not None:
            yield Sleep((send_at - exchange.now()).total_seconds())
            if message.status == "canceled":
                return
        if message.messaging_service_sid:
            self._set(message, "accepted", new=False)
            self._set(message, "queued")
        wait = (self._slot(message) - exchange.now()).total_seconds()
        yield Sleep(min(wait, validity))
        if wait > validity:
            message.error_code = 30001
            self._set(message, "failed")
            return
        message.status = "sending"
        yield Sleep(settings.sms_seconds)
        fate, code = self._fate(message)
        if fate == "failed":
            message.error_code = code
            self._set(message, "failed")
            return
        message.sent = exchange.now()
        if fate in ("delivered", "silent"):
            self._arrive(message)
        self._set(message, "sent")
        yield Sleep(settings.sms_seconds)
        if fate == "silent":
            return
        if fate == "undelivered":
            message.error_code = code
        self._set(message, fate)

    def _slot(self, message: Message) -> datetime:
        exchange = self.exchange
        slot = max(exchange.now(), exchange.next_message_slot.get(message.from_, exchange.now()))
        gap = timedelta(seconds=message.segments / exchange.settings.messages_per_second)
        exchange.next_message_slot[message.from_] = slot + gap
        return slot

    def _fate(self, message: Message) -> tuple[str, int]:
        exchange, faults = self.exchange, self.exchange.faults
        handset = exchange.handset(message.to)
        if (message.to, message.from_) in exchange.stopped and message.direction != "outbound-reply":
            return "failed", 21610
        for fate in ("failed", "undelivered", "silent"):
            if faults.take(f"sms_{fate}"):
                return fate, faults.sms_error_code
        return handset.sms_fate, handset.sms_error_code

    def _arrive(self, message: Message) -> None:
        exchange = self.exchange
        text = Text(exchange.now(), message.from_, message.to, message.body, message.sid, message.status)
        exchange.handset(message.to).receive(text)

    def _set(self, message: Message, status: str, new: bool = True) -> None:
        exchange = self.exchange
        message.status, message.updated = status, exchange.now()
        if new:
            exchange.note("sms-status", message.sid, status, to=message.to)
        if not message.status_callback or exchange.faults.take("sms_callbacks_dropped"):
            return
        params = {
            "AccountSid": exchange.account_sid,
            "ApiVersion": "2010-04-01",
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "To": message.to,
            "From": message.from_,
        }
        if message.error_code is not None:
            params["ErrorCode"] = str(message.error_code)
        if status in ("delivered", "undelivered"):
            params["RawDlrDoneDate"] = exchange.now().strftime("%y%m%d%H%M")
        if message.messaging_service_sid:
            params["MessagingServiceSid"] = message.messaging_service_sid
        exchange.callback(
            Webhook(message.status_callback, params, "POST", message.sid, sms=True, callback=True)
        )

    def receive(self, from_: str, to: str, body: str) -> str:
        """A person texts one of our numbers: carrier words take effect, the service is asked."""
        exchange = self.exchange
        number = exchange.numbers.get(to)
        now = exchange.now()
        message = Message(
            exchange.sids.new("SM"), from_, to, body, "inbound", "received", now, segments(body), sent=now
        )
        exchange.messages[message.sid] = message
        exchange.note("sms", message.sid, body, to=to, status="received", from_=from_)
        self._carrier_words(from_, to, body)
        if number is not None and number.sms_url:
            exchange.kernel.spawn(self._ask(message, number))
        return message.sid

    def _carrier_words(self, from_: str, to: str, body: str) -> None:
        word = body.strip().upper()
        pair = (from_, to)
        if word in STOP_WORDS:
            self.exchange.stopped.add(pair)
            self._carrier_reply("STOP", from_, to)
        elif word in START_WORDS and pair in self.exchange.stopped:
            self.exchange.stopped.discard(pair)
            self._carrier_reply("START", from_, to)
        elif word in HELP_WORDS:
            self._carrier_reply("HELP", from_, to)

    def _carrier_reply(self, kind: str, handset: str, number: str) -> None:
        self.send(number, handset, REPLIES[kind], "outbound-reply", None)

    def _ask(self, message: Message, number: Number) -> Story[None]:
        """Ask the service what to answer, following redirects, then the fallback."""
        goto: Goto | None = Goto(number.sms_url, number.sms_method)
        fallback = Goto(number.sms_fallback_url, number.sms_fallback_method)
        for _ in range(MOST_REDIRECTS):
            if goto is None:
                return
            document, code = yield from self._fetch(message, goto)
            if document is None and fallback.url:
                told = {"ErrorCode": str(code), "ErrorUrl": goto.url}
                document, _ = yield from self._fetch(message, Goto(fallback.url, fallback.method, told))
            goto = self._reply(message, document) if document is not None else None

    def _fetch(self, message: Message, goto: Goto) -> Story[tuple[Document | None, int]]:
        params = {**self._params(message), **goto.params}
        webhook = Webhook(goto.url, params, goto.method, message.sid, sms=True)
        answer: Answer = yield Fetch(lambda: self.exchange.client.deliver(webhook))
        if answer.error is not None:
            return None, answer.error
        if not answer.body and answer.status == 204:
            return Document([], [], answer.url), 0
        document = read(answer.body, answer.content_type, answer.url, messaging=True)
        for problem in document.problems:
            self.exchange.alert(problem.code, problem.message, message.sid, goto.url)
        fatal = document.fatal
        return (None, fatal.code) if fatal else (document, 0)

    def _params(self, message: Message) -> dict[str, str]:
        return {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsMessageSid": message.sid,
            "AccountSid": self.exchange.account_sid,
            "From": message.from_,
            "To": message.to,
            "Body": message.body,
            "NumMedia": "0",
            "NumSegments": str(message.segments),
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
        }

    def _reply(self, message: Message, document: Document) -> Goto | None:
        for verb in document.verbs:
            if verb.name == "Redirect":
                return Goto(urljoin(document.url, verb.text), verb.get("method", "POST"))
            self._reply_message(message, verb, document)
        return None

    def _reply_message(self, message: Message, verb: Element, document: Document) -> None:
        parts = [child.text for child in verb.children if child.name == "Body"]
        media = [child.text for child in verb.children if child.name == "Media"]
        body = verb.text or " ".join(parts)
        if len(body) > MOST_CHARACTERS:
            self.exchange.alert(21617, f"a reply has {len(body)} characters, above 1600", message.sid)
            return
        if not body and not media:
            self.exchange.alert(14103, "a reply has neither body nor media", message.sid)
            return
        callback = verb.get("statusCallback")
        url = urljoin(document.url, callback) if callback else None
        to, from_ = verb.get("to", message.from_), verb.get("from", message.to)
        if (to, from_) in self.exchange.stopped:
            self.exchange.alert(21610, "a reply to a number that said STOP", message.sid)
            return
        self.send(from_, to, body, "outbound-reply", url, media=media)
