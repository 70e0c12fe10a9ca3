"""Sessions: one row for each browser in which somebody is signed in; a revoked one is worth nothing at once.

A session lasts :data:`LIFETIME`, and twelve hours are twelve hours of the person's own day however
fast the site's clock runs (:mod:`hotline.services.accounts.real_time`).
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import SignInMethod, User, UserSession
from hotline.services.accounts import events
from hotline.services.accounts.agents import describe
from hotline.services.accounts.real_time import of_the_site
from hotline.services.accounts.tokens import digest, new_token
from hotline.services.operation import Operation

LIFETIME = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
CONFIRMED_FOR = timedelta(minutes=10)
KEPT_FOR = timedelta(days=30)


def start(
    op: Operation, user: User, method: SignInMethod, agent: str, address: str, *, is_confirmed: bool = True
) -> str:
    """Open a session for ``user``; the token for the cookie.

    ``is_confirmed``: they have proved just now who they are, which a provider need not have asked for.
    ``agent`` is the browser's own description. Rows that ended a month ago are swept out here.
    """
    op.session.execute(
        sa.delete(UserSession).where(
            UserSession.user_id == user.id, UserSession.expires_at < op.now - KEPT_FOR
        )
    )
    token = new_token()
    row = UserSession(
        user_id=user.id,
        token_digest=digest(token),
        method=method,
        created_at=op.now,
        last_seen_at=op.now,
        confirmed_at=op.now if is_confirmed else op.now - of_the_site(op, CONFIRMED_FOR),
        expires_at=op.now + of_the_site(op, LIFETIME),
        agent=describe(agent),
        address=address[:64],
    )
    op.session.add(row)
    op.session.flush()
    events.record(
        op, user.id, "signed-in", user.id, method=method.value, agent=row.agent, address=row.address
    )
    return token


def find(op: Operation, token: str) -> tuple[UserSession, User] | None:
    """The session of a token and whose it is; None when it ended, was revoked or the account is disabled."""
    query = (
        sa.select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.token_digest == digest(token),
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > op.now,
            User.disabled_at.is_(None),
        )
    )
    found = op.session.execute(query).first()
    return None if found is None else (found[0], found[1])


def needs_touch(op: Operation, row: UserSession) -> bool:
    """Whether the row's ``last_seen_at`` is a minute old."""
    return op.now - row.last_seen_at >= of_the_site(op, SEEN_EVERY)


def touch(op: Operation, session_id: uuid.UUID) -> None:
    """The browser was seen now; at once by several requests, one of them writes it."""
    before = op.now - of_the_site(op, SEEN_EVERY)
    op.session.execute(
        sa.update(UserSession)
        .where(UserSession.id == session_id, UserSession.last_seen_at <= before)
        .values(last_seen_at=op.now)
    )


def is_confirmed(op: Operation, row: UserSession) -> bool:
    """Whether the person proved who they are within the last ten minutes."""
    return op.now - row.confirmed_at < of_the_site(op, CONFIRMED_FOR)


def confirm(op: Operation, session_id: uuid.UUID) -> None:
    """The person proved once more who they are."""
    _change(op, UserSession.id == session_id, confirmed_at=op.now)


def strengthen(op: Operation, session_id: uuid.UUID, method: SignInMethod) -> None:
    """A session of a password alone has now shown a second factor."""
    is_weak = sa.and_(UserSession.id == session_id, UserSession.method == SignInMethod.PASSWORD)
    _change(op, is_weak, method=method, confirmed_at=op.now)


def of_user(op: Operation, user_id: uuid.UUID) -> Sequence[UserSession]:
    """The sessions that are open, the one seen last first."""
    query = (
        sa.select(UserSession)
        .where(UserSession.user_id == user_id, *_open(op))
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    return op.session.scalars(query).all()


def revoke(op: Operation, user_id: uuid.UUID, session_id: uuid.UUID, actor_id: uuid.UUID) -> bool:
    """End one session of a user; False when it had ended, or is not theirs."""
    ended = _end(op, UserSession.user_id == user_id, UserSession.id == session_id)
    if ended:
        events.record(op, user_id, "session-revoked", actor_id)
    return ended == 1


def revoke_all(
    op: Operation, user_id: uuid.UUID, actor_id: uuid.UUID | None, keep: uuid.UUID | None = None
) -> int:
    """End every session of a user but ``keep``; how many there were."""
    ended = _end(op, UserSession.user_id == user_id, *([] if keep is None else [UserSession.id != keep]))
    if ended:
        events.record(op, user_id, "sessions-revoked", actor_id, count=ended)
    return ended


def revoke_weak(op: Operation, user_id: uuid.UUID, keep: uuid.UUID) -> int:
    """End the sessions but ``keep`` that only a password opened: from now on that is not enough."""
    is_weak = UserSession.method == SignInMethod.PASSWORD
    return _end(op, UserSession.user_id == user_id, is_weak, UserSession.id != keep)


def began_at(op: Operation, user_id: uuid.UUID, address: str) -> bool:
    """Whether the user has signed in from a network address, as long as ended sessions are kept."""
    query = sa.select(UserSession.id).where(
        UserSession.user_id == user_id, UserSession.address == address[:64]
    )
    return op.session.scalars(query.limit(1)).first() is not None


def end(op: Operation, session_id: uuid.UUID) -> None:
    """The person signs out."""
    _end(op, UserSession.id == session_id)


def _open(op: Operation) -> tuple[sa.ColumnElement[bool], ...]:
    return UserSession.revoked_at.is_(None), UserSession.expires_at > op.now


def _end(op: Operation, *which: sa.ColumnElement[bool]) -> int:
    return _change(op, *which, *_open(op), revoked_at=op.now)


def _change(op: Operation, *args: sa.ColumnElement[bool], **values: object) -> int:
    statement = sa.update(UserSession).where(*args).values(**values)
    return op.session.connection().execute(statement).rowcount
