"""People as the organisation's own sign-in (OpenID Connect) knows them.

Nobody gets an account by it. The first time, a verified e-mail address says whose account it is; from
then on issuer and subject do, whatever becomes of the address.
"""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from hotline.db.models import Identity, User
from hotline.errors import HotlineError
from hotline.services.accounts import events, passwords
from hotline.services.operation import Operation
from hotline.services.reports.words import marked


class UnknownPersonError(HotlineError):
    """Whoever signed in there has no account here, or not one that may be used."""

    code = "unknown-person"
    http_status = 403


@dataclass(frozen=True, slots=True)
class Claims:
    """What the provider's signed ID token says."""

    issuer: str
    subject: str
    email: str
    is_verified: bool


def sign_in(op: Operation, claims: Claims) -> User:
    """Whose account it is. Raises :class:`UnknownPersonError` with what to do."""
    user = _bound(op, claims) or _bind(op, claims)
    op.session.refresh(user, with_for_update=True)
    if user.disabled_at is not None:
        raise UnknownPersonError(marked("Your account here is disabled. Ask an admin."))
    return user


def are_bound(op: Operation, user_id: uuid.UUID, issuer: str | None) -> bool:
    """Whether the user has signed in by this provider."""
    query = sa.select(Identity.id).where(Identity.user_id == user_id, Identity.issuer == issuer)
    return op.session.scalar(query) is not None


def _bound(op: Operation, claims: Claims) -> User | None:
    query = (
        sa.select(User)
        .join(Identity, Identity.user_id == User.id)
        .where(Identity.issuer == claims.issuer, Identity.subject == claims.subject)
    )
    return op.session.scalars(query).first()


def _bind(op: Operation, claims: Claims) -> User:
    if not claims.is_verified:
        raise UnknownPersonError(
            marked("Your organisation's sign-in has not verified your e-mail address. Ask whoever runs it.")
        )
    user = passwords.by_email(op, claims.email)
    if user is None:
        raise UnknownPersonError(
            marked("There is no account here for your e-mail address. Ask an admin for one.")
        )
    op.session.refresh(user, with_for_update=True)
    if are_bound(op, user.id, claims.issuer):
        raise UnknownPersonError(
            marked("At your organisation's sign-in your e-mail address was somebody else's. Ask an admin.")
        )
    op.session.add(Identity(user_id=user.id, issuer=claims.issuer, subject=claims.subject, bound_at=op.now))
    op.session.flush()
    events.record(op, user.id, "identity-bound", user.id, issuer=claims.issuer)
    return user
