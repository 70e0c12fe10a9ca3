"""How somebody wants to be paged: where, by which channel, how many minutes later, by day or by night.

Whoever has set no rules is texted and called at once on their first number. Whatever becomes of the
numbers afterwards, somebody with one that can be called is called: :func:`plan` sees to that.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as with_changed
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from hotline.db.models import (
    Channel,
    ContactKind,
    ContactMethod,
    Hours,
    Night,
    NotificationRule,
    User,
)
from hotline.errors import ConflictError, InvalidInputError
from hotline.services.accounts import events
from hotline.services.operation import Operation
from hotline.services.reaching import nights, numbers, rule_checks
from hotline.services.reaching.nights import NightHours
from hotline.services.reaching.rule_checks import Rule as Rule

_NOW = timedelta(0)

_ROWS = (
    sa.select(
        ContactMethod,
        NotificationRule,
        User.disabled_at.is_not(None),
        User.time_zone,
        Night.begins,
        Night.ends,
    )
    .join(User, User.id == ContactMethod.user_id)
    .outerjoin(Night, Night.user_id == User.id)
    .outerjoin(NotificationRule, NotificationRule.method_id == ContactMethod.id)
    .where(ContactMethod.user_id == sa.bindparam("user"), numbers.ANY_IN_USE)
    .order_by(ContactMethod.position, ContactMethod.id, NotificationRule.position)
)


@dataclass(frozen=True, slots=True)
class Step:
    """Use this contact method this way, ``delay`` after the page."""

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
    def letters(self) -> list[Step]:
        """E-mails and posts to webhooks."""
        return [step for step in self.steps if step.method.kind is not ContactKind.PHONE]

    @property
    def calls(self) -> list[Step]:
        return [step for step in self.steps if step.channel is Channel.CALL]

    @property
    def text_number(self) -> str | None:
        """Where everything that is no page is written to."""
        step = next(iter(self.texts or self.calls), None)
        return None if step is None else step.method.value

    @property
    def call_number(self) -> str | None:
        """The one number for a call that goes to one phone only."""
        step = next(iter(self.calls), None)
        return None if step is None else step.method.value


def plan(op: Operation, user_id: uuid.UUID) -> Plan:
    """What to do to page somebody now.

    1. Their rules for this hour, without calls to numbers that cannot be reached now. When that takes the
       first call away, the next one comes in its place: a rule may wait for another one, not for a dead
       number. Where no e-mail can be sent, none is.
    2. No rules: a text and a call at once, to the first number that can be reached.
    3. No call left: one at once to the first number that can be reached, whatever the rules say.
    4. What is left begins now: no rule may delay the first word of a page, and a text to a number that
       cannot be reached is none.
    5. An account that is disabled: nothing, for whoever has left takes no incident.
    """
    rows = op.session.execute(_ROWS, {"user": user_id}).all()
    if any(row[2] for row in rows):
        return Plan((), "has an account that is disabled")
    methods = list(dict.fromkeys(row[0] for row in rows))
    phones = [method for method in methods if method.kind is ContactKind.PHONE]
    reachable = [method for method in methods if _why_unusable(op, method) is None]
    usable = [method for method in phones if method in reachable]
    steps = _without_calls_to_others(_ruled(op, rows), usable)
    if not steps and phones:
        steps = [Step(_NOW, Channel.SMS, (usable or phones)[0])]
    if usable and not any(step.channel is Channel.CALL for step in steps):
        steps.append(Step(_NOW, Channel.CALL, usable[0]))
    first = min((step.delay for step in steps if step.method in reachable or not usable), default=_NOW)
    steps = [with_changed(step, delay=max(step.delay - first, _NOW)) for step in steps]
    return Plan(sorted(steps, key=lambda step: step.delay), None if usable else _why_nobody(op, phones))


def rules_of(op: Operation, user_id: uuid.UUID) -> list[Rule]:
    """The rules that somebody has set, in order; empty when they set none."""
    return [Rule(row.delay_minutes, row.channel, row.method_id, row.hours) for row in _rows(op, user_id)]


def version(rules: Sequence[Rule]) -> str:
    """Changes with the rules: a page that shows older ones is found out when it is sent."""
    return hashlib.sha256(
        repr([(r.delay_minutes, r.channel.value, r.method_id.hex, r.hours.value) for r in rules]).encode()
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
    rule_checks.check(op, user, ordered)
    op.session.execute(sa.delete(NotificationRule).where(NotificationRule.user_id == user.id))
    op.session.add_all(
        NotificationRule(
            user_id=user.id,
            position=position,
            delay_minutes=rule.delay_minutes,
            channel=rule.channel,
            method_id=rule.method_id,
            hours=rule.hours,
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
        rule_checks.check(op, user, rest)
    except InvalidInputError:
        op.session.execute(used)
        return True
    op.session.execute(used.where(NotificationRule.method_id == method.id))
    return False


def _ruled(op: Operation, rows: Sequence[Any]) -> list[Step]:
    """The rules that hold now, in order."""
    if not any(rule is not None and rule.hours is not Hours.ALWAYS for _method, rule, *_ in rows):
        half = None
    else:
        *_, time_zone, begins, ends = rows[0]
        hours = nights.USUAL if begins is None else NightHours(begins, ends)
        half = nights.half(op.now, hours, time_zone)
    held = [
        (rule, method)
        for method, rule, *_ in rows
        if rule is not None and rule.hours in {half, Hours.ALWAYS} and numbers.is_offered(op, method.kind)
    ]
    return [
        Step(timedelta(minutes=rule.delay_minutes), rule.channel, method)
        for rule, method in sorted(held, key=lambda pair: pair[0].position)
    ]


def _without_calls_to_others(ruled: Sequence[Step], usable: Sequence[ContactMethod]) -> list[Step]:
    """The steps without calls to numbers that are not ``usable``; the first call keeps its time."""
    steps = [step for step in ruled if step.channel is not Channel.CALL or step.method in usable]
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
    if method.kind is not ContactKind.PHONE:
        return None
    return (
        None if numbers.is_allowed(op, method.value) else "has a number in a country that may not be called"
    )


def _why_nobody(op: Operation, methods: Sequence[ContactMethod]) -> str:
    return next(
        (reason for method in methods if (reason := _why_unusable(op, method))), "has no phone number"
    )
