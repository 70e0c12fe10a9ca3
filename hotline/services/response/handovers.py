"""Handing an incident over: the colleague has to accept, and until then the owner keeps it.

Every function locks the incident's row first, so of an acceptance, a withdrawal, a resolution and a
take-over at the same moment exactly one comes first and the others see it. The promise is not
touched: ``told_at`` stays as it is, and the customer is told the new name by a text message.
"""

import uuid

import sqlalchemy as sa

from hotline.db.models import (
    Call,
    CallKind,
    CallOutcome,
    Handover,
    HandoverState,
    Incident,
    IncidentStatus,
    MessageKind,
    Role,
    User,
)
from hotline.errors import ConflictError, InvalidInputError
from hotline.services.operation import Operation
from hotline.services.response import handover_texts, notices, paging, ringing, timeline
from hotline.speech import Prompt, Reference

LONGEST_NOTE = 300
_MANAGERS = frozenset({Role.MANAGER, Role.ADMIN})
_PENDING = sa.select(Handover).where(Handover.settled_at.is_(None))


def pending(op: Operation, incident: Incident) -> Handover | None:
    """The hand-over of an incident that nobody has settled yet."""
    return op.session.scalars(_PENDING.where(Handover.incident_id == incident.id)).first()


def is_asked(user: User) -> sa.ColumnElement[bool]:
    """A condition on incidents: its owner has asked ``user`` to take it."""
    return Incident.id.in_(_PENDING.where(Handover.to_id == user.id).with_only_columns(Handover.incident_id))


def pending_for(op: Operation, incident: Incident, user: User) -> Handover | None:
    """The same when it is ``user`` who has been asked."""
    found = pending(op, incident)
    return found if found is not None and found.to_id == user.id else None


def ask(op: Operation, incident: Incident, owner: User, colleague: User, note: str = "") -> Handover:
    """Ask a colleague to take it: a text message with a code, and a call in which 1 accepts.

    The same request a second time is the same hand-over. Raises :class:`ConflictError` when the
    incident is not ``owner``'s or somebody else has been asked, :class:`InvalidInputError` when the
    colleague cannot take it.
    """
    _lock(op, incident)
    _must_be_owner(incident, owner)
    before = pending(op, incident)
    if before is not None and before.to_id == colleague.id:
        return before
    if before is not None:
        raise ConflictError(f"{before.to_user.name} has been asked already. Withdraw that first.")
    if colleague.id == owner.id:
        raise InvalidInputError("It is yours already. Choose a colleague.")
    if colleague.role is Role.AUDITOR:
        raise InvalidInputError("An auditor cannot take an incident. Choose another colleague.")
    if colleague.phone is None or colleague.disabled_at is not None:
        raise InvalidInputError("This colleague cannot be rung. Choose another one.")
    row = Handover(
        incident_id=incident.id,
        from_id=owner.id,
        to_id=colleague.id,
        note=note.strip()[:LONGEST_NOTE],
        asked_at=op.now,
    )
    row.from_user, row.to_user = owner, colleague
    op.session.add(row)
    op.session.flush()
    timeline.record(op, incident, "handover-asked", actor=owner, user=str(colleague.id), text=row.note)
    code = paging.code_for(op, incident, colleague)
    handover_texts.text(
        op,
        incident,
        row,
        colleague,
        handover_texts.request(op, incident, row, code.code),
        MessageKind.HANDOVER,
    )
    call = ringing.new_call(op, incident, colleague, CallKind.HANDOVER)
    call.page_id = code.id
    ringing.place(op, incident, call)
    return row


def accept(op: Operation, incident: Incident, user: User, by: str) -> bool:
    """Make ``user`` the owner if they have been asked; False when they have not, or not any more."""
    _lock(op, incident)
    row = pending_for(op, incident, user)
    if row is None or incident.status is not IncidentStatus.ACKNOWLEDGED:
        return False
    _settle(op, row, HandoverState.ACCEPTED)
    incident.owner, incident.owner_id, incident.owned_since = user, user.id, op.now
    op.session.flush()
    timeline.record(op, incident, "handed-over", actor=user, user=str(row.from_id), by=by)
    _stop_ringing(op, incident, row.from_id)
    told = Prompt.of(
        "sms.handover_accepted", engineer=user.first_name, reference=Reference(incident.reference)
    )
    handover_texts.text(op, incident, row, row.from_user, told)
    notices.name_the_owner(op, incident, "sms.new_engineer", f"handed-over:{row.id}")
    return True


def decline(op: Operation, incident: Incident, user: User, call: Call | None = None) -> None:
    """The colleague cannot; the owner keeps it and is told. Raises :class:`ConflictError` when too late."""
    _lock(op, incident)
    row = pending_for(op, incident, user)
    if row is None:
        raise ConflictError(f"Nobody is handing incident {incident.reference} over to you any more.")
    _settle(op, row, HandoverState.DECLINED)
    timeline.record(op, incident, "handover-declined", actor=user)
    _end_calls(op, incident, but=call)
    handover_texts.text(
        op, incident, row, row.from_user, handover_texts.about("sms.handover_declined", op, incident, user)
    )


def withdraw(op: Operation, incident: Incident, owner: User) -> None:
    """The owner keeps it after all; the colleague is told. Raises :class:`ConflictError` when too late."""
    _lock(op, incident)
    row = pending(op, incident)
    if row is None or row.from_id != owner.id:
        raise ConflictError(f"There is no hand-over of incident {incident.reference} to withdraw.")
    _settle(op, row, HandoverState.WITHDRAWN)
    timeline.record(op, incident, "handover-withdrawn", actor=owner, user=str(row.to_id))
    _end_calls(op, incident)
    handover_texts.text(op, incident, row, row.to_user, handover_texts.keeps(incident, owner))


def take_over(op: Operation, incident: Incident, manager: User, reason: str) -> None:
    """A manager takes an incident whose owner does not answer; the old owner is told.

    Raises :class:`ConflictError` when nobody has it or it is theirs, :class:`InvalidInputError`
    without a reason or for anybody but a manager or an admin.
    """
    _lock(op, incident)
    if manager.role not in _MANAGERS:
        raise InvalidInputError("Only a manager takes an incident over from somebody.")
    if not reason.strip():
        raise InvalidInputError("Say why; the reason stays on the incident.")
    before = incident.owner
    if incident.status is not IncidentStatus.ACKNOWLEDGED or before is None:
        raise ConflictError(f"Incident {incident.reference} is {incident.status}.")
    if before.id == manager.id:
        raise ConflictError(f"Incident {incident.reference} is yours already.")
    overtake(op, incident)
    incident.owner, incident.owner_id, incident.owned_since = manager, manager.id, op.now
    op.session.flush()
    _stop_ringing(op, incident, before.id)
    why = reason.strip()[:LONGEST_NOTE]
    timeline.record(op, incident, "taken-over", actor=manager, user=str(before.id), reason=why)
    prompt = Prompt.of(
        "sms.taken_over",
        engineer=manager.first_name,
        reference=Reference(incident.reference),
        reason=handover_texts.plain(why),
    )
    key = f"taken-over:{incident.id}:{op.now.timestamp()}"
    paging.tell(op, incident, before, MessageKind.TAKEN, prompt, dedupe_key=key)
    notices.name_the_owner(op, incident, "sms.new_engineer", f"{key}:customer")


def overtake(op: Operation, incident: Incident) -> None:
    """The incident, which is locked, was finished or taken over: whoever was asked has nothing more to do."""
    row = pending(op, incident)
    if row is not None:
        _settle(op, row, HandoverState.OVERTAKEN)
        _end_calls(op, incident)


def call_over(op: Operation, call: Call) -> None:
    """The call with the request came to nothing: the owner is told, once. The code stays good."""
    incident = op.session.get_one(Incident, call.incident_id)
    _lock(op, incident)
    row = pending(op, incident)
    if row is None or row.to_id != call.user_id or row.unanswered_at is not None:
        return
    if call.outcome in {CallOutcome.ACCEPTED, CallOutcome.DECLINED}:
        return
    row.unanswered_at = op.now
    timeline.record(op, incident, "handover-unanswered", user=str(row.to_id))
    handover_texts.text(
        op,
        incident,
        row,
        row.from_user,
        handover_texts.about("sms.handover_unanswered", op, incident, row.to_user),
    )


def to_choose_from(op: Operation, owner_id: uuid.UUID | None, on_call: set[uuid.UUID]) -> list[User]:
    """The colleagues who could take it: who is on call first, then the others, by name."""
    query = sa.select(User).where(
        User.phone.is_not(None),
        User.disabled_at.is_(None),
        User.role != Role.AUDITOR,
        User.id != owner_id,
    )
    return sorted(op.session.scalars(query), key=lambda user: (user.id not in on_call, user.name))


def _lock(op: Operation, incident: Incident) -> None:
    op.session.flush()
    op.session.refresh(incident, with_for_update=True)


def _must_be_owner(incident: Incident, user: User) -> None:
    if incident.is_finished:
        raise ConflictError(f"Incident {incident.reference} is {incident.status}.")
    if incident.owner_id != user.id:
        raise ConflictError(f"Incident {incident.reference} is not yours to hand over.")


def _settle(op: Operation, row: Handover, state: HandoverState) -> None:
    row.state, row.settled_at = state, op.now
    op.session.flush()


def _end_calls(op: Operation, incident: Incident, but: Call | None = None) -> None:
    for call in ringing.live_calls(op, incident.id, CallKind.HANDOVER):
        if but is None or call.id != but.id:
            ringing.end(op, incident, call)


def _stop_ringing(op: Operation, incident: Incident, user_id: uuid.UUID) -> None:
    """The telephone of whoever had it rings no more; a talk that is under way goes on."""
    for call in ringing.live_calls(op, incident.id, CallKind.PAGE, CallKind.JOIN, CallKind.CHASE):
        if call.user_id == user_id and call.answered_at is None:
            ringing.end(op, incident, call)
