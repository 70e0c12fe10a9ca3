"""Trying out how one is reached: a page that says it is a test, by one's rules, or to one number or address.

What became of it is read off its messages and calls. A trial is no page: it opens nothing, climbs
nothing, and the numbers must be verified like any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from hotline.db.models import (
    AccountEvent,
    Call,
    CallKind,
    CallOutcome,
    Channel,
    ContactKind,
    ContactMethod,
    Effect,
    Message,
    MessageKind,
    OutboxItem,
    OutboxStatus,
    ServiceNumber,
    User,
)
from hotline.errors import HotlineError, InvalidInputError
from hotline.services import throttles
from hotline.services.accounts import events
from hotline.services.callflow.instructions import Ask, HangUp, Heard, Instruction, Say
from hotline.services.operation import Operation
from hotline.services.outgoing import letters, messages, outbox
from hotline.services.reaching import codes, notification_rules
from hotline.services.reaching.notification_rules import Step
from hotline.services.reaching.rule_checks import CHANNELS
from hotline.services.throttles import Limit, scope
from hotline.speech import Prompt

STARTED = "test-page"
_ONE_AT_A_TIME = timedelta(seconds=30)
_AN_HOUR = 6
_RECENT = timedelta(hours=1)


class TooManyTrialsError(HotlineError):
    """Numbers were tried out so often within the hour that they are not for a while."""

    code = "too-many-tests"
    http_status = 429


@dataclass(frozen=True, slots=True)
class Result:
    """One text or call of a trial. ``state`` is such as ``delivered``; ``due_at`` while it is to come."""

    channel: Channel
    phone: str
    state: str
    due_at: datetime | None = None
    error_code: int | None = None

    @property
    def is_settled(self) -> bool:
        """True once nothing more will become of it."""
        if self.channel is Channel.EMAIL and self.state == "sent":
            return True  # a mail server reports nothing more
        return self.state not in {"waiting", "sending", "sent", "ringing", "answered"}


@dataclass(frozen=True, slots=True)
class Trial:
    """The latest trial: when it began and what became of each part."""

    started_at: datetime
    results: Sequence[Result]

    @property
    def is_under_way(self) -> bool:
        """True while something may still become of it."""
        return not all(result.is_settled for result in self.results)


def line(op: Operation) -> ServiceNumber:
    """The number that codes and tests come from: the shared one, else the first customer's.

    Raises :class:`InvalidInputError` when there is none.
    """
    shared_first = sa.case((ServiceNumber.customer_id.is_(None), 0), else_=1)
    found = op.session.scalars(
        sa.select(ServiceNumber)
        .where(ServiceNumber.ended_at.is_(None))
        .order_by(shared_first, ServiceNumber.id)
    ).first()
    if found is None:
        raise InvalidInputError("There is no service number to call from yet. Ask an admin.")
    return found


def start(op: Operation, user: User, only: ContactMethod | None = None) -> bool:
    """Begin a trial of the rules, or of ``only`` one number; False when one began just now.

    Raises :class:`InvalidInputError` without a number to try, :class:`TooManyTrialsError`.
    """
    op.session.refresh(user, with_for_update=True)
    before = _started_at(op, user)
    if before is not None and op.now - before < _ONE_AT_A_TIME:
        return False
    steps = notification_rules.plan(op, user.id).steps
    if only is not None:
        steps = [Step(timedelta(0), channel, only) for channel in CHANNELS[only.kind]]
    if not steps or (only is not None and only.verified_at is None):
        raise InvalidInputError("There is no verified number to try out. Add one first.")
    if not throttles.reserve(op, [Limit(scope("test", str(user.id)), _AN_HOUR, _RECENT)]):
        raise TooManyTrialsError("That is enough of tests. Wait an hour, then try again.")
    number = line(op)
    events.record(op, user.id, STARTED, user.id)
    for place, step in enumerate(steps):
        key = f"test:{user.id}:{op.now.isoformat()}:{place}"
        if step.channel is Channel.SMS:
            _text(op, user, number, step, key)
        elif step.method.kind is not ContactKind.PHONE:
            _letter(op, user, number, step, key)
        else:
            outbox.add(op, Effect.RING, step.method.id, key, lifetime=outbox.CALL_LIFETIME, after=step.delay)
    return True


def latest(op: Operation, user: User) -> Trial | None:
    """The trial that began within the last hour, with what became of it."""
    started = _started_at(op, user)
    if started is None or op.now - started > _RECENT:
        return None
    texts = sa.select(Message, OutboxItem).join(OutboxItem, OutboxItem.subject_id == Message.id)
    texts = texts.where(
        Message.user_id == user.id, Message.kind == MessageKind.TEST, Message.created_at >= started
    )
    calls = sa.select(Call).where(
        Call.user_id == user.id, Call.kind == CallKind.TEST, Call.created_at >= started
    )
    results = [_of_text(op, *row) for row in op.session.execute(texts.order_by(OutboxItem.next_attempt_at))]
    results += [_of_call(call) for call in op.session.scalars(calls.order_by(Call.created_at))]
    return Trial(started, [*results, *_to_come(op, user, started)])


def later_call(op: Operation, method: ContactMethod) -> Call | str:
    """The call of a trial whose time has come, or why it is not made."""
    if method.verified_at is None or method.removed_at is not None:
        return "the number was removed"
    user, number = op.session.get_one(User, method.user_id), line(op)
    return codes.new_call(op, CallKind.TEST, user, method, number)


def answered(op: Operation, call: Call) -> list[Instruction]:
    """Somebody, or a machine, picked up a trial."""
    return [Ask("test-key", (Prompt.of("test.ask"),), digits=1, timeout=6)]


def key_pressed(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """A pressed 1 shows that a person heard it; anything else shows only that it was picked up."""
    if heard.digits[-1:] != "1":
        call.outcome = call.outcome or CallOutcome.UNANSWERED
        return [Say((Prompt.of("goodbye"),)), HangUp()]
    call.outcome = CallOutcome.ACCEPTED
    return [Say((Prompt.of("test.thanks"),)), HangUp()]


def _text(op: Operation, user: User, number: ServiceNumber, step: Step, key: str) -> None:
    messages.send(
        op,
        MessageKind.TEST,
        to=step.method.value,
        prompt=Prompt.of("sms.test"),
        language=user.language,
        from_=number.phone,
        dedupe_key=key,
        user=user,
        after=step.delay,
    )


def _letter(op: Operation, user: User, number: ServiceNumber, step: Step, key: str) -> None:
    letters.send(
        op,
        MessageKind.TEST,
        step.method,
        user,
        subject=Prompt.of("letter.test_subject"),
        prompt=Prompt.of("sms.test"),
        from_=number.phone,
        dedupe_key=key,
        after=step.delay,
    )


def _started_at(op: Operation, user: User) -> datetime | None:
    query = sa.select(sa.func.max(AccountEvent.at)).where(
        AccountEvent.user_id == user.id, AccountEvent.kind == STARTED
    )
    return op.session.scalar(query)


def _of_text(op: Operation, message: Message, item: OutboxItem) -> Result:
    is_later = item.status is OutboxStatus.PENDING and item.next_attempt_at > op.now and not item.attempts
    state = {"queued": "waiting" if is_later else "sending"}.get(message.status.value, message.status.value)
    if message.message_sid is not None and state == "sending":
        state = "sent"
    due_at = item.next_attempt_at if is_later else None
    return Result(message.channel, message.to_phone, state, due_at, message.error_code)


def _of_call(call: Call) -> Result:
    if call.outcome is CallOutcome.ACCEPTED:
        state = "confirmed"
    elif call.ended_at is None:
        state = "answered" if call.answered_at is not None else "ringing"
    else:
        state = "picked-up" if call.answered_at is not None else call.status.value
    return Result(Channel.CALL, call.to_phone, state)


def _to_come(op: Operation, user: User, started: datetime) -> list[Result]:
    query = (
        sa.select(ContactMethod.value, OutboxItem.next_attempt_at)
        .join(OutboxItem, OutboxItem.subject_id == ContactMethod.id)
        .where(
            ContactMethod.user_id == user.id,
            OutboxItem.effect == Effect.RING,
            OutboxItem.status == OutboxStatus.PENDING,
            OutboxItem.incident_id.is_(None),
            OutboxItem.created_at >= started,
        )
        .order_by(OutboxItem.next_attempt_at)
    )
    return [
        Result(Channel.CALL, phone, "waiting" if due_at > op.now else "sending", due_at)
        for phone, due_at in op.session.execute(query)
    ]
