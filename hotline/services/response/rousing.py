"""Reaching whoever has an incident already: a text with the code that answers it, and a call."""

from hotline.db.models import CallKind, Incident, MessageKind, User
from hotline.services.operation import Operation
from hotline.services.reaching import notification_rules
from hotline.services.response import paging, ringing
from hotline.speech import Prompt, Reference
from hotline.speech.prompts import Value


def why_not(op: Operation, owner: User) -> str | None:
    """Why somebody cannot be rung, or None."""
    return notification_rules.plan(op, owner.id).reason


def text(op: Operation, incident: Incident, owner: User, key: str, dedupe_key: str, **values: Value) -> None:
    """A text to the owner, with the code of their page."""
    prompt = Prompt.of(
        key,
        reference=Reference(incident.reference),
        customer=paging.customer_name(incident),
        code=paging.code_for(op, incident, owner).code,
        link=paging.link(op, incident),
        **values,
    )
    paging.tell(op, incident, owner, MessageKind.CHASE, prompt, dedupe_key=dedupe_key)


def ring(op: Operation, incident: Incident, owner: User) -> bool:
    """Ring the owner, unless they can be rung nowhere or one of these calls rings them already."""
    phone = notification_rules.plan(op, owner.id).call_number
    if phone is None or ringing.live_calls(op, incident.id, CallKind.CHASE):
        return False
    call = ringing.new_call(op, incident, owner, CallKind.CHASE, phone)
    call.page_id = paging.code_for(op, incident, owner).id
    ringing.place(op, incident, call)
    return True


def stop(op: Operation, incident: Incident, *, but: object = None) -> None:
    """The calls that ask the owner end, except the one whose id is ``but``."""
    for call in ringing.live_calls(op, incident.id, CallKind.CHASE):
        if call.id != but:
            ringing.end(op, incident, call)
