"""How somebody wants to be paged: which number, by text or call, and how many minutes after the page.

Whoever has set no rules is texted and called at once on their first number. Whatever becomes of the
numbers afterwards, somebody with one that can be called is called: :func:`plan` sees to that.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as with_changed
from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import Channel, ContactMethod, NotificationRule, User
from hotline.errors import ConflictError, InvalidInputError
from hotline.services.accounts import events
from hotline.services.on_call import versions
from hotline.services.operation import Operation
from hotline.services.reaching import numbers

MOST_RULES = 8
LONGEST_DELAY = 15
_NOW = timedelta(0)

_ROWS = (
    sa.select(ContactMethod, NotificationRule, User.disabled_at.is_not(None))
    .join(User, User.id == ContactMethod.user_id)
    .outerjoin(NotificationRule, NotificationRule.method_id == ContactMethod.id)
    .where(ContactMethod.user_id == sa.bindparam("user"), numbers.IN_USE)
    .order_by(ContactMethod.position, ContactMethod.id, NotificationRule.position)
)


@dataclass(frozen=True, slots=True)
class Step:
    """Text or call this number, ``delay`` after the page."""

    delay: timedelta
    channel: Channel
    method: ContactMethod


@dataclass(frozen=True, slots=True)
class Plan:
    """What a page does, in order. ``reason`` says why nobody can be called by it, in words for an alarm."""

    steps: Sequence[Step]
    reason: str | None

    @property
    def texts(self) -> list[Step]:
        return [step for step in self.steps if step.channel is Channel.SMS]

    @property
    def calls(self) -> list[Step]:
        return [step for step in self.steps if step.channel is Channel.CALL]

    @property
    def text_number(self) -> str | None:
        """Where everything that is no page is written to."""
        step = next(iter(self.texts or self.steps), None)
        return None if step is None else step.method.value

    @property
    def call_number(self) -> str | None:
        """The one number for a call that goes to one phone only."""
        step = next(iter(self.calls), None)
        return None if step is None else step.method.value


@dataclass(frozen=True, slots=True)
class Rule:
    """One line as it is typed: minutes, channel and number."""

    delay_minutes: int
    channel: Channel
    method_id: uuid.UUID


def plan(op: Operation, user_id: uuid.UUID) -> Plan:
    """What to do to page somebody now.

    1. Their rules, without calls to numbers that cannot be reached now. When that takes the first call
       away, the next one comes in its place: a rule may wait for another one, not for a dead number.
    2. No rules: a text and a call at once, to the first number that can be reached.
    3. No call left: one at once to the first number that can be reached, whatever the rules say.
    4. What is left begins now: no rule may delay the first word of a page, and a text to a number that
       cannot be reached is none.
    5. An account that is disabled: nothing, for whoever has left takes no incident.
    """
    rows = op.session.execute(_ROWS, {"user": user_id}).all()
    if any(is_disabled for _method, _rule, is_disabled in rows):
        return Plan((), "has an account that is disabled")
    methods = list(dict.fromkeys(method for method, _rule, _ in rows))
    usable = [method for method in methods if _why_unusable(op, method) is None]
    ruled = [
        Step(timedelta(minutes=rule.delay_minutes), rule.channel, method)
        for method, rule, _ in sorted(rows, key=lambda row: 0 if row[1] is None else row[1].position)
        if rule is not None
    ]
    steps = _without_calls_to_others(ruled, usable)
    if not steps and methods:
        steps = [Step(_NOW, Channel.SMS, (usable or methods)[0])]
    if usable and not any(step.channel is Channel.CALL for step in steps):
        steps.append(Step(_NOW, Channel.CALL, usable[0]))
    first = min((step.delay for step in steps if step.method in usable or not usable), default=_NOW)
    steps = [with_changed(step, delay=max(step.delay - first, _NOW)) for step in steps]
    return Plan(sorted(steps, key=lambda step: step.delay), None if usable else _why_nobody(op, methods))


def rules_of(op: Operation, user_id: uuid.UUID) -> list[Rule]:
    """The rules that somebody has set, in order; empty when they set none."""
    return [Rule(row.delay_minutes, row.channel, row.method_id) for row in _rows(op, user_id)]


def version(rules: Sequence[Rule]) -> str:
    """Changes with the rules: a page that shows older ones is found out when it is sent."""
    return hashlib.sha256(
        repr([(r.delay_minutes, r.channel.value, r.method_id.hex) for r in rules]).encode()
    ).hexdigest()[:16]


def replace(op: Operation, user: User, rules: Sequence[Rule], seen: str) -> None:
    """Set the rules; none at all means the usual ones again. Setting the same twice changes nothing.

    ``seen`` is the :func:`version` that the person looked at. Raises :class:`ConflictError` when it is
    not what is set now, :class:`InvalidInputError` when the rules would wake nobody.
    """
    op.session.refresh(user, with_for_update=True)
    ordered = sorted(rules, key=lambda rule: rule.delay_minutes)
    present = rules_of(op, user.id)
    if ordered == present:
        return
    if version(present) != seen:
        raise ConflictError("Your rules were changed meanwhile in another window. Look at them again.")
    _check(op, user, ordered)
    op.session.execute(sa.delete(NotificationRule).where(NotificationRule.user_id == user.id))
    op.session.add_all(
        NotificationRule(
            user_id=user.id,
            position=position,
            delay_minutes=rule.delay_minutes,
            channel=rule.channel,
            method_id=rule.method_id,
        )
        for position, rule in enumerate(ordered)
    )
    op.session.flush()
    events.record(op, user.id, "rules-changed", user.id, count=len(ordered))


def forget(op: Operation, user: User, method: ContactMethod) -> bool:
    """A number goes, and its rules with it. True when the rest would wake nobody, so that all are gone."""
    rest = [rule for rule in rules_of(op, user.id) if rule.method_id != method.id]
    used = sa.delete(NotificationRule).where(NotificationRule.user_id == user.id)
    try:
        _check(op, user, rest)
    except InvalidInputError:
        op.session.execute(used)
        return True
    op.session.execute(used.where(NotificationRule.method_id == method.id))
    return False


def is_rostered(op: Operation, user_id: uuid.UUID) -> bool:
    """Whether somebody is in any rotation."""
    return versions.has_place(op, user_id)


def _check(op: Operation, user: User, rules: Sequence[Rule]) -> None:
    if not rules:
        return
    if len(rules) > MOST_RULES:
        raise InvalidInputError("There are at most eight rules.")
    verified = set(
        op.session.scalars(
            sa.select(ContactMethod.id).where(ContactMethod.user_id == user.id, numbers.IN_USE)
        )
    )
    if any(rule.method_id not in verified for rule in rules):
        raise InvalidInputError("A rule names a number that is not yours or not verified.")
    if any(not 0 <= rule.delay_minutes <= LONGEST_DELAY for rule in rules):
        raise InvalidInputError("A rule waits between 0 and 15 minutes.")
    if len(set(rules)) != len(rules):
        raise InvalidInputError("Two rules are the same. Change one or remove it.")
    if all(rule.delay_minutes for rule in rules):
        raise InvalidInputError("At least one rule must be at once: a page does not wait.")
    has_call = any(rule.channel is Channel.CALL for rule in rules)
    if not has_call and is_rostered(op, user.id):
        raise InvalidInputError("At least one rule must be a call: a text alone wakes nobody.")


def _without_calls_to_others(ruled: Sequence[Step], usable: Sequence[ContactMethod]) -> list[Step]:
    """The steps without calls to numbers that are not ``usable``; the first call keeps its time."""
    steps = [step for step in ruled if step.channel is Channel.SMS or step.method in usable]
    left = [step for step in steps if step.channel is Channel.CALL]
    if not left:
        return steps
    due = min(step.delay for step in ruled if step.channel is Channel.CALL)
    earliest = min(left, key=lambda step: step.delay)
    return [with_changed(step, delay=due) if step is earliest else step for step in steps]


def _rows(op: Operation, user_id: uuid.UUID) -> Sequence[NotificationRule]:
    query = sa.select(NotificationRule).where(NotificationRule.user_id == user_id)
    return op.session.scalars(query.order_by(NotificationRule.position)).all()


def _why_unusable(op: Operation, method: ContactMethod) -> str | None:
    if numbers.has_failed(op, method):
        return "has a number that cannot be reached"
    return (
        None if numbers.is_allowed(op, method.value) else "has a number in a country that may not be called"
    )


def _why_nobody(op: Operation, methods: Sequence[ContactMethod]) -> str:
    return next(
        (reason for method in methods if (reason := _why_unusable(op, method))), "has no phone number"
    )
