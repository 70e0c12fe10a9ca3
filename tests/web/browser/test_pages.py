"""The pages in a real Chromium: they work, tick, stay true and pass axe on a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from hotline.services.promise import enforcement

from .browsing import SCREENS, come_back, passes_axe, sign_in

pytestmark = pytest.mark.browser


def test_from_the_sign_in_to_having_taken_an_incident(page, address, world, problems):
    reference = world.report()
    page.goto(address)
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill(world.password)
    passes_axe(page)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".clock")).to_have_text("30:00")
    passes_axe(page)
    page.get_by_role("link", name="Contoso").click()
    passes_axe(page)
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("status").filter(has_text="It is yours")).to_be_visible()
    expect(page.get_by_role("button", name="Resolve it")).to_be_visible()
    passes_axe(page)
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
    sign_in(page, address, world, "cy@example.com")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == scheme
    for path in ("/", f"/incidents/{missed}", f"/incidents/{unknown}", "/on-call", "/ledger"):
        page.goto(address + path)
        passes_axe(page)
    assert problems == []


def test_a_refresh_leaves_what_is_being_typed_alone(page, address, world):
    reference = world.report()
    sign_in(page, address, world)
    page.goto(f"{address}/incidents/{reference}")
    page.get_by_text("Add a note").click()
    page.get_by_label("Note").fill("Half a sent")
    world.take(reference, "Bo")
    come_back(page)
    expect(page.get_by_text("Bo Diddley took it by text message.")).to_be_visible()
    expect(page.get_by_role("button", name="Take it")).to_be_hidden()
    expect(page.get_by_label("Note")).to_have_value("Half a sent")


def test_without_script_every_action_works(browser, address, world):
    reference = world.report()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address, world)
    expect(page.locator(".clock")).to_have_text("30 min")
    page.get_by_role("link", name="Contoso").click()
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_text("It is yours. The customer is being told now.")).to_be_visible()
    assert world.incident(reference).accepted_by == "web"
    context.close()
