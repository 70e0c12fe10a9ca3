"""An admin and other people's accounts: ``/people/<id>``."""

import pytest

from hotline.db.models import Role
from hotline.services.accounts import people

from .conftest import second

NOBODY = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
def address_of(world):
    return lambda name: f"/people/{world.user(name).id}"


@pytest.mark.parametrize("who", ["ada", "cy", "otto"])
def test_only_admins_see_it(who, request, address_of):
    assert request.getfixturevalue(who).get(address_of("Bo")).status_code == 403


@pytest.mark.parametrize("path", [f"/people/{NOBODY}", "/people/x", "/people/1"])
def test_there_is_nobody_at_a_made_up_address(nadia, path):
    assert nadia.get(path).status_code == 404


def test_a_role_is_given_and_who_did_it_is_kept(nadia, ada, world, address_of):
    page = nadia.press(address_of("Ada") + "/role", role="manager", was="engineer").text
    assert "The role was changed." in page
    assert "The role was changed from Engineer to Manager." in page
    assert ada.get("/ledger").status_code == 200
    assert "By Nadia Noor" in ada.get("/me/security").text
    assert "That is the role already." in nadia.press(address_of("Ada") + "/role", role="manager").text


def test_a_stale_page_overrides_nobody(nadia, world, address_of):
    world.change_user("Ada", role=Role.AUDITOR)
    page = nadia.press(address_of("Ada") + "/role", role="manager", was="engineer").text
    assert "Somebody changed the role meanwhile." in page
    assert world.user("Ada").role is Role.AUDITOR


@pytest.mark.parametrize("role", ["", "boss", "ADMIN"])
def test_a_made_up_role_is_refused(nadia, world, address_of, role):
    assert nadia.press(address_of("Ada") + "/role", role=role).status_code == 422
    assert world.user("Ada").role is Role.ENGINEER


def test_a_disabled_person_is_out_and_stays_out_until_enabled(nadia, ada, stranger, world, address_of):
    assert "The account is disabled." in nadia.press(address_of("Ada") + "/disable").text
    assert "It was disabled already." in nadia.press(address_of("Ada") + "/disable").text
    assert ada.get("/").status_code == 302
    assert stranger.sign_in("ada@example.com").status_code == 401
    assert "The account is enabled." in nadia.press(address_of("Ada") + "/enable").text
    assert "It was enabled already." in nadia.press(address_of("Ada") + "/enable").text
    assert stranger.sign_in("ada@example.com").status_code == 303


def test_an_admin_cannot_disable_themselves_nor_lose_the_last_admin(nadia, world, address_of):
    assert "You cannot disable your own account." in nadia.press(address_of("Nadia") + "/disable").text
    assert "This is the last admin." in nadia.press(address_of("Nadia") + "/role", role="engineer").text
    assert (world.user("Nadia").role, world.user("Nadia").disabled_at) == (Role.ADMIN, None)


def test_somebody_is_signed_out_everywhere(nadia, ada, address_of):
    assert "Signed out everywhere." in nadia.press(address_of("Ada") + "/sign-out").text
    assert "They were signed in nowhere." in nadia.press(address_of("Ada") + "/sign-out").text
    assert ada.get("/").status_code == 302


def test_a_lost_second_factor_is_reset(nadia, ada, stranger, set_up_app, address_of):
    set_up_app(ada)
    stranger.sign_in("ada@example.com")  # between password and code
    assert "The second factor was reset" in nadia.press(address_of("Ada") + "/reset-second-factor").text
    assert "There is no second factor." in nadia.press(address_of("Ada") + "/reset-second-factor").text
    assert ada.get("/").status_code == 302
    assert stranger.get("/sign-in/second").location == "/sign-in"
    assert stranger.sign_in("ada@example.com").location == "/"


def test_changes_need_a_fresh_proof(nadia, world, address_of):
    world.clock.advance(600)
    assert nadia.get(address_of("Ada")).status_code == 200
    for action in ("role", "disable", "enable", "sign-out", "reset-second-factor"):
        assert nadia.press(f"{address_of('Ada')}/{action}", role="admin").status_code == 403
    assert world.user("Ada").role is Role.ENGINEER


def test_names_are_shown_as_they_are_and_numbers_masked(nadia, world, address_of):
    world.do(lambda op: setattr(people.find(op, world.user("Ada").id), "name", "Ada <b>Lovelace"))
    page = nadia.get(address_of("Ada")).text
    assert "Ada <b>" not in page
    assert world.user("Ada").phone not in page


@pytest.mark.parametrize(
    "change", [{"email": "x"}, {"name": ""}, {"name": "A\nB"}, {"time_zone": "Mars"}, {"language": "xx"}]
)
def test_an_account_that_makes_no_sense_is_not_made(world, change):
    values = {"name": "Zoe", "email": "zoe@example.com", "role": Role.ENGINEER, **change}
    with pytest.raises(people.InvalidInputError):
        world.ask(lambda op: people.add(op, people.NewPerson(**values), "x"))


def test_a_code_of_before_is_worth_nothing_after_the_reset(nadia, ada, stranger, set_up_app, address_of):
    _, codes = set_up_app(ada)
    nadia.press(address_of("Ada") + "/reset-second-factor")
    stranger.sign_in("ada@example.com")
    set_up_app(stranger)
    stranger.press("/sign-out")
    stranger.sign_in("ada@example.com")
    assert second(stranger, codes[0]).status_code == 401
