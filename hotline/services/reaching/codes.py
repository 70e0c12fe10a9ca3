"""The code by which somebody shows that a number or an address is theirs: six digits.

A number gets it by text or read out by a call, an e-mail address by e-mail, and a chat tool in a post, from
where the owner types it in. (A webhook that merely answered a challenge with 200 would show nothing: half
the web does. Whoever types the code has read what is posted there.)

A code is kept nowhere, not even as a hash of so few digits: it is worked out from the service's secret
key and a nonce of the number's row, whenever it is sent or compared. A copy of the database does not
give it away, and neither does any page that shows messages.
"""

import enum
import hmac
import secrets
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from hotline.db.models import (
    Call,
    CallKind,
    Channel,
    ContactMethod,
    Effect,
    MessageKind,
    OutboxItem,
    ServiceNumber,
    User,
)
from hotline.errors import HotlineError
from hotline.services import throttles
from hotline.services.operation import Operation
from hotline.services.outgoing import letters, messages, outbox
from hotline.services.throttles import Limit, scope
from hotline.speech import Minutes, Prompt, render

GOOD_FOR = timedelta(minutes=10)
AGAIN_AFTER = timedelta(seconds=30)
MOST_TRIES = 5
_A_NUMBER_AN_HOUR = 3
_A_PERSON_A_DAY = 10
_HIDDEN = "******"


class TooManyCodesError(HotlineError):
    """So many codes were sent to a number, or by a person, that no other is for a while."""

    code = "too-many-codes"
    http_status = 429


class Verdict(enum.StrEnum):
    """What became of a code that was typed."""

    RIGHT = "right"
    WRONG = "wrong"
    USED_UP = "used up"  # too many tries, or too late: another code is needed


def issue(op: Operation, user: User, method: ContactMethod, by: Channel, number: ServiceNumber) -> None:
    """Send a new code to the number, from ``number``; the one before it is good no more.

    Raises :class:`TooManyCodesError`; that is counted by number and by person.
    """
    limits = [
        Limit(scope("code:number", method.value), _A_NUMBER_AN_HOUR, timedelta(hours=1)),
        Limit(scope("code:person", str(user.id)), _A_PERSON_A_DAY, timedelta(days=1)),
    ]
    if not throttles.reserve(op, limits):
        raise TooManyCodesError("That is too many codes. Wait an hour, then try again.")
    method.code_nonce, method.code_by = secrets.token_hex(16), by
    method.code_sent_at, method.code_tries = op.now, 0
    op.session.flush()
    key = f"code:{method.id}:{method.code_nonce}"
    hidden: dict[str, Any] = {
        "method": method.id.hex,
        "nonce": method.code_nonce,
        "language_of": user.language,
    }
    if by is Channel.SMS:
        messages.send(
            op,
            MessageKind.CODE,
            to=method.value,
            prompt=_prompt(_HIDDEN),
            language=user.language,
            from_=number.phone,
            dedupe_key=key,
            user=user,
            lifetime=GOOD_FOR,
            **hidden,
        )
    elif by is Channel.CALL:
        call = new_call(op, CallKind.CODE, user, method, number)
        outbox.add(op, Effect.PLACE_CALL, call.id, f"place:{call.id}", lifetime=outbox.CALL_LIFETIME)
    else:
        letters.send(
            op,
            MessageKind.CODE,
            method,
            user,
            subject=Prompt.of("letter.code_subject"),
            prompt=_prompt(_HIDDEN),
            from_=number.phone,
            dedupe_key=key,
            lifetime=GOOD_FOR,
            **hidden,
        )


def new_call(op: Operation, kind: CallKind, user: User, method: ContactMethod, number: ServiceNumber) -> Call:
    """A call to somebody's own number about nothing but that number; it is not placed yet."""
    call = Call(
        kind=kind,
        from_phone=number.phone,
        to_phone=method.value,
        created_at=op.now,
        service_number_id=number.id,
        user_id=user.id,
        language=user.language,
    )
    op.session.add(call)
    op.session.flush()
    return call


def is_out(op: Operation, method: ContactMethod) -> bool:
    """True while a code that was sent to the number can be typed in."""
    return (
        method.removed_at is None
        and method.code_nonce is not None
        and method.code_sent_at is not None
        and op.now - method.code_sent_at < GOOD_FOR
        and method.code_tries < MOST_TRIES
    )


def code_of(op: Operation, method: ContactMethod) -> str:
    """The six digits. Raises ``ValueError`` when no code is out."""
    if not is_out(op, method):
        raise ValueError("no code is out")
    key = op.settings.secret_key.get_secret_value().encode()
    digest = hmac.digest(key, f"contact code {method.id.hex} {method.code_nonce}".encode(), "sha256")
    return f"{int.from_bytes(digest) % 1_000_000:06}"


def trouble(op: Operation, method: ContactMethod) -> str | None:
    """What went wrong in sending the latest code of an address, as the outbox has it."""
    key = f"code:{method.id}:{method.code_nonce}"
    return op.session.scalar(sa.select(OutboxItem.last_error).where(OutboxItem.dedupe_key == key))


def text(op: Operation, payload: Mapping[str, Any]) -> str | None:
    """The message with the code in it, made as it leaves; None once that code is good no more."""
    method = op.session.get(ContactMethod, uuid.UUID(hex=payload["method"]))
    if method is None or method.code_nonce != payload["nonce"] or not is_out(op, method):
        return None
    return render(_prompt(code_of(op, method)), payload["language_of"], written=True)


def check(op: Operation, method: ContactMethod, typed: str) -> Verdict:
    """Judge a code, and count the try first. ``method`` is locked. A right one is used up by that."""
    if not is_out(op, method):
        return Verdict.USED_UP
    right = code_of(op, method)
    digits = "".join(character for character in typed if character.isascii() and character.isdigit())
    if hmac.compare_digest(right, digits):
        method.code_nonce = None
        return Verdict.RIGHT
    method.code_tries += 1
    return Verdict.WRONG if method.code_tries < MOST_TRIES else Verdict.USED_UP


def _prompt(code: str) -> Prompt:
    return Prompt.of("sms.code", code=code, minutes=Minutes(int(GOOD_FOR.total_seconds()) // 60))
