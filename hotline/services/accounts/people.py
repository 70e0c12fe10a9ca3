"""What an admin does with other people's accounts, and the command line before there is an admin.

Somebody can always administer: the last admin whose account is enabled keeps the role and the account.
"""

import re
import uuid
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

import sqlalchemy as sa

from hotline.db.base import new_id
from hotline.db.models import Incident, IncidentStatus, Role, User
from hotline.errors import ConflictError, InvalidInputError, NotFoundError
from hotline.services import audit
from hotline.services.accounts import challenges, events, passwords, sessions
from hotline.services.operation import Operation
from hotline.services.reports.words import marked
from hotline.speech import LANGUAGES

_CONTINENTS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia"),
    *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is known of somebody who gets an account."""

    name: str
    email: str
    role: Role
    time_zone: str = "UTC"
    language: str = "en"


def add(
    op: Operation,
    person: NewPerson,
    password_hash: str,
    actor_id: uuid.UUID | None = None,
    user_id: uuid.UUID | None = None,
) -> User:
    """A new account, made by ``actor_id``, or at the command line when that is empty.

    Raises ``InvalidInputError`` for nonsense, ``ConflictError`` when there is one.
    """
    must_make_sense(person)
    if holder_of(op, person.email) is not None:
        raise ConflictError(f"There is an account for {person.email} already.")
    user = User(
        id=user_id or new_id(),
        name=person.name.strip(),
        email=person.email.strip(),
        role=person.role,
        password_hash=password_hash,
        language=person.language,
        time_zone=person.time_zone,
    )
    op.session.add(user)
    op.session.flush()
    events.record(op, user.id, "added", actor_id, role=person.role.value)
    facts = {"name": user.name, "email": user.email, "role": user.role.value}
    _audit(
        op, user, actor_id, "created", None, {**facts, "time_zone": user.time_zone, "language": user.language}
    )
    return user


def must_make_sense(person: NewPerson) -> None:
    """Raises :class:`InvalidInputError` naming what cannot be."""
    if not person.name.strip() or len(person.name) > 120 or not person.name.isprintable():
        raise InvalidInputError(marked("A name has 1 to 120 characters."))
    if not is_email(person.email):
        raise InvalidInputError(f"{person.email} is no e-mail address.")
    if person.language not in LANGUAGES:
        raise InvalidInputError(f"The languages are {', '.join(LANGUAGES)}.")
    if person.time_zone not in time_zones():
        raise InvalidInputError(f"{person.time_zone} is no time zone; write one such as Asia/Jakarta.")


def is_email(text: str) -> bool:
    """Whether ``text`` may be somebody's e-mail address."""
    return bool(_EMAIL.fullmatch(text.strip())) and len(text) <= 200 and text.isprintable()


@cache
def time_zones() -> tuple[str, ...]:
    """The names of time zones that can be chosen: by continent and city, and UTC."""
    places = (name for name in available_timezones() if name.split("/")[0] in _CONTINENTS)
    return ("UTC", *sorted(places))


def find(op: Operation, user_id: uuid.UUID) -> User:
    """A person. Raises :class:`NotFoundError`."""
    user = op.session.get(User, user_id)
    if user is None:
        raise NotFoundError(marked("There is no such person."))
    return user


def by_email(op: Operation, email: str) -> User:
    """Whose e-mail address it is. Raises :class:`NotFoundError`."""
    user = holder_of(op, email)
    if user is None:
        raise NotFoundError(f"There is no account for {email}.")
    return user


def holder_of(op: Operation, email: str) -> User | None:
    """Whose e-mail address it is, in any capitals; None when it is nobody's."""
    return passwords.by_email(op, email)


def set_role(op: Operation, user_id: uuid.UUID, role: Role, actor_id: uuid.UUID | None) -> bool:
    """Give somebody a role; False when they have it already. Raises ``ConflictError`` for the last admin."""
    user = _locked(op, user_id)
    if user.role is role:
        return False
    if user.role is Role.ADMIN:
        _must_leave_an_admin(op, user)
    events.record(op, user.id, "role-changed", actor_id, before=user.role.value, after=role.value)
    _audit(op, user, actor_id, "changed", {"role": user.role.value}, {"role": role.value})
    user.role = role
    return True


def disable(op: Operation, user_id: uuid.UUID, actor_id: uuid.UUID | None) -> bool:
    """Somebody can sign in no more, and is signed out everywhere; False when it was so already.

    Raises ``ConflictError`` for oneself and for the last admin.
    """
    if user_id == actor_id:
        raise ConflictError(marked("You cannot disable your own account. Ask another admin."))
    user = _locked(op, user_id)
    if user.disabled_at is not None:
        return False
    if user.role is Role.ADMIN:
        _must_leave_an_admin(op, user)
    user.disabled_at = op.now
    events.record(op, user.id, "disabled", actor_id)
    _audit(op, user, actor_id, "disabled", None, None)
    sessions.revoke_all(op, user.id, actor_id)
    challenges.forget_all(op, user.id)
    # What they have is looked at now: whoever has left cannot be rung, so the ladder is.
    theirs = sa.update(Incident).where(
        Incident.owner_id == user.id, Incident.status == IncidentStatus.ACKNOWLEDGED
    )
    op.session.execute(theirs.values(next_chase_at=op.now))
    return True


def enable(op: Operation, user_id: uuid.UUID, actor_id: uuid.UUID | None) -> bool:
    """Somebody can sign in again; False when they could."""
    user = _locked(op, user_id)
    if user.disabled_at is None:
        return False
    user.disabled_at = None
    events.record(op, user.id, "enabled", actor_id)
    _audit(op, user, actor_id, "enabled", None, None)
    return True


def set_password(op: Operation, user_id: uuid.UUID, password_hash: str, actor_id: uuid.UUID | None) -> None:
    """Give somebody a new password, and sign them out everywhere; also who is halfway through signing in."""
    user = _locked(op, user_id)
    user.password_hash = password_hash
    events.record(op, user.id, "password-set", actor_id)
    _audit(op, user, actor_id, "password set", None, None)
    sessions.revoke_all(op, user.id, actor_id)
    challenges.forget_all(op, user.id)


def _audit(
    op: Operation,
    user: User,
    actor_id: uuid.UUID | None,
    action: str,
    before: audit.Fields | None,
    after: audit.Fields | None,
) -> None:
    actor = None if actor_id is None else op.session.get_one(User, actor_id)
    audit.record(op, actor, action, "person", user.id, user.name, before=before, after=after)


def _locked(op: Operation, user_id: uuid.UUID) -> User:
    """The person, after every admin: so that two who take two roles away at once wait for each other."""
    admins = sa.select(User.id).where(User.role == Role.ADMIN).order_by(User.id).with_for_update()
    op.session.execute(admins)
    user = find(op, user_id)
    op.session.refresh(user, with_for_update=True)
    return user


def _must_leave_an_admin(op: Operation, user: User) -> None:
    others = sa.select(sa.func.count()).where(
        User.role == Role.ADMIN, User.disabled_at.is_(None), User.id != user.id
    )
    if user.disabled_at is None and not op.session.scalar(others):
        raise ConflictError(marked("This is the last admin. Make somebody else an admin first."))
