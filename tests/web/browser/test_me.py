"""An engineer's own pages and the page of all teams in a real Chromium, on a phone and on a desk."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.web.test_me import ask
from tests.web.test_on_call import add_override, who

from .browsing import SCREENS, come_back, passes_axe, sign_in

pytestmark = pytest.mark.browser
HOUR = timedelta(hours=1)
PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_every_page_fits_its_screen_and_passes_axe(page, address, world, problems, width, height, scheme):
    world.report()
    world.take(world.report("Fabrikam"), "Ada")
    asked = ask(world)
    add_override(world, "backup", None, timedelta(days=2), timedelta(days=2, hours=9), "maintenance")
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world)
    for path in ("/me", "/me/shifts", f"/me/cover/{asked}", "/on-call"):
        page.goto(address + path)
        passes_axe(page)
    page.get_by_text("The next 7 days as a list").click()
    passes_axe(page)
    page.goto(f"{address}/me/shifts")
    page.get_by_role("link", name="Ask for cover").first.click()
    passes_axe(page)
    assert problems == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_others_see_passes_axe_too(page, address, world, problems, scheme):
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world, "cy@example.com")
    for path in ("/me", "/me/shifts", "/on-call"):
        page.goto(address + path)
        passes_axe(page)
    page.get_by_role("link", name="Put somebody on call: Databases, primary").click()
    passes_axe(page)
    page.get_by_label("Who", exact=True).select_option(label="Bo Diddley")
    page.get_by_role("button", name="See before and after").click()
    page.get_by_role("heading", name="Before and after").wait_for()
    passes_axe(page)
    assert problems == []


def test_at_three_in_the_morning_one_tap_takes_what_came_in_meanwhile(page, address, world, problems):
    page.set_viewport_size(PHONE)
    sign_in(page, address, world)
    page.goto(f"{address}/me")
    expect(page.get_by_role("heading", name="You are on call")).to_be_visible()
    expect(page.get_by_text("Nothing is open for you.")).to_be_visible()
    reference = world.report()
    come_back(page)
    button = page.get_by_role("button", name=f"Take it: {reference}")
    expect(button).to_be_visible()
    assert button.bounding_box()["height"] >= 48
    button.click()
    expect(page.get_by_text("It is yours.")).to_be_visible()
    assert world.incident(reference).owner_id == world.user("Ada").id
    assert problems == []


def test_cover_is_asked_on_one_phone_and_accepted_on_another(browser, address, world):
    ada, bo = (browser.new_context(viewport=PHONE).new_page() for _ in range(2))
    sign_in(ada, address, world)
    sign_in(bo, address, world, "bo@example.com")
    bo.goto(f"{address}/me")
    ada.goto(f"{address}/me/shifts")
    ada.get_by_role("link", name="Ask for cover").first.click()
    ada.get_by_label("Whom").select_option("Bo Diddley")
    ada.get_by_label("Reason").fill("A dentist")
    ada.get_by_role("button", name="Ask for cover").click()
    expect(ada.get_by_text("Asked by text message: Bo Diddley.")).to_be_visible()
    come_back(bo)
    expect(bo.get_by_role("heading", name="Ada Lovelace asks you for cover")).to_be_visible()
    bo.get_by_role("button", name="Accept: Ada Lovelace").click()
    expect(bo.get_by_role("heading", name="You cover it")).to_be_visible()
    assert who(world) == "Bo Diddley"
    ada.goto(f"{address}/me")
    expect(ada.get_by_role("heading", name="You are not on call")).to_be_visible()
    for each in (ada, bo):
        each.context.close()


def test_one_tap_takes_a_shift_over_and_the_open_page_of_the_other_shows_it(browser, address, world):
    ada, bo = (browser.new_context(viewport=PHONE).new_page() for _ in range(2))
    sign_in(ada, address, world)
    sign_in(bo, address, world, "bo@example.com")
    ada.goto(f"{address}/me")
    bo.goto(f"{address}/on-call")
    bo.get_by_role("button", name="I take this now: Databases, primary").click()
    expect(bo.get_by_text("You are on call now: primary")).to_be_visible()
    come_back(ada)
    expect(ada.get_by_role("heading", name="You are not on call")).to_be_visible()
    for each in (ada, bo):
        each.context.close()


def test_the_pages_work_without_script(browser, address, world):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    sign_in(page, address, world, "bo@example.com")
    page.goto(f"{address}/on-call")
    page.get_by_label("For how long").first.select_option("for 4 hours")
    page.get_by_role("button", name="I take this now: Databases, primary").click()
    expect(page.get_by_text("You are on call now: primary")).to_be_visible()
    page.get_by_role("button", name="End it now: Bo Diddley, primary").click()
    expect(page.get_by_text("The override has ended.")).to_be_visible()
    assert who(world) == "Ada Lovelace"
    context.close()
