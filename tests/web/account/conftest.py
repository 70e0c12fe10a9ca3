"""Steps that several tests of the pages about accounts take."""

from datetime import timedelta

import pyotp
import pytest


@pytest.fixture
def code_of(world):
    """The code that an app with this secret shows now, or some half minutes later."""

    def code(secret, later=0):
        return pyotp.TOTP(secret).at(world.clock.now() + timedelta(seconds=30 * later))

    return code


@pytest.fixture
def set_up_app(code_of):
    """Set up the authenticator app of whoever sits at a browser; its secret and the recovery codes."""

    def set_up(browser):
        path = "/me/security/authenticator"
        secret = key_on(browser.get(path).text)
        shown = browser.press(path, code=code_of(secret), csrf_token=browser.token(path)).text
        codes = [part.split("</code>")[0] for part in shown.split("<li><code>")[1:]]
        return secret, codes

    return set_up


def key_on(page):
    """The key that a page shows for people who cannot scan."""
    return page.split('account-key">')[1].split("<")[0].replace(" ", "")


def second(browser, code, **options):
    """Type a code on the second page of signing in."""
    data = {"csrf_token": browser.token("/sign-in/second"), "code": code}
    return browser.client.post("/sign-in/second", data=data, **options)
