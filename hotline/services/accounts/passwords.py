"""Signing in with a password: checked at most so often, slowly, and never saying which half was wrong.

Checking a password takes tens of milliseconds on purpose, so it happens between two short write
transactions and never inside one: a telephone call must not wait for somebody's sign-in.

1. :func:`begin_sign_in` counts the try and looks the account up (a write transaction).
2. :func:`password_matches` checks the password, :func:`renewed_hash` hashes it anew when its hash has
   old parameters (no transaction).
3. :func:`finish_sign_in` takes the try back and keeps the new hash (a write transaction).
"""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from hotline.db.models import User
from hotline.errors import HotlineError
from hotline.services import pins, throttles
from hotline.services.accounts import events, sessions
from hotline.services.operation import Operation
from hotline.services.reports.words import marked

# The pair of e-mail and address stops guessing; the other two stop it when it is spread over many
# accounts or addresses.
TRIES_FOR_A_PAIR = 8
TRIES_FOR_AN_EMAIL = 40
TRIES_FROM_AN_ADDRESS = 80
LONGEST_PASSWORD = 1024


class SignInRefusedError(HotlineError):
    """E-mail and password do not belong together; the message never says which is wrong."""

    code = "sign-in"
    http_status = 401


class TooManyTriesError(HotlineError):
    """Signing in was tried too often; known and unknown accounts are refused alike."""

    code = "too-many-tries"
    http_status = 429


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that has been counted: whose account it is for, if anybody's, and what was counted."""

    user_id: uuid.UUID | None
    password_hash: str | None
    limits: tuple[throttles.Limit, ...]
    is_allowed: bool


def begin_sign_in(op: Operation, email: str, address: str) -> Attempt:
    """Count a try of ``email`` from the network address ``address``, known or not."""
    email = _normalised(email)
    user = by_email(op, email)
    limits: tuple[throttles.Limit, ...] = (
        throttles.Limit(throttles.scope("sign-in:pair", f"{email} {address}"), TRIES_FOR_A_PAIR),
        throttles.Limit(throttles.scope("sign-in:address", address), TRIES_FROM_AN_ADDRESS),
    )
    # Strangers with many addresses must not keep somebody out of where they sign in every day.
    if user is None or not sessions.began_at(op, user.id, address):
        limits += (throttles.Limit(throttles.scope("sign-in:email", email), TRIES_FOR_AN_EMAIL),)
    is_allowed = throttles.reserve(op, limits)
    if user is None or user.disabled_at is not None:
        return Attempt(None, None, limits, is_allowed)
    return Attempt(user.id, user.password_hash, limits, is_allowed)


def begin_confirmation(op: Operation, user: User, address: str) -> Attempt:
    """Count a try of somebody who is signed in and proves once more who they are."""
    limits = (
        throttles.Limit(throttles.scope("confirm:pair", f"{user.id} {address}"), TRIES_FOR_A_PAIR),
        throttles.Limit(throttles.scope("confirm:user", str(user.id)), TRIES_FOR_AN_EMAIL),
    )
    return Attempt(user.id, user.password_hash, limits, throttles.reserve(op, limits))


def password_matches(attempt: Attempt, password: str) -> bool:
    """Whether the password is right; takes as long for an account that does not exist.

    Raises :class:`TooManyTriesError` when the try was one too many, whatever the password.
    """
    must_be_allowed(attempt.is_allowed)
    hashed = attempt.password_hash or pins.nobodys_hash()
    is_right = len(password) <= LONGEST_PASSWORD and pins.matches(hashed, password)
    return is_right and attempt.user_id is not None


def renewed_hash(attempt: Attempt, password: str) -> str | None:
    """A new hash of the right password when the kept one has old parameters, else None."""
    is_dated = attempt.password_hash is not None and pins.is_dated(attempt.password_hash)
    return pins.hash_secret(password) if is_dated else None


def finish_sign_in(op: Operation, attempt: Attempt, renewed: str | None = None) -> User:
    """The password was right: the try is taken back, and ``renewed`` becomes its hash.

    Raises :class:`SignInRefusedError` when the password was changed meanwhile, or the account is
    gone or disabled.
    """
    user = None if attempt.user_id is None else op.session.get(User, attempt.user_id, with_for_update=True)
    if user is None or user.disabled_at is not None or user.password_hash != attempt.password_hash:
        raise refused()
    throttles.give_back(op, attempt.limits)
    if renewed is not None:
        user.password_hash = renewed
    return user


def note_failure(op: Operation, attempt: Attempt, address: str) -> None:
    """Write down for the owner that somebody had the password wrong; for nobody's account, nothing."""
    if attempt.user_id is not None:
        events.record(op, attempt.user_id, "sign-in-failed", address=address[:64])


def must_be_allowed(is_allowed: bool) -> None:
    """Raises :class:`TooManyTriesError` when a try was one too many."""
    if not is_allowed:
        raise TooManyTriesError(marked("Too many tries. Wait fifteen minutes, or ask an admin for help."))


def refused() -> SignInRefusedError:
    """The one answer to a wrong e-mail and to a wrong password."""
    return SignInRefusedError(marked("E-mail and password do not match."))


def by_email(op: Operation, email: str) -> User | None:
    """Whose address it is, however it is written."""
    return op.session.scalars(sa.select(User).where(sa.func.lower(User.email) == _normalised(email))).first()


def _normalised(email: str) -> str:
    return email.strip().lower()[:200]
