"""Secrets at rest, sealed with a key from ``HOTLINE_SECRET_KEY``: a stolen database is not enough."""

import base64
import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hotline.errors import HotlineError
from hotline.services.operation import Operation
from hotline.services.reports.words import marked


class SealBrokenError(HotlineError):
    """A sealed secret cannot be opened: the secret key was changed since."""

    code = "seal"
    http_status = 409


def seal(op: Operation, secret: str) -> str:
    """``secret`` encrypted; the same one gives another text each time."""
    return Fernet(base64.urlsafe_b64encode(_key(_of(op), "seal"))).encrypt(secret.encode()).decode()


def unseal(op: Operation, sealed: str) -> str:
    """The secret again. Raises :class:`SealBrokenError` when it was sealed with another key."""
    try:
        return Fernet(base64.urlsafe_b64encode(_key(_of(op), "seal"))).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBrokenError(
            marked("The service's secret key was changed since. Ask an admin to reset your second factor.")
        ) from None


def keyed_digest(op: Operation, subject: str, text: str) -> str:
    """A digest of ``text`` that cannot be found by trying without the secret key."""
    key = _key(_of(op), "digest")
    return hmac.new(key, f"{subject} {text}".encode(), "sha256").hexdigest()


def _of(op: Operation) -> str:
    return op.settings.secret_key.get_secret_value()


@cache
def _key(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"hotline accounts {purpose}".encode()).derive(secret.encode())
