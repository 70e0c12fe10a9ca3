"""PINs and passwords: slow salted hashes, and one that belongs to nobody.

The parameters are OWASP's floor for Argon2id (19 MiB, two passes): a PIN has little to guess, so
what protects it are the throttles; the hash keeps a stolen database from being read off.
"""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_secret(secret: str) -> str:
    """A salted hash of a PIN or password."""
    return _hasher.hash(secret)


def matches(hashed: str, secret: str) -> bool:
    """Whether ``secret`` is the one that was hashed; takes as long either way."""
    try:
        return _hasher.verify(hashed, secret)
    except (VerificationError, InvalidHashError):
        return False


@cache
def nobodys_hash() -> str:
    """A hash to check against when there is no contract, so that a guess takes as long as ever."""
    return hash_secret("nobody has this one")
