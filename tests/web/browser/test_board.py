"""The board and the wall in a real Chromium: two at once, lost contact, filters, small and dark screens."""

import re
import time

import pytest
from playwright.sync_api import expect

from hotline.demo.pace import PacedClock
from hotline.services.promise import enforcement, heartbeat
from hotline.web.pages import site

from .browsing import SCREENS, passes_axe, sign_in

pytestmark = pytest.mark.browser

SHOWN_WITHIN_MS = 2000


@pytest.fixture
def other(browser):
    """The browser of somebody else."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def running(app, world):
    """The service's clock goes, as it does in life."""
    world.clock = PacedClock(1, world.clock.now())
    site.install(app, site.Site(world.database, world.clock, world.settings))
    return world.clock


def busy_board(world):
    """One of everything: missed, at risk, in time, unverified, told."""
    missed = world.report()
    world.clock.advance(1800)
    world.do(enforcement.sweep_deadlines)
    world.take(world.report("Fabrikam"))
    world.clock.advance(1000)
    world.report()
    world.report(None)
    world.do(heartbeat.beat)
    return missed


def test_what_one_takes_the_other_sees_within_two_seconds(page, other, address, world, problems):
    reference = world.report()
    sign_in(page, address, world, "cy@example.com")
    expect(page.get_by_text("Nobody has it").last).to_be_visible()
    sign_in(other, address, world, "bo@example.com")
    other.goto(f"{address}/incidents/{reference}")
    other.get_by_role("button", name="Take it").first.click()
    expect(page.locator(".board")).to_contain_text("Bo Diddley has it", timeout=SHOWN_WITHIN_MS)
    assert problems == []


def test_a_new_incident_appears_by_itself_and_is_announced(page, address, world):
    sign_in(page, address, world)
    reference = world.report()
    expect(page.locator(f"[data-reference='{reference}']")).to_be_visible(timeout=SHOWN_WITHIN_MS)
    expect(page.locator("#announcer")).to_have_text(f"New: {reference} Contoso")


def test_a_quiet_board_is_not_sent_again(page, address, world):
    world.report()
    sign_in(page, address, world)
    answers = []
    page.on(
        "response",
        lambda answer: answers.append(answer.status) if "x-refresh" in answer.request.headers else None,
    )
    page.wait_for_timeout(3500)
    assert len(answers) >= 2
    assert set(answers) == {304}


def test_lost_contact_is_said_with_the_age_while_countdowns_go_on_and_is_taken_back(
    page, address, world, running
):
    world.report()
    sign_in(page, address, world)
    page.route("**/*", lambda route: route.abort())
    lost = page.get_by_role("alert").filter(has_text="No contact with the service")
    expect(lost).to_be_visible(timeout=9000)
    expect(page.locator("#contact-age")).to_have_text(re.compile(r"\d+ s ago"))
    before = page.locator(".clock").inner_text()
    page.wait_for_function("before => document.querySelector('.clock').textContent !== before", arg=before)
    passes_axe(page)
    page.unroute_all()
    expect(page.get_by_text("Back in contact")).to_be_visible(timeout=9000)
    expect(page.locator("#contact")).to_be_hidden(timeout=9000)


def test_an_error_of_the_service_is_not_called_a_lost_network(page, address, world):
    sign_in(page, address, world)
    page.route("**/", lambda route: route.fulfill(status=503, body="no"))
    expect(page.get_by_text("The service is in trouble (error 503)")).to_be_visible(timeout=4000)
    page.unroute_all()
    expect(page.get_by_text("Back in contact")).to_be_visible(timeout=9000)


def test_whoever_was_signed_out_is_told_and_keeps_what_was_typed(page, address, world):
    sign_in(page, address, world)
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Text").fill("half a wo")
    page.context.clear_cookies()
    expect(page.get_by_text("You have been signed out.")).to_be_visible(timeout=4000)
    expect(page.get_by_role("link", name="Sign in again in a new tab")).to_be_visible()
    expect(page.get_by_label("Text")).to_have_value("half a wo")


def test_filters_stand_in_the_address_and_survive_a_reload(page, address, world, problems):
    busy_board(world)
    sign_in(page, address, world, "cy@example.com")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Customer").select_option("Contoso")
    page.get_by_role("button", name="Show these").click()
    page.get_by_role("link", name="Missed").click()
    for _ in range(2):
        expect(page.locator("[data-reference]")).to_have_count(1)
        expect(page.get_by_text("1 of 4 shown")).to_be_visible()
        assert "customer=Contoso" in page.url
        assert "state=missed" in page.url
        page.reload()
    world.report()
    expect(page.get_by_text("1 of 5 shown")).to_be_visible(timeout=SHOWN_WITHIN_MS)
    page.get_by_role("link", name="Clear the filters").click()
    expect(page.locator("[data-reference]")).to_have_count(5)
    assert problems == []


def test_the_pace_of_the_countdown_follows_the_service(page, address, world, running):
    world.report()
    sign_in(page, address, world)
    running.set_speed(60)
    expect(page.locator(".clock")).to_have_text(re.compile("^2[0-7]:"), timeout=12_000)


def test_a_countdown_ticks_once_a_second(page, address, world, running):
    world.report()
    sign_in(page, address, world)
    before = page.locator(".clock").inner_text()
    page.wait_for_timeout(3000)
    minutes, seconds = map(int, before.split(":"))
    after = sum(map(int, page.locator(".clock").inner_text().split(":")[1:]))
    assert (minutes, before[0]) == (29, "2") or before == "30:00"
    assert 2 <= (seconds - after) % 60 <= 5


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_the_board_fits_its_screen_and_passes_axe(page, address, world, problems, width, height, scheme):
    busy_board(world)
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world, "cy@example.com")
    for path in ("/", "/?customer=Contoso&q=sql", "/?q=nothing", "/nowhere"):
        page.goto(address + path)
        passes_axe(page)
    page.goto(address)
    page.get_by_text("Filter", exact=True).click()
    passes_axe(page)
    if page.get_by_text("More", exact=True).count():
        page.keyboard.press("Escape")
        page.get_by_text("More", exact=True).click()
        passes_axe(page)
    assert [problem for problem in problems if "404" not in problem] == []


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (390, 844)])
def test_the_wall_fits_its_screen_and_passes_axe(page, address, world, problems, width, height, theme):
    busy_board(world)
    page.set_viewport_size({"width": width, "height": height})
    sign_in(page, address, world, "cy@example.com")
    page.goto(f"{address}/wall?theme={theme}")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == theme
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_text("Ada Lovelace").last).to_be_visible()
    passes_axe(page)
    assert problems == []


def test_the_wall_is_readable_from_five_metres_and_its_clock_goes(page, address, world, running):
    world.report()
    page.set_viewport_size({"width": 1920, "height": 1080})
    sign_in(page, address, world)
    page.goto(f"{address}/wall")
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.clock')).fontSize)")
    assert size >= 96
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    before = page.locator("[data-wall-clock]").inner_text()
    page.wait_for_timeout(1500)
    assert page.locator("[data-wall-clock]").inner_text() != before


def test_the_wall_turns_its_pages_when_there_are_more_rows_than_fit(page, address, world):
    for _ in range(12):
        world.report()
    page.clock.install()
    page.set_viewport_size({"width": 1920, "height": 1080})
    sign_in(page, address, world)
    page.goto(f"{address}/wall")
    place = page.locator("[data-place]")
    expect(place).to_have_text(re.compile(r"^1 to \d of 12$"))
    page.clock.run_for(10_500)
    expect(place).to_have_text(re.compile(r"^[2-9] to \d+ of 12$"))


def test_the_wall_says_loudly_that_contact_is_lost(page, address, world):
    sign_in(page, address, world)
    page.goto(f"{address}/wall")
    page.route("**/*", lambda route: route.abort())
    expect(page.get_by_text("No contact with the service")).to_be_visible(timeout=9000)


def test_a_hidden_board_asks_rarely_and_at_once_when_it_comes_back(page, address, world):
    sign_in(page, address, world)
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {configurable: true, get: () => window.isAway ?? false})"
    )
    page.evaluate("window.isAway = true")
    page.wait_for_timeout(1500)
    asked = []
    page.on("request", lambda request: asked.append(time.monotonic()))
    page.wait_for_timeout(3000)
    assert asked == []
    page.evaluate("window.isAway = false; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(800)
    assert asked
