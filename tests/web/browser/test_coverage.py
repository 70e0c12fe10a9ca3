"""Coverage, fairness, holidays, calendars and tokens in a real Chromium, on a phone and on a desk."""

import pytest

from tests.web.test_coverage import ICS, leave_nobody

from .browsing import SCREENS, passes_axe, sign_in

pytestmark = pytest.mark.browser
PAGES = (
    "/coverage",
    "/coverage/fairness",
    "/coverage/holidays",
    "/me/calendar",
    "/me/leave/add",
    "/me/security/tokens",
)


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_every_page_fits_its_screen_and_passes_axe(page, address, world, problems, width, height, scheme):
    leave_nobody(world)
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world, "cy@example.com")
    for path in PAGES:
        page.goto(address + path)
        passes_axe(page)
    assert problems == []


def test_an_address_is_made_copied_and_leave_is_given(page, address, world, problems):
    page.set_viewport_size({"width": 390, "height": 844})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, address, world)
    page.goto(f"{address}/me/shifts")
    page.get_by_role("link", name="In my calendar, and my leave").click()
    page.get_by_role("button", name="Make an address: My shifts").click()
    shown = page.get_by_label("Subscribe to this address in your calendar program:")
    assert "/calendar/" in shown.input_value()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == shown.input_value()
    page.goto(f"{address}/me/leave/add")
    page.get_by_label("Name of the calendar").fill("HR")
    page.get_by_label("Or a file (.ics)").set_input_files(
        {"name": "leave.ics", "mimeType": "text/calendar", "buffer": ICS}
    )
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Away and on call").wait_for()
    passes_axe(page)
    page.get_by_role("link", name="Ask for cover").click()
    page.get_by_role("heading", name="Ask for cover").wait_for()
    assert problems == []
