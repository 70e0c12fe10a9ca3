"""Signing in by the organisation's own sign-in, against a provider that runs on this machine."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import RSAKey

from hotline.db.models import Identity, SignInMethod, UserSession
from hotline.web.pages import account

ALL = {"email": "ada@example.com", "email_verified": True}


class Provider:
    """A provider: whoever comes is ``person``; ``claims`` go into the ID token as they are."""

    def __init__(self, port):
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.signing_key = self.key
        self.claims = dict(ALL, sub="u-1")
        self.more = None
        self.asked = {}
        self.tokens_asked = []

    def metadata(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def token(self, form):
        self.tokens_asked.append(form)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        if proof.rstrip(b"=").decode() != self.asked["code_challenge"]:
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "hotline",
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked["nonce"],
            **self.claims,
        }
        id_token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signing_key)
        return {"access_token": "a", "token_type": "Bearer", "id_token": id_token}


@pytest.fixture
def provider():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answers = {
                "/.well-known/openid-configuration": made.metadata,
                "/jwks": lambda: {"keys": [made.key.as_dict(private=False)]},
                "/userinfo": lambda: made.more,
            }
            self.answer(answers[urlsplit(self.path).path]())

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(made.token({name: values[0] for name, values in parse_qs(body).items()}))

        def answer(self, value):
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Provider(server.server_port)
    made.server = server
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def settings(settings, provider):
    return type(settings)(
        _env_file=None,
        **{
            **settings.model_dump(exclude={"oidc_issuer", "oidc_client_id", "oidc_client_secret"}),
            "oidc_issuer": provider.issuer,
            "oidc_client_id": "hotline",
            "oidc_client_secret": "a secret of the client",
            "oidc_label": "Contoso Login",
        },
    )


def go(browser, provider, target="/on-call", **asked):
    """Off to the provider, and back with whatever it sends; the answer of the callback."""
    away = browser.get("/sign-in/oidc", query_string={"next": target, **asked})
    assert away.status_code == 302, away.text
    assert away.location.startswith(f"{provider.issuer}/authorize?")
    provider.asked = {name: values[0] for name, values in parse_qs(urlsplit(away.location).query).items()}
    return back(browser, state=provider.asked["state"], code="the-code")


def back(browser, **values):
    return browser.get("/sign-in/oidc/callback", query_string=values)


def rows(world, model):
    with world.reading() as op:
        return op.session.query(model).all()


def test_somebody_with_an_account_is_signed_in_where_they_wanted_to_go(stranger, provider, world):
    assert "Sign in with Contoso Login" in stranger.get("/sign-in").text
    answer = go(stranger, provider)
    assert (answer.status_code, answer.location) == (303, "/on-call")
    assert stranger.get("/on-call").status_code == 200
    assert rows(world, UserSession)[0].method is SignInMethod.OIDC
    assert rows(world, Identity)[0].subject == "u-1"


def test_code_state_nonce_and_pkce_are_all_used(stranger, provider):
    go(stranger, provider)
    assert {"state", "nonce", "code_challenge"} <= provider.asked.keys()
    assert provider.asked["code_challenge_method"] == "S256"
    assert provider.asked["response_type"] == "code"
    assert provider.asked["redirect_uri"] == "http://localhost/sign-in/oidc/callback"


def test_from_then_on_the_subject_counts_and_not_the_address(stranger, provider, world):
    go(stranger, provider)
    stranger.press("/sign-out")
    provider.claims = {"sub": "u-1", "email": "bo@example.com", "email_verified": True}
    go(stranger, provider)
    assert "Ada Lovelace" in stranger.get("/").text
    assert len(rows(world, Identity)) == 1


@pytest.mark.parametrize(
    ("claims", "advice"),
    [
        ({"email": "ghost@example.com"}, "There is no account here"),
        ({"email_verified": False}, "has not verified"),
        ({"email_verified": "true"}, "has not verified"),
        ({"email": ""}, "There is no account here"),
    ],
)
def test_whoever_is_not_known_is_told_so_and_gets_no_account(stranger, provider, world, claims, advice):
    provider.claims = {**ALL, "sub": "u-1", **claims}
    answer = go(stranger, provider)
    assert answer.status_code == 403
    assert advice in answer.text
    assert (rows(world, UserSession), rows(world, Identity)) == ([], [])


def test_an_address_that_another_subject_had_before_opens_nothing(stranger, provider, world):
    go(stranger, provider)
    stranger.press("/sign-out")
    provider.claims = {**ALL, "sub": "u-2"}
    assert "was somebody else" in go(stranger, provider).text.replace("&#39;", "'")


def test_a_disabled_account_stays_closed(stranger, provider, world):
    world.change_user("Ada", disabled_at=world.clock.now())
    assert "is disabled" in go(stranger, provider).text


def test_the_address_may_come_from_the_user_endpoint_of_the_same_subject(stranger, provider):
    provider.claims, provider.more = {"sub": "u-1"}, {**ALL, "sub": "u-1"}
    assert go(stranger, provider).status_code == 303


def test_the_address_of_another_subject_is_ignored(stranger, provider):
    provider.claims, provider.more = {"sub": "u-1"}, {**ALL, "sub": "u-2"}
    assert go(stranger, provider).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "another"}, {"aud": "another"}, {"iss": "http://evil.example"}, {"exp": 1}],
    ids=["nonce", "audience", "issuer", "expired"],
)
def test_a_token_that_is_not_for_us_and_now_is_not_believed(stranger, provider, world, claims):
    provider.claims = {**ALL, "sub": "u-1", **claims}
    answer = go(stranger, provider)
    assert answer.status_code == 502
    assert "does not answer as it should" in answer.text
    assert rows(world, UserSession) == []


def test_a_token_that_somebody_else_signed_is_not_believed(stranger, provider, world):
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    assert go(stranger, provider).status_code == 502
    assert rows(world, UserSession) == []


def test_an_answer_that_was_not_asked_for_is_nothing(stranger, provider, world):
    assert back(stranger, state="x", code="y").location == "/sign-in"
    stranger.get("/sign-in/oidc")
    assert back(stranger, state="x", code="y").status_code == 502
    assert rows(world, UserSession) == []


def test_an_answer_is_taken_once(stranger, provider, world):
    go(stranger, provider)
    stranger.press("/sign-out")
    answer = back(stranger, state=provider.asked["state"], code="the-code")
    assert answer.location == "/sign-in"
    assert len(rows(world, UserSession)) == 1


def test_whoever_declined_there_is_told_what_to_do(stranger, provider):
    stranger.get("/sign-in/oidc")
    answer = back(stranger, error="access_denied", error_description="no")
    assert "did not let you in" in answer.text


def test_another_site_is_never_shown_afterwards(stranger, provider):
    assert go(stranger, provider, target="https://evil.example/").location == "/"


def test_a_provider_that_speaks_for_somebody_else_is_not_used(stranger, provider):
    provider.issuer = "http://evil.example"
    assert stranger.get("/sign-in/oidc").status_code == 502


def test_with_the_provider_away_the_password_still_works(stranger, provider):
    provider.server.shutdown()
    provider.server.server_close()
    answer = stranger.get("/sign-in/oidc")
    assert answer.status_code == 502
    assert "Use your password" in answer.text
    assert stranger.sign_in("ada@example.com").status_code == 303


def test_a_fresh_proof_there_confirms_who_one_is(stranger, provider, world):
    go(stranger, provider)
    world.clock.advance(600)
    path = "/me/security/authenticator"
    assert stranger.get(path).location.startswith("/confirm")
    assert "Confirm with Contoso Login" in stranger.get("/confirm").text
    stale = go(stranger, provider, target=path, confirm="1")
    assert "did not ask you again" in stale.text
    provider.claims["auth_time"] = int(world.clock.now().timestamp())
    assert go(stranger, provider, target=path, confirm="1").location == path
    assert (provider.asked["prompt"], provider.asked["max_age"]) == ("login", "0")
    assert stranger.get(path).status_code == 200


def test_signing_out_and_in_again_confirms_nobody_whom_the_provider_did_not_ask(stranger, provider, world):
    path = "/me/security/authenticator"
    go(stranger, provider)
    assert stranger.get(path).location.startswith("/confirm")
    for asked_at in (-601, "now", None, True):
        provider.claims["auth_time"] = (
            int(world.clock.now().timestamp()) + asked_at if asked_at == -601 else asked_at
        )
        go(stranger, provider)
        assert stranger.get(path).status_code == 302, asked_at
    provider.claims["auth_time"] = int(world.clock.now().timestamp()) - 590
    go(stranger, provider)
    assert stranger.get(path).status_code == 200


def test_somebody_elses_proof_confirms_nothing(bo, provider, world):
    world.clock.advance(600)
    provider.claims["auth_time"] = int(world.clock.now().timestamp())
    assert "Somebody else signed in there." in go(bo, provider, confirm="1").text
    assert bo.get("/me/security/authenticator").status_code == 302


def test_without_settings_there_is_no_single_sign_on(settings):
    made = Flask("hotline")
    account.install(made, settings.model_copy(update={"oidc_issuer": None}))
    assert "hotline-oidc" not in made.extensions
