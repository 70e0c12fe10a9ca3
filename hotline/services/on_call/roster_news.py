"""Text messages about the roster: whoever's duty changes hears it, in their own zone and language."""

import uuid
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

import routing
from hotline.db.models import (
    CoverRequest,
    Ladder,
    MessageKind,
    Override,
    Role,
    Rotation,
    ServiceNumber,
    Team,
    User,
)
from hotline.services.on_call.rosters import people
from hotline.services.operation import Operation
from hotline.services.outgoing import messages
from hotline.speech import Moment, Prompt

Timetable = routing.Timetable[uuid.UUID]


def override_made(
    op: Operation,
    rotation: Rotation,
    override: Override,
    before: Timetable,
    by: User,
    *,
    managers_too: bool,
) -> None:
    """The person put on call, those whom they replace and, when asked, the managers are told."""
    person = None if override.user_id is None else op.session.get_one(User, override.user_id)
    if person is not None and person.id != by.id:
        _tell(op, override, rotation, person, "sms.roster_put", engineer=by.name)
    replaced = _members(op, before, but=(by.id, override.user_id))
    if person is None:
        for user in {user.id: user for user in [*_managers(op, admins=True), *replaced]}.values():
            _tell(op, override, rotation, user, "sms.roster_nobody", engineer=by.name)
        return
    for user in replaced:
        _tell(op, override, rotation, user, "sms.roster_replaced", engineer=person.name)
    if managers_too:
        told = {by.id, *(user.id for user in replaced)}
        for user in _managers(op):
            if user.id not in told:
                _tell(op, override, rotation, user, "sms.roster_taken", engineer=person.name)


def override_ended(op: Operation, rotation: Rotation, override: Override, after: Timetable, by: User) -> None:
    """The person who is not on call any more, and those who are again, are told."""
    back = _members(op, after, but=(by.id, override.user_id))
    for user in back:
        _tell(op, override, rotation, user, "sms.roster_back", engineer=by.name, start=op.now)
    if override.user_id not in (None, by.id):
        person = op.session.get_one(User, override.user_id)
        _tell(op, override, rotation, person, "sms.roster_ended", engineer=by.name)


def cover_asked(op: Operation, request: CoverRequest, users: Iterable[User]) -> None:
    """The colleagues get the question and where to answer it."""
    for user in users:
        _about(op, request, user, "sms.cover_asked", engineer=request.asked_by.name, link=link(op, request))


def cover_accepted(op: Operation, request: CoverRequest, winner: User) -> None:
    """Who asked hears who covers; the others who were asked hear that it is settled."""
    _about(op, request, request.asked_by, "sms.cover_accepted", engineer=winner.name)
    _settled(op, request, but=winner.id)


def cover_declined(op: Operation, request: CoverRequest) -> None:
    """Who asked hears that everybody said no, so that it is still their shift."""
    _about(op, request, request.asked_by, "sms.cover_declined", link=link(op, request))


def cover_withdrawn(op: Operation, request: CoverRequest) -> None:
    """Those who were asked and did not say no hear that it is settled."""
    _settled(op, request, but=request.asked_by_id)


def cover_expired(op: Operation, request: CoverRequest) -> None:
    """Who asked hears that nobody answered in time."""
    _about(op, request, request.asked_by, "sms.cover_expired", link=link(op, request))


def link(op: Operation, request: CoverRequest) -> str:
    """Where a request is answered."""
    return f"{op.settings.public_url}/me/cover/{request.id}"


def _settled(op: Operation, request: CoverRequest, but: uuid.UUID) -> None:
    for ask in request.asks:
        if ask.user_id != but and ask.declined_at is None:
            _about(op, request, ask.user, "sms.cover_settled", engineer=request.asked_by.name)


def _about(op: Operation, request: CoverRequest, user: User, key: str, **values: str) -> None:
    span = (request.starts_at, request.ends_at)
    _send(op, request.id, request.rotation, span, user, key, **values)


def _tell(
    op: Operation,
    override: Override,
    rotation: Rotation,
    user: User,
    key: str,
    *,
    start: datetime | None = None,
    **values: str,
) -> None:
    begins = override.starts_at if start is None else max(start, override.starts_at)
    _send(op, override.id, rotation, (begins, override.ends_at), user, key, **values)


def _send(
    op: Operation,
    subject_id: uuid.UUID,
    rotation: Rotation,
    span: tuple[datetime, datetime],
    user: User,
    key: str,
    **values: str,
) -> None:
    """One message a person, subject and kind; nothing for whoever has no number or cannot sign in."""
    sender = _sender(op, rotation.team)
    if user.phone is None or user.disabled_at is not None or sender is None:
        return
    prompt = Prompt.of(
        key,
        team=rotation.team.name,
        layer=rotation.layer,
        start=Moment(span[0], user.time_zone),
        end=Moment(span[1], user.time_zone),
        **values,
    )
    messages.send(
        op,
        MessageKind.ROSTER,
        to=user.phone,
        prompt=prompt,
        language=user.language,
        from_=sender,
        dedupe_key=f"{key}:{subject_id}:{user.id}",
        user=user,
    )


def _sender(op: Operation, team: Team) -> str | None:
    """A number of ours that the team knows: one whose ladder is theirs, else any; None if there is none."""
    query = (
        sa.select(ServiceNumber.phone)
        .join(Ladder, Ladder.id == ServiceNumber.ladder_id)
        .order_by(sa.case((Ladder.team_id == team.id, 0), else_=1), ServiceNumber.phone)
    )
    return op.session.scalars(query).first()


def _members(op: Operation, table: Timetable, but: Iterable[uuid.UUID | None]) -> list[User]:
    found = people(op, {member for spell in table.spells for member in spell.members} - {*but})
    return sorted(found.values(), key=lambda user: user.name)


def _managers(op: Operation, *, admins: bool = False) -> list[User]:
    roles = (Role.MANAGER, Role.ADMIN) if admins else (Role.MANAGER,)
    return list(op.session.scalars(sa.select(User).where(User.role.in_(roles)).order_by(User.name)))
