"""The numbers of the people of the house: whose a number is, and whether it may be rung."""

import uuid
from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import ContactKind, ContactMethod, User
from hotline.errors import ConflictError
from hotline.phone_numbers import country_of
from hotline.services.operation import Operation

# A number that the network refused for good is tried again the next day: networks err too.
BAD_NUMBER_REST = timedelta(hours=24)
FIRST_LABEL = "Mobile"
ANY_IN_USE = sa.and_(ContactMethod.verified_at.is_not(None), ContactMethod.removed_at.is_(None))
IN_USE = sa.and_(ANY_IN_USE, ContactMethod.kind == ContactKind.PHONE)


def enter(op: Operation, user: User, phone: str, label: str = FIRST_LABEL) -> ContactMethod:
    """An admin says that ``phone`` (E.164) is ``user``'s: it is verified at once, after their others.

    Raises :class:`ConflictError` when it is somebody else's.
    """
    op.session.flush()
    holder = owner(op, phone)
    if holder is not None and holder.id != user.id:
        raise ConflictError("That number is somebody else's already.")
    kept = list_of(op, user.id)
    method = next((one for one in kept if one.value == phone), None)
    if method is None:
        method = ContactMethod(
            user_id=user.id, label=label, value=phone, position=next_position(kept), created_at=op.now
        )
        op.session.add(method)
    method.verified_at = method.verified_at or op.now
    changed(op, user)
    return method


def list_of(op: Operation, user_id: uuid.UUID) -> list[ContactMethod]:
    """Every number that somebody has not removed, the first to be rung first, verified or not."""
    return [method for method in everything_of(op, user_id) if method.kind is ContactKind.PHONE]


def everything_of(op: Operation, user_id: uuid.UUID) -> list[ContactMethod]:
    """The same with e-mail addresses and webhooks, after the numbers."""
    query = sa.select(ContactMethod).where(
        ContactMethod.user_id == user_id, ContactMethod.removed_at.is_(None)
    )
    numbers_first = sa.case((ContactMethod.kind == ContactKind.PHONE, 0), else_=1)
    query = query.order_by(numbers_first, ContactMethod.kind, ContactMethod.position, ContactMethod.id)
    return list(op.session.scalars(query))


def next_position(methods: list[ContactMethod]) -> int:
    """The position after all of these."""
    return max((method.position for method in methods), default=-1) + 1


def owner(op: Operation, phone: str) -> User | None:
    """Whose verified number this is, if anybody's."""
    query = sa.select(User).join(ContactMethod, ContactMethod.user_id == User.id)
    return op.session.scalars(query.where(ContactMethod.value == phone, IN_USE)).first()


def of(op: Operation, user_id: uuid.UUID | None, phone: str) -> ContactMethod | None:
    """Somebody's number, verified or not, unless they removed it."""
    query = sa.select(ContactMethod).where(
        ContactMethod.user_id == user_id, ContactMethod.value == phone, ContactMethod.removed_at.is_(None)
    )
    return op.session.scalars(query).first()


def is_verified(op: Operation, phone: str, user_id: uuid.UUID | None = None) -> bool:
    """True for a verified number of ``user_id``, or of anybody of the house."""
    query = sa.select(ContactMethod.id).where(ContactMethod.value == phone, IN_USE)
    if user_id is not None:  # a number may be somebody else's by now
        query = query.where(ContactMethod.user_id == user_id)
    return op.session.execute(query).first() is not None


def has_failed(op: Operation, method: ContactMethod) -> bool:
    """True while the network's word that the number cannot be reached is fresh."""
    return method.failed_at is not None and op.now - method.failed_at < BAD_NUMBER_REST


def is_offered(op: Operation, kind: ContactKind) -> bool:
    """Whether this installation can send to such a contact method at all."""
    return kind is not ContactKind.EMAIL or op.settings.sends_mail


def is_allowed(op: Operation, phone: str) -> bool:
    """Whether the number is in a country that may be called and written to."""
    allowed = op.settings.allowed_countries
    return not allowed or country_of(phone) in allowed


def failed(op: Operation, user_id: uuid.UUID, phone: str) -> None:
    """The network said for good that the number cannot be reached."""
    _set_failed(op, user_id, phone, op.now)


def reached(op: Operation, user_id: uuid.UUID | None, phone: str) -> None:
    """A message was delivered to the number, or it was answered: whatever was wrong is over."""
    method = None if user_id is None else of(op, user_id, phone)
    if method is None or user_id is None or (method.failed_at is None and not method.failures):
        return
    _set_failed(op, user_id, phone, None)
    method.failures, method.flagged_at = 0, None


def changed(op: Operation, user: User) -> None:
    """What ``user.phone`` was read as before is read anew."""
    op.session.flush()
    op.session.expire(user, ["phone", "phone_failed_at"])


def _set_failed(op: Operation, user_id: uuid.UUID, phone: str, at: object) -> None:
    method = of(op, user_id, phone)
    if method is not None:
        op.session.refresh(method, with_for_update=True)
        method.failed_at = at  # type: ignore[assignment]
        changed(op, op.session.get_one(User, user_id))
