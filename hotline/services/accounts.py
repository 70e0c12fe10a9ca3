"""Signing in: a password is checked at most so often, slowly, and never says which half was wrong.

Checking a password takes tens of milliseconds on purpose, so it happens between two short write
transactions and never inside one: a telephone call must not wait for somebody's sign-in.

1. :func:`begin_sign_in` counts the try and looks the account up (a write transaction).
2. :func:`password_matches` checks the password (no transaction).
3. :func:`finish_sign_in` takes the try back and renews an old hash (a write transaction).
"""

import hashlib
import uuid
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hotline.db.models import User
from hotline.errors import HotlineError
from hotline.services import throttles
from hotline.services.operation import Operation

# The pair stops guessing; the other two stop it when it is spread over many addresses or accounts.
TRIES_FOR_A_PAIR = 8
TRIES_FOR_AN_EMAIL = 40
TRIES_FROM_AN_ADDRESS = 80
LONGEST_PASSWORD = 1024

_hasher = PasswordHasher()


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
    password_hash: str
    limits: tuple[throttles.Limit, ...]
    is_allowed: bool


def hash_password(password: str) -> str:
    """A hash to store; the same password gives another one each time."""
    return _hasher.hash(password)


def begin_sign_in(op: Operation, email: str, address: str) -> Attempt:
    """Count a try of ``email`` from the network address ``address``, known or not."""
    email = _normalised(email)
    limits = (
        throttles.Limit(throttles.scope("sign-in:pair", f"{email} {address}"), TRIES_FOR_A_PAIR),
        throttles.Limit(throttles.scope("sign-in:email", email), TRIES_FOR_AN_EMAIL),
        throttles.Limit(throttles.scope("sign-in:address", address), TRIES_FROM_AN_ADDRESS),
    )
    is_allowed = throttles.reserve(op, limits)
    user = op.session.scalars(sa.select(User).where(sa.func.lower(User.email) == email)).first()
    if user is None:
        return Attempt(None, _nobodys_hash(), limits, is_allowed)
    return Attempt(user.id, user.password_hash, limits, is_allowed)


def password_matches(attempt: Attempt, password: str) -> bool:
    """Whether the password is right; takes as long for an account that does not exist.

    Raises :class:`TooManyTriesError` when the try was one too many, whatever the password.
    """
    if not attempt.is_allowed:
        raise TooManyTriesError("Too many tries. Wait fifteen minutes, or ask an admin for a new password.")
    is_right = len(password) <= LONGEST_PASSWORD and _verifies(attempt.password_hash, password)
    return is_right and attempt.user_id is not None


def finish_sign_in(op: Operation, attempt: Attempt, password: str) -> User:
    """The password was right: the try is taken back, and a hash with old parameters is renewed.

    Raises :class:`SignInRefusedError` when the password was changed meanwhile or the account is gone.
    """
    user = None if attempt.user_id is None else op.session.get(User, attempt.user_id)
    if user is None or user.password_hash != attempt.password_hash:
        raise refused()
    throttles.give_back(op, attempt.limits)
    if _hasher.check_needs_rehash(user.password_hash):
        user.password_hash = _hasher.hash(password)
    return user


def refused() -> SignInRefusedError:
    """The one answer to a wrong e-mail and to a wrong password."""
    return SignInRefusedError("E-mail and password do not match.")


def fingerprint(user: User) -> str:
    """Changes with the password, so that a session from before the change is worth nothing."""
    return hashlib.sha256(user.password_hash.encode()).hexdigest()[:20]


def _verifies(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _normalised(email: str) -> str:
    return email.strip().lower()[:200]


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(uuid.uuid4().hex)
