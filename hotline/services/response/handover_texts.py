"""What is written to people when an incident is handed over: colleagues, the old owner, the customer."""

from hotline.db.models import Handover, Incident, MessageKind, User
from hotline.services.operation import Operation
from hotline.services.response import paging
from hotline.speech import Prompt, Reference
from hotline.speech.prompts import Value

_LONGEST_REASON_SENT = 60  # so that the message keeps to two parts


def request(op: Operation, incident: Incident, row: Handover, code: str) -> Prompt:
    """Who asks, about whom, and the code that accepts."""
    values: dict[str, Value] = {
        "reference": Reference(incident.reference),
        "engineer": row.from_user.first_name,
        "code": code,
        "link": paging.link(op, incident),
    }
    if incident.contract is None:
        return Prompt.of("sms.handover_unverified", **values)
    return Prompt.of(
        "sms.handover",
        customer=paging.customer_name(incident),
        product=paging.product_name(incident),
        **values,
    )


def about(key: str, op: Operation, incident: Incident, user: User) -> Prompt:
    """A sentence about what a colleague did, with the link."""
    return Prompt.of(
        key,
        engineer=user.first_name,
        reference=Reference(incident.reference),
        link=paging.link(op, incident),
    )


def keeps(incident: Incident, owner: User) -> Prompt:
    """The owner keeps it after all."""
    return Prompt.of(
        "sms.handover_withdrawn", engineer=owner.first_name, reference=Reference(incident.reference)
    )


def text(
    op: Operation,
    incident: Incident,
    row: Handover,
    user: User,
    prompt: Prompt,
    kind: MessageKind = MessageKind.TAKEN,
) -> None:
    """One text message about a hand-over, once for each sentence."""
    key = f"handover:{row.id}:{prompt.key}"
    paging.tell(op, incident, user, kind, prompt, dedupe_key=key)


def plain(text: str) -> str:
    """Short, on one line, and without letters that would halve how much fits into a message."""
    return " ".join(text.split())[:_LONGEST_REASON_SENT]
