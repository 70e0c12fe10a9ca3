"""Changing a roster in two steps: look at before and after, then save exactly what was looked at.

Looking makes the change and takes it back, so that what is shown is what saving would do.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import routing
from hotline.db.models import User
from hotline.services.access import Permission, may
from hotline.services.calendars import leave
from hotline.services.on_call.rosters import Roster, load_rotations, people
from hotline.services.operation import Operation
from hotline.services.planning import answering, carrying, comparison, overrides, roster_news
from hotline.services.planning.comparison import Comparison, Tally
from hotline.services.planning.plans import EndPlan, Plan
from hotline.services.planning.refusing import Refusal, RefusedError
from hotline.services.reaching import reach
from hotline.services.reaching.reach import Reach


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is named in an outcome."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class DoubleBooking:
    """Somebody who would be on call in another layer at a time at which the change puts them on call."""

    person: Person
    team: str
    layer: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change does. ``people`` holds everybody who is named in it.

    ``gaps`` are layers and stretches that would have nobody and have somebody now, ``unanswered`` the
    ladders that would reach nobody now, so that it cannot be saved; ``unreachable`` those whom the change
    puts on call though nobody can ring them yet; ``away`` those whom it puts on call on their leave, and
    from when. ``was_there`` says that an earlier tap saved it.
    """

    rows: Sequence[Comparison]
    tallies: Sequence[Tally]
    people: Mapping[uuid.UUID, Person]
    gaps: Sequence[tuple[str, datetime, datetime]]
    unanswered: Sequence[str]
    unreachable: Sequence[Person]
    doubles: Sequence[DoubleBooking]
    away: Sequence[tuple[Person, datetime]]
    digest: str
    was_there: bool = False

    @property
    def is_nothing(self) -> bool:
        """True when nobody's duty changes."""
        return not any(row.differences() for row in self.rows)


class LookAgainError(Exception):
    """The roster is not what was looked at any more, or it was never looked at: here is what is true now."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("The roster was changed meanwhile.")
        self.outcome = outcome


def look(op: Operation, plan: Plan, by: User) -> Outcome:
    """What ``plan`` would do; nothing of it stays. Raises as :func:`save` does.

    What this session knows of rotations is to be read afresh afterwards.
    """
    _check_may(op, plan, by)
    answering.lock(op)
    with op.session.begin_nested() as savepoint:
        outcome, _rows = _carry_out(op, plan, by)
        savepoint.rollback()
    return outcome


def save(op: Operation, plan: Plan, by: User, seen: str, *, gaps_confirmed: bool = False) -> Outcome:
    """Do it, if it still does what was looked at: ``seen`` is the digest of that.

    Everybody whose duty changes within a fortnight is told by one text message. Raises
    :class:`LookAgainError`; :class:`RefusedError` where it would leave the hotline unanswered now, where
    gaps were not confirmed, and for whatever else stands in the way;
    :class:`hotline.errors.NotFoundError`.
    """
    _check_may(op, plan, by)
    answering.lock(op)
    outcome, rows = _carry_out(op, plan, by)
    if outcome.was_there:
        return outcome
    if outcome.unanswered:
        raise RefusedError(Refusal.UNANSWERED, names=outcome.unanswered)
    if outcome.digest != seen:
        raise LookAgainError(outcome)
    if outcome.gaps and not (gaps_confirmed and may(by.role, Permission.PLAN_ROSTERS)):
        raise RefusedError(Refusal.NOBODY)
    roster_news.duty_changed(op, plan, rows, by)
    return outcome


def _check_may(op: Operation, plan: Plan, by: User) -> None:
    if may(by.role, Permission.PLAN_ROSTERS):
        return
    override = carrying.override_of(op, plan.override_id) if isinstance(plan, EndPlan) else None
    if override is None or not overrides.may_end(override, by):
        raise RefusedError(Refusal.NOT_YOURS)


def _carry_out(op: Operation, plan: Plan, by: User) -> tuple[Outcome, Sequence[Comparison]]:
    if carrying.is_there(op, plan):
        return Outcome([], [], {}, [], [], [], [], [], "", was_there=True), []
    unanswered = answering.without_answer(op)
    rows = carrying.carry_out(op, plan, by)
    unanswered = answering.without_answer(op) - unanswered
    return _outcome(op, plan, rows, sorted(unanswered)), rows


def _outcome(op: Operation, plan: Plan, rows: Sequence[Comparison], unanswered: Sequence[str]) -> Outcome:
    tallied = comparison.tallies(rows)
    gaining = [
        user_id for user_id in (one.user_id for one in tallied) if any(row.gained(user_id) for row in rows)
    ]
    named = {
        user_id
        for row in rows
        for table in (row.before, row.after)
        for spell in table.spells
        for user_id in spell.members
    }
    found = {user.id: Person(user.id, user.name) for user in people(op, named).values()}
    reachable = reach.of(op, gaining)
    gaps = [(row.layer, gap.starts_at, gap.ends_at) for row in rows for gap in row.new_gaps()]
    return Outcome(
        rows=rows,
        tallies=tallied,
        people=found,
        gaps=gaps,
        unanswered=unanswered,
        unreachable=[found[user_id] for user_id in gaining if reachable[user_id] is not Reach.FINE],
        doubles=_doubles(op, rows, [found[user_id] for user_id in gaining]),
        away=_away(op, rows, [found[user_id] for user_id in gaining]),
        digest=comparison.digest(rows, gaps[1:], unanswered, carrying.said(plan)),
    )


def _doubles(op: Operation, rows: Sequence[Comparison], users: Sequence[Person]) -> list[DoubleBooking]:
    """The first double booking of each of those people in each layer that is not changed."""
    changed = {row.rotation_id for row in rows}
    others = [row for row in load_rotations(op) if row.id not in changed] if users else []
    roster = Roster(op, others)
    found = []
    for other in others:
        for row in rows:
            table = roster.timetable(other.id, row.after.start, row.after.end)
            for user in users:
                first = _first_meeting(row.gained(user.id), comparison.spans_of(table, user.id))
                if first is not None:
                    found.append(DoubleBooking(user, other.team.name, other.layer, first))
    return found


def _away(
    op: Operation, rows: Sequence[Comparison], users: Sequence[Person]
) -> list[tuple[Person, datetime]]:
    """Those of these people who would be on call on their leave, and when that is first so."""
    if not rows:
        return []
    start, end = min(row.after.start for row in rows), max(row.after.end for row in rows)
    known = leave.of_people(op, (user.id for user in users), start, end)
    found = []
    for user in users:
        missed = [
            one.starts_at
            for row in rows
            for span in row.gained(user.id)
            for one in leave.overlap(known.get(user.id, ()), span.starts_at, span.ends_at)
        ]
        if missed:
            found.append((user, min(missed)))
    return found


def _first_meeting(mine: Sequence[routing.Gap], theirs: Sequence[routing.Gap]) -> datetime | None:
    starts = [
        max(one.starts_at, other.starts_at)
        for one in mine
        for other in theirs
        if one.starts_at < other.ends_at and other.starts_at < one.ends_at
    ]
    return min(starts, default=None)
