"""What an engineer texts about an incident of theirs: how it stands, or that they are on it."""

import sqlalchemy as sa

from hotline.db.models import Incident, IncidentStatus, Page, User
from hotline.services.operation import Operation
from hotline.services.response import chasing, paging, references, remarks
from hotline.services.texting.sms_words import Command
from hotline.speech import Prompt, Reference

_LONGEST_SHOWN = 80


def settle(op: Operation, user: User, command: Command, *, has_page: bool) -> Prompt | None:
    """The answer to an OK that we asked for; None when it means something else.

    With the code of an incident of theirs of which a word is awaited; or without any, when just one word
    is awaited and no page that it could mean to take (``has_page``).
    """
    awaited = chasing.awaited(op, user)
    if command.code is not None:
        meant = _by_code(op, user, command.code)
        awaited = [incident for incident in awaited if meant is not None and incident.id == meant.id]
    elif has_page:
        return None
    if len(awaited) != 1 or not chasing.settle(op, awaited[0], user, "sms"):
        return None
    code = paging.code_for(op, awaited[0], user).code
    return Prompt.of("reply.on_it", reference=Reference(awaited[0].reference), code=code)


def keep(op: Operation, user: User, command: Command) -> Prompt | None:
    """Keep how it stands, in their words, with the incident they name; None for a STATUS without words.

    Without a name it is about their only incident; of several, they are asked which.
    """
    if not command.text:
        return None
    incident, text = _meant(op, user, command)
    if incident is None:
        return None
    chasing.note(op, incident, user, text, remarks.STATUS)
    shown = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3].rstrip() + "..."
    return Prompt.of(
        "reply.status_kept", reference=Reference(incident.reference), text=" ".join(shown.split())
    )


def _meant(op: Operation, user: User, command: Command) -> tuple[Incident | None, str]:
    """Which incident of theirs, and the words about it: what looks like a code may be one of them."""
    if command.reference is not None:
        query = sa.select(Incident).where(Incident.reference == references.dashed(command.reference))
        found = op.session.scalars(query).first()
        return (found if found is not None and _is_theirs(found, user) else None), command.text
    if command.code is not None:
        found = _by_code(op, user, command.code)
        if found is not None:
            return (found if _is_theirs(found, user) else None), command.text
    query = sa.select(Incident).where(
        Incident.owner_id == user.id, Incident.status == IncidentStatus.ACKNOWLEDGED
    )
    theirs = op.session.scalars(query.limit(2)).all()
    words = command.text if command.code is None else f"{command.code.lower()} {command.text}"
    return (theirs[0] if len(theirs) == 1 else None), words


def _is_theirs(incident: Incident, user: User) -> bool:
    return incident.owner_id == user.id and incident.status is IncidentStatus.ACKNOWLEDGED


def _by_code(op: Operation, user: User, code: str) -> Incident | None:
    query = (
        sa.select(Incident)
        .join(Page, Page.incident_id == Incident.id)
        .where(Page.user_id == user.id, Page.code == code)
        .order_by(Page.created_at.desc())
    )
    return op.session.scalars(query).first()
