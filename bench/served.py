"""The service as the web server is given it to serve."""

import os
from typing import Any

from bench.plan import PLAIN
from bench.seed import settings_for
from hotline.app import create_app
from hotline.services import pins


def create_service() -> Any:
    """The service itself. Prepared calls that ask for it have their PIN checked without Argon2."""
    slow = pins.matches

    def matches(hashed: str, secret: str) -> bool:
        if hashed.startswith(PLAIN):
            return hashed.removeprefix(PLAIN) == secret
        return slow(hashed, secret)

    pins.matches = matches
    return create_app(settings_for(os.environ["HOTLINE_DATABASE_URL"]))
