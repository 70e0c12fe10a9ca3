"""Short ways through the administration's forms."""

import html
import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

_FORM = re.compile(r'<form method="post" novalidate.*?</form>', re.DOTALL)
_CHOSEN = re.compile(r'<option selected value="([^"]*)"')
_FIRST = re.compile(r'<option value="([^"]*)"')


def fields(page: str) -> dict[str, Any]:
    """What the form on a page would send as it stands; of boxes with one name, those that are ticked."""
    form, found = _FORM.search(page)[0], {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        text = html.unescape(value[1]) if value else ""
        if 'type="checkbox"' not in tag:
            found[name[1]] = text
        elif "checked" in tag.split():
            found.setdefault(name[1], []).append(text)
    for name, body in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = _CHOSEN.search(body) or _FIRST.search(body)
        found[name] = html.unescape(chosen[1]) if chosen else ""
    for name, body in re.findall(
        r'<textarea [^>]*name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', form, re.DOTALL
    ):
        found[name] = html.unescape(body)
    return found


class Desk:
    """An admin at the forms: types, looks, saves."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    def send(self, path: str, data: dict[str, Any], *, follow: bool = True) -> TestResponse:
        """Send a form as a browser would."""
        return self.browser.client.post(path, data=data, follow_redirects=follow)

    def press(self, path: str, on: str) -> TestResponse:
        """Press a button without fields that stands on the page ``on``."""
        return self.send(path, {"csrf_token": self.browser.token(on)})

    def look(self, path: str, **typed: Any) -> TestResponse:
        """Open a form, type, and press the first button."""
        page = self.browser.get(path)
        assert page.status_code == 200, page.text
        return self.send(path, {**fields(page.text), **typed})

    def save(self, path: str, **typed: Any) -> TestResponse:
        """The same, and then save what was shown; the page to which that leads."""
        seen = self.look(path, **typed)
        assert seen.status_code == 200, seen.text
        assert "Look before it is saved" in seen.text
        return self.send(path, fields(seen.text))


@pytest.fixture
def desk(nadia: Any) -> Desk:
    return Desk(nadia)
