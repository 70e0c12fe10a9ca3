"""Hunting: ring who is on call, climb when nobody takes it, stop when somebody does.

Everything is decided over rows: an incident's ``round`` and ``rung`` are what is to be rung next and
``next_rung_at`` says when. A restart, a second worker or a late tick therefore changes nothing.
"""

import uuid
from collections.abc import Hashable, Sequence

import sqlalchemy as sa

import routing
from hotline.db.models import (
    Call,
    CallKind,
    CallOutcome,
    Effect,
    Incident,
    IncidentStatus,
    Ladder,
    OutboxItem,
    OutboxStatus,
    User,
)
from hotline.services.on_call import fallbacks
from hotline.services.on_call.rosters import load_ladder, people
from hotline.services.on_call.targets import Target
from hotline.services.operation import Operation
from hotline.services.outgoing import later_rings
from hotline.services.reaching import notification_rules
from hotline.services.reaching.notification_rules import Plan
from hotline.services.response import paging, ringing, timeline
from hotline.speech import Prompt, Reference

_GIVEN_UP = (CallOutcome.UNANSWERED, CallOutcome.DECLINED, CallOutcome.BEATEN)


def begin(op: Operation, incident: Incident) -> None:
    """Start hunting now: the first rung is rung in this very transaction if its delay is none."""
    _row, ladder, _targets = load_ladder(op, incident.ladder_id)
    incident.first_ladder_id = incident.ladder_id
    incident.round, incident.rung, incident.ladder_since = 0, 0, 0
    incident.next_rung_at = ladder.starts_at(op.now)
    if incident.next_rung_at <= op.now:
        climb(op, incident)


def begin_again(op: Operation, incident: Incident) -> None:
    """Hunt anew, now, on the ladder on which the hunt began.

    It goes on with a round that no call of it had, or everybody of the first hunt would count as tried.
    """
    highest = sa.select(sa.func.max(Call.round)).where(Call.incident_id == incident.id)
    incident.round = (op.session.scalar(highest) or 0) + 1
    incident.ladder_id, incident.stands_in_for_id = incident.first_ladder_id or incident.ladder_id, None
    incident.rung, incident.next_rung_at, incident.ladder_since = 0, op.now, incident.round


def climb(op: Operation, incident: Incident) -> None:
    """Ring the next rung that has anybody, skip empty ones at once and say so, and plan the next.

    Does nothing once the incident has an owner or is finished.

    1. A ladder that was climbed often enough gives way to its fallback, now that the next round is due.
    2. One on which nobody at all can be rung gives way at once, for this round: the fallback stands in and is
       climbed in this very transaction, and so on, but from no ladder twice. With the next round the hunt
       comes back, because whoever is on call by then must not be forgotten. When the last ladder has nobody
       either, it begins again with the first.
    3. A rung that follows without a delay is climbed in this transaction too.
    """
    if incident.status is not IncidentStatus.OPEN:
        incident.next_rung_at = None
        return
    if incident.rung == 0 and incident.stands_in_for_id is not None:
        incident.ladder_id, incident.stands_in_for_id = incident.stands_in_for_id, None
    passed: set[Hashable] = set()
    plan = _Plans(op)
    busy = {
        call.user_id
        for call in ringing.live_calls(op, incident.id, CallKind.PAGE)
        if call.user_id is not None
    }
    while True:
        row, ladder, targets = load_ladder(op, incident.ladder_id)
        since = incident.ladder_since if incident.stands_in_for_id is None else incident.round
        then = ladder.followed_by(incident.round - since) if incident.rung == 0 else None
        if then is not None:
            _go_on_with(op, incident, row, then)
            continue
        step = routing.next_step(
            ladder,
            incident.rung,
            incident.round,
            op.now,
            targets.resolve,
            skip=plan.why_not,
            tried=busy | _tried(op, incident),
            first_round=since,
            passed=passed,
        )
        _report_skipped(op, incident, step.skipped)
        if isinstance(step, routing.Step):
            users = people(op, step.targets)
            for user_id in step.targets:
                ring(op, incident, users[user_id], plan.of(user_id))
        incident.round, incident.rung, incident.next_rung_at = step.next_round, step.next_rung, step.next_at
        if isinstance(step, routing.NobodyReachable) and step.is_whole_ladder:
            _shout(op, incident, f"ladder {row.name}: nobody can be rung")
            _begin_with_the_first(op, incident, row, is_last=step.next_ladder is None)
        if step.next_at > op.now:
            return
        passed.add(row.id)
        if step.next_ladder is not None:
            incident.stands_in_for_id = incident.stands_in_for_id or row.id
            _change(op, incident, row, step.next_ladder)


class _Plans:
    """How people would be rung at this instant, each worked out once."""

    def __init__(self, op: Operation) -> None:
        self._op = op
        self._found: dict[uuid.UUID, Plan] = {}

    def of(self, user_id: uuid.UUID) -> Plan:
        if user_id not in self._found:
            self._found[user_id] = notification_rules.plan(self._op, user_id)
        return self._found[user_id]

    def why_not(self, user_id: uuid.UUID) -> str | None:
        return self.of(user_id).reason


def _go_on_with(op: Operation, incident: Incident, before: Ladder, ladder_id: Hashable) -> None:
    """The hunt goes on with another ladder: its rounds are counted from the one that begins now."""
    incident.ladder_since, incident.stands_in_for_id = incident.round, None
    _change(op, incident, before, ladder_id)


def _begin_with_the_first(op: Operation, incident: Incident, row: Ladder, *, is_last: bool) -> None:
    """The ladder that nothing follows has nobody: the next round begins where the hunt began."""
    first = incident.first_ladder_id
    if is_last and incident.stands_in_for_id is None and first is not None and first != row.id:
        _go_on_with(op, incident, row, first)


def _change(op: Operation, incident: Incident, before: Ladder, ladder_id: Hashable) -> None:
    """Another ladder is climbed; the timeline says so the first time."""
    after = op.session.get_one(Ladder, ladder_id)
    incident.ladder_id = after.id
    if not timeline.has(op, incident, "ladder-changed", before=before.name, after=after.name):
        timeline.record(op, incident, "ladder-changed", before=before.name, after=after.name)


def ring(op: Operation, incident: Incident, user: User, plan: Plan) -> None:
    """Ring an engineer as their rules plan it, and page them by text message when that was not done yet.

    A call of the rules that is to come later waits in the outbox and is no call yet: it neither holds
    the ladder back nor counts as ringing (:mod:`hotline.services.outgoing.later_rings`).
    """
    page = paging.page(op, incident, user, plan)
    for step in plan.calls:
        if step.delay:
            later_rings.plan(op, incident, page, step)
        else:
            ringing.place(op, incident, ringing.new_ring(op, incident, page, step.method.value))


def call_over(op: Operation, call: Call) -> None:
    """A page call came to nothing. If no other is alive in this round, the next rung is due at once.

    The pause between rounds is kept: a phone that is off is not rung again and again.
    """
    incident = op.session.get(Incident, call.incident_id, with_for_update=True, populate_existing=True)
    if incident is None or incident.status is not IncidentStatus.OPEN or incident.next_rung_at is None:
        return
    alive = [
        other
        for other in ringing.live_calls(op, incident.id, CallKind.PAGE)
        if other.id != call.id and other.outcome not in _GIVEN_UP and not _same_no(other, call)
    ]
    if not alive and incident.round == call.round:
        incident.next_rung_at = min(incident.next_rung_at, op.now)


def _same_no(other: Call, call: Call) -> bool:
    """Whoever passed it on did so for all of their phones, also for one that is about to stop ringing."""
    return call.outcome is CallOutcome.DECLINED and other.user_id == call.user_id


def rest_is_down(op: Operation, incident: Incident) -> bool:
    """True when calls wait in the outbox after a failed attempt and none could be placed meanwhile."""
    stuck = sa.select(OutboxItem.id).where(
        OutboxItem.incident_id == incident.id,
        OutboxItem.effect == Effect.PLACE_CALL,
        OutboxItem.status == OutboxStatus.PENDING,
        OutboxItem.attempts > 0,
        OutboxItem.last_error.is_not(None),
    )
    placed = sa.select(Call.id).where(
        Call.incident_id == incident.id,
        Call.kind == CallKind.PAGE,
        Call.call_sid.is_not(None),
        Call.ended_at.is_(None),
    )
    found = op.session.execute
    return found(stuck.limit(1)).first() is not None and found(placed.limit(1)).first() is None


def people_to_dial(op: Operation, incident: Incident) -> list[User]:
    """Everybody on the ladder who can be rung now, in order, then everybody on those that would follow."""
    plan, found = _Plans(op), dict[uuid.UUID, None]()
    for _row, ladder, targets in fallbacks.load(op, incident.ladder_id):
        found |= dict.fromkeys(routing.everyone(ladder, op.now, targets.resolve, skip=plan.why_not))
    users = people(op, found)
    return [users[user_id] for user_id in found]


def _tried(op: Operation, incident: Incident) -> set[uuid.UUID]:
    query = sa.select(Call.user_id).where(
        Call.incident_id == incident.id,
        Call.kind == CallKind.PAGE,
        Call.round == incident.round,
        Call.user_id.is_not(None),
    )
    return {user_id for user_id in op.session.scalars(query) if user_id is not None}


def _report_skipped(
    op: Operation, incident: Incident, skipped: Sequence["routing.Skipped[Target, uuid.UUID]"]
) -> None:
    for item in skipped:
        if item.reason == routing.SkipReason.ALREADY_TRIED:
            continue
        name = "" if item.member is None else op.session.get_one(User, item.member).name
        reason = "nobody is on call" if item.member is None else f"{name} {item.reason}"
        timeline.record(op, incident, "rung-skipped", rung=item.position, reason=reason)
        _shout(op, incident, f"rung {item.position + 1}: {reason}")


def _shout(op: Operation, incident: Incident, reason: str) -> None:
    prompt = Prompt.of(
        "sms.alarm_nobody",
        reference=Reference(incident.reference),
        customer=paging.customer_name(incident),
        reason=reason,
        link=paging.link(op, incident),
    )
    paging.alarm(op, incident, prompt, f"alarm:{incident.id}:{reason}"[:80])
