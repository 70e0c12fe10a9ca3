"""Pages by e-mail and into chat rooms."""

import sqlalchemy as sa

from hotline.db.models import (
    Channel,
    ContactMethod,
    Incident,
    Message,
    MessageKind,
    MessageStatus,
    Page,
    User,
)
from hotline.services.operation import Operation
from hotline.services.outgoing import letters
from hotline.services.reaching.notification_rules import Plan
from hotline.services.response.facts import at_stake, customer_name, link, minutes_left, product_name
from hotline.speech import ClockTime, Prompt, Reference
from hotline.speech.prompts import Value


def send(op: Operation, incident: Incident, page: Page, plan: Plan) -> None:
    """Page somebody by their e-mail addresses and webhooks, each at its time; once for a page."""
    if not plan.letters:
        return
    prompt = _prompt(op, incident, page.user)
    for place, step in enumerate(plan.letters):
        letters.send(
            op,
            MessageKind.PAGE,
            step.method,
            page.user,
            subject=_subject(incident),
            prompt=prompt,
            from_=incident.service_number.phone,
            dedupe_key=f"letter:{page.id}:{place}",
            incident=incident,
            after=step.delay,
        )


def tell_taken(op: Operation, incident: Incident, winner: User) -> None:
    """Where a page was posted, everybody who read it learns who has it, in its owner's language."""
    query = (
        sa.select(ContactMethod, User)
        .join(Message, Message.method_id == ContactMethod.id)
        .join(User, User.id == ContactMethod.user_id)
        .where(
            Message.incident_id == incident.id,
            Message.kind == MessageKind.PAGE,
            Message.channel == Channel.WEBHOOK,
            Message.status == MessageStatus.DELIVERED,
        )
    )
    for method, user in op.session.execute(query.distinct()):
        prompt = Prompt.of(
            "sms.taken",
            engineer=winner.first_name,
            reference=Reference(incident.reference),
            time=ClockTime(op.now, user.time_zone),
        )
        letters.send(
            op,
            MessageKind.TAKEN,
            method,
            user,
            subject=_subject(incident),
            prompt=prompt,
            from_=incident.service_number.phone,
            dedupe_key=f"room:{incident.id}:{method.id}:{winner.id}",
            incident=incident,
        )


def _subject(incident: Incident) -> Prompt:
    return Prompt.of(
        "letter.page_subject", reference=Reference(incident.reference), customer=customer_name(incident)
    )


def _prompt(op: Operation, incident: Incident, user: User) -> Prompt:
    """A page for eyes that are at a screen: no code to reply with, but the link first of all."""
    reference, customer = Reference(incident.reference), customer_name(incident)
    if incident.respond_by is None:
        return Prompt.of(
            "letter.page_unverified", reference=reference, customer=customer, link=link(op, incident)
        )
    left = minutes_left(op, incident)
    values: dict[str, Value] = {
        "reference": reference,
        "customer": customer,
        "product": product_name(incident),
        "time": ClockTime(incident.respond_by, user.time_zone),
        "link": link(op, incident),
    }
    if left is None:
        return Prompt.of("letter.page_late", **values)
    amount = at_stake(op, incident, user)
    if amount is not None:
        return Prompt.of("letter.page_stake", minutes=left, amount=amount, **values)
    return Prompt.of("letter.page", minutes=left, **values)
