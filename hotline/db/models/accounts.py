"""How people prove who they are: sessions, second factors, passkeys, and what happened to an account."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from hotline.db.base import Base, enum_column, id_column


class SignInMethod(enum.StrEnum):
    """How a session was opened."""

    PASSWORD = "password"  # noqa: S105 - a name, no secret
    CODE = "code"  # a password and a code of the authenticator app
    RECOVERY = "recovery"  # a password and a recovery code
    PASSKEY = "passkey"  # a passkey alone, which checked the person
    OIDC = "oidc"  # the organisation's own sign-in


class UserSession(Base):
    """One browser in which somebody is signed in.

    The cookie holds a random token, this row its SHA-256. A session ends at ``expires_at`` or when
    ``revoked_at`` is set, whichever is first. ``confirmed_at`` is when the person last proved who
    they are; ``last_seen_at`` is true to a minute.
    """

    __tablename__ = "sessions"
    __table_args__ = (sa.Index("ix_sessions_user_id_expires_at", "user_id", "expires_at"),)

    id: Mapped[uuid.UUID] = id_column()
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    token_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    method: Mapped[SignInMethod] = mapped_column(enum_column(SignInMethod))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    agent: Mapped[str] = mapped_column(sa.String(80))
    address: Mapped[str] = mapped_column(sa.String(64))


class Challenge(Base):
    """Something begun that a browser has yet to finish; taken once, and worth nothing after ``expires_at``.

    The browser holds a random token, this row its SHA-256.
    """

    __tablename__ = "challenges"

    id: Mapped[uuid.UUID] = id_column()
    token_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    user_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    data: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Authenticator(Base):
    """The authenticator app of a user (RFC 6238), in force once ``confirmed_at`` is set.

    ``sealed_secret`` is encrypted. ``last_step`` is the newest half minute whose code was used, so
    that no code is good twice.
    """

    __tablename__ = "authenticators"

    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    sealed_secret: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None] = mapped_column(sa.BigInteger)


class RecoveryCode(Base):
    """A code that opens an account once when the second factor is lost; only a keyed digest is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (sa.UniqueConstraint("user_id", "digest"),)

    id: Mapped[uuid.UUID] = id_column()
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    digest: Mapped[str] = mapped_column(sa.String(64))
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A WebAuthn credential of a user: its public key, and how often it says that it was used."""

    __tablename__ = "passkeys"

    id: Mapped[uuid.UUID] = id_column()
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    credential_id: Mapped[bytes] = mapped_column(sa.LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary(2048))
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    transports: Mapped[list[Any]]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class Identity(Base):
    """A user as the organisation's sign-in knows them: issuer and subject, bound at the first sign-in."""

    __tablename__ = "identities"
    __table_args__ = (sa.UniqueConstraint("issuer", "subject"),)

    id: Mapped[uuid.UUID] = id_column()
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"), index=True)
    issuer: Mapped[str] = mapped_column(sa.String(300))
    subject: Mapped[str] = mapped_column(sa.String(255))
    bound_at: Mapped[datetime]


class AccountEvent(Base):
    """Something that happened to an account. ``actor_id`` is who did it; None is the owner's browser
    before it was known who sat at it, or the command line."""

    __tablename__ = "account_events"
    __table_args__ = (sa.Index("ix_account_events_user_id_at", "user_id", "at"),)

    id: Mapped[uuid.UUID] = id_column()
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(32))
    data: Mapped[dict[str, Any]]
