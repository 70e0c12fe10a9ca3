"""A call to whoever has an incident already: are you on it? Only a pressed 1 is a yes; voicemail is none."""

from hotline.db.models import Call, CallOutcome, Incident, User
from hotline.services.callflow import engineers
from hotline.services.callflow.instructions import Ask, HangUp, Heard, Instruction, Say
from hotline.services.operation import Operation
from hotline.services.response import chasing, paging, reopening, silence
from hotline.speech import Minutes, Prompt, Reference

_TIMES_ASKED = 2


def answered(op: Operation, call: Call) -> list[Instruction]:
    """Somebody, or a machine, picked up."""
    incident, user = _facts(op, call)
    if incident.is_finished:
        return engineers.closed(incident)
    if incident.owner_id != user.id:
        call.outcome = CallOutcome.BEATEN
        return engineers.taken_by(incident, user) if incident.owner_id is not None else [HangUp()]
    return [Ask("chase-key", (_question(op, incident),), digits=1, timeout=6)]


def key_pressed(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """1: they are on it. 2, where the customer says that it is not solved: somebody else is rung."""
    incident, user = _facts(op, call)
    key = heard.digits[-1:]
    if incident.is_finished or incident.owner_id != user.id:
        return answered(op, call)
    if key == "1" and chasing.settle(op, incident, user, "call"):
        call.outcome = CallOutcome.ACCEPTED
        return [Say((Prompt.of("chase.thanks"),)), HangUp()]
    if key == "2" and silence.waits_for_owner(incident, silence.last_word(op, incident)):
        call.outcome = CallOutcome.DECLINED
        op.session.refresh(incident, with_for_update=True)
        if incident.owner_id == user.id and not incident.is_finished:
            reopening.to_the_ladder(op, incident, reopening.PASSED_ON)
        return [Say((Prompt.of("page.declined"),)), HangUp()]
    call.silences += 1
    if call.silences < _TIMES_ASKED:
        return answered(op, call)
    call.outcome = CallOutcome.UNANSWERED
    return [HangUp()]


def _question(op: Operation, incident: Incident) -> Prompt:
    heard = silence.last_word(op, incident)
    customer = paging.customer_name(incident)
    if silence.waits_for_owner(incident, heard):
        return Prompt.of("chase.reopened", customer=customer, product=paging.product_name(incident))
    minutes = Minutes(int((op.now - heard).total_seconds()) // 60)
    if incident.contract is None:
        return Prompt.of("chase.report", reference=Reference(incident.reference), minutes=minutes)
    return Prompt.of("chase.ask", customer=customer, minutes=minutes)


def _facts(op: Operation, call: Call) -> tuple[Incident, User]:
    return op.session.get_one(Incident, call.incident_id), op.session.get_one(User, call.user_id)
