"""Signing in and out: :mod:`hotline.web.pages.sign_in`."""

import pytest

from hotline.services import accounts
from tests.web.conftest import Browser


def at(app, address):
    """A browser at a network address of its own."""
    browser = Browser(app)
    browser.client.environ_base["REMOTE_ADDR"] = address
    return browser


def test_a_page_asked_for_is_shown_after_signing_in(stranger):
    asked = stranger.get("/ledger?x=1")
    assert asked.location == "/sign-in?next=/ledger?x%3D1"
    answer = stranger.sign_in("ada@example.com", target="/ledger?x=1")
    assert (answer.status_code, answer.location) == (303, "/ledger?x=1")


def test_another_site_is_never_shown_after_signing_in(stranger):
    assert stranger.sign_in("ada@example.com", target="https://evil.example/").location == "/"


def test_a_wrong_password_and_an_unknown_account_get_the_same_page(stranger):
    wrong = stranger.sign_in("ada@example.com", "wrong")
    unknown = stranger.sign_in("ghost@example.com", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert "E-mail and password do not match." in wrong.text
    assert _without_noise(wrong.text, "ada") == _without_noise(unknown.text, "ghost")


def test_too_many_tries_are_answered_with_what_to_do(stranger, world):
    for _ in range(accounts.TRIES_FOR_A_PAIR):
        stranger.sign_in("ada@example.com", "wrong")
    answer = stranger.sign_in("ada@example.com", world.password)
    assert answer.status_code == 429
    assert "Wait fifteen minutes" in answer.text


@pytest.mark.parametrize("email", ["ada@example.com", "ghost@example.com"])
def test_a_stranger_who_goes_on_guessing_keeps_nobody_out_elsewhere(app, email, world):
    stranger, home = at(app, "203.0.113.7"), at(app, "198.51.100.2")
    for _ in range(accounts.TRIES_FOR_AN_EMAIL + 5):
        status = stranger.sign_in(email, "wrong").status_code
    assert status == 429
    assert home.sign_in(email, world.password).status_code == (401 if email.startswith("ghost") else 303)


def test_strangers_at_many_addresses_keep_nobody_out_of_where_they_signed_in_before(app, world):
    home = at(app, "198.51.100.2")
    home.sign_in("ada@example.com")
    home.press("/sign-out")
    for number in range(accounts.TRIES_FOR_AN_EMAIL):
        assert at(app, f"203.0.113.{number}").sign_in("ada@example.com", "wrong").status_code == 401
    assert at(app, "198.51.100.3").sign_in("ada@example.com").status_code == 429
    assert home.sign_in("ada@example.com").status_code == 303


def test_half_an_address_as_the_page_asked_for_is_no_error(stranger):
    assert stranger.sign_in("ada@example.com", target="//[").location == "/"
    assert stranger.get("/sign-in?next=http://[x").location == "/"


def test_an_empty_form_says_what_is_missing(stranger):
    answer = stranger.sign_in("", "")
    assert answer.status_code == 422
    assert "Type your e-mail address." in answer.text


def test_a_password_is_never_sent_back(stranger):
    assert "hunter2" not in stranger.sign_in("ada@example.com", "hunter2").text


def test_signing_out_ends_the_session(ada):
    ada.press("/sign-out")
    assert ada.get("/").status_code == 302


def test_signing_out_by_a_link_is_not_possible(ada):
    assert ada.get("/sign-out").status_code == 405
    assert ada.get("/").status_code == 200


def test_somebody_who_is_signed_in_is_not_asked_again(ada):
    assert ada.get("/sign-in").location == "/"


def test_the_cookie_is_kept_from_scripts_and_other_sites(stranger):
    cookie = stranger.sign_in("ada@example.com").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize("settings", [{"public_url": "https://hotline.example.com"}], indirect=True)
def test_the_cookie_is_kept_to_https_where_there_is_https(app):
    answer = app.test_client().get("/sign-in", base_url="https://hotline.example.com")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def _without_noise(page, name):
    lines = page.replace(name, "someone").splitlines()
    return [line for line in lines if "csrf_token" not in line]
