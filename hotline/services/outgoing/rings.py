"""When the time of a later call has come: whether it is still wanted, and then the call itself."""

import uuid

from hotline.db.models import Call, ContactMethod, Effect, Incident, OutboxItem, Page
from hotline.services.operation import Operation
from hotline.services.outgoing import later_rings
from hotline.services.reaching import trials
from hotline.services.response import ringing


def begin(op: Operation, row: OutboxItem) -> str | None:
    """Make the item the placing of a call, or say why it is not wanted any more."""
    if row.give_up_at <= op.now:
        return "too late to be of use"
    method = op.session.get_one(ContactMethod, row.subject_id)
    made = _page_call(op, row, method) if "page" in row.payload else trials.later_call(op, method)
    if isinstance(made, str):
        return made
    row.effect, row.subject_id = Effect.PLACE_CALL, made.id
    return None


def _page_call(op: Operation, row: OutboxItem, method: ContactMethod) -> Call | str:
    """Under the incident's lock, so that whoever takes it now finds the call and ends it."""
    page = op.session.get_one(Page, uuid.UUID(hex=row.payload["page"]))
    incident = op.session.get_one(Incident, row.incident_id, with_for_update=True, populate_existing=True)
    planned_in = int(row.payload["round"])
    reason = later_rings.why_not(op, incident, page, method, planned_in)
    if reason is not None:
        return reason
    call = ringing.new_ring(op, incident, page, method.value)
    call.round = planned_in  # it is no try of the present round, which rings them anew
    return call
