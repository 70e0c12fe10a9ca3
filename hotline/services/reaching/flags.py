"""Numbers of the house to which things do not get through: counted, and from the second time on shouted.

One thing that did not get through happens; two in a row mean that a page may reach nobody. Then the
number is flagged: its owner is told on another of their numbers, and the managers are, each once. Whatever
gets through afterwards (a text that is delivered, a call that is answered, a test) takes the flag back.
"""

import uuid
from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import ContactKind, ContactMethod, MessageKind, User
from hotline.phone_numbers import mask
from hotline.services.operation import Operation
from hotline.services.outgoing import letters, messages
from hotline.services.reaching import numbers, trials
from hotline.services.response import paging
from hotline.speech import Prompt

TOO_OFTEN = 2
_LIFETIME = timedelta(hours=12)
# What is the number's fault, or its network's; what the operator has to mend is no fault of a number.
NUMBERS_FAULT = frozenset(
    {13224, 21202, 21211, 21214, 21216, 21217, 21610, 21612, 21614, 21635}
    | {30003, 30004, 30005, 30006, 30008}
)


def missed(op: Operation, user_id: uuid.UUID | None, phone: str, code: int | None) -> None:
    """Something did not get through to a number of ``user_id``; the second time in a row flags it.

    ``code`` is the network's; a text that fails without one, or for our own fault, is not counted.
    """
    if code in NUMBERS_FAULT:
        unreached(op, user_id, phone)


def unreached(op: Operation, user_id: uuid.UUID | None, phone: str) -> None:
    """The same, whatever the reason, as for a call that could not be put through."""
    method = None if user_id is None else numbers.of(op, user_id, phone)
    if method is None or method.verified_at is None:
        return
    op.session.refresh(method, with_for_update=True)
    method.failures += 1
    if method.failures >= TOO_OFTEN and method.flagged_at is None:
        method.flagged_at = op.now
        op.session.flush()
        _tell(op, op.session.get_one(User, method.user_id), method)


def flagged(op: Operation, user_ids: Iterable[uuid.UUID] | None = None) -> dict[uuid.UUID, ContactMethod]:
    """A flagged number of each of these people who has one (of everybody, without ids)."""
    query = sa.select(ContactMethod).where(ContactMethod.flagged_at.is_not(None), numbers.IN_USE)
    if user_ids is not None:
        query = query.where(ContactMethod.user_id.in_(list(user_ids)))
    return {method.user_id: method for method in op.session.scalars(query.order_by(ContactMethod.flagged_at))}


def _tell(op: Operation, user: User, method: ContactMethod) -> None:
    line = trials.line(op)
    key = f"flag:{method.id}:{int(op.now.timestamp())}"
    number = mask(method.value).replace("\N{HORIZONTAL ELLIPSIS}", "...")
    others = [
        other
        for other in numbers.list_of(op, user.id)
        if other.verified_at is not None and other.id != method.id and not numbers.has_failed(op, other)
    ]
    link = f"{op.settings.public_url}/me/contacts"
    prompt = Prompt.of("sms.number_flagged", phone=number, link=link)
    mails = [other for other in numbers.everything_of(op, user.id) if _takes_mail(op, other)]
    if others:
        messages.send(
            op,
            MessageKind.ACCOUNT,
            to=others[0].value,
            prompt=prompt,
            language=user.language,
            from_=line.phone,
            dedupe_key=key,
            user=user,
            lifetime=_LIFETIME,
        )
    elif mails:
        letters.send(
            op,
            MessageKind.ACCOUNT,
            mails[0],
            user,
            subject=Prompt.of("letter.number_subject"),
            prompt=prompt,
            from_=line.phone,
            dedupe_key=key,
            lifetime=_LIFETIME,
        )
    alarm = Prompt.of(
        "sms.alarm_number",
        engineer=user.name,
        phone=number,
        link=f"{op.settings.public_url}/people?q={user.name.split(' ')[0]}",
    )
    paging.shout(op, alarm, from_=line.phone, key=f"{key}:managers")


def _takes_mail(op: Operation, method: ContactMethod) -> bool:
    is_usable = method.verified_at is not None and not numbers.has_failed(op, method)
    return method.kind is ContactKind.EMAIL and is_usable and numbers.is_offered(op, method.kind)
