"""Who else is rung about an incident, for an engineer who has to decide in the dark whether to get up."""

import sqlalchemy as sa

from hotline.db.models import Call, CallKind, Incident, User
from hotline.services.operation import Operation
from hotline.services.response import dispatch
from hotline.speech import Minutes, Prompt

_A_MINUTE = 60


def said(op: Operation, incident: Incident, listener: User) -> tuple[Prompt, ...]:
    """Whom this round has rung besides, and who is next and when; first names, as among colleagues."""
    rung = _rung(op, incident, listener)
    if rung:
        names = ", ".join(user.first_name for user in rung)
        first = Prompt.of("page.who_rung", names=names)
    else:
        first = Prompt.of("page.who_alone")
    known = {listener.id, *(user.id for user in rung)}
    waiting = [user for user in dispatch.people_to_dial(op, incident) if user.id not in known]
    if not waiting or incident.next_rung_at is None:
        return (first,) if rung else (first, Prompt.of("page.who_none"))
    seconds = int((incident.next_rung_at - op.now).total_seconds())
    engineer = waiting[0].first_name
    if seconds < _A_MINUTE:
        return first, Prompt.of("page.who_soon", engineer=engineer)
    return first, Prompt.of("page.who_next", minutes=Minutes(seconds // _A_MINUTE), engineer=engineer)


def _rung(op: Operation, incident: Incident, listener: User) -> list[User]:
    query = (
        sa.select(User)
        .join(Call, Call.user_id == User.id)
        .where(
            Call.incident_id == incident.id,
            Call.kind == CallKind.PAGE,
            Call.round == incident.round,
            User.id != listener.id,
        )
        .group_by(User.id)
        .order_by(sa.func.min(Call.created_at), User.id)
    )
    return list(op.session.scalars(query))
