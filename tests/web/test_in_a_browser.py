"""The pages in a real Chromium: they work, tick, stay true and pass axe on a desk and on a phone."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from hotline.services import enforcement

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NOT TESTED: no Chromium at {CHROMIUM}"),
]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENS = [
    pytest.param(width, height, scheme, id=f"{scheme}-{width}")
    for width, height in ((1280, 900), (390, 844))
    for scheme in ("light", "dark")
]


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": str(CHROMIUM), "args": FLAGS}


@pytest.fixture
def page(browser) -> Iterator[Page]:
    """A page of a browser without any history."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def address(app) -> Iterator[str]:
    """Where the pages are served, on this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def problems(page: Page) -> list[str]:
    """What the browser complained about: policy violations and script errors."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_from_the_sign_in_to_having_taken_an_incident(page, address, world, problems):
    reference = world.report()
    page.goto(address)
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill(world.password)
    _check(page)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".clock")).to_have_text("30:00")
    _check(page)
    page.get_by_role("link", name="Contoso").click()
    _check(page)
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("status").filter(has_text="It is yours")).to_be_visible()
    expect(page.get_by_role("button", name="Resolve it")).to_be_visible()
    _check(page)
    assert world.incident(reference).owner_id == world.user("Ada").id
    assert problems == []


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_every_page_fits_its_screen_and_passes_axe(page, address, world, problems, width, height, scheme):
    missed = world.report()
    world.clock.advance(1800)
    world.do(enforcement.sweep_deadlines)
    at_risk = world.report("Fabrikam")
    world.take(at_risk)
    world.clock.advance(1000)
    world.report()
    unknown = world.report(None)
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    _sign_in(page, address, world)
    assert page.evaluate("document.documentElement.dataset.bsTheme") == scheme
    for path in ("/", f"/incidents/{missed}", f"/incidents/{unknown}", "/on-call", "/ledger"):
        page.goto(address + path)
        _check(page)
    assert problems == []


def test_a_countdown_ticks(page, address, world):
    world.report()
    _sign_in(page, address, world)
    before = page.locator(".clock").inner_text()
    page.wait_for_function("before => document.querySelector('.clock').textContent !== before", arg=before)


def test_the_board_shows_what_came_meanwhile_without_being_asked(page, address, world):
    _sign_in(page, address, world)
    expect(page.get_by_text("Nothing is open")).to_be_visible()
    reference = world.report()
    _come_back(page)
    expect(page.get_by_text(reference)).to_be_visible()


def test_lost_contact_is_said_and_taken_back(page, address, world):
    _sign_in(page, address, world)
    alarm = page.get_by_text("No contact with the service since")
    page.route("**/*", lambda route: route.abort())
    _come_back(page)
    expect(alarm).to_be_visible()
    page.unroute_all()
    _come_back(page)
    expect(alarm).to_be_hidden()


def test_a_refresh_leaves_what_is_being_typed_alone(page, address, world):
    reference = world.report()
    _sign_in(page, address, world)
    page.goto(f"{address}/incidents/{reference}")
    page.get_by_label("Note").fill("Half a sent")
    world.take(reference, "Bo")
    _come_back(page)
    expect(page.get_by_text("Bo Diddley took it by text message.")).to_be_visible()
    expect(page.get_by_role("button", name="Take it")).to_be_hidden()
    expect(page.get_by_label("Note")).to_have_value("Half a sent")


def test_without_script_every_action_works(browser, address, world):
    reference = world.report()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    _sign_in(page, address, world)
    expect(page.locator(".clock")).to_have_text("30 min")
    page.get_by_role("link", name="Contoso").click()
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_text("It is yours. The customer is being told now.")).to_be_visible()
    assert world.incident(reference).accepted_by == "web"
    context.close()


def _sign_in(page, address, world):
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill(world.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{address}/")


def _come_back(page):
    """As when a person returns to the tab: the page refreshes at once instead of within ten seconds."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def _check(page):
    """No violation that axe knows of, and nothing to scroll sideways for."""
    found = Axe().run(page).response
    assert len(found["passes"]) > 10
    assert [(problem["id"], problem["nodes"][0]["html"]) for problem in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
