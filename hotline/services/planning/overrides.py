"""Overrides: somebody is on call instead of whom the rotation names, and that can be ended early.

Whoever changes a roster holds the lock on its rotation's row, so that two changes at once are one after
the other: the second sees the first and is told. Nothing is deleted; see
:class:`hotline.db.models.Override`. Everybody whose duty changes is told by text message.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from hotline.db.base import new_id
from hotline.db.models import Override, OverrideKind, Rotation, User
from hotline.errors import NotFoundError
from hotline.services import audit
from hotline.services.access import Permission, may
from hotline.services.on_call import versions
from hotline.services.on_call.rosters import Roster, load_rotations
from hotline.services.operation import Operation
from hotline.services.planning import answering, roster_news
from hotline.services.planning.refusing import Refusal as Refusal
from hotline.services.planning.refusing import RefusedError as RefusedError
from hotline.services.reaching import reach
from hotline.services.reaching.reach import Reach

LONGEST = timedelta(days=90)
FURTHEST = timedelta(days=366)
WITHOUT_END = timedelta(hours=12)
# Who types "from now" needs a while for the rest of the form.
_MAY_HAVE_BEGUN = timedelta(minutes=15)


_REACH = {Reach.NO_NUMBER: Refusal.NO_NUMBER, Reach.BAD_NUMBER: Refusal.BAD_NUMBER}


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What came of taking over. ``is_new`` is False when the person was on call there already."""

    rotation: Rotation
    until: datetime | None
    is_new: bool


def take_over(
    op: Operation,
    rotation_id: uuid.UUID,
    user: User,
    instead_of: uuid.UUID | None,
    lasting: timedelta | None = None,
) -> TakenOver:
    """Put ``user`` on call now, to the end of the shift that runs or for ``lasting`` of it.

    ``instead_of`` is whom the page showed on call; when that is somebody else by now, this raises
    :class:`RefusedError` with ``CHANGED`` and who it is. A second tap changes nothing.
    """
    rotation = locked(op, rotation_id)
    op = after_last_change(op, rotation)
    check_person(op, user)
    if user.id not in colleagues(op, rotation.team_id) and not may(user.role, Permission.PLAN_ROSTERS):
        raise RefusedError(Refusal.NOT_IN_TEAM)
    found = Roster(op, [rotation]).on_call(rotation.id, op.now)
    if user.id in found.members:
        return TakenOver(rotation, found.until, is_new=False)
    first = found.members[0] if found.members else None
    if first != instead_of:
        raise RefusedError(Refusal.CHANGED, _person(op, first), found.since)
    ends_at = found.until or op.now + WITHOUT_END
    if lasting is not None:
        ends_at = min(ends_at, op.now + lasting)
    before = Roster(op, [rotation]).timetable(rotation.id, op.now, ends_at)
    override = write(op, rotation, user, op.now, ends_at, user, None)
    roster_news.taken_over(op, rotation, override, before, user)
    return TakenOver(rotation, override.ends_at, is_new=True)


def write(
    op: Operation,
    rotation: Rotation,
    person: User | None,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    reason: str | None,
    kind: OverrideKind = OverrideKind.REPLACE,
    instead_of: User | None = None,
    override_id: uuid.UUID | None = None,
) -> Override:
    """Add an override whose conditions were checked and whose news is told by the caller.

    The audit trail has it.
    """
    override = Override(
        id=override_id or new_id(),
        rotation_id=rotation.id,
        kind=kind,
        instead_of_id=None if instead_of is None else instead_of.id,
        user_id=None if person is None else person.id,
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=op.now,
        created_by_id=by.id,
        reason=reason,
    )
    op.session.add(override)
    op.session.flush()
    _record(op, rotation, override, by, "created")
    return override


def end(op: Operation, override_id: uuid.UUID, by: User) -> bool:
    """End an override now, or cancel it before it begins. False when it had ended already.

    Whoever made it, the person it puts on call, and whoever plans rosters may. Raises
    :class:`NotFoundError`; :class:`RefusedError` for anybody else, and where ending it would leave
    nobody on call and ``by`` does not plan rosters.
    """
    override = op.session.get(Override, override_id)
    if override is None:
        raise NotFoundError("There is no such override.")
    answering.lock(op)
    rotation = locked(op, override.rotation_id)
    op = after_last_change(op, rotation)
    if not may_end(override, by):
        raise RefusedError(Refusal.NOT_YOURS)
    if override.holds_until <= op.now or override.cancelled_at is not None:
        return False
    starts_at, ends_at = max(op.now, override.starts_at), override.ends_at
    with answering.kept_up(op):
        cancel(op, rotation, override, by)
    roster = Roster(op, [rotation])
    if roster.gaps(rotation.id, starts_at, ends_at) and not may(by.role, Permission.PLAN_ROSTERS):
        raise RefusedError(Refusal.NOBODY)
    after = roster.timetable(rotation.id, starts_at, ends_at)
    roster_news.override_ended(op, rotation, override, after, by)
    return True


def cancel(op: Operation, rotation: Rotation, override: Override, by: User) -> None:
    """Set the end of an override that was checked by the caller, who tells the news."""
    override.cancelled_at, override.cancelled_by_id = op.now, by.id
    op.session.flush()
    _record(op, rotation, override, by, "ended")


def may_end(override: Override, user: User) -> bool:
    """Whether ``user`` may end an override."""
    puts = None if override.kind is OverrideKind.REMOVE else override.user_id
    return user.id in (override.created_by_id, puts) or may(user.role, Permission.PLAN_ROSTERS)


def locked(op: Operation, rotation_id: uuid.UUID) -> Rotation:
    """The rotation with its overrides as they are now; nobody else changes them before this commits.

    Raises :class:`NotFoundError`.
    """
    lock = sa.select(Rotation.team_id).where(Rotation.id == rotation_id).with_for_update()
    team_id = op.session.scalar(lock)
    if team_id is None:
        raise NotFoundError("There is no such rotation.")
    found = next((row for row in load_rotations(op, team_id) if row.id == rotation_id), None)
    if found is None:
        raise NotFoundError("That layer has ended.")
    return found


def after_last_change(op: Operation, rotation: Rotation) -> Operation:
    """The operation at an instant no earlier than the last change of a rotation that is locked.

    Whoever held the lock before us may have begun a moment after us, or by a clock a little ahead; what
    they changed holds by now, and is not to be decided over as if it were to come.
    """
    changes = [row.cancelled_at or row.created_at for row in rotation.overrides]
    changes += [row.created_at for row in rotation.versions]
    return replace(op, now=max([op.now, *changes]))


def check_span(op: Operation, starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    """The span, from now when it began a moment ago. Raises :class:`RefusedError`."""
    if ends_at <= starts_at:
        raise RefusedError(Refusal.BACKWARDS)
    if ends_at <= op.now or starts_at < op.now - _MAY_HAVE_BEGUN:
        raise RefusedError(Refusal.PAST)
    if ends_at - starts_at > LONGEST:
        raise RefusedError(Refusal.TOO_LONG)
    if starts_at > op.now + FURTHEST:
        raise RefusedError(Refusal.TOO_FAR)
    return max(starts_at, op.now), ends_at


def check_person(op: Operation, user: User) -> None:
    """Only somebody who can be rung and may take incidents is put on call. Raises :class:`RefusedError`."""
    if user.disabled_at is not None:
        raise RefusedError(Refusal.DISABLED, user)
    if not may(user.role, Permission.WORK_ON_INCIDENTS):
        raise RefusedError(Refusal.ROLE, user)
    found = reach.of(op, [user.id])[user.id]
    if not found.can_be_rung:
        raise RefusedError(_REACH[found], user)


def can_be_put(op: Operation, users: Iterable[User]) -> list[User]:
    """Those against whom :func:`check_person` has nothing, in one query."""
    users = [user for user in users if _may_be_on_call(user)]
    found = reach.of(op, (user.id for user in users))
    return [user for user in users if found[user.id].can_be_rung]


def _may_be_on_call(user: User) -> bool:
    return user.disabled_at is None and may(user.role, Permission.WORK_ON_INCIDENTS)


def colleagues(op: Operation, team_id: uuid.UUID) -> dict[uuid.UUID, User]:
    """Everybody who has a place in a rotation of the team, by id, in the order of names."""
    query = (
        sa.select(User)
        .where(User.id.in_(versions.places(op.now).where(Rotation.team_id == team_id)))
        .order_by(User.name, User.id)
    )
    return {user.id: user for user in op.session.scalars(query)}


def elsewhere(
    op: Operation, user_id: uuid.UUID, starts_at: datetime, ends_at: datetime, but: uuid.UUID
) -> list[Rotation]:
    """Other rotations in which somebody is on call at some time of the span: a double booking."""
    rows: Iterable[Rotation] = [row for row in load_rotations(op) if row.id != but]
    roster = Roster(op, list(rows))
    return [
        row
        for row in rows
        if any(user_id in spell.members for spell in roster.timetable(row.id, starts_at, ends_at).spells)
    ]


def _record(op: Operation, rotation: Rotation, row: Override, by: User, action: str) -> None:
    """Who does what from when to when; for one that has ended, when it was to end and when it does."""
    facts = {
        "layer": rotation.layer,
        "override": row.kind.value,
        "on_call": _name(op, row.user_id),
        "instead_of": _name(op, row.instead_of_id),
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "reason": row.reason,
    }
    is_end = action == "ended"
    audit.record(
        op,
        by,
        action,
        "override",
        row.id,
        f"{rotation.team.name}, {rotation.layer}",
        before=facts if is_end else None,
        after={**facts, "ends_at": row.holds_until.isoformat()} if is_end else facts,
    )


def _name(op: Operation, user_id: uuid.UUID | None) -> str | None:
    found = _person(op, user_id)
    return None if found is None else found.name


def _person(op: Operation, user_id: uuid.UUID | None) -> User | None:
    return None if user_id is None else op.session.get(User, user_id)
