"""Cover: an engineer asks colleagues to be on call instead; of several who accept exactly one gets it.

Accepting writes the override in the same transaction. An open request is settled by one conditional
update, so two who decide at once are told what is true afterwards.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from hotline.db.models import CoverAsk, CoverRequest, CoverStatus, Rotation, User
from hotline.errors import NotFoundError
from hotline.services.on_call.rosters import Roster
from hotline.services.operation import Operation
from hotline.services.planning import overrides, roster_news
from hotline.services.planning.overrides import Refusal, RefusedError

_BATCH = 50


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a request stands after somebody decided; ``is_new`` when it was this decision that did it."""

    request: CoverRequest
    is_new: bool


def ask(
    op: Operation,
    rotation_id: uuid.UUID,
    asker: User,
    starts_at: datetime,
    ends_at: datetime,
    asked_of: User | None = None,
    reason: str | None = None,
) -> Decision:
    """Ask one colleague, or anyone in the team, to cover a span in which ``asker`` is on call.

    A second tap finds the first request. Raises :class:`RefusedError`, :class:`NotFoundError`.
    """
    rotation = overrides.locked(op, rotation_id)
    op = overrides.after_last_change(op, rotation)
    starts_at, ends_at = overrides.check_span(op, starts_at, ends_at)
    earlier = _same(op, rotation, asker, starts_at, ends_at, asked_of)
    if earlier is not None:
        return Decision(earlier, is_new=False)
    _check_is_mine(op, rotation, asker, starts_at, ends_at)
    users = _whom(op, rotation, asker, asked_of)
    request = CoverRequest(
        rotation_id=rotation.id,
        rotation=rotation,
        starts_at=starts_at,
        ends_at=ends_at,
        answer_by=ends_at if starts_at <= op.now else starts_at,
        asked_by_id=asker.id,
        asked_by=asker,
        asked_of_id=None if asked_of is None else asked_of.id,
        reason=reason or None,
        created_at=op.now,
        asks=[CoverAsk(user_id=user.id) for user in users],
    )
    op.session.add(request)
    op.session.flush()
    roster_news.cover_asked(op, request, users)
    return Decision(request, is_new=True)


def accept(op: Operation, request_id: uuid.UUID, user: User) -> Decision:
    """``user`` covers, unless somebody does already or it is too late; then ``is_new`` is False.

    What is left of the span is covered from now when it has begun. Raises :class:`RefusedError` when
    ``user`` cannot be rung, or the asker is not on call there any more.
    """
    request = _asked(op, request_id, user)
    rotation = overrides.locked(op, request.rotation_id)
    op = overrides.after_last_change(op, rotation)
    if state(op, request) is not CoverStatus.OPEN:
        return Decision(_read(op, request_id), is_new=False)
    overrides.check_person(op, user)
    if not _settle(op, request, CoverStatus.ACCEPTED, user):
        return Decision(_read(op, request_id), is_new=False)
    starts_at = max(op.now, request.starts_at)
    _check_is_mine(op, rotation, request.asked_by, starts_at, request.ends_at)
    made = overrides.write(
        op, rotation, user, starts_at, request.ends_at, user, request.reason, instead_of=request.asked_by
    )
    request.override_id = made.id
    roster_news.cover_accepted(op, request, user)
    return Decision(request, is_new=True)


def decline(op: Operation, request_id: uuid.UUID, user: User) -> Decision:
    """``user`` says no; once everybody who was asked has, the asker is told."""
    request = _asked(op, request_id, user)
    overrides.locked(op, request.rotation_id)  # the last two who say no see each other
    request = _read(op, request_id)
    mine = next(ask for ask in request.asks if ask.user_id == user.id)
    if state(op, request) is not CoverStatus.OPEN or mine.declined_at is not None:
        return Decision(request, is_new=False)
    mine.declined_at = op.now
    op.session.flush()
    if all(ask.declined_at is not None for ask in request.asks):
        _settle(op, request, CoverStatus.DECLINED, user)
        roster_news.cover_declined(op, request)
    return Decision(request, is_new=True)


def withdraw(op: Operation, request_id: uuid.UUID, user: User) -> Decision:
    """Who asked needs no cover any more. What is settled stays settled: then ``is_new`` is False."""
    request = _read(op, request_id)
    if request.asked_by_id != user.id:
        raise NotFoundError("There is no such request.")
    if state(op, request) is not CoverStatus.OPEN or not _settle(op, request, CoverStatus.WITHDRAWN, user):
        return Decision(_read(op, request_id), is_new=False)
    roster_news.cover_withdrawn(op, request)
    return Decision(request, is_new=True)


def layer_ended(op: Operation, rotation_id: uuid.UUID, by: User) -> None:
    """A layer is no more: what was asked for in it needs no answer, and whoever was asked hears that."""
    for request in op.session.scalars(_open(op).where(CoverRequest.rotation_id == rotation_id)).all():
        if _settle(op, request, CoverStatus.WITHDRAWN, by):
            roster_news.cover_withdrawn(op, request)


def seen_by(op: Operation, request_id: uuid.UUID, user: User) -> CoverRequest:
    """A request, for who asked and who was asked. Raises :class:`NotFoundError` for everybody else."""
    request = _read(op, request_id)
    if request.asked_by_id == user.id:
        return request
    return _asked(op, request_id, user)


def state(op: Operation, request: CoverRequest) -> CoverStatus:
    """Where it stands: an open one whose time is up has expired, whether or not a sweep has seen it."""
    if request.status is CoverStatus.OPEN and request.answer_by <= op.now:
        return CoverStatus.EXPIRED
    return request.status


def asked_of(op: Operation, user_id: uuid.UUID) -> list[CoverRequest]:
    """Open requests that a person may answer and has not said no to, the soonest first."""
    is_asked = sa.exists().where(
        CoverAsk.request_id == CoverRequest.id, CoverAsk.user_id == user_id, CoverAsk.declined_at.is_(None)
    )
    return list(op.session.scalars(_open(op).where(is_asked)))


def asked_by(op: Operation, user_id: uuid.UUID) -> list[CoverRequest]:
    """Requests of a person that are open, or whose span is not over, the soonest first."""
    query = (
        _whole()
        .where(CoverRequest.asked_by_id == user_id, CoverRequest.ends_at > op.now)
        .order_by(CoverRequest.starts_at, CoverRequest.id)
    )
    return list(op.session.scalars(query))


def sweep_expired(op: Operation) -> int:
    """Settle the open requests whose time is up and tell who asked; returns how many."""
    query = (
        sa.select(CoverRequest)
        .where(CoverRequest.status == CoverStatus.OPEN, CoverRequest.answer_by <= op.now)
        .order_by(CoverRequest.answer_by)
        .limit(_BATCH)
        .with_for_update(skip_locked=True, of=CoverRequest)
    )
    due = op.session.scalars(query).all()
    for request in due:
        request.status, request.decided_at = CoverStatus.EXPIRED, request.answer_by
        roster_news.cover_expired(op, request)
    return len(due)


def _settle(op: Operation, request: CoverRequest, status: CoverStatus, user: User) -> bool:
    """One of many at once wins: True for that one."""
    result = op.session.execute(
        sa.update(CoverRequest)
        .where(CoverRequest.id == request.id, CoverRequest.status == CoverStatus.OPEN)
        .values(status=status, decided_by_id=user.id, decided_at=op.now)
        .execution_options(synchronize_session=False)
    )
    op.session.refresh(request)
    return result.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def _same(
    op: Operation,
    rotation: Rotation,
    asker: User,
    starts_at: datetime,
    ends_at: datetime,
    asked_of: User | None,
) -> CoverRequest | None:
    """The open request that a second tap repeats: what begins at once begins a little later then."""
    began = sa.or_(
        CoverRequest.starts_at == starts_at,
        sa.and_(CoverRequest.starts_at == CoverRequest.created_at, sa.literal(starts_at == op.now)),
    )
    query = _open(op).where(
        CoverRequest.rotation_id == rotation.id,
        CoverRequest.asked_by_id == asker.id,
        CoverRequest.asked_of_id.is_not_distinct_from(None if asked_of is None else asked_of.id),
        CoverRequest.ends_at == ends_at,
        began,
    )
    return op.session.scalars(query).first()


def _check_is_mine(op: Operation, rotation: Rotation, user: User, start: datetime, end: datetime) -> None:
    spells = Roster(op, [rotation]).timetable(rotation.id, start, end).spells
    others = [spell.members for spell in spells if user.id not in spell.members]
    if others:
        who = op.session.get(User, others[0][0]) if others[0] else None
        raise RefusedError(Refusal.CHANGED, who)


def _whom(op: Operation, rotation: Rotation, asker: User, asked_of: User | None) -> list[User]:
    team = overrides.colleagues(op, rotation.team_id)
    if asked_of is not None:
        if asked_of.id == asker.id:
            raise RefusedError(Refusal.YOURSELF)
        if asked_of.id not in team:
            raise RefusedError(Refusal.NOT_IN_TEAM, asked_of)
        overrides.check_person(op, asked_of)
        return [asked_of]
    users = overrides.can_be_put(op, (user for user in team.values() if user.id != asker.id))
    if not users:
        raise RefusedError(Refusal.NO_COLLEAGUES)
    return users


def _asked(op: Operation, request_id: uuid.UUID, user: User) -> CoverRequest:
    request = _read(op, request_id)
    if all(ask.user_id != user.id for ask in request.asks):
        raise NotFoundError("There is no such request.")
    return request


def _read(op: Operation, request_id: uuid.UUID) -> CoverRequest:
    query = _whole().where(CoverRequest.id == request_id).execution_options(populate_existing=True)
    found = op.session.scalars(query).first()
    if found is None:
        raise NotFoundError("There is no such request.")
    return found


def _open(op: Operation) -> sa.Select[CoverRequest]:
    return (
        _whole()
        .where(CoverRequest.status == CoverStatus.OPEN, CoverRequest.answer_by > op.now)
        .order_by(CoverRequest.starts_at, CoverRequest.id)
    )


def _whole() -> sa.Select[CoverRequest]:
    return sa.select(CoverRequest).options(
        joinedload(CoverRequest.rotation).joinedload(Rotation.team),
        joinedload(CoverRequest.asked_by),
        joinedload(CoverRequest.asked_of),
        joinedload(CoverRequest.decided_by),
        selectinload(CoverRequest.asks).joinedload(CoverAsk.user),
    )
