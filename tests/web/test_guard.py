"""Who may see a page: :mod:`hotline.web.pages.guard`."""

import re

import pytest
from flask import Blueprint, Flask

from hotline.services.access import Permission
from hotline.web.pages import register
from hotline.web.pages.guard import PUBLIC, needed_by, safe_target


def _page_addresses(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("pages.") and rule.endpoint not in PUBLIC:
            path = rule.rule.replace("<reference>", "1234-5")
            path = re.sub(r"<uuid:\w+>", "01890000-0000-7000-8000-000000000000", path)
            path = re.sub(r"<int:\w+>", "1", path)
            yield from ((rule.endpoint, method, path) for method in rule.methods - {"HEAD", "OPTIONS"})


def test_every_page_refuses_a_stranger(app, stranger):
    addresses = list(_page_addresses(app))
    assert len(addresses) >= 10
    for endpoint, method, path in addresses:
        answer = stranger.client.open(path, method=method)
        assert answer.status_code == 302, endpoint
        assert answer.location.startswith("/sign-in"), endpoint


@pytest.mark.parametrize("path", ["/incidents/%00", "/incidents/a%00b", "/search?q=%00", "/people?q=%00"])
def test_an_address_that_nobody_can_type_refuses_a_stranger_like_any_other(stranger, path):
    answer = stranger.get(path)
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert stranger.get(answer.location).status_code == 200


def test_every_page_that_is_not_public_says_what_it_needs(app):
    for endpoint, _method, _path in _page_addresses(app):
        assert needed_by_in(app, endpoint) in Permission, endpoint


def needed_by_in(app, endpoint):
    with app.app_context():
        return needed_by(endpoint)


def test_only_these_pages_are_public():
    signing_in = {
        "sign_in",
        "second_step",
        "passkey_options",
        "passkey_sign_in",
        "oidc_start",
        "oidc_callback",
    }
    others = {"static", "healthz", "worker_health", "self_test_health", "auditor_health", "customers_clock"}
    assert {f"pages.{name}" for name in signing_in | others} == PUBLIC


def test_every_form_needs_the_token_of_the_session(app, ada):
    for endpoint, method, path in _page_addresses(app):
        if method == "POST":
            answer = ada.client.post(path, data={"csrf_token": "forged"})
            assert answer.status_code == 400, endpoint
            assert "Nothing was changed" in answer.text


def test_signing_in_needs_a_token_too(stranger, world):
    answer = stranger.client.post("/sign-in", data={"email": "ada@example.com", "password": world.password})
    assert answer.status_code == 400


def test_telephones_need_neither_a_session_nor_a_token(world):
    app = Flask("hotline")
    twilio = Blueprint("twilio", __name__)
    twilio.post("/voice")(lambda: "<Response/>")
    app.register_blueprint(twilio)
    register(app, world.database, world.clock, world.settings)
    answer = app.test_client().post("/voice")
    assert (answer.status_code, answer.text) == (200, "<Response/>")
    assert "Set-Cookie" not in answer.headers
    assert "Content-Security-Policy" not in answer.headers


def test_a_session_lasts_twelve_hours_and_no_longer(ada, world):
    world.clock.advance(12 * 3600 - 1)
    assert ada.get("/").status_code == 200
    world.clock.advance(1)
    assert ada.get("/").status_code == 302


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/ledger?a=b", "/ledger?a=b"),
        ("/incidents/1234-5", "/incidents/1234-5"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("//[", "/"),
        ("http://[x", "/"),
        ("/\t/evil.example", "/"),
        ("/\n/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("ledger", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_signing_in_leads_only_to_pages_of_this_site(app, target, expected):
    with app.test_request_context():
        assert safe_target(target) == expected
