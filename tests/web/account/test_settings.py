"""Language, time zone and password: ``/me/settings``."""

import pytest

from hotline.services import pins
from hotline.services.accounts import new_passwords
from hotline.web.pages.account.forms import SettingsForm

NEW = "three unusual wombats"


def change(browser, world, current=None, new=NEW, again=None):
    current = world.password if current is None else current
    data = {"current": current, "new": new, "again": new if again is None else again}
    return browser.press("/me/settings/password", **data)


def test_language_and_zone_are_kept_and_used_at_once(ada, world):
    page = ada.press("/me/settings", language="id", time_zone="Asia/Tokyo").text
    assert "Tersimpan." in page
    assert (world.user("Ada").language, world.user("Ada").time_zone) == ("id", "Asia/Tokyo")


@pytest.mark.parametrize(
    "values", [{"language": "xx", "time_zone": "UTC"}, {"language": "en", "time_zone": "Mars"}]
)
def test_what_is_not_offered_is_refused(ada, world, values):
    assert ada.press("/me/settings", **values).status_code == 422
    assert world.user("Ada").time_zone == "Asia/Jakarta"


def test_every_zone_of_the_world_is_offered(app):
    with app.test_request_context():
        assert len(SettingsForm().time_zone.choices) > 400


def test_with_a_changed_password_a_sign_in_begun_with_the_old_one_goes_no_further(
    ada, stranger, world, set_up_app
):
    set_up_app(ada)
    assert stranger.sign_in("ada@example.com").location == "/sign-in/second"
    assert stranger.get("/sign-in/second").status_code == 200
    assert "Your password was changed" in change(ada, world).text
    assert stranger.get("/sign-in/second").location == "/sign-in"


def test_a_changed_password_signs_every_other_browser_out(ada, stranger, world):
    stranger.sign_in("ada@example.com")
    assert "Your password was changed" in change(ada, world).text
    assert stranger.get("/").status_code == 302
    assert ada.get("/").status_code == 200
    assert pins.matches(world.user("Ada").password_hash, NEW)


@pytest.mark.parametrize(
    ("values", "advice"),
    [
        ({"current": "wrong"}, "That is not your password."),
        ({"again": "another"}, "This is not the same password."),
        ({"new": "eleven char"}, "Choose at least twelve characters"),
        ({"new": "ada@example.com"}, "not your name or your e-mail address"),
        ({"new": "Password12345!"}, "Others would guess"),
        ({"new": "aaaaaaaaaaaaaaaa"}, "Others would guess"),
        ({"new": "12345678901234"}, "Others would guess"),
        ({"new": "qwertyuiopas"}, "Others would guess"),
        ({"new": "katasandi2026"}, "Others would guess"),
        ({"new": ""}, "Type a new password."),
    ],
)
def test_a_password_that_cannot_be_is_explained_and_not_sent_back(ada, world, values, advice):
    answer = change(ada, world, **values)
    assert answer.status_code == 422
    assert advice in answer.text
    assert NEW not in answer.text
    assert pins.matches(world.user("Ada").password_hash, world.password)


def test_guessing_the_present_password_is_stopped(ada, world):
    for _ in range(8):
        change(ada, world, current="wrong")
    assert change(ada, world).status_code == 429


def test_a_generated_password_is_a_good_one():
    for _ in range(20):
        new_passwords.must_be_good(new_passwords.generate(), "Ada Lovelace", "ada@example.com")
