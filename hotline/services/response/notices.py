"""Texts to the customer that name who works on their incident, each with the link to their own clock.

They are all notices: if the customer had not been told yet, the delivery of any of them tells them.
"""

from hotline.db.models import Incident, MessageKind
from hotline.services import tracking
from hotline.services.operation import Operation
from hotline.services.outgoing import messages
from hotline.speech import Prompt, Reference
from hotline.speech.prompts import Value


def send(op: Operation, incident: Incident, key: str, dedupe_key: str, **values: Value) -> bool:
    """Send the prompt ``key`` about the owner once; False without an owner or a number, or if done before."""
    if incident.notify_phone is None or incident.owner is None:
        return False
    return messages.send(
        op,
        MessageKind.NOTICE,
        to=incident.notify_phone,
        prompt=Prompt.of(
            key,
            engineer=incident.owner.name,
            reference=Reference(incident.reference),
            follow=tracking.link(op, incident, incident.notify_phone),
            **values,
        ),
        language=incident.language,
        from_=incident.service_number.phone,
        dedupe_key=dedupe_key,
        incident=incident,
    )


def name_the_owner(op: Operation, incident: Incident, key: str, dedupe_key: str) -> None:
    """The customer learns who has it now. Not when the first word about anybody is still to be sent."""
    is_first_word = incident.told_at is None and incident.notices == 0
    if incident.verified_at is not None and not is_first_word:
        send(op, incident, key, dedupe_key)
