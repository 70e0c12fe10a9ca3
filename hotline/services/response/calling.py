"""Calling the customer and me: the owner's own telephone rings first; with 1 the customer is called.

Only the owner, and only numbers of the contract; for a report that is not verified yet, the number
that called. The outgoing guard (:mod:`hotline.services.outgoing.effects`) holds for these calls as for all.
"""

import enum
from dataclasses import dataclass
from datetime import datetime

from hotline.db.models import Call, CallKind, Incident, User, Wish
from hotline.errors import ConflictError, InvalidInputError
from hotline.services.operation import Operation
from hotline.services.response import followup, incidents, ringing, timeline

_ENGINEERS = (CallKind.PAGE, CallKind.JOIN, CallKind.HANDOVER)


class Stage(enum.StrEnum):
    """How far the calls that connect the owner with the customer have come."""

    RINGING_OWNER = "ringing owner"
    OWNER_ON_LINE = "owner on line"  # heard who it is about, and has not pressed 1 yet
    RINGING_CUSTOMER = "ringing customer"
    CUSTOMER_ON_LINE = "customer on line"  # answered, and is being identified
    CONNECTED = "connected"


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A connection that is being made or used; ``since`` is when this stage began."""

    stage: Stage
    since: datetime


def call_both(op: Operation, incident: Incident, user: User) -> bool:
    """Ring the owner to connect them with the customer; False when that is under way already.

    Raises :class:`ConflictError` when it is not theirs or is finished, :class:`InvalidInputError`
    when there is no number to ring.
    """
    op.session.flush()
    op.session.refresh(incident, with_for_update=True)
    if incident.is_finished or incident.owner_id != user.id:
        raise ConflictError(f"Incident {incident.reference} is not yours.")
    if user.phone is None:
        raise InvalidInputError("You have no telephone number to be rung on. Add one to your account.")
    if not is_possible(op, incident):
        raise InvalidInputError("There is no number of the customer to call: theirs is not known.")
    if under_way(op, incident) is not None:
        return False
    call = ringing.new_call(op, incident, user, CallKind.JOIN)
    call.wish = Wish.CALLBACK
    ringing.place(op, incident, call)
    timeline.record(op, incident, "call-asked", actor=user, call=str(call.id))
    return True


def is_possible(op: Operation, incident: Incident) -> bool:
    """Whether there is anybody to be connected with: a number to call, or a customer who holds."""
    return bool(followup.phones_to_call(op, incident) or incidents.customer_calls(op, incident))


def under_way(op: Operation, incident: Incident) -> UnderWay | None:
    """What the owner's and the customer's telephones are doing right now; None when nothing."""
    mine = [
        call
        for call in ringing.live_calls(op, incident.id, *_ENGINEERS)
        if call.user_id is not None and call.user_id == incident.owner_id
    ]
    if not mine:
        return None
    call = mine[-1]
    theirs = ringing.live_calls(op, incident.id, CallKind.INBOUND, CallKind.CALLBACK)
    bridged = [each.bridged_at for each in (call, *theirs) if each.bridged_at is not None]
    if bridged:
        return UnderWay(Stage.CONNECTED, max(bridged))
    if call.answered_at is None:
        return UnderWay(Stage.RINGING_OWNER, call.created_at)
    placed = [each for each in theirs if each.kind is CallKind.CALLBACK]
    return _customers_stage(call, placed[-1]) if placed else UnderWay(Stage.OWNER_ON_LINE, call.answered_at)


def _customers_stage(mine: Call, theirs: Call) -> UnderWay:
    if theirs.answered_at is None:
        return UnderWay(Stage.RINGING_CUSTOMER, theirs.created_at)
    return UnderWay(Stage.CUSTOMER_ON_LINE, theirs.answered_at)
