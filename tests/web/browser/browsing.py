"""What every test in a browser needs: screens to try, signing in, and the check with axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe

SCREENS = [
    pytest.param(width, height, scheme, id=f"{scheme}-{width}")
    for width, height in ((1280, 900), (390, 844))
    for scheme in ("light", "dark")
]


def sign_in(page, address, world, email="ada@example.com"):
    """Sign in as Ada, or as somebody else of the small vendor."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(world.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{address}/")


def come_back(page):
    """As when a person returns to the tab: the page refreshes at once instead of within ten seconds."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def passes_axe(page):
    """No violation that axe knows of, and nothing to scroll sideways for."""
    found = Axe().run(page).response
    assert len(found["passes"]) > 10
    assert [(problem["id"], problem["nodes"][0]["html"]) for problem in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
