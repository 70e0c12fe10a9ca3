"""News for people in charge: from which number it comes, which managers hear it, by text and by e-mail."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from hotline.db.models import (
    ContactKind,
    ContactMethod,
    Ladder,
    MessageKind,
    Role,
    Rotation,
    ServiceNumber,
    Team,
    User,
)
from hotline.services.operation import Operation
from hotline.services.outgoing import letters, messages
from hotline.speech import Moment, Prompt


def sender(op: Operation, team: Team | None = None) -> str | None:
    """A number of ours that the team knows: one whose ladder is theirs, else any; None if there is none."""
    is_theirs = sa.false() if team is None else Ladder.team_id == team.id
    query = (
        sa.select(ServiceNumber.phone)
        .join(Ladder, Ladder.id == ServiceNumber.ladder_id)
        .order_by(sa.case((is_theirs, 0), else_=1), ServiceNumber.phone)
    )
    return op.session.scalars(query).first()


def about(
    key: str, layer: Rotation, span: tuple[datetime, datetime], to: User, **more: Moment | str
) -> Prompt:
    """What is said of a span of a layer, in the reader's own zone."""
    start, end = (Moment(at, to.time_zone) for at in span)
    return Prompt.of(key, team=layer.team.name, layer=layer.layer, start=start, end=end, **more)


def managers(op: Operation, *, admins: bool = False) -> list[User]:
    """Every manager by name, and with ``admins`` every admin."""
    roles = (Role.MANAGER, Role.ADMIN) if admins else (Role.MANAGER,)
    return list(op.session.scalars(sa.select(User).where(User.role.in_(roles)).order_by(User.name)))


def in_charge(op: Operation) -> list[User]:
    """The managers who can sign in; the admins where there is none."""
    found = [user for user in managers(op) if user.disabled_at is None]
    return found or [user for user in managers(op, admins=True) if user.disabled_at is None]


def text(
    op: Operation,
    user: User,
    from_: str | None,
    prompt: Prompt,
    key: str,
    lifetime: timedelta,
    kind: MessageKind = MessageKind.ROSTER,
) -> int:
    """Send it once for ``key`` to the person's telephone, if they have one; returns how many left."""
    if from_ is None or user.phone is None:
        return 0
    return messages.send(
        op,
        kind,
        to=user.phone,
        prompt=prompt,
        language=user.language,
        from_=from_,
        dedupe_key=key,
        user=user,
        lifetime=lifetime,
    )


def mail(
    op: Operation,
    user: User,
    from_: str | None,
    subject: Prompt,
    prompt: Prompt,
    key: str,
    lifetime: timedelta,
    kind: MessageKind = MessageKind.ROSTER,
) -> int:
    """The same by e-mail, to the first address that somebody has verified, where there is a mail server."""
    if not op.settings.sends_mail or from_ is None:
        return 0
    query = sa.select(ContactMethod).where(
        ContactMethod.user_id == user.id,
        ContactMethod.kind == ContactKind.EMAIL,
        ContactMethod.verified_at.is_not(None),
        ContactMethod.removed_at.is_(None),
    )
    method = op.session.scalars(query.order_by(ContactMethod.position, ContactMethod.id)).first()
    if method is None:
        return 0
    return letters.send(
        op,
        kind,
        method,
        user,
        subject=subject,
        prompt=prompt,
        from_=from_,
        dedupe_key=f"{key}:mail",
        lifetime=lifetime,
    )
