"""Carrying out a plan: the rows are written, and before and after are compared over the time it is about.

Nothing is judged here but whether the plan makes sense; :mod:`hotline.services.planning.planning` decides
whether it stays.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa

from hotline.db.models import (
    Ladder,
    Override,
    OverrideKind,
    Rotation,
    RotationVersion,
    RungTarget,
    Team,
    User,
)
from hotline.errors import InvalidInputError, NotFoundError
from hotline.services.access import Permission, may
from hotline.services.on_call import versions
from hotline.services.on_call.rosters import Roster, load_rotations
from hotline.services.on_call.versions import PartPlan
from hotline.services.operation import Operation
from hotline.services.planning import cover, overrides, trail
from hotline.services.planning.comparison import Comparison, Table
from hotline.services.planning.plans import (
    EndPlan,
    LayerEnd,
    LayerPlan,
    OverridePlan,
    Plan,
    SwapPlan,
    Turn,
    VersionPlan,
)
from hotline.services.planning.refusing import Refusal, RefusedError

AHEAD = timedelta(days=30)
_AROUND = timedelta(hours=12)
_OTHER = uuid.UUID("7d1f3bb4-1c57-4c1c-9a44-2d5c7f0f9b11")
_NAME_LENGTH = 40


def is_there(op: Operation, plan: Plan) -> bool:
    """Whether an earlier tap has saved it already."""
    match plan:
        case OverridePlan() | SwapPlan():
            return op.session.get(Override, plan.id) is not None
        case VersionPlan():
            return op.session.get(RotationVersion, plan.id) is not None
        case LayerPlan():
            return op.session.get(Rotation, plan.id) is not None
        case LayerEnd():
            found = op.session.get(Rotation, plan.rotation_id)
            return found is not None and found.ended_at is not None
        case EndPlan():
            row = override_of(op, plan.override_id)
            return row.cancelled_at is not None or row.holds_until <= op.now


def said(plan: Plan) -> str:
    """What somebody decided, without the id of the row and without the reason: a part of the digest."""
    match plan:
        case OverridePlan():
            return repr((plan.kind.value, plan.user_id, plan.instead_of_id, plan.ends_at))
        case VersionPlan() | LayerPlan():
            return repr((plan.parts, plan.holds_from))
        case _:
            return repr(plan) if not isinstance(plan, SwapPlan) else repr((plan.one, plan.other))


def carry_out(op: Operation, plan: Plan, by: User) -> list[Comparison]:
    """Write the rows of ``plan``. The caller holds the lock on every rotation.

    Raises :class:`RefusedError`, :class:`InvalidInputError`, :class:`NotFoundError`.
    """
    match plan:
        case OverridePlan():
            return _override(op, plan, by)
        case SwapPlan():
            return _swap(op, plan, by)
        case EndPlan():
            return _end(op, plan, by)
        case VersionPlan():
            return _version(op, plan, by)
        case LayerPlan():
            return _layer(op, plan, by)
        case LayerEnd():
            return _layer_end(op, plan, by)


def override_of(op: Operation, override_id: uuid.UUID) -> Override:
    """The override with this id. Raises :class:`NotFoundError`."""
    found = op.session.get(Override, override_id, populate_existing=True)
    if found is None:
        raise NotFoundError("There is no such override.")
    return found


def _compared(
    op: Operation,
    spans: Mapping[uuid.UUID, tuple[datetime, datetime]],
    act: Callable[[Mapping[uuid.UUID, Rotation]], None],
) -> list[Comparison]:
    """What ``act`` changes in the layers of ``spans``, each over its own span."""
    rows = _loaded(op, spans)
    before = _tables(op, rows, spans)
    act(rows)
    op.session.flush()
    rows = _loaded(op, spans)
    after = _tables(op, rows, spans)
    return [
        Comparison(key, rows[key].team.name, rows[key].layer, rows[key].time_zone, before[key], after[key])
        for key in spans
    ]


def _loaded(op: Operation, wanted: Mapping[uuid.UUID, object]) -> dict[uuid.UUID, Rotation]:
    rows = {row.id: row for row in load_rotations(op) if row.id in wanted}
    if len(rows) < len(wanted):
        raise RefusedError(Refusal.ENDED)
    return rows


def _tables(
    op: Operation, rows: Mapping[uuid.UUID, Rotation], spans: Mapping[uuid.UUID, tuple[datetime, datetime]]
) -> dict[uuid.UUID, Table]:
    roster = Roster(op, list(rows.values()))
    return {key: roster.timetable(key, *span) for key, span in spans.items()}


def _around(op: Operation, starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    return max(op.now, starts_at - _AROUND), ends_at + _AROUND


def _month_from(op: Operation, instant: datetime | None) -> tuple[datetime, datetime]:
    """From an instant to a midnight (UTC) a good month later, so that it stays the same for a day."""
    begins = instant or op.now
    return begins, datetime.combine((begins + AHEAD).date() + timedelta(days=1), time(), UTC)


def _override(op: Operation, plan: OverridePlan, by: User) -> list[Comparison]:
    starts_at, ends_at = overrides.check_span(op, plan.starts_at, plan.ends_at)
    person, instead_of = _user(op, plan.user_id), _user(op, plan.instead_of_id)
    if plan.kind is not OverrideKind.REPLACE and person is None:
        raise RefusedError(Refusal.NOBODY)
    if person is not None and person == instead_of:
        raise RefusedError(Refusal.SAME, person)
    if person is not None and plan.kind is not OverrideKind.REMOVE:
        overrides.check_person(op, person)

    def act(rows: Mapping[uuid.UUID, Rotation]) -> None:
        row, why = rows[plan.rotation_id], (plan.reason, plan.kind, instead_of, plan.id)
        overrides.write(op, row, person, starts_at, ends_at, by, *why)

    return _compared(op, {plan.rotation_id: _around(op, starts_at, ends_at)}, act)


def _swap(op: Operation, plan: SwapPlan, by: User) -> list[Comparison]:
    turns = plan.one, plan.other
    users = [op.session.get_one(User, turn.user_id) for turn in turns]
    if users[0] == users[1]:
        raise RefusedError(Refusal.SAME, users[0])
    spans: dict[uuid.UUID, tuple[datetime, datetime]] = {}
    for turn, user in zip(turns, users, strict=True):
        overrides.check_person(op, user)
        starts_at, ends_at = _around(op, *overrides.check_span(op, turn.starts_at, turn.ends_at))
        known = spans.get(turn.rotation_id, (starts_at, ends_at))
        spans[turn.rotation_id] = min(known[0], starts_at), max(known[1], ends_at)

    def act(rows: Mapping[uuid.UUID, Rotation]) -> None:
        _check_turns(op, rows, turns)
        ids = (plan.id, uuid.uuid5(_OTHER, str(plan.id)))
        for number, turn in enumerate(turns):
            overrides.write(
                op,
                rows[turn.rotation_id],
                users[1 - number],
                max(op.now, turn.starts_at),
                turn.ends_at,
                by,
                plan.reason,
                instead_of=users[number],
                override_id=ids[number],
            )

    return _compared(op, spans, act)


def _check_turns(op: Operation, rows: Mapping[uuid.UUID, Rotation], turns: Sequence[Turn]) -> None:
    """Both are still whose they were said to be."""
    roster = Roster(op, list(rows.values()))
    for turn in turns:
        table = roster.timetable(turn.rotation_id, max(op.now, turn.starts_at), turn.ends_at)
        for spell in table.spells:
            if turn.user_id not in spell.members:
                who = op.session.get(User, spell.members[0]) if spell.members else None
                raise RefusedError(Refusal.CHANGED, who)


def _end(op: Operation, plan: EndPlan, by: User) -> list[Comparison]:
    row = override_of(op, plan.override_id)
    span = _around(op, row.starts_at, row.ends_at)
    return _compared(
        op, {row.rotation_id: span}, lambda rows: overrides.cancel(op, rows[row.rotation_id], row, by)
    )


def _version(op: Operation, plan: VersionPlan, by: User) -> list[Comparison]:
    holds_from = plan.holds_from or op.now
    if holds_from < op.now:
        raise RefusedError(Refusal.PAST)
    if holds_from > op.now + overrides.FURTHEST:
        raise RefusedError(Refusal.TOO_FAR)
    _check_parts(op, plan.parts)

    def act(rows: Mapping[uuid.UUID, Rotation]) -> None:
        row = rows[plan.rotation_id]
        was = versions.at(row, holds_from)
        before = [] if was is None else trail.lines(op, versions.plans_of(was))
        versions.save(op, row, plan.parts, by, holds_from, plan.reason, plan.id)
        trail.record(
            op, by, row, "changed", {"parts": before}, trail.facts(op, plan.parts, holds_from, plan.reason)
        )

    return _compared(op, {plan.rotation_id: _month_from(op, plan.holds_from)}, act)


def _layer(op: Operation, plan: LayerPlan, by: User) -> list[Comparison]:
    team = op.session.get(Team, plan.team_id)
    name = plan.name.strip()
    if team is None or team.ended_at is not None:
        raise NotFoundError("There is no such team.")
    layers = list(op.session.scalars(sa.select(Rotation).where(Rotation.team_id == team.id)))
    if any(row.layer.casefold() == name.casefold() for row in layers):
        raise RefusedError(Refusal.TAKEN_NAME)
    if not 0 < len(name) <= _NAME_LENGTH or (plan.holds_from is not None and plan.holds_from < op.now):
        raise InvalidInputError("A layer has a name of at most 40 characters and begins now or later.")
    _check_parts(op, plan.parts)
    holds_from = plan.holds_from or op.now
    place = max((row.position for row in layers), default=-1) + 1
    row = Rotation(id=plan.id, team=team, layer=name, position=place, time_zone=team.time_zone)
    op.session.add(row)
    op.session.flush()

    def act(rows: Mapping[uuid.UUID, Rotation]) -> None:
        versions.save(op, rows[plan.id], plan.parts, by, holds_from)
        trail.record(op, by, row, "created", None, trail.facts(op, plan.parts, holds_from, None))

    return _compared(op, {plan.id: _month_from(op, plan.holds_from)}, act)


def _layer_end(op: Operation, plan: LayerEnd, by: User) -> list[Comparison]:
    ringing = sa.select(Ladder.name).join(RungTarget, RungTarget.ladder_id == Ladder.id)
    names = list(
        op.session.scalars(
            ringing.where(RungTarget.rotation_id == plan.rotation_id, Ladder.ended_at.is_(None)).distinct()
        )
    )
    if names:
        raise RefusedError(Refusal.IS_RUNG, names=sorted(names))

    def act(rows: Mapping[uuid.UUID, Rotation]) -> None:
        row = rows[plan.rotation_id]
        was = versions.at(row, op.now)
        for override in row.overrides:
            if override.cancelled_at is None and override.ends_at > op.now:
                overrides.cancel(op, row, override, by)
        versions.save(op, row, [], by, op.now)
        before = [] if was is None else trail.lines(op, versions.plans_of(was))
        trail.record(op, by, row, "ended", {"parts": before}, {"parts": []})

    compared = _compared(op, {plan.rotation_id: _month_from(op, None)}, act)
    cover.layer_ended(op, plan.rotation_id, by)
    op.session.get_one(Rotation, plan.rotation_id).ended_at = op.now
    op.session.flush()
    return compared


def _check_parts(op: Operation, parts: Sequence[PartPlan]) -> None:
    """Each has people, and only such as may be on call; who has no number yet is named, not refused."""
    if not parts or any(not plan.part.members for plan in parts):
        raise RefusedError(Refusal.EMPTY)
    for user_id in {member for plan in parts for member in plan.part.members}:
        user = op.session.get_one(User, user_id)
        if user.disabled_at is not None:
            raise RefusedError(Refusal.DISABLED, user)
        if not may(user.role, Permission.WORK_ON_INCIDENTS):
            raise RefusedError(Refusal.ROLE, user)


def _user(op: Operation, user_id: uuid.UUID | None) -> User | None:
    return None if user_id is None else op.session.get_one(User, user_id)
