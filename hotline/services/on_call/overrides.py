"""Overrides: somebody is on call instead of whom the rotation names, and that can be ended early.

Whoever changes a roster holds the lock on its rotation's row, so that two changes at once are one after
the other: the second sees the first and is told. Nothing is deleted; see
:class:`hotline.db.models.Override`. Everybody whose duty changes is told by text message.
"""

import enum
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from hotline.db.models import Override, OverrideKind, Rotation, User
from hotline.errors import InvalidInputError, NotFoundError
from hotline.services.access import Permission, may
from hotline.services.on_call import roster_news, versions
from hotline.services.on_call.rosters import Roster, load_rotations
from hotline.services.operation import Operation
from hotline.services.reaching import reach
from hotline.services.reaching.reach import Reach

LONGEST = timedelta(days=90)
FURTHEST = timedelta(days=366)
WITHOUT_END = timedelta(hours=12)
# Who types "from now" needs a while for the rest of the form.
_MAY_HAVE_BEGUN = timedelta(minutes=15)


class Refusal(enum.StrEnum):
    """Why a change of the roster was not made."""

    PAST = "past"
    BACKWARDS = "backwards"
    TOO_LONG = "too-long"
    TOO_FAR = "too-far"
    NO_NUMBER = "no-number"
    BAD_NUMBER = "bad-number"
    DISABLED = "disabled"
    ROLE = "role"  # may not take incidents
    NOT_IN_TEAM = "not-in-team"
    NOBODY = "nobody"  # would leave the layer empty and that was not confirmed
    NOT_YOURS = "not-yours"
    CHANGED = "changed"  # somebody else is on call there by now
    NO_COLLEAGUES = "no-colleagues"
    YOURSELF = "yourself"


_REACH = {Reach.NO_NUMBER: Refusal.NO_NUMBER, Reach.BAD_NUMBER: Refusal.BAD_NUMBER}


class RefusedError(InvalidInputError):
    """The roster stays as it is; ``why`` says for which reason, the pages say it in words.

    ``who`` names whoever stands in the way: cannot be on call, or is on call by now, ``since`` then.
    """

    def __init__(self, why: Refusal, who: User | None = None, since: datetime | None = None) -> None:
        super().__init__(f"The roster was not changed: {why.value}.")
        self.why = why
        self.who = None if who is None else who.name
        self.since = since


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
    override = _write(op, rotation, user, op.now, ends_at, user, None, managers_too=True)
    return TakenOver(rotation, override.ends_at, is_new=True)


def put(
    op: Operation,
    rotation_id: uuid.UUID,
    person: User | None,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    reason: str | None = None,
    *,
    nobody_confirmed: bool = False,
) -> Override | None:
    """Put somebody on call for a span, or nobody when the consequence was confirmed.

    None when that is so already, as after a second tap. Raises :class:`RefusedError`.
    """
    if not may(by.role, Permission.PLAN_ROSTERS):
        raise RefusedError(Refusal.NOT_YOURS)
    rotation = locked(op, rotation_id)
    starts_at, ends_at = check_span(op, starts_at, ends_at)
    if person is not None:
        check_person(op, person)
    elif not nobody_confirmed:
        raise RefusedError(Refusal.NOBODY)
    wanted = () if person is None else (person.id,)
    spells = Roster(op, [rotation]).timetable(rotation.id, starts_at, ends_at).spells
    if all(spell.members == wanted for spell in spells):
        return None
    return _write(op, rotation, person, starts_at, ends_at, by, reason)


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
) -> Override:
    """Add an override whose conditions were checked and whose news is told by the caller."""
    override = Override(
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
    rotation = locked(op, override.rotation_id)
    if not may_end(override, by):
        raise RefusedError(Refusal.NOT_YOURS)
    if override.holds_until <= op.now or override.cancelled_at is not None:
        return False
    starts_at, ends_at = max(op.now, override.starts_at), override.ends_at
    override.cancelled_at, override.cancelled_by_id = op.now, by.id
    op.session.flush()
    roster = Roster(op, [rotation])
    if roster.gaps(rotation.id, starts_at, ends_at) and not may(by.role, Permission.PLAN_ROSTERS):
        raise RefusedError(Refusal.NOBODY)
    after = roster.timetable(rotation.id, starts_at, ends_at)
    roster_news.override_ended(op, rotation, override, after, by)
    return True


def may_end(override: Override, user: User) -> bool:
    """Whether ``user`` may end an override."""
    return user.id in (override.created_by_id, override.user_id) or may(user.role, Permission.PLAN_ROSTERS)


def locked(op: Operation, rotation_id: uuid.UUID) -> Rotation:
    """The rotation with its overrides as they are now; nobody else changes them before this commits.

    Raises :class:`NotFoundError`.
    """
    lock = sa.select(Rotation.team_id).where(Rotation.id == rotation_id).with_for_update()
    team_id = op.session.scalar(lock)
    if team_id is None:
        raise NotFoundError("There is no such rotation.")
    return next(row for row in load_rotations(op, team_id) if row.id == rotation_id)


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
    if found is not Reach.FINE:
        raise RefusedError(_REACH[found], user)


def can_be_put(op: Operation, users: Iterable[User]) -> list[User]:
    """Those against whom :func:`check_person` has nothing, in one query."""
    users = [user for user in users if _may_be_on_call(user)]
    found = reach.of(op, (user.id for user in users))
    return [user for user in users if found[user.id] is Reach.FINE]


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


def _write(
    op: Operation,
    rotation: Rotation,
    person: User | None,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    reason: str | None,
    *,
    managers_too: bool = False,
) -> Override:
    before = Roster(op, [rotation]).timetable(rotation.id, starts_at, ends_at)
    override = write(op, rotation, person, starts_at, ends_at, by, reason)
    roster_news.override_made(op, rotation, override, before, by, managers_too=managers_too)
    return override


def _person(op: Operation, user_id: uuid.UUID | None) -> User | None:
    return None if user_id is None else op.session.get(User, user_id)
