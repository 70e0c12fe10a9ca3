"""The authenticator app and recovery codes, from setting up to signing in with them."""

import pytest

from hotline.db.models import Authenticator, RecoveryCode, SignInMethod, UserSession
from hotline.services.accounts import factors

from .conftest import key_on, second


def rows(world, model):
    with world.reading() as op:
        return op.session.query(model).all()


def test_an_app_is_in_force_once_its_code_was_typed(ada, world, set_up_app):
    page = ada.get("/me/security/authenticator").text
    assert 'src="data:image/svg+xml' in page
    assert rows(world, Authenticator)[0].confirmed_at is None
    _, codes = set_up_app(ada)
    assert len(set(codes)) == 10
    assert rows(world, Authenticator)[0].confirmed_at == world.clock.now()


def test_a_page_that_is_loaded_again_shows_the_same_key(ada):
    first, again = (key_on(ada.get("/me/security/authenticator").text) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("code", ["000000", "abc", "1234567890", "", "\N{ARABIC-INDIC DIGIT ONE}" * 6])
def test_a_wrong_first_code_turns_nothing_on(ada, world, code):
    ada.get("/me/security/authenticator")
    answer = ada.press("/me/security/authenticator", code=code)
    assert answer.status_code in (200, 422)
    assert rows(world, Authenticator)[0].confirmed_at is None


def test_a_second_tap_on_turning_it_on_shows_the_codes_once_more(ada, code_of):
    secret = key_on(ada.get("/me/security/authenticator").text)
    first = ada.press("/me/security/authenticator", code=code_of(secret))
    again = ada.press("/me/security/authenticator", code=code_of(secret))
    assert first.text.count("<li><code>") == again.text.count("<li><code>") == 10


def test_neither_secret_nor_recovery_codes_are_readable_in_the_database(ada, world, set_up_app):
    secret, codes = set_up_app(ada)
    assert secret not in rows(world, Authenticator)[0].sealed_secret
    with world.database.engine.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())
    assert secret not in dump
    assert not [code for code in codes if code in dump or code.replace("-", "") in dump]


def test_signing_in_then_asks_for_a_code_before_anything_opens(ada, stranger, world, set_up_app, code_of):
    secret, _ = set_up_app(ada)
    answer = stranger.sign_in("ada@example.com", target="/on-call")
    assert answer.location == "/sign-in/second"
    assert stranger.get("/").location.startswith("/sign-in")
    page = stranger.get("/sign-in/second").text
    assert 'autocomplete="one-time-code"' in page
    answer = second(stranger, code_of(secret, 1))
    assert (answer.status_code, answer.location) == (303, "/on-call")
    assert stranger.get("/").status_code == 200
    assert SignInMethod.CODE in [row.method for row in rows(world, UserSession)]


def test_a_code_is_good_once(ada, app, stranger, world, set_up_app, code_of):
    secret, _ = set_up_app(ada)
    stranger.sign_in("ada@example.com")
    answer = second(stranger, code_of(secret))  # the one that turned it on
    assert answer.status_code == 401
    assert "used before" in answer.text
    world.clock.advance(30)
    assert second(stranger, code_of(secret)).status_code == 303
    stranger.press("/sign-out")
    stranger.sign_in("ada@example.com")
    assert second(stranger, code_of(secret)).status_code == 401


@pytest.mark.parametrize(("seconds", "status"), [(30, 303), (29, 303), (61, 401), (120, 401)])
def test_a_code_is_good_for_about_a_minute(ada, stranger, world, set_up_app, code_of, seconds, status):
    secret, _ = set_up_app(ada)
    world.clock.advance(60)
    code = code_of(secret)
    stranger.sign_in("ada@example.com")
    world.clock.advance(seconds)
    assert second(stranger, code).status_code == status


def test_a_recovery_code_opens_once_however_it_is_typed(ada, stranger, set_up_app):
    _, codes = set_up_app(ada)
    stranger.sign_in("ada@example.com")
    assert second(stranger, f" {codes[0].upper().replace('-', ' ')} ").status_code == 303
    assert "9 codes left" in stranger.get("/me/security").text
    stranger.press("/sign-out")
    stranger.sign_in("ada@example.com")
    assert second(stranger, codes[0]).status_code == 401
    assert second(stranger, codes[1]).status_code == 303


def test_somebody_elses_recovery_code_opens_nothing(ada, bo, stranger, set_up_app):
    set_up_app(ada)
    _, codes_of_bo = set_up_app(bo)
    stranger.sign_in("ada@example.com")
    assert second(stranger, codes_of_bo[0]).status_code == 401


def test_guessing_codes_is_stopped(ada, stranger, set_up_app, code_of):
    secret, _ = set_up_app(ada)
    stranger.sign_in("ada@example.com")
    for _ in range(factors.TRIES):
        assert second(stranger, "000000").status_code == 401
    answer = second(stranger, code_of(secret, 1))
    assert answer.status_code == 429
    assert "Wait fifteen minutes" in answer.text


def test_ten_minutes_after_the_password_it_is_too_late(ada, stranger, world, set_up_app, code_of):
    secret, _ = set_up_app(ada)
    stranger.sign_in("ada@example.com")
    token = stranger.token("/sign-in/second")
    world.clock.advance(600)
    answer = stranger.client.post("/sign-in/second", data={"csrf_token": token, "code": code_of(secret)})
    assert answer.location == "/sign-in"


def test_the_second_page_is_nothing_without_the_first(stranger):
    assert stranger.get("/sign-in/second").location == "/sign-in"


def test_setting_up_ends_the_sessions_that_only_a_password_opened(ada, stranger, set_up_app):
    stranger.sign_in("ada@example.com")
    set_up_app(ada)
    assert stranger.get("/").status_code == 302
    assert ada.get("/").status_code == 200


def test_recovery_codes_are_shown_until_they_were_kept(ada, set_up_app):
    _, codes = set_up_app(ada)
    file = ada.get("/me/security/recovery-codes.txt")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert all(code in file.text for code in codes)
    ada.press("/me/security/recovery-codes/kept")
    assert ada.get("/me/security/recovery-codes").location == "/me/security"
    assert ada.get("/me/security/recovery-codes.txt").location == "/me/security"


def test_recovery_codes_are_shown_to_nobody_after_ten_minutes(ada, world, set_up_app):
    set_up_app(ada)
    world.clock.advance(600)
    assert ada.get("/me/security/recovery-codes").status_code == 302


def test_new_recovery_codes_end_the_old_ones(ada, stranger, world, set_up_app):
    _, old = set_up_app(ada)
    shown = ada.press("/me/security/recovery-codes/new").text
    assert shown.count("<li><code>") == 10
    assert not [code for code in old if code in shown]
    stranger.sign_in("ada@example.com")
    assert second(stranger, old[0]).status_code == 401


def test_without_a_second_factor_there_are_no_recovery_codes(ada, world):
    ada.press("/me/security/recovery-codes/new")
    assert rows(world, RecoveryCode) == []


def test_removing_the_app_makes_the_password_enough_again(ada, stranger, world, set_up_app):
    set_up_app(ada)
    assert "The app was removed." in ada.press("/me/security/authenticator/remove").text
    assert "It was gone already." in ada.press("/me/security/authenticator/remove").text
    assert rows(world, RecoveryCode) == []
    assert stranger.sign_in("ada@example.com").location == "/"


needs_one = pytest.mark.parametrize("settings", [{"second_factor_roles": "manager"}], indirect=True)


@needs_one
def test_whoever_needs_a_second_factor_can_do_nothing_before_it(cy, ada, set_up_app):
    assert cy.get("/").location == "/me/security"
    assert cy.get("/ledger").location == "/me/security"
    assert "Your role needs a second factor" in cy.get("/me/security").text
    assert (
        cy.client.post(
            "/me/security/sessions/end-others", data={"csrf_token": cy.token("/me/security")}
        ).location
        == "/me/security"
    )
    set_up_app(cy)
    assert cy.get("/ledger").status_code == 200
    assert ada.get("/").status_code == 200


@needs_one
def test_whoever_needs_a_second_factor_keeps_the_last_one(cy, set_up_app):
    set_up_app(cy)
    assert "Your role needs a second factor" in cy.press("/me/security/authenticator/remove").text
    assert "Remove the app" in cy.get("/me/security").text


@needs_one
def test_somebody_who_owes_a_second_factor_may_leave(cy):
    token = cy.token("/me/security")
    assert cy.client.post("/sign-out", data={"csrf_token": token}).location == "/sign-in"
