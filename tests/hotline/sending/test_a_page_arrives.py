"""From an incident to a mailbox and a chat room on this machine, by real SMTP and real HTTP."""

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any

from hotline.app import create_post_office
from hotline.db.models import Channel, ContactMethod, Message, MessageKind, MessageStatus
from hotline.services.operation import Operation
from hotline.services.reaching import addresses, contacts, notification_rules, numbers
from hotline.services.reaching.notification_rules import Rule
from hotline.worker import Worker
from tests.hotline.house import DEWI, House

from .conftest import Inbox, Receiver


def test_a_page_reaches_a_mailbox_and_a_chat_room(
    house_with: Callable[..., House], serve: Callable[..., int], plain_chat: Receiver
) -> None:
    inbox = Inbox()
    house = house_with(
        smtp_url=f"smtp://127.0.0.1:{serve(inbox)}",
        mail_from="Hotline <hotline@hotline.example>",
        webhook_networks="127.0.0.0/8",
    )
    worker = Worker(
        house.database, house.network, house.clock, house.settings,
        post_office=create_post_office(house.settings),
    )  # fmt: skip

    def add(op: Operation) -> Any:
        dewi = house.user(op, DEWI)
        room, secret = addresses.add_webhook(op, dewi, "Room", plain_chat.url("127.0.0.1"))
        return addresses.add_email(op, dewi, "Work", "dewi@hotline.example").id, room.id, secret

    mail_id, room_id, secret = house.do(add)
    worker.send()
    typed = {mail_id: inbox.mails[0][1].get_content(), room_id: plain_chat.document["text"]}

    def verify(op: Operation) -> None:
        dewi = house.user(op, DEWI)
        for method_id, text in typed.items():
            contacts.verify(op, dewi, method_id, re.findall(r"\b\d{6}\b", text)[0])
        (mobile, *_) = numbers.list_of(op, dewi.id)
        rules = [
            Rule(0, Channel.CALL, mobile.id),
            Rule(0, Channel.EMAIL, mail_id),
            Rule(0, Channel.WEBHOOK, room_id),
        ]
        notification_rules.replace(op, dewi, rules, notification_rules.version([]))

    house.do(verify)
    assert all(method.verified_at for method in house.all(ContactMethod))
    incident = house.report()
    worker.send()
    assert incident.reference in inbox.mails[1][1]["Subject"]
    assert plain_chat.document["incident"] == incident.reference
    _path, headers, body = plain_chat.heard[-1]
    stamp, signature = (part.partition("=")[2] for part in headers["Hotline-Signature"].split(","))
    assert signature == hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    pages = house.all(Message, Message.kind == MessageKind.PAGE)
    states = {page.channel: page.status for page in pages}
    assert states == {Channel.EMAIL: MessageStatus.SENT, Channel.WEBHOOK: MessageStatus.DELIVERED}
    assert "private" not in " ".join(page.body for page in pages), "no answer of a chat tool is kept"
