"""The ledger in a real Chromium: every page on every screen, and two people who change it, on a phone."""

import pytest

from tests.web.ledger.conftest import form, missed, settings, written  # noqa: F401 - the fixtures of its tests

from .browsing import SCREENS, passes_axe, sign_in

pytestmark = pytest.mark.browser
PAGES = (
    "/ledger",
    "/ledger/100000",
    "/ledger/100000/2",
    "/ledger/100000/4",
    "/ledger/approvals",
    "/ledger/100000/1/waive",
    "/ledger/100000/2/resolve",
    "/ledger/100000/pay?currency=USD",
)


@pytest.fixture
def waits(cy, missed, form):  # noqa: F811 - the fixtures imported above
    """A waiver by Cy that waits, a dispute that is open, a waiver that is written; the page of the first."""
    large, dispute = form(cy, "/ledger/100000/1/waive"), form(cy, "/ledger/100000/2/dispute")
    small = form(cy, "/ledger/100000/2/waive")
    large.look(amount="5000")
    dispute.look()
    small.look(amount="500")
    dispute.write()
    small.look(amount="500")
    small.write()
    return large.write().request.path


@pytest.mark.parametrize(("width", "height", "scheme"), [SCREENS[0], SCREENS[3]])
def test_every_page_fits_its_screen_and_passes_axe(
    page, address, world, problems, waits, width, height, scheme
):
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world, "nadia@example.com")
    for path in (*PAGES, waits):
        page.goto(address + path)
        passes_axe(page)
    page.goto(f"{address}/ledger/100000/1/correct")
    page.get_by_label("What it should stand at").fill("4,500")
    page.get_by_label("Reason").fill("A mistake in the terms.")
    page.get_by_role("button", name="See what it changes").click()
    page.get_by_role("heading", name="What it changes").wait_for()
    passes_axe(page)
    assert problems == []


def test_one_asks_and_another_approves_on_a_phone(page, browser, address, world, problems, missed):  # noqa: F811
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, address, world, "cy@example.com")
    page.goto(f"{address}/ledger/100000/1")
    page.get_by_role("link", name="Waive").click()
    page.get_by_label("Reason").fill("Agreed with their director.")
    page.get_by_role("button", name="See what it changes").click()
    page.get_by_role("button", name="Ask for approval").click()
    page.get_by_text("You asked for this, so somebody else has to approve it.").wait_for()
    second = browser.new_context(viewport={"width": 390, "height": 844})
    other = second.new_page()
    sign_in(other, address, world, "nadia@example.com")
    other.locator(".site-bar summary").click()
    other.get_by_role("link", name="To be approved 1").click()
    other.get_by_role("link", name="Waiver USD -5,000.00").click()
    other.get_by_role("button", name="Approve it").click()
    other.get_by_text("Approved. It is in the ledger.").wait_for()
    assert "Cy Young" in other.locator("main").inner_text()
    assert "Agreed with their director." in other.locator("main").inner_text()
    second.close()
    page.reload()
    page.get_by_text("It is in the ledger:").wait_for()
    assert problems == []
