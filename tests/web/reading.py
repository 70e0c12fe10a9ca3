"""What a page says to whoever reads it, and forms sent as a page would send them."""

import html
import re
from typing import Any

import sqlalchemy as sa
from werkzeug.test import TestResponse

from .conftest import Browser
from .world import World


def words_of(page: str) -> str:
    """The words of a page as a reader sees them: without tags and surplus space."""
    text = re.sub(r"<(script|style|title)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def post(browser: Browser, path: str, typed: dict[str, str]) -> TestResponse:
    """Send a form with its CSRF token, without going where it leads."""
    return browser.client.post(path, data={"csrf_token": browser.token(), **typed})


def count(world: World, model: Any) -> int:
    with world.reading() as op:
        return op.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
