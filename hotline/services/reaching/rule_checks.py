"""A line of somebody's rules, and which lines make good rules: nobody may sleep through a page by mistake."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_changed

import sqlalchemy as sa

from hotline.db.models import Channel, ContactKind, ContactMethod, Hours, User
from hotline.errors import InvalidInputError
from hotline.services.on_call import versions
from hotline.services.operation import Operation
from hotline.services.reaching import numbers

MOST_RULES = 8
LONGEST_DELAY = 15
HALVES = (Hours.DAY, Hours.NIGHT)
CHANNELS = {
    ContactKind.PHONE: (Channel.SMS, Channel.CALL),
    ContactKind.EMAIL: (Channel.EMAIL,),
    ContactKind.WEBHOOK: (Channel.WEBHOOK,),
}
NEVER_AT_ONCE = {
    HALVES: "At least one rule must be at once: a page does not wait.",
    (Hours.DAY,): "By day no rule is at once: a page does not wait.",
    (Hours.NIGHT,): "By night no rule is at once: a page does not wait.",
}
NO_CALL = {
    HALVES: "At least one rule must be a call: a text alone wakes nobody.",
    (Hours.DAY,): "By day no rule is a call: a text alone wakes nobody.",
    (Hours.NIGHT,): "By night no rule is a call: a text alone wakes nobody.",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One line as it is typed: minutes, channel, where to, and whether by day or by night only."""

    delay_minutes: int
    channel: Channel
    method_id: uuid.UUID
    hours: Hours = Hours.ALWAYS

    def holds(self, half: Hours) -> bool:
        """Whether it holds by day, or by night."""
        return self.hours in {half, Hours.ALWAYS}


def first_call(rules: Sequence[Rule], half: Hours) -> int | None:
    """After how many minutes the first call comes by day, or by night; None without any."""
    calls = (rule.delay_minutes for rule in rules if rule.channel is Channel.CALL and rule.holds(half))
    return min(calls, default=None)


def is_rostered(op: Operation, user_id: uuid.UUID) -> bool:
    """Whether somebody is in any rotation."""
    return versions.has_place(op, user_id)


def check(op: Operation, user: User, rules: Sequence[Rule]) -> None:
    """Raises :class:`InvalidInputError` for rules that say nonsense or, by day or by night, wake nobody."""
    if not rules:
        return
    if len(rules) > MOST_RULES:
        raise InvalidInputError("There are at most eight rules.")
    mine = sa.select(ContactMethod.id, ContactMethod.kind).where(
        ContactMethod.user_id == user.id, numbers.ANY_IN_USE
    )
    ways = {method_id: CHANNELS[kind] for method_id, kind in op.session.execute(mine)}
    if any(rule.channel not in ways.get(rule.method_id, ()) for rule in rules):
        raise InvalidInputError("A rule names a number that is not yours or not verified.")
    if any(not 0 <= rule.delay_minutes <= LONGEST_DELAY for rule in rules):
        raise InvalidInputError("A rule waits between 0 and 15 minutes.")
    halves = {half: [with_changed(rule, hours=half) for rule in rules if rule.holds(half)] for half in HALVES}
    if any(len(set(held)) != len(held) for held in halves.values()):
        raise InvalidInputError("Two rules are the same. Change one or remove it.")
    _check_halves(halves, NEVER_AT_ONCE, lambda rule: rule.delay_minutes == 0)
    if is_rostered(op, user.id):
        _check_halves(halves, NO_CALL, lambda rule: rule.channel is Channel.CALL)


def _check_halves(
    halves: Mapping[Hours, Sequence[Rule]],
    refusals: Mapping[tuple[Hours, ...], str],
    is_good: Callable[[Rule], bool],
) -> None:
    """By day and by night at least one rule is good."""
    lacking = tuple(half for half, held in halves.items() if not any(is_good(rule) for rule in held))
    if lacking:
        raise InvalidInputError(refusals[lacking])
