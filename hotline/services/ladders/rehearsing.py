"""The dry run: what would happen, minute by minute, if a customer called at an instant and nobody answered.

It is :func:`routing.rehearse` over the same ladders, people and rules that the hunt in earnest takes.
"""

import uuid
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_changed
from datetime import datetime, timedelta

import routing
import sla
from hotline.db.models import Channel, ContactKind, ContactMethod, Contract, Ladder, User
from hotline.errors import InvalidInputError
from hotline.phone_numbers import mask
from hotline.services.on_call.rosters import called, load_ladder, people
from hotline.services.on_call.targets import Found, Resolver, Target
from hotline.services.operation import Operation
from hotline.services.promise import tallies
from hotline.services.promise.promises import terms_in_force
from hotline.services.reaching import notification_rules
from hotline.services.reaching.notification_rules import Plan

PROMISE = timedelta(minutes=30)
_MOST = 400  # moments; half an hour of the shortest rounds has fewer


@dataclass(frozen=True, slots=True)
class Use:
    """One way in which somebody is reached, ``after`` the page; ``to`` names the number, or masks it."""

    after: timedelta
    channel: Channel
    to: str


@dataclass(frozen=True, slots=True)
class Rung:
    """Somebody who is rung, because of ``target``, by these of their rules."""

    name: str
    target: str
    uses: Sequence[Use]


@dataclass(frozen=True, slots=True)
class Passed:
    """A target that is passed over, for the hunt's own ``reason``; without a name when it meant nobody."""

    target: str
    name: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """What is done at ``at``. ``step`` and ``round`` count from 1, the round on this ladder.

    ``step`` is None when nobody on it, or nobody that was left in the round, could be rung.
    ``is_new_ladder``: the hunt has just come to it from another.
    """

    at: datetime
    ladder: str
    round: int
    step: int | None
    rung: Sequence[Rung]
    passed: Sequence[Passed]
    is_new_round: bool
    is_new_ladder: bool


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A dry run from ``at`` to ``over_at``, the end of the promise; ``fine`` is what the miss would cost."""

    ladder: str
    at: datetime
    over_at: datetime
    lines: Sequence[Line]
    fine: sla.Fine | None

    @property
    def is_unanswered(self) -> bool:
        """Whether nobody at all is rung until the promise is broken."""
        return not any(line.rung for line in self.lines)


def rehearse(
    op: Operation,
    ladder_id: uuid.UUID,
    at: datetime,
    *,
    contract: Contract | None = None,
    rings_for: timedelta | None = None,
) -> Rehearsal:
    """What becomes of an incident that is reported at ``at`` (UTC) on this ladder and that nobody takes.

    ``rings_for`` as :func:`routing.rehearse` has it. With a contract the promise and the fine are its own.
    Raises :class:`~hotline.errors.NotFoundError` for a ladder that is not there.
    """
    respond_within, fine = _promise(op, contract, at)
    stage = _Stage(op, rings_for)
    ladder = stage.ladder(ladder_id)
    moments = routing.rehearse(
        ladder,
        at,
        stage.resolve,
        skip=stage.why_not,
        until=at + respond_within,
        steps=_MOST,
        key=ladder_id,
        ladder_of=stage.ladder,
        rings_for=rings_for,
    )
    return Rehearsal(stage.rows[ladder_id].name, at, at + respond_within, stage.lines(moments), fine)


def _promise(op: Operation, contract: Contract | None, at: datetime) -> tuple[timedelta, sla.Fine | None]:
    """How long there is, and what the next miss costs; half an hour and nothing without terms in force."""
    try:
        terms = None if contract is None else terms_in_force(contract, at)[1]
    except InvalidInputError:
        terms = None
    if terms is None or contract is None:
        return PROMISE, None
    respond_by = terms.clock(at).respond_by
    counted = tallies.load(op, [contract.id], tallies.first_day(terms, terms.day_of(respond_by)))
    return respond_by - at, counted.next_fine(contract.id, terms, respond_by)


class _Stage:
    """Everybody and everything that a dry run asks, as of the instant that it asks about."""

    def __init__(self, op: Operation, rings_for: timedelta | None) -> None:
        self.rows: dict[uuid.UUID, Ladder] = {}
        self._op, self._rings_for, self._at = op, rings_for, op.now
        self._resolvers: dict[Target, Resolver] = {}
        self._words: dict[Target, str] = {}
        self._rung_at: dict[uuid.UUID, datetime] = {}
        self._plans: dict[tuple[uuid.UUID, datetime], Plan] = {}

    def ladder(self, key: Hashable) -> "routing.Ladder[Target]":
        """A ladder by its id."""
        if not isinstance(key, uuid.UUID):
            raise TypeError("a ladder is known by its id")
        row, value, found = load_ladder(self._op, key)
        self.rows[key] = row
        self._resolvers |= {rung.target: found for rung in value.rungs}
        self._words |= called(self._op, [target for rung in row.rungs for target in rung.targets])
        return value

    def resolve(self, target: Target, at: datetime) -> Found:
        """Whom a target means; about whoever it names :meth:`why_not` is asked next, at the same instant."""
        self._at = at
        return self._resolvers[target].resolve(target, at)

    def why_not(self, user_id: uuid.UUID) -> str | None:
        """As the hunt judges. Whoever can be rung is rung: all of a step ring together."""
        rung_at = self._rung_at.get(user_id)
        if self._rings_for is not None and rung_at is not None and self._at < rung_at + self._rings_for:
            return routing.SkipReason.ALREADY_TRIED
        reason = self._plan(user_id, self._at).reason
        if reason is None:
            self._rung_at[user_id] = self._at
        return reason

    def lines(self, moments: "Sequence[routing.Moment[Target, uuid.UUID]]") -> list[Line]:
        """The moments as people read them."""
        users = people(self._op, _everybody(moments))
        found: list[Line] = []
        ladder, began, last = None, 0, None
        for moment in moments:
            is_new_ladder = ladder is not None and moment.ladder != ladder
            if moment.ladder != ladder:
                ladder, began = moment.ladder, moment.step.round_number
            found.append(self._line(moment, users, began, moment.step.round_number != last, is_new_ladder))
            last = moment.step.round_number
        return found

    def _line(
        self,
        moment: "routing.Moment[Target, uuid.UUID]",
        users: dict[uuid.UUID, User],
        began: int,
        is_new_round: bool,
        is_new_ladder: bool,
    ) -> Line:
        row = self.rows[uuid.UUID(str(moment.ladder))]
        step = moment.step
        return Line(
            moment.at,
            row.name,
            step.round_number - began + 1,
            step.rung + 1 if isinstance(step, routing.Step) else None,
            [
                Rung(users[one].name, self._why(moment, one), self._uses(one, moment.at))
                for one in _targets(moment)
            ],
            [
                Passed(
                    self._words[one.target],
                    None if one.member is None else users[one.member].name,
                    one.reason,
                )
                for one in step.skipped
            ],
            is_new_round,
            is_new_ladder,
        )

    def _why(self, moment: "routing.Moment[Target, uuid.UUID]", user_id: uuid.UUID) -> str:
        """The target of the rung that means somebody."""
        place = moment.step.rung if isinstance(moment.step, routing.Step) else None
        rungs = self.rows[uuid.UUID(str(moment.ladder))].rungs
        targets = [Target.of(one) for rung in rungs if rung.position == place for one in rung.targets]
        return next(self._words[one] for one in targets if user_id in self.resolve(one, moment.at))

    def _uses(self, user_id: uuid.UUID, at: datetime) -> list[Use]:
        return [
            Use(step.delay, step.channel, step.method.label or _masked(step.method))
            for step in self._plan(user_id, at).steps
        ]

    def _plan(self, user_id: uuid.UUID, at: datetime) -> Plan:
        """How somebody is paged at an instant, by the rules and numbers of today."""
        if (user_id, at) not in self._plans:
            self._plans[user_id, at] = notification_rules.plan(with_changed(self._op, now=at), user_id)
        return self._plans[user_id, at]


def _masked(method: ContactMethod) -> str:
    return mask(method.value) if method.kind is ContactKind.PHONE else ""


def _everybody(moments: "Iterable[routing.Moment[Target, uuid.UUID]]") -> set[uuid.UUID | None]:
    found: set[uuid.UUID | None] = set()
    for moment in moments:
        found.update(one.member for one in moment.step.skipped)
        found.update(_targets(moment))
    return found


def _targets(moment: "routing.Moment[Target, uuid.UUID]") -> Sequence[uuid.UUID]:
    return moment.step.targets if isinstance(moment.step, routing.Step) else ()
