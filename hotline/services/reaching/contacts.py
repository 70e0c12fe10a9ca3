"""Somebody's own numbers: add one, show by a code that it is theirs, name it, put it first, remove it.

A number is used for nothing before it is verified. Every change is written to the account's history,
and the numbers that were there before are told of it by text: whoever did not do it learns of it. So are
e-mail addresses and webhooks, which :mod:`hotline.services.reaching.addresses` adds.
"""

import uuid
from datetime import datetime

import sqlalchemy as sa

from hotline.db.models import Call, Channel, ContactKind, ContactMethod, MessageKind, Override, User
from hotline.errors import ConflictError, HotlineError, InvalidInputError, NotFoundError
from hotline.phone_numbers import mask, normalise
from hotline.services import audit
from hotline.services.accounts import events
from hotline.services.callflow.instructions import HangUp, Instruction, Say
from hotline.services.operation import Operation
from hotline.services.outgoing import messages
from hotline.services.reaching import codes, notification_rules, numbers, rule_checks, trials
from hotline.services.reaching.codes import Verdict
from hotline.speech import Prompt, Spelled

MOST_NUMBERS = 6
MOST_ADDRESSES = 4
LONGEST_LABEL = 40
# What the numbers that were there before are told, by whether it is about a number.
_NEWS = {
    True: ("sms.number_added", "sms.number_removed"),
    False: ("sms.address_added", "sms.address_removed"),
}


class LastNumberError(HotlineError):
    """The last number of somebody who is on a roster stays, or nobody could ring them."""

    code = "last-number"
    http_status = 409


def add(op: Operation, user: User, label: str, phone: str, by: Channel) -> ContactMethod:
    """Add a number that is to be verified, and send its code; one that waits for its code stays as it is.

    Raises :class:`hotline.phone_numbers.InvalidPhoneNumberError`, :class:`InvalidInputError`,
    :class:`ConflictError` for a number that is verified already, :class:`codes.TooManyCodesError`.
    """
    return enlist(op, user, ContactKind.PHONE, label, normalise(phone), by)


def enlist(
    op: Operation, user: User, kind: ContactKind, label: str, value: str, by: Channel
) -> ContactMethod:
    """:func:`add` for any kind, with ``value`` as it is kept."""
    _lock(op, user)
    kept = numbers.everything_of(op, user.id)
    known = next((method for method in kept if method.value == value), None)
    if known is not None and known.verified_at is None:
        send_code(op, user, known.id, by)
        return known
    _check_new(op, user, kind, value, kept)
    method = ContactMethod(
        user_id=user.id,
        kind=kind,
        label=_free_label(label, kept, None),
        value=value,
        position=numbers.next_position(kept),
        created_at=op.now,
    )
    op.session.add(method)
    op.session.flush()
    codes.issue(op, user, method, by, trials.line(op))
    _record(op, user, "number-added", method)
    return method


def send_code(op: Operation, user: User, method_id: uuid.UUID, by: Channel) -> bool:
    """Send another code; False when one went out less than half a minute ago, or none is needed."""
    method = find(op, user, method_id)
    too_soon = method.code_sent_at is not None and op.now < may_send_again_at(method)
    if method.verified_at is not None or too_soon:
        return False
    ways = rule_checks.CHANNELS[method.kind]
    codes.issue(op, user, method, by if by in ways else ways[0], trials.line(op))
    return True


def may_send_again_at(method: ContactMethod) -> datetime:
    """When another code may go out to a number that was sent one."""
    if method.code_sent_at is None:
        raise ValueError("no code was sent to this number")
    return method.code_sent_at + codes.AGAIN_AFTER


def verify(op: Operation, user: User, method_id: uuid.UUID, typed: str) -> Verdict:
    """Judge the code that was typed. A right one, also typed twice, makes the number one to be used.

    Raises :class:`ConflictError` when somebody else has verified the number meanwhile.
    """
    method = find(op, user, method_id)
    if method.verified_at is not None:
        return Verdict.RIGHT
    verdict = codes.check(op, method, typed)
    if verdict is not Verdict.RIGHT:
        return verdict
    _refuse_others(op, user, method.kind, method.value)
    before = [known for known in numbers.list_of(op, user.id) if known.verified_at is not None]
    method.verified_at, method.verified_by, method.failed_at = op.now, method.code_by, None
    numbers.changed(op, user)
    _record(op, user, "number-verified", method)
    tell(op, user, before, _NEWS[method.kind is ContactKind.PHONE][0], method)
    return verdict


def rename(op: Operation, user: User, method_id: uuid.UUID, label: str) -> None:
    """Give a number another name. Raises :class:`ConflictError` when another of theirs has it."""
    method = find(op, user, method_id)
    method.label = _free_label(label, numbers.everything_of(op, user.id), method)


def make_first(op: Operation, user: User, method_id: uuid.UUID) -> None:
    """Make a verified number the first: what is used where no rule names another."""
    method = find(op, user, method_id)
    if method.verified_at is None:
        raise InvalidInputError("Verify the number first.")
    if method.kind is not ContactKind.PHONE:
        raise InvalidInputError("Only a number can be the first.")
    kept = numbers.list_of(op, user.id)
    if kept[0] is method:
        return
    for position, each in enumerate([method, *(each for each in kept if each is not method)]):
        each.position = position
    numbers.changed(op, user)
    _record(op, user, "number-first", method)


def remove(op: Operation, user: User, method_id: uuid.UUID, by: User | None = None) -> bool:
    """Remove a number and its rules. True when no rule is left that would wake them, so the usual ones hold.

    ``by`` is who does it for its owner. A number that is gone already stays gone. Raises
    :class:`LastNumberError`.
    """
    _lock(op, user)
    method = op.session.get(ContactMethod, method_id, with_for_update=True, populate_existing=True)
    if method is None or method.user_id != user.id:
        raise NotFoundError("There is no such number.")
    if method.removed_at is not None:
        return False
    kept = [known for known in numbers.list_of(op, user.id) if known.verified_at is not None]
    if kept == [method] and is_on_duty(op, user):
        raise LastNumberError(
            "This is your last number and you are on a roster. Add and verify another first."
        )
    had_rules = bool(notification_rules.rules_of(op, user.id))
    method.removed_at, method.code_nonce = op.now, None
    numbers.changed(op, user)
    none_left = notification_rules.forget(op, user, method) and had_rules
    _record(op, user, "number-removed", method, by)
    if method.verified_at is not None:
        tell(op, user, kept, _NEWS[method.kind is ContactKind.PHONE][1], method)
    return none_left


def is_on_duty(op: Operation, user: User) -> bool:
    """Whether somebody is in a rotation, or on call by an override, now or later."""
    query = sa.select(Override).where(Override.user_id == user.id, Override.ends_at > op.now)
    return rule_checks.is_rostered(op, user.id) or any(
        override.holds_until > max(op.now, override.starts_at) for override in op.session.scalars(query)
    )


def find(op: Operation, user: User, method_id: uuid.UUID) -> ContactMethod:
    """A number of this user, locked. Raises :class:`NotFoundError` for anybody else's and removed ones."""
    _lock(op, user)
    method = op.session.get(ContactMethod, method_id, with_for_update=True, populate_existing=True)
    if method is None or method.user_id != user.id or method.removed_at is not None:
        raise NotFoundError("There is no such number.")
    return method


def read_code(op: Operation, call: Call) -> list[Instruction]:
    """Somebody picked up the call that reads a code: twice, digit by digit."""
    method = numbers.of(op, call.user_id, call.to_phone)
    if method is None or not codes.is_out(op, method):
        return [Say((Prompt.of("goodbye"),)), HangUp()]
    code = Spelled(codes.code_of(op, method))
    return [Say((Prompt.of("code.read", code=code),)), HangUp()]


def _lock(op: Operation, user: User) -> None:
    """Two changes of one person's numbers come one after the other."""
    op.session.flush()
    op.session.execute(sa.select(User.id).where(User.id == user.id).with_for_update())


def _check_new(op: Operation, user: User, kind: ContactKind, value: str, kept: list[ContactMethod]) -> None:
    is_phone = kind is ContactKind.PHONE
    if any(method.value == value for method in kept):
        if is_phone:
            raise ConflictError("You have that number already.")
        raise ConflictError("You have that address already.")
    alike = sum((method.kind is ContactKind.PHONE) == is_phone for method in kept)
    if is_phone and alike >= MOST_NUMBERS:
        raise InvalidInputError("You have six numbers. Remove one first.")
    if not is_phone and alike >= MOST_ADDRESSES:
        raise InvalidInputError("You have four addresses. Remove one first.")
    if is_phone and not numbers.is_allowed(op, value):
        raise InvalidInputError("Numbers of that country may not be called from here. Ask an admin.")
    _refuse_others(op, user, kind, value)


def _refuse_others(op: Operation, user: User, kind: ContactKind, value: str) -> None:
    """A number or e-mail address is one person's; a chat room is shared."""
    if kind is ContactKind.WEBHOOK:
        return
    theirs = sa.select(ContactMethod.id).where(
        ContactMethod.value == value, numbers.ANY_IN_USE, ContactMethod.user_id != user.id
    )
    if op.session.execute(theirs.limit(1)).first() is None:
        return
    if kind is ContactKind.PHONE:
        raise ConflictError("That number is verified by somebody else. They have to remove it first.")
    raise ConflictError("That address is verified by somebody else. They have to remove it first.")


def _free_label(label: str, kept: list[ContactMethod], of: ContactMethod | None) -> str:
    label = " ".join(label.split())[:LONGEST_LABEL]
    if not label:
        raise InvalidInputError("Give the number a name, such as Mobile or Home.")
    if any(method is not of and method.label.casefold() == label.casefold() for method in kept):
        raise ConflictError("Another number of yours has that name.")
    return label


def _record(op: Operation, user: User, kind: str, method: ContactMethod, by: User | None = None) -> None:
    who, facts = by or user, {"label": method.label, "number": mask(method.value)}
    events.record(op, user.id, kind, who.id, **facts)
    side = "before" if method.removed_at is not None else "after"
    audit.record(op, who, kind.replace("-", " "), "person", user.id, user.name, **{side: facts})


def tell(op: Operation, user: User, to: list[ContactMethod], prompt_key: str, about: ContactMethod) -> None:
    """Tell these numbers of somebody what became of another: whoever did not do it learns of it."""
    name = "phone" if about.kind is ContactKind.PHONE else "address"
    prompt = Prompt.of(prompt_key, **{name: mask(about.value).replace("…", "...")})
    number = trials.line(op)
    for method in to:
        messages.send(
            op,
            MessageKind.ACCOUNT,
            to=method.value,
            prompt=prompt,
            language=user.language,
            from_=number.phone,
            dedupe_key=f"{prompt_key}:{about.id}:{method.id}"[:120],
            user=user,
        )
