"""E-mails and posts to webhooks: messages like texts, written to the outbox with what caused them."""

import uuid
from datetime import timedelta
from typing import Any

from hotline.db.models import (
    Channel,
    ContactKind,
    ContactMethod,
    Effect,
    Incident,
    Message,
    MessageKind,
    User,
)
from hotline.phone_numbers import mask
from hotline.services import rows
from hotline.services.operation import Operation
from hotline.services.outgoing import messages, outbox
from hotline.speech import Prompt, render

EFFECTS = {Effect.SEND_MAIL, Effect.POST_WEBHOOK}
_CHANNELS = {ContactKind.EMAIL: Channel.EMAIL, ContactKind.WEBHOOK: Channel.WEBHOOK}


def send(
    op: Operation,
    kind: MessageKind,
    to: ContactMethod,
    user: User,
    *,
    subject: Prompt,
    prompt: Prompt,
    from_: str,
    dedupe_key: str,
    incident: Incident | None = None,
    after: timedelta = timedelta(0),
    lifetime: timedelta = messages.LIFETIME,
    **payload: Any,
) -> bool:
    """Send it once for ``dedupe_key``, ``after`` so long; False when that was done before.

    ``to`` is an e-mail address or a webhook of ``user``; a webhook is shown no ``subject``.
    """
    if outbox.exists(op, dedupe_key):
        return False
    channel = _CHANNELS[to.kind]
    message_id = rows.insert(
        op,
        Message,
        kind=kind,
        from_phone=from_,
        to_phone=mask(to.value),
        body=render(prompt, user.language, written=True),
        created_at=op.now,
        incident_id=None if incident is None else incident.id,
        user_id=user.id,
        channel=channel,
        method_id=to.id,
    )
    outbox.add(
        op,
        Effect.SEND_MAIL if channel is Channel.EMAIL else Effect.POST_WEBHOOK,
        message_id,
        dedupe_key,
        lifetime=lifetime,
        after=after,
        incident=incident,
        subject=render(subject, user.language, written=True),
        **payload,
    )
    return True


def send_outside(
    op: Operation,
    kind: MessageKind,
    to: str,
    *,
    subject: str,
    body: str,
    dedupe_key: str,
    lifetime: timedelta,
) -> uuid.UUID:
    """Send an e-mail to somebody who is not of the house; returns the message's id.

    The caller keeps the address, makes what is sent when it leaves (:mod:`hotline.services.outgoing.posting`)
    and calls this once for ``dedupe_key``; ``body`` is what people of the house read in the list of messages.
    """
    message_id = rows.insert(
        op,
        Message,
        kind=kind,
        from_phone=(op.settings.mail_from or "")[-64:],
        to_phone=mask(to),
        body=body,
        created_at=op.now,
        channel=Channel.EMAIL,
    )
    outbox.add(op, Effect.SEND_MAIL, message_id, dedupe_key, lifetime=lifetime, subject=subject)
    return message_id
