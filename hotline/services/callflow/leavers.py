"""Whoever has left takes no incident, on no telephone that still rings."""

from hotline.db.models import Call, CallOutcome, Incident
from hotline.services.callflow.instructions import HangUp, Instruction, Say
from hotline.services.operation import Operation
from hotline.services.response import dispatch, timeline
from hotline.speech import Prompt


def no_account(op: Operation, call: Call, incident: Incident) -> list[Instruction]:
    """Say why it cannot be theirs; the next one is rung."""
    call.outcome = CallOutcome.UNANSWERED
    timeline.record(op, incident, "not-accepted", call=str(call.id), user=str(call.user_id))
    dispatch.call_over(op, call)
    return [Say((Prompt.of("page.no_account"),)), HangUp()]
