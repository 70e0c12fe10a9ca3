"""The second factors of a user together: what they have, what turning one on or off does, and a try.

From the first second factor on a password alone is not enough, so the sessions that only a password
opened end then. The last one of somebody whose role needs one cannot be removed.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from hotline.db.models import Passkey, SignInMethod, User
from hotline.errors import ConflictError
from hotline.services import audit, throttles
from hotline.services.accounts import (
    authenticators,
    challenges,
    duties,
    events,
    passkeys,
    passwords,
    recovery,
    sessions,
)
from hotline.services.operation import Operation
from hotline.services.reports.words import marked

TRIES = 8
_STEP = "second-step"


@dataclass(frozen=True, slots=True)
class Factors:
    """What a user has besides the password."""

    has_app: bool
    passkeys: Sequence[Passkey]
    codes_left: int

    @property
    def is_any(self) -> bool:
        """Whether a password alone is not enough."""
        return self.has_app or bool(self.passkeys)


def of_user(op: Operation, user_id: uuid.UUID) -> Factors:
    """The second factors of a user."""
    return Factors(
        authenticators.is_on(op, user_id), passkeys.of_user(op, user_id), recovery.left(op, user_id)
    )


def begin_step(op: Operation, user: User, target: str) -> str:
    """The password was right; a token for the browser that now has to show a second factor."""
    return challenges.begin(op, _STEP, {"target": target}, user.id)


def whose_step(op: Operation, token: str | None) -> tuple[User, str] | None:
    """Who is between password and second factor, and where they want to go."""
    begun = challenges.find(op, _STEP, token)
    user = None if begun is None else op.session.get(User, begun.user_id)
    if begun is None or user is None or user.disabled_at is not None:
        return None
    return user, str(begun.data["target"])


def finish_step(op: Operation, token: str) -> bool:
    """The second factor was right; False when another request was first with it."""
    return challenges.take(op, _STEP, token) is not None


def try_code(op: Operation, user_id: uuid.UUID, typed: str) -> SignInMethod | None:
    """How a typed code proves the second factor: as one of the app, as a recovery code, or not (None).

    Raises :class:`hotline.services.accounts.TooManyTriesError`, whatever was typed.
    """
    limits = (throttles.Limit(throttles.scope("second:user", str(user_id)), TRIES),)
    passwords.must_be_allowed(throttles.reserve(op, limits))
    method = None
    if authenticators.check(op, user_id, typed):
        method = SignInMethod.CODE
    elif recovery.use(op, user_id, typed):
        method = SignInMethod.RECOVERY
        events.record(op, user_id, "recovery-code-used", user_id)
    if method is None:
        events.record(op, user_id, "code-failed")
        return None
    throttles.give_back(op, limits)
    return method


def turn_on_app(op: Operation, user: User, code: str) -> bool:
    """Put the offered app in force; False for a wrong code.

    Raises :class:`hotline.services.accounts.TooManyTriesError`.
    """
    # A sign-in that sees no second factor yet is over first, and its session ends with the other weak ones.
    op.session.refresh(user, with_for_update=True)
    limits = (throttles.Limit(throttles.scope("second:user", str(user.id)), TRIES),)
    passwords.must_be_allowed(throttles.reserve(op, limits))
    if not authenticators.turn_on(op, user.id, code):
        return False
    throttles.give_back(op, limits)
    events.record(op, user.id, "app-added", user.id)
    return True


def after_adding(
    op: Operation, user_id: uuid.UUID, session_id: uuid.UUID, method: SignInMethod
) -> str | None:
    """A factor was added: weak sessions end, this one has shown it.

    The token to read the recovery codes with; None when there are some already.
    """
    sessions.strengthen(op, session_id, method)
    sessions.revoke_weak(op, user_id, session_id)
    return None if recovery.left(op, user_id) else recovery.issue(op, user_id)


def new_codes(op: Operation, user_id: uuid.UUID) -> str:
    """Ten new recovery codes; the token to read them with."""
    events.record(op, user_id, "recovery-codes-made", user_id)
    return recovery.issue(op, user_id)


def turn_off_app(op: Operation, user: User) -> bool:
    """Forget the app; False when there was none. Raises ``ConflictError`` when the role needs it."""
    _must_keep_one(op, user, of_user(op, user.id).passkeys)
    if not authenticators.turn_off(op, user.id):
        return False
    events.record(op, user.id, "app-removed", user.id)
    _forget_codes_without_factor(op, user.id)
    return True


def remove_passkey(op: Operation, user: User, passkey_id: uuid.UUID) -> str | None:
    """Forget a passkey; its name or None. Raises ``ConflictError`` when the role needs it."""
    factors = of_user(op, user.id)
    others = [row for row in factors.passkeys if row.id != passkey_id]
    _must_keep_one(op, user, [*others, *([True] if factors.has_app else [])])
    name = passkeys.remove(op, user.id, passkey_id)
    if name is not None:
        _forget_codes_without_factor(op, user.id)
    return name


def reset(op: Operation, user_id: uuid.UUID, actor_id: uuid.UUID | None) -> None:
    """Forget every second factor of a user, and end their sessions: somebody lost a telephone."""
    authenticators.turn_off(op, user_id)
    passkeys.forget_all(op, user_id)
    recovery.forget(op, user_id)
    challenges.forget_all(op, user_id)
    events.record(op, user_id, "factors-reset", actor_id)
    actor = None if actor_id is None else op.session.get_one(User, actor_id)
    audit.record(op, actor, "factors reset", "person", user_id, op.session.get_one(User, user_id).name)
    sessions.revoke_all(op, user_id, actor_id)


def _must_keep_one(op: Operation, user: User, others: Sequence[object]) -> None:
    op.session.refresh(user, with_for_update=True)
    if not others and duties.must_have_second_factor(op, user):
        raise ConflictError(
            marked("Your role needs a second factor. Set up another one first, then remove this one.")
        )


def _forget_codes_without_factor(op: Operation, user_id: uuid.UUID) -> None:
    if not of_user(op, user_id).is_any:
        recovery.forget(op, user_id)
