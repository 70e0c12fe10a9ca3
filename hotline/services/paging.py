"""Telling engineers by text message: pages with a reply code, who took it, alarms."""

import itertools
import secrets
import uuid

import sqlalchemy as sa

from hotline.db.models import Incident, IncidentStatus, MessageKind, Page, Role, User
from hotline.phone_numbers import mask
from hotline.services import messages, timeline
from hotline.services.operation import Operation
from hotline.speech import ClockTime, Minutes, Prompt, Reference
from hotline.speech.prompts import Value

_CODE_DIGITS = "23456789"
_CODE_LETTERS = "BCDFGHJKMNPQRTVWXYZ"  # no vowels: a code is never a word, least of all a carrier's

_TRIES_A_LENGTH = 20
_LONGEST_CODE = 4
_FIND = sa.select(Page).where(
    Page.incident_id == sa.bindparam("incident"), Page.user_id == sa.bindparam("user")
)


def page(op: Operation, incident: Incident, user: User) -> Page:
    """The engineer's page for this incident; the first time it is sent as a text message too."""
    found = find_page(op, incident.id, user.id)
    if found is not None:
        return found
    new = Page(incident_id=incident.id, user_id=user.id, code=_new_code(op, user), created_at=op.now)
    new.user = user
    op.session.add(new)
    op.session.flush()
    timeline.record(op, incident, "paged", user=str(user.id), name=user.name)
    if user.phone is not None:
        messages.send(
            op,
            MessageKind.PAGE,
            to=user.phone,
            prompt=_page_prompt(op, incident, user, new),
            language=user.language,
            from_=incident.service_number.phone,
            dedupe_key=f"page:{new.id}",
            incident=incident,
            user=user,
        )
    return new


def find_page(op: Operation, incident_id: uuid.UUID, user_id: uuid.UUID) -> Page | None:
    """The page an engineer got for an incident, if there was one."""
    return op.session.scalars(_FIND, {"incident": incident_id, "user": user_id}).first()


def tell_taken(op: Operation, incident: Incident, winner: User) -> None:
    """Everybody else who was paged learns who has it."""
    query = sa.select(Page).where(Page.incident_id == incident.id, Page.user_id != winner.id)
    for other in op.session.scalars(query):
        tell(
            op,
            incident,
            other.user,
            MessageKind.TAKEN,
            Prompt.of(
                "sms.taken",
                engineer=winner.first_name,
                reference=Reference(incident.reference),
                time=ClockTime(op.now, other.user.time_zone),
            ),
            dedupe_key=f"taken:{other.id}:{winner.id}",
        )


def alarm(op: Operation, incident: Incident, prompt: Prompt, key: str) -> None:
    """Shout at every manager and admin who has a phone, once for ``key``."""
    roles = (Role.MANAGER, Role.ADMIN)
    for user in op.session.scalars(sa.select(User).where(User.role.in_(roles), User.phone.is_not(None))):
        tell(op, incident, user, MessageKind.ALARM, prompt, dedupe_key=f"{key}:{user.id}"[:120])


def tell(
    op: Operation, incident: Incident, user: User, kind: MessageKind, prompt: Prompt, *, dedupe_key: str
) -> None:
    """One text message to somebody of the house; nothing happens when they have no phone."""
    if user.phone is not None:
        messages.send(
            op,
            kind,
            to=user.phone,
            prompt=prompt,
            language=user.language,
            from_=incident.service_number.phone,
            dedupe_key=dedupe_key,
            incident=incident,
            user=user,
        )


def link(op: Operation, incident: Incident) -> str:
    """Where the incident is on the pages."""
    return f"{op.settings.public_url}/incidents/{incident.reference}"


def customer_name(incident: Incident) -> str:
    """The customer, or a dash for a caller who is not verified."""
    return incident.contract.customer.name if incident.contract is not None else "-"


def product_name(incident: Incident) -> str:
    """The product, or a dash for a caller who is not verified."""
    return incident.product.name if incident.product is not None else "-"


def minutes_left(op: Operation, incident: Incident) -> Minutes | None:
    """Whole minutes until the deadline, rounded down; None without a clock or once it has passed."""
    if incident.respond_by is None or incident.respond_by <= op.now:
        return None
    return Minutes(int((incident.respond_by - op.now).total_seconds()) // 60)


def _page_prompt(op: Operation, incident: Incident, user: User, page: Page) -> Prompt:
    reference = Reference(incident.reference)
    if incident.respond_by is None:
        return Prompt.of(
            "sms.page_unverified",
            reference=reference,
            phone=mask(incident.caller_phone),
            code=page.code,
            link=link(op, incident),
        )
    left = minutes_left(op, incident)
    values: dict[str, Value] = {
        "reference": reference,
        "customer": customer_name(incident),
        "product": product_name(incident),
        "time": ClockTime(incident.respond_by, user.time_zone),
        "code": page.code,
        "link": link(op, incident),
    }
    if left is None:
        return Prompt.of("sms.page_late", **values)
    return Prompt.of("sms.page", minutes=left, **values)


def _new_code(op: Operation, user: User) -> str:
    """A code that none of the user's other open pages has."""
    unfinished = (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED)
    query = (
        sa.select(Page.code)
        .join(Incident, Incident.id == Page.incident_id)
        .where(Page.user_id == user.id, Incident.status.in_(unfinished))
    )
    taken = set(op.session.scalars(query))
    for letters in itertools.chain([2] * _TRIES_A_LENGTH, itertools.repeat(_LONGEST_CODE)):
        code = secrets.choice(_CODE_DIGITS) + "".join(secrets.choice(_CODE_LETTERS) for _ in range(letters))
        if code not in taken:
            return code
    raise AssertionError("unreachable: the long codes do not run out")
