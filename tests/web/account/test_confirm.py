"""Proving once more who one is: :func:`hotline.web.pages.guard.confirmed` and ``/confirm``."""

import pytest
from flask import request

from hotline.services.access import Permission
from hotline.services.accounts import TRIES_FOR_A_PAIR
from hotline.web.pages import account, register
from hotline.web.pages.guard import confirmed, needs


@pytest.fixture
def app(app, world, monkeypatch):
    """The pages, and one more that needs a fresh proof."""

    @needs(Permission.OWN_ACCOUNT)
    @confirmed
    def numbers():
        kept = sorted((name, value) for name, value in request.form.items() if name != "csrf_token")
        return f"{request.method} {kept}"

    original = account.add_routes

    def add_routes(blueprint):
        original(blueprint)
        blueprint.route("/numbers", methods=["GET", "POST"])(numbers)

    monkeypatch.setattr(account, "add_routes", add_routes)
    made = type(app)("hotline")
    register(made, world.database, world.clock, world.settings)
    return made


def send(browser, **data):
    path = "/numbers"
    data = {"csrf_token": browser.token(), **data}
    return browser.client.post(path, data=data, headers={"Referer": "http://localhost/numbers?a=1"})


def hidden(page, name):
    value = page.split(f'name="{name}"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    return value.replace("&#34;", '"').replace("&amp;", "&")


def test_right_after_signing_in_nothing_is_asked(ada):
    assert ada.get("/numbers").text == "GET []"


def test_after_ten_minutes_a_page_is_shown_once_the_password_was_typed(ada, world):
    world.clock.advance(600)
    assert ada.get("/numbers?b=2").location == "/confirm?next=/numbers?b%3D2"
    wrong = ada.press("/confirm", next="/numbers", password="wrong")
    assert wrong.status_code == 401
    assert "That is not your password." in wrong.text
    assert ada.press("/confirm", next="/numbers", password=world.password).text == "GET []"
    assert ada.get("/numbers").status_code == 200


def test_a_form_that_came_too_late_changes_nothing_and_keeps_what_was_typed(ada, world):
    world.clock.advance(600)
    page = send(ada, phone="+62811", label='My "own" <phone>', pin="482913", new_password="secret")
    assert page.status_code == 403
    assert "Nothing was changed yet" in page.text
    assert "482913" not in page.text
    assert "secret" not in hidden(page.text, "kept")
    assert hidden(page.text, "next") == "/numbers?a=1"
    again = ada.press(
        "/confirm", next="/numbers?a=1", kept=hidden(page.text, "kept"), password=world.password
    )
    assert 'action="/numbers"' in again.text
    assert "<phone>" not in again.text
    assert "Send it now" in again.text
    sent = send(ada, phone=hidden(again.text, "phone"))
    assert sent.text == "POST [('phone', '+62811')]"


@pytest.mark.parametrize(
    "kept",
    ["", "{", "[]", "null", '{"action": 5}', '{"action": "/x", "fields": [1]}', "9" * 30_000, "[" * 15_000],
)
def test_nonsense_in_the_place_of_what_was_kept_is_no_error(ada, world, kept):
    answer = ada.press("/confirm", next="/numbers", kept=kept, password=world.password)
    assert answer.status_code in (200, 422)
    assert "Send it now" not in answer.text


def test_half_an_address_as_the_page_it_came_from_is_no_error(ada, world):
    world.clock.advance(600)
    answer = ada.client.post("/numbers", data={"csrf_token": ada.token()}, headers={"Referer": "http://[x"})
    assert answer.status_code == 403
    assert hidden(answer.text, "next") == "/"


def test_what_was_kept_is_sent_to_this_site_only(ada, world):
    kept = '{"action": "https://evil.example/", "fields": []}'
    answer = ada.press("/confirm", next="https://evil.example/", kept=kept, password=world.password)
    assert "evil.example" not in answer.text
    assert 'action="/"' in answer.text


def test_guessing_the_password_is_stopped(ada, world):
    world.clock.advance(600)
    for _ in range(TRIES_FOR_A_PAIR):
        assert ada.press("/confirm", next="/numbers", password="wrong").status_code == 401
    assert ada.press("/confirm", next="/numbers", password=world.password).status_code == 429
    assert ada.get("/numbers").status_code == 302


def test_a_code_confirms_only_whoever_has_no_password_here(ada, world, set_up_app, code_of):
    secret, _ = set_up_app(ada)
    world.clock.advance(600)
    answer = ada.press("/confirm", next="/numbers", code=code_of(secret))
    assert answer.status_code == 401
    assert ada.get("/numbers").status_code == 302
