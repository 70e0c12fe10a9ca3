"""Random tokens that browsers hold, and the digests by which the database knows them."""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, as text for a cookie."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token: it has too many bits to be found by trying, so a plain hash does."""
    return hashlib.sha256(token.encode()).hexdigest()
