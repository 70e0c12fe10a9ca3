"""Telling engineers in writing: pages, as their rules say, with a reply code; who took it; alarms."""

import itertools
import secrets
import uuid

import sqlalchemy as sa

from hotline.db.models import (
    Incident,
    IncidentEvent,
    IncidentStatus,
    MessageKind,
    Page,
    Recording,
    ReportChannel,
    Role,
    User,
)
from hotline.phone_numbers import mask
from hotline.services.operation import Operation
from hotline.services.outgoing import messages
from hotline.services.reaching import notification_rules
from hotline.services.reaching.notification_rules import Plan
from hotline.services.response import page_letters, timeline
from hotline.services.response.facts import at_stake
from hotline.services.response.facts import customer_name as customer_name
from hotline.services.response.facts import link as link
from hotline.services.response.facts import minutes_left as minutes_left
from hotline.services.response.facts import product_name as product_name
from hotline.speech import ClockTime, Prompt, Reference
from hotline.speech.prompts import Value

# What came of a call by somebody who could not be identified: kinds of event on the timeline.
REPORTED, CALLED_SILENTLY, TRIED = "reported", "called-silently", "tried-to-report"
LONGEST_BREATH_SECONDS = 1
_HOW_REPORTED = {
    REPORTED: "sms.page_unverified",
    CALLED_SILENTLY: "sms.page_silent",
    TRIED: "sms.page_tried",
}
_LONGEST_TEXT = 70
_CODE_DIGITS = "23456789"
_CODE_LETTERS = "BCDFGHJKMNPQRTVWXYZ"  # no vowels: a code is never a word, least of all a carrier's

_TRIES_A_LENGTH = 20
_LONGEST_CODE = 4
_FIND = sa.select(Page).where(
    Page.incident_id == sa.bindparam("incident"), Page.user_id == sa.bindparam("user")
)


def page(op: Operation, incident: Incident, user: User, plan: Plan | None = None) -> Page:
    """The engineer's page for this incident; it is texted, e-mailed and posted as their rules say."""
    found = find_page(op, incident.id, user.id)
    if found is not None and not _is_of_an_earlier_hunt(incident, found):
        return found
    new, hunt = code_for(op, incident, user), ""
    if incident.reopened_at is not None:
        new.code, new.created_at = _new_code(op, user), op.now  # another incident may have the code by now
        hunt = f":{int(incident.reopened_at.timestamp())}"
    timeline.record(op, incident, "paged", user=str(user.id), name=user.name)
    plan = plan or notification_rules.plan(op, user.id)
    prompt = _page_prompt(op, incident, user, new)
    for place, step in enumerate(plan.texts):
        messages.send(
            op,
            MessageKind.PAGE,
            to=step.method.value,
            prompt=prompt,
            language=user.language,
            from_=incident.service_number.phone,
            dedupe_key=f"page:{new.id}{hunt}:{place}" if place else f"page:{new.id}{hunt}",
            incident=incident,
            user=user,
            after=step.delay,
        )
    page_letters.send(op, incident, new, plan)
    return new


def _is_of_an_earlier_hunt(incident: Incident, page: Page) -> bool:
    """Whether the incident went back to the ladder since: then the text is sent anew, with a new code."""
    return incident.reopened_at is not None and page.created_at < incident.reopened_at


def code_for(op: Operation, incident: Incident, user: User) -> Page:
    """The engineer's page, with the code that a reply must carry; nothing is sent."""
    found = find_page(op, incident.id, user.id)
    if found is None:
        found = Page(incident_id=incident.id, user_id=user.id, code=_new_code(op, user), created_at=op.now)
        found.user = user
        op.session.add(found)
        op.session.flush()
    return found


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
    page_letters.tell_taken(op, incident, winner)


def alarm(op: Operation, incident: Incident, prompt: Prompt, key: str) -> None:
    """Shout at every manager and admin who has a phone about an incident, once for ``key``."""
    shout(op, prompt, from_=incident.service_number.phone, key=key, incident=incident)


def shout(op: Operation, prompt: Prompt, *, from_: str, key: str, incident: Incident | None = None) -> None:
    """An alarm to every manager and admin who has a phone, once for ``key``; not always about an incident."""
    query = sa.select(User).where(
        User.role.in_((Role.MANAGER, Role.ADMIN)), User.phone.is_not(None), User.disabled_at.is_(None)
    )
    for user in op.session.scalars(query):
        messages.send(
            op,
            MessageKind.ALARM,
            to=user.phone or "",
            prompt=prompt,
            language=user.language,
            from_=from_,
            dedupe_key=f"{key}:{user.id}"[:120],
            incident=incident,
            user=user,
        )


def tell(
    op: Operation, incident: Incident, user: User, kind: MessageKind, prompt: Prompt, *, dedupe_key: str
) -> None:
    """One text message to somebody of the house, where they get their pages; nobody without a number."""
    to = notification_rules.plan(op, user.id).text_number
    if to is not None:
        messages.send(
            op,
            kind,
            to=to,
            prompt=prompt,
            language=user.language,
            from_=incident.service_number.phone,
            dedupe_key=dedupe_key,
            incident=incident,
            user=user,
        )


def _page_prompt(op: Operation, incident: Incident, user: User, page: Page) -> Prompt:
    reference = Reference(incident.reference)
    if incident.reopened_at is not None and incident.told_at is not None:
        return Prompt.of(
            "sms.page_again",
            reference=reference,
            customer=customer_name(incident),
            product=product_name(incident),
            code=page.code,
            link=link(op, incident),
        )
    if incident.respond_by is None and incident.channel is not ReportChannel.CALL:
        return _written_report(op, incident, page)
    if incident.respond_by is None:
        return Prompt.of(
            _HOW_REPORTED[_how_reported(op, incident)],
            reference=reference,
            customer=customer_name(incident),
            phone=_masked(incident),
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
    amount = at_stake(op, incident, user)
    if amount is not None:
        return Prompt.of("sms.page_stake", minutes=left, amount=amount, **values)
    return Prompt.of("sms.page", minutes=left, **values)


def _written_report(op: Operation, incident: Incident, page: Page) -> Prompt:
    """The page for a report in writing by somebody who is not verified: its first words are in it."""
    text = " ".join((incident.summary or "").split())
    values: dict[str, Value] = {
        "reference": Reference(incident.reference),
        "customer": customer_name(incident),
        "text": text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 3].rstrip() + "...",
        "code": page.code,
        "link": link(op, incident),
    }
    if incident.channel is ReportChannel.SMS:
        return Prompt.of("sms.page_text", phone=_masked(incident), **values)
    return Prompt.of("sms.page_recorded", **values)


def _masked(incident: Incident) -> str:
    return mask(incident.caller_phone).replace("\N{HORIZONTAL ELLIPSIS}", "..")  # GSM-7 has none


def left_words(op: Operation, incident: Incident) -> bool:
    """Whether there is a recording with more in it than a breath, as far as its length is known."""
    query = sa.select(Recording.id).where(
        Recording.incident_id == incident.id,
        sa.or_(Recording.duration.is_(None), Recording.duration > LONGEST_BREATH_SECONDS),
    )
    return op.session.scalars(query).first() is not None


def words_left(op: Operation, incident: Incident) -> str:
    """How the words of a report are to be had: a recorded ``report``, ``written``, or ``silent`` for none."""
    if left_words(op, incident):
        return "report"
    return "silent" if incident.channel is ReportChannel.CALL else "written"


def _how_reported(op: Operation, incident: Incident) -> str:
    """What came of the call of somebody who is not verified: the kind of its event."""
    query = (
        sa.select(IncidentEvent.kind)
        .where(IncidentEvent.incident_id == incident.id, IncidentEvent.kind.in_(_HOW_REPORTED))
        .order_by(IncidentEvent.recorded_at, IncidentEvent.id)
    )
    kind = op.session.scalars(query).first()
    return REPORTED if kind is None or left_words(op, incident) else kind


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
