"""Passkeys (WebAuthn): the device checks the person, so one counts as both factors.

A passkey belongs to the host of ``HOTLINE_PUBLIC_URL``. Browsers allow none for a bare address such as
127.0.0.1, and :func:`are_possible` says so.
"""

import ipaddress
import json
import uuid
from collections.abc import Sequence
from urllib.parse import urlsplit

import sqlalchemy as sa
import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from hotline.db.models import Challenge, Passkey, User
from hotline.errors import ConflictError, HotlineError
from hotline.services import throttles
from hotline.services.accounts import challenges, events
from hotline.services.accounts.passwords import must_be_allowed
from hotline.services.operation import Operation
from hotline.services.reports.words import marked
from hotline.settings import Settings

MOST = 20
TRIES_FROM_AN_ADDRESS = 60
_ADD, _PROVE = "passkey-add", "passkey-prove"
_NAME = "Hotline"
# What the library, JSON and base 64 raise for things that no device sends.
_NONSENSE = (WebAuthnException, ValueError, TypeError, AttributeError, LookupError, RecursionError)


class PasskeyRefusedError(HotlineError):
    """What the device sent proves nothing: unknown, copied, too late, or for another site."""

    code = "passkey"
    http_status = 401


def are_possible(settings: Settings) -> bool:
    """Whether browsers allow passkeys at the public address: it has a name, and is encrypted or local."""
    parts = urlsplit(settings.public_url)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return parts.scheme == "https" or host == "localhost" or host.endswith(".localhost")
    return False


def of_user(op: Operation, user_id: uuid.UUID) -> Sequence[Passkey]:
    """The passkeys of a user, oldest first."""
    query = sa.select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.created_at, Passkey.id)
    return op.session.scalars(query).all()


def begin_adding(op: Operation, user: User) -> tuple[str, str]:
    """A token for the browser, and what it hands to ``navigator.credentials.create`` as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=_host(op),
        rp_name=_NAME,
        user_id=user.id.bytes,
        user_name=user.email,
        user_display_name=user.name,
        exclude_credentials=_descriptors(of_user(op, user.id)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    token = challenges.begin(op, _ADD, {"challenge": bytes_to_base64url(options.challenge)}, user.id)
    return token, webauthn.options_to_json(options)


def begun_adding(op: Operation, token: str | None) -> Challenge | None:
    """What :func:`begin_adding` asked of the device. In a transaction of its own: a second try finds none."""
    return challenges.take(op, _ADD, token)


def begun_proving(op: Operation, token: str | None) -> Challenge | None:
    """What :func:`begin_proving` asked of the device; likewise."""
    return challenges.take(op, _PROVE, token)


def add(op: Operation, user: User, begun: Challenge | None, credential: str, name: str) -> Passkey:
    """Keep the passkey that the device made.

    Raises :class:`PasskeyRefusedError`, and :class:`hotline.errors.ConflictError` when it is one too many.
    """
    op.session.refresh(user, with_for_update=True)
    if begun is None or begun.user_id != user.id:
        raise refused()
    if len(of_user(op, user.id)) >= MOST:
        raise ConflictError(marked("You have as many passkeys as one may have. Remove one first."))
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(begun.data["challenge"]),
            expected_rp_id=_host(op),
            expected_origin=_origin(op),
            require_user_verification=True,
        )
        transports = [str(one) for one in json.loads(credential).get("response", {}).get("transports") or []]
    except _NONSENSE:
        raise refused() from None
    if _by_credential(op, made.credential_id) is not None:
        raise refused()
    row = Passkey(
        user_id=user.id,
        name=name,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=transports[:8],
        created_at=op.now,
    )
    op.session.add(row)
    op.session.flush()
    events.record(op, user.id, "passkey-added", user.id, name=name)
    return row


def count_try(op: Operation, address: str) -> None:
    """Count a try of a stranger. Raises :class:`hotline.services.accounts.TooManyTriesError`."""
    limit = throttles.Limit(throttles.scope("passkey:address", address), TRIES_FROM_AN_ADDRESS)
    must_be_allowed(throttles.reserve(op, (limit,)))


def begin_proving(op: Operation, user_id: uuid.UUID | None = None) -> tuple[str, str]:
    """A token, and JSON for ``navigator.credentials.get``: of one user, or whoever the device names."""
    options = webauthn.generate_authentication_options(
        rp_id=_host(op),
        allow_credentials=None if user_id is None else _descriptors(of_user(op, user_id)),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    token = challenges.begin(op, _PROVE, {"challenge": bytes_to_base64url(options.challenge)}, user_id)
    return token, webauthn.options_to_json(options)


def prove(op: Operation, begun: Challenge | None, credential: str) -> User:
    """Whose passkey signed what :func:`begin_proving` asked for; its counter moves on.

    Raises :class:`PasskeyRefusedError`, also for a counter that did not move (a copied passkey), for
    somebody else's passkey, and for a disabled account.
    """
    row = None if begun is None else _by_credential(op, _credential_id(credential))
    if begun is None or row is None or begun.user_id not in (None, row.user_id):
        raise refused()
    op.session.refresh(row, with_for_update=True)
    try:
        proof = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(begun.data["challenge"]),
            expected_rp_id=_host(op),
            expected_origin=_origin(op),
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except _NONSENSE:
        raise refused() from None
    user = op.session.get_one(User, row.user_id, with_for_update=True)
    if user.disabled_at is not None:
        raise refused()
    row.sign_count, row.last_used_at = proof.new_sign_count, op.now
    return user


def remove(op: Operation, user_id: uuid.UUID, passkey_id: uuid.UUID) -> str | None:
    """Forget a passkey of a user; its name, or None when there is no such one."""
    row = op.session.get(Passkey, passkey_id, with_for_update=True)
    if row is None or row.user_id != user_id:
        return None
    op.session.delete(row)
    op.session.flush()
    events.record(op, user_id, "passkey-removed", user_id, name=row.name)
    return row.name


def forget_all(op: Operation, user_id: uuid.UUID) -> None:
    """No passkey of the user opens anything any more."""
    op.session.execute(sa.delete(Passkey).where(Passkey.user_id == user_id))


def _by_credential(op: Operation, credential_id: bytes | None) -> Passkey | None:
    query = sa.select(Passkey).where(Passkey.credential_id == credential_id)
    return None if credential_id is None else op.session.scalars(query).first()


def _credential_id(credential: str) -> bytes | None:
    try:
        return base64url_to_bytes(json.loads(credential)["rawId"])
    except _NONSENSE:
        return None


def _descriptors(rows: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=row.credential_id) for row in rows]


def _host(op: Operation) -> str:
    return urlsplit(op.settings.public_url).hostname or ""


def _origin(op: Operation) -> str:
    parts = urlsplit(op.settings.public_url)
    return f"{parts.scheme}://{parts.netloc}"


def refused() -> PasskeyRefusedError:
    """The one answer to every passkey that proves nothing."""
    return PasskeyRefusedError(
        marked("This passkey was not accepted. Try once more, or sign in another way.")
    )
