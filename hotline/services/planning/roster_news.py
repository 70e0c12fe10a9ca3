"""Text messages about the roster: whoever's duty changes hears it, in their own zone and language."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import routing
from hotline.db.models import (
    CoverRequest,
    MessageKind,
    Override,
    Rotation,
    User,
)
from hotline.services.on_call import telling
from hotline.services.on_call.rosters import people
from hotline.services.operation import Operation
from hotline.services.outgoing import messages
from hotline.services.planning.comparison import Comparison
from hotline.services.planning.plans import (
    EndPlan,
    LayerEnd,
    LayerPlan,
    OverridePlan,
    Plan,
    SwapPlan,
    VersionPlan,
)
from hotline.speech import Moment

Timetable = routing.Timetable[uuid.UUID]
# A change of a rotation goes on for ever: who is on call later than this sees it on their page in time.
TOLD_AHEAD = timedelta(days=14)


def taken_over(op: Operation, rotation: Rotation, override: Override, before: Timetable, by: User) -> None:
    """Those whom somebody replaces of their own accord, and the managers, are told."""
    replaced = _members(op, before, but=(by.id,))
    for user in replaced:
        _tell(op, override, rotation, user, "sms.roster_replaced", engineer=by.name)
    told = {by.id, *(user.id for user in replaced)}
    for user in telling.managers(op):
        if user.id not in told:
            _tell(op, override, rotation, user, "sms.roster_taken", engineer=by.name)


def override_ended(op: Operation, rotation: Rotation, override: Override, after: Timetable, by: User) -> None:
    """The person who is not on call any more, and those who are again, are told."""
    back = _members(op, after, but=(by.id, override.user_id))
    for user in back:
        _tell(op, override, rotation, user, "sms.roster_back", engineer=by.name, start=op.now)
    if override.user_id not in (None, by.id):
        person = op.session.get_one(User, override.user_id)
        _tell(op, override, rotation, person, "sms.roster_ended", engineer=by.name)


def duty_changed(op: Operation, plan: Plan, rows: Sequence[Comparison], by: User) -> None:
    """Everybody whose duty a plan changes gets one text message, but for who made it.

    Of a change of a rotation only those whose duty changes within a fortnight. Where nobody is left on
    call, managers and admins hear that too, also who decided it.
    """
    until = op.now + TOLD_AHEAD if isinstance(plan, VersionPlan | LayerPlan) else None
    ids = {user_id for row in rows for one in row.differences() for user_id in {*one.was} ^ {*one.now}}
    told: set[uuid.UUID] = set()
    for user in sorted(people(op, ids - {by.id}).values(), key=lambda user: user.name):
        gained = _first([(row, row.gained(user.id)) for row in rows], until)
        lost = _first([(row, row.lost(user.id)) for row in rows], until)
        if gained or lost:
            _changed(op, plan, user, gained, lost, by)
            told.add(user.id)
    empty = _first([(row, row.new_gaps()) for row in rows], until)
    for manager in telling.managers(op, admins=True) if empty else []:
        if empty and manager.id not in told:
            span = empty[1].starts_at, empty[1].ends_at
            rotation = op.session.get_one(Rotation, empty[0].rotation_id)
            _send(op, _subject(plan), rotation, span, manager, "sms.roster_nobody", engineer=by.name)


def _changed(
    op: Operation,
    plan: Plan,
    user: User,
    gained: tuple[Comparison, routing.Gap] | None,
    lost: tuple[Comparison, routing.Gap] | None,
    by: User,
) -> None:
    row, span = gained or lost or (None, None)
    if row is None or span is None:
        return
    values: dict[str, Moment | str] = {"engineer": by.name}
    if gained and lost and isinstance(plan, SwapPlan):
        key, old = "sms.roster_swapped", lost[1]
        values |= {
            "old_start": Moment(old.starts_at, user.time_zone),
            "old_end": Moment(old.ends_at, user.time_zone),
        }
    elif gained:
        key = {
            EndPlan: "sms.roster_back",
            VersionPlan: "sms.roster_changed",
            LayerPlan: "sms.roster_changed",
        }.get(type(plan), "sms.roster_put")
    else:
        key = "sms.roster_off"
        substitutes = {user_id for one in row.differences() for user_id in {*one.now} - {*one.was}}
        if isinstance(plan, OverridePlan) and plan.user_id is None and plan.instead_of_id is None:
            key = "sms.roster_nobody"
        elif isinstance(plan, OverridePlan) and len(substitutes) == 1:
            key, values["engineer"] = "sms.roster_replaced", op.session.get_one(User, *substitutes).name
    rotation = op.session.get_one(Rotation, row.rotation_id)
    _send(op, _subject(plan), rotation, (span.starts_at, span.ends_at), user, key, **values)


def _first(
    found: Iterable[tuple[Comparison, Sequence[routing.Gap]]], until: datetime | None
) -> tuple[Comparison, routing.Gap] | None:
    """The first span of all, if it begins in time."""
    spans = [(row, span) for row, spans in found for span in spans if until is None or span.starts_at < until]
    return min(spans, key=lambda one: one[1].starts_at, default=None)


def _subject(plan: Plan) -> uuid.UUID:
    match plan:
        case EndPlan():
            return plan.override_id
        case LayerEnd():
            return plan.rotation_id
        case _:
            return plan.id


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
    **values: Moment | str,
) -> None:
    """One message a person, subject and kind; nothing for whoever has no number or cannot sign in."""
    from_ = telling.sender(op, rotation.team)
    if user.phone is None or user.disabled_at is not None or from_ is None:
        return
    prompt = telling.about(key, rotation, span, user, **values)
    messages.send(
        op,
        MessageKind.ROSTER,
        to=user.phone,
        prompt=prompt,
        language=user.language,
        from_=from_,
        dedupe_key=f"{key}:{subject_id}:{user.id}",
        user=user,
    )


def _members(op: Operation, table: Timetable, but: Iterable[uuid.UUID | None]) -> list[User]:
    found = people(op, {member for spell in table.spells for member in spell.members} - {*but})
    return sorted(found.values(), key=lambda user: user.name)
