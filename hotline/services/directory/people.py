"""People of the house as an admin keeps them: a new account, its details, and their numbers."""

import uuid

import sqlalchemy as sa

from hotline.db.models import (
    ContactKind,
    ContactMethod,
    Override,
    PartMember,
    Role,
    Rotation,
    RotationPart,
    RotationVersion,
    Team,
    User,
)
from hotline.phone_numbers import mask
from hotline.services import audit
from hotline.services.accounts import events, people
from hotline.services.directory import checks
from hotline.services.directory.kind import Facts, Kind, Values, WrongFieldError, sentence
from hotline.services.operation import Operation
from hotline.services.reaching import contacts, numbers
from hotline.services.reports.words import marked


def _check(op: Operation, values: Values, own_id: uuid.UUID | None) -> tuple[str, str]:
    """The name and e-mail address. Raises :class:`WrongFieldError`."""
    wanted, email = checks.name(values["name"], longest=120), str(values["email"] or "").strip()
    if not people.is_email(email):
        raise WrongFieldError("email", sentence(marked("Type an e-mail address such as ada@example.com.")))
    with op.session.no_autoflush:
        holder = people.holder_of(op, email)
    if holder is not None and holder.id != own_id:
        raise WrongFieldError(
            "email", sentence(marked("{name} has an account with this address already."), name=holder.name)
        )
    return wanted, email


def _make(op: Operation, actor_id: uuid.UUID, user_id: uuid.UUID | None, values: Values) -> User:
    wanted, email = _check(op, values, None)
    try:
        role = Role(values["role"])
    except ValueError:
        raise WrongFieldError("role", sentence(marked("Choose a role."))) from None
    person = people.NewPerson(
        wanted, email, role, checks.time_zone(values["time_zone"]), checks.language(values["language"])
    )
    return people.add(op, person, values["password_hash"], actor_id, user_id)


def _put(op: Operation, user: User, values: Values) -> None:
    wanted, email = _check(op, values, user.id)
    zone, language = checks.time_zone(values["time_zone"]), checks.language(values["language"])
    if email != user.email:
        events.record(op, user.id, "email-changed", values["by"])
    user.name, user.email, user.time_zone, user.language = wanted, email, zone, language


def _facts(_op: Operation, user: User) -> Facts:
    return {
        "name": user.name,
        "email": user.email,
        "time_zone": user.time_zone,
        "language": user.language,
    }


PEOPLE: Kind[User] = Kind("person", User, called=lambda user: user.name, facts=_facts, put=_put, makes=_make)


def enter_number(op: Operation, actor_id: uuid.UUID, user_id: uuid.UUID, label: str, phone: str) -> bool:
    """Say that a number is somebody's: it is verified at once. False when it was so already.

    Their numbers of before are told of it by text. Raises :class:`WrongFieldError`.
    """
    user = people.find(op, user_id)
    value, plain = checks.phone(op, phone), checks.name(label, "label", contacts.LONGEST_LABEL)
    op.session.refresh(user, with_for_update=True)
    kept = numbers.list_of(op, user_id)
    holder = numbers.owner(op, value)
    if holder is not None and holder.id != user_id:
        raise WrongFieldError(
            "phone",
            sentence(marked("This is {name}'s number. It has to be removed there first."), name=holder.name),
        )
    known = next((method for method in kept if method.value == value), None)
    if known is not None and known.verified_at is not None:
        return False
    if known is None and any(method.label.casefold() == plain.casefold() for method in kept):
        raise WrongFieldError("label", sentence(marked("Another number of theirs has that name.")))
    if known is None and len(kept) >= contacts.MOST_NUMBERS:
        raise WrongFieldError("phone", sentence(marked("They have six numbers. Remove one first.")))
    method = numbers.enter(op, user, value, plain)
    events.record(op, user_id, "number-verified", actor_id, label=method.label, number=mask(value))
    _record(op, actor_id, user, "number entered", None, method)
    contacts.tell(
        op,
        user,
        [one for one in kept if one.verified_at is not None and one.kind is ContactKind.PHONE],
        "sms.number_added",
        method,
    )
    return True


def remove_number(op: Operation, actor_id: uuid.UUID, user_id: uuid.UUID, method_id: uuid.UUID) -> bool:
    """Take a number away; False when it was gone. Its owner is told by text.

    Raises :class:`~hotline.services.reaching.contacts.LastNumberError` for the last number of somebody
    who is on a roster, and ``NotFoundError`` for a number that is not theirs.
    """
    user = people.find(op, user_id)
    method = op.session.get(ContactMethod, method_id)
    was_there = method is not None and method.user_id == user_id and method.removed_at is None
    contacts.remove(op, user, method_id, op.session.get_one(User, actor_id))
    return was_there


def where_rostered(op: Operation, user_id: uuid.UUID) -> list[str]:
    """The layers in which somebody has a place, or stands in for somebody, now or later."""
    named = sa.select(Team.name, Rotation.layer).join(Rotation, Rotation.team_id == Team.id)
    places = (
        named.join(RotationVersion, RotationVersion.rotation_id == Rotation.id)
        .join(RotationPart, RotationPart.version_id == RotationVersion.id)
        .join(PartMember, PartMember.part_id == RotationPart.id)
        .where(
            PartMember.user_id == user_id,
            Rotation.ended_at.is_(None),
            sa.or_(RotationVersion.holds_until.is_(None), RotationVersion.holds_until > op.now),
        )
    )
    stands_in = named.join(Override, Override.rotation_id == Rotation.id).where(
        Override.user_id == user_id, Override.ends_at > op.now, Override.cancelled_at.is_(None)
    )
    found = {*op.session.execute(places), *op.session.execute(stands_in)}
    return [f"{team}: {layer}" for team, layer in sorted(tuple(row) for row in found)]


def methods_of(op: Operation, user_id: uuid.UUID) -> list[tuple[ContactMethod, str]]:
    """Somebody's contact methods with their values masked."""
    return [(method, masked(method)) for method in numbers.list_of(op, user_id)]


def masked(method: ContactMethod) -> str:
    """Enough of a contact method to recognise it."""
    if method.kind is ContactKind.PHONE:
        return mask(method.value)
    if method.kind is ContactKind.EMAIL:
        local, _at, domain = method.value.rpartition("@")
        return f"{local[:1]}\N{HORIZONTAL ELLIPSIS}@{domain}"
    return "\N{HORIZONTAL ELLIPSIS}"


def _record(
    op: Operation, actor_id: uuid.UUID, user: User, action: str, before: Facts | None, method: ContactMethod
) -> None:
    after = {"label": method.label, "number": mask(method.value)}
    actor = op.session.get_one(User, actor_id)
    audit.record(op, actor, action, "person", user.id, user.name, before=before, after=after)
