"""Signing in, second factors, passkeys and one's own account in a real Chromium with a virtual device."""

import socket
import threading
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from hotline.db.models import Passkey, SignInMethod, UserSession

from .browsing import SCREENS, passes_axe, sign_in

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def listener():
    """A port of this machine that is ours before the settings name it."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@pytest.fixture
def settings(settings, listener):
    """A public address with a name: browsers allow no passkeys at a bare number."""
    return settings.model_copy(update={"public_url": f"http://localhost:{listener.getsockname()[1]}"})


@pytest.fixture
def address(app, settings, listener):
    server = make_server("127.0.0.1", 0, app, threaded=True, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield settings.public_url
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def device(page):
    """A fingerprint reader in the browser, and what it holds."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    class Device:
        def credentials(self):
            return session.send("WebAuthn.getCredentials", {"authenticatorId": made})["credentials"]

        def put_back(self, credential):
            session.send("WebAuthn.clearCredentials", {"authenticatorId": made})
            session.send("WebAuthn.addCredential", {"authenticatorId": made, "credential": credential})

        def refuse(self, refusing=True):
            verified = {"authenticatorId": made, "isUserVerified": not refusing}
            session.send("WebAuthn.setUserVerified", verified)

    return Device()


def code_now(world, secret, later=0):
    return pyotp.TOTP(secret).at(world.clock.now() + timedelta(seconds=30 * later))


def set_up_app(page, address, world):
    page.goto(f"{address}/me/security")
    page.get_by_role("link", name="Set up the app").click()
    page.get_by_text("It cannot be scanned?").click()
    secret = page.locator(".account-key").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(code_now(world, secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("button", name="I have kept them")).to_be_visible()
    codes = page.locator(".account-codes code").all_inner_texts()
    return secret, codes


def add_passkey(page, address, name="My phone"):
    page.goto(f"{address}/me/security/passkeys/new")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("button", name="I have kept them").click()


def sign_out(page):
    page.locator(".menu-person summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in")


def rows(world, model):
    with world.reading() as op:
        return op.session.query(model).all()


def test_an_app_is_set_up_and_used(page, address, world, problems):
    sign_in(page, address, world)
    secret, codes = set_up_app(page, address, world)
    assert len(codes) == 10
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("On: a password alone does not open your account.")).to_be_visible()
    sign_out(page)
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill(world.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code").fill(code_now(world, secret, 1))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{address}/")
    assert problems == []


def test_a_passkey_is_added_and_opens_the_account_without_a_password(page, address, world, device, problems):
    sign_in(page, address, world)
    add_passkey(page, address)
    expect(page.get_by_text("My phone", exact=True).first).to_be_visible()
    assert len(device.credentials()) == 1
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{address}/")
    assert [row.method for row in rows(world, UserSession) if row.revoked_at is None] == [
        SignInMethod.PASSKEY
    ]
    assert rows(world, Passkey)[0].last_used_at == world.clock.now()
    assert problems == []


def test_a_passkey_is_the_second_step_after_a_password(page, address, world, device):
    sign_in(page, address, world)
    add_passkey(page, address)
    sign_out(page)
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill(world.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{address}/")


def test_a_copied_passkey_whose_counter_went_back_opens_nothing(page, address, world, device):
    sign_in(page, address, world)
    add_passkey(page, address)
    copy = device.credentials()[0]
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{address}/")
    sign_out(page)
    device.put_back({**copy, "signCount": 0})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This passkey was not accepted.")).to_be_visible()


def test_a_device_that_did_not_check_the_person_opens_nothing(page, address, world, device):
    sign_in(page, address, world)
    add_passkey(page, address)
    sign_out(page)
    device.refuse()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Your device did not finish.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()


def test_a_removed_passkey_opens_nothing(page, address, world, device):
    sign_in(page, address, world)
    add_passkey(page, address)
    page.get_by_role("button", name="Remove My phone").click()
    expect(page.get_by_text("The passkey was removed.")).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This passkey was not accepted.")).to_be_visible()


def test_a_passkey_confirms_that_it_is_you(page, address, world, device):
    sign_in(page, address, world)
    add_passkey(page, address)
    world.clock.advance(600)
    page.goto(f"{address}/me/security/authenticator")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Set up the app")).to_be_visible()


def test_lost_contact_is_said_beside_the_button(page, address, world, device):
    page.goto(f"{address}/sign-in")
    page.route("**/options", lambda route: route.abort())
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The service could not be reached.")).to_be_visible()


def test_one_browser_signs_the_other_out(browser, page, address, world):
    other = browser.new_context()
    theirs = other.new_page()
    sign_in(theirs, address, world)
    sign_in(page, address, world)
    page.goto(f"{address}/me/security")
    expect(page.get_by_text("this one")).to_have_count(1)
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_text("1 browser was signed out.")).to_be_visible()
    theirs.goto(f"{address}/on-call")
    expect(theirs.get_by_role("heading", name="Sign in")).to_be_visible()
    other.close()


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_every_page_fits_its_screen_and_passes_axe(
    page, address, world, device, problems, width, height, scheme
):
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}/sign-in")
    passes_axe(page)
    sign_in(page, address, world, "nadia@example.com")
    page.goto(f"{address}/me/security")
    passes_axe(page)
    page.goto(f"{address}/me/security/authenticator")
    passes_axe(page)
    page.goto(f"{address}/me/security/passkeys/new")
    passes_axe(page)
    set_up_app(page, address, world)
    passes_axe(page)
    page.get_by_role("button", name="I have kept them").click()
    page.goto(f"{address}/me/security/passkeys/new")
    page.get_by_label("Name").fill("Office laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Office laptop", exact=True).first).to_be_visible()
    passes_axe(page)
    for path in ("/me/settings", f"/people/{world.user('Ada').id}", f"/people/{world.user('Nadia').id}"):
        page.goto(address + path)
        passes_axe(page)
    world.clock.advance(600)
    page.goto(f"{address}/me/security/authenticator")
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    passes_axe(page)
    sign_out(page)
    page.get_by_label("E-mail").fill("nadia@example.com")
    page.get_by_label("Password").fill(world.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    passes_axe(page)
    page.get_by_role("link", name="Telephone lost?").click()
    passes_axe(page)
    assert problems == []
