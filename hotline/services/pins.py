"""PINs and passwords: slow salted hashes, and one that belongs to nobody.

The parameters are OWASP's floor for Argon2id (19 MiB, two passes): a PIN has little to guess, so
what protects it are the throttles; the hash keeps a stolen database from being read off.
"""

import re
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_WORD = re.compile(r"\bpin\b", re.IGNORECASE)
# Not the digits of a reference such as 4821-7, nor those of a whole phone number.
_DIGITS = re.compile(r"(?<![\d+-])\d{4,16}(?![\d-])")
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


def is_dated(hashed: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(hashed)


@cache
def nobodys_hash() -> str:
    """A hash to check against when there is no such contract or account: a guess takes as long as ever."""
    return hash_secret("nobody has this one")


def without_pin(text: str, hidden: str = "****") -> str:
    """What somebody wrote, with every number hidden that may be a PIN when they speak of one."""
    return _DIGITS.sub(hidden, text) if _WORD.search(text) else text
