"""The authenticator app: a six-digit code every half minute (RFC 6238), each good once.

Codes count in real time, whatever the site's clock does, since that is what the telephone shows.
"""

import uuid
from datetime import timedelta

import pyotp
import sqlalchemy as sa

from hotline.db.models import Authenticator, User
from hotline.services.accounts.real_time import of_the_site, wall_clock
from hotline.services.accounts.sealing import seal, unseal
from hotline.services.operation import Operation

STEP_SECONDS = 30
_DRIFT = 1  # a code of the half minute before or after is taken, too
_OFFERED_FOR = timedelta(hours=1)
_ISSUER = "Hotline"


def offer(op: Operation, user: User) -> str | None:
    """The secret to put into an app, in base 32: the same for an hour. None when one is in force."""
    op.session.refresh(user, with_for_update=True)
    row = op.session.get(Authenticator, user.id)
    if row is not None and row.confirmed_at is not None:
        return None
    if row is not None and op.now - row.created_at < of_the_site(op, _OFFERED_FOR):
        return unseal(op, row.sealed_secret)
    secret = pyotp.random_base32()
    if row is None:
        row = Authenticator(user_id=user.id)
        op.session.add(row)
    row.sealed_secret, row.created_at = seal(op, secret), op.now
    op.session.flush()
    return secret


def address(secret: str, email: str) -> str:
    """The ``otpauth:`` address that apps read from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)


def is_on(op: Operation, user_id: uuid.UUID) -> bool:
    """Whether an app is in force for the user."""
    query = sa.select(Authenticator.confirmed_at).where(Authenticator.user_id == user_id)
    return op.session.scalar(query) is not None


def turn_on(op: Operation, user_id: uuid.UUID, code: str) -> bool:
    """Put the offered secret in force when ``code`` shows that the app has it."""
    return _accept(op, user_id, code, Authenticator.confirmed_at.is_(None), confirmed_at=op.now)


def check(op: Operation, user_id: uuid.UUID, code: str) -> bool:
    """Whether ``code`` is the app's, now, and was not used before; from here on it was."""
    return _accept(op, user_id, code, Authenticator.confirmed_at.is_not(None))


def turn_off(op: Operation, user_id: uuid.UUID) -> bool:
    """Forget the app; False when there was none in force."""
    statement = sa.delete(Authenticator).where(Authenticator.user_id == user_id)
    was_on = is_on(op, user_id)
    op.session.execute(statement)
    return was_on


def _accept(
    op: Operation, user_id: uuid.UUID, code: str, which: sa.ColumnElement[bool], **values: object
) -> bool:
    query = sa.select(Authenticator.sealed_secret).where(Authenticator.user_id == user_id, which)
    sealed = op.session.scalar(query)
    step = None if sealed is None else _step_of(op, unseal(op, sealed), code)
    if step is None:
        return False
    is_new = sa.or_(Authenticator.last_step.is_(None), Authenticator.last_step < step)
    statement = (
        sa.update(Authenticator)
        .where(Authenticator.user_id == user_id, which, is_new)
        .values(last_step=step, **values)
    )
    return op.session.connection().execute(statement).rowcount == 1


def _step_of(op: Operation, secret: str, code: str) -> int | None:
    """The half minute that a code belongs to, if it is near."""
    typed = "".join(code.split())
    app = pyotp.TOTP(secret, interval=STEP_SECONDS)
    now = int(wall_clock(op).timestamp()) // STEP_SECONDS
    steps = range(now - _DRIFT, now + _DRIFT + 1)
    found = [step for step in steps if pyotp.utils.strings_equal(app.generate_otp(step), typed)]
    return found[-1] if found else None
