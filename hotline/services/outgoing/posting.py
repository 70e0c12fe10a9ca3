"""E-mails and posts to webhooks as they leave: what they say by then, and what came of them.

A webhook gets a JSON document::

    {"id": "…", "at": "2026-11-23T02:00:00+00:00", "kind": "page", "text": "…",
     "incident": "4821-7", "customer": "…", "minutes_left": 29, "link": "https://…"}

``id`` is the same when it is posted again. What was taken is never known to have been read: an e-mail is
``sent`` once the mail server has it, and a post is ``delivered`` once it was answered with 2xx.
"""

import json
from typing import Any

from hotline.db.models import (
    Channel,
    ContactMethod,
    Effect,
    Incident,
    Message,
    MessageKind,
    MessageStatus,
    OutboxItem,
    User,
)
from hotline.sending.port import MailOrder, PostOffice, PostOrder
from hotline.services.accounts.sealing import SealBrokenError, unseal
from hotline.services.operation import Operation
from hotline.services.outgoing import messages
from hotline.services.outgoing.orders import Parcel
from hotline.services.reaching import codes
from hotline.services.response import paging
from hotline.services.statements import mailing
from hotline.speech import Prompt, render


def parcel(op: Operation, row: OutboxItem, message: Message) -> Parcel | str:
    """What is to leave now, or why it is not sent (any more)."""
    if row.give_up_at <= op.now:
        return "too late to be of use"
    if message.method_id is None:
        return mailing.parcel(op, row, message)
    method = op.session.get_one(ContactMethod, message.method_id)
    if method.removed_at is not None:
        return "the address was removed"
    is_code = message.kind is MessageKind.CODE
    if method.verified_at is None and not is_code:
        return "the address is not verified"
    body = codes.text(op, row.payload) if is_code else message.body
    if body is None:
        return "that code is not good any more"
    if row.effect is Effect.SEND_MAIL:
        mail = MailOrder(message.id.hex, method.value, row.payload["subject"], body)

        def send_mail(office: PostOffice) -> None:
            office.send_mail(mail)

        return Parcel(send_mail)
    try:
        secret = unseal(op, method.sealed_secret or "")
    except SealBrokenError:
        return "the webhook needs a new signing secret"
    document = json.dumps(_document(op, message, body), ensure_ascii=False)
    post = PostOrder(message.id.hex, method.value, secret, document)

    def post_it(office: PostOffice) -> None:
        office.post(post)

    return Parcel(post_it)


def left(op: Operation, row: OutboxItem) -> None:
    """The mail server or the chat tool took it."""
    message = _locked(op, row)
    is_post = message.channel is Channel.WEBHOOK
    messages.report_status(op, message, MessageStatus.DELIVERED if is_post else MessageStatus.SENT, None)
    _mark(op, message, failed=False)


def came_back(op: Operation, row: OutboxItem, *, is_bad: bool) -> None:
    """It will not be sent; ``is_bad`` says that nothing can be sent there at all."""
    message = _locked(op, row)
    messages.report_status(op, message, MessageStatus.FAILED, None)
    if is_bad:
        _mark(op, message, failed=True)


def _document(op: Operation, message: Message, body: str) -> dict[str, Any]:
    incident = None if message.incident_id is None else op.session.get_one(Incident, message.incident_id)
    language = op.session.get_one(User, message.user_id).language
    document: dict[str, Any] = {
        "id": message.id.hex,
        "at": op.now.isoformat(timespec="seconds"),
        "kind": message.kind.value,
        "text": body,
    }
    if incident is not None:
        left_over, customer = paging.minutes_left(op, incident), paging.customer_name(incident)
        if isinstance(customer, Prompt):
            customer = render(customer, language, written=True)
        document |= {
            "incident": incident.reference,
            "customer": customer,
            "minutes_left": None if left_over is None else left_over.count,
            "link": paging.link(op, incident),
        }
    return document


def _mark(op: Operation, message: Message, *, failed: bool) -> None:
    if message.method_id is None:
        return
    method = op.session.get_one(
        ContactMethod, message.method_id, with_for_update=True, populate_existing=True
    )
    method.failed_at = op.now if failed else None


def _locked(op: Operation, row: OutboxItem) -> Message:
    return op.session.get_one(Message, row.subject_id, with_for_update=True, populate_existing=True)
