"""Ladders in a real Chromium: they fit, pass axe, and are planned by keyboard and by tapping."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from hotline.db.models import Ladder

from .browsing import SCREENS, passes_axe, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_every_page_of_the_ladders_fits_its_screen_and_passes_axe(
    page, address, world, problems, width, height, scheme
):
    world.change_user("Ada", phone=None)
    ladder = world.ask(lambda op: op.session.scalars(sa.select(Ladder.id)).one())
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world, "nadia@example.com")
    for path in (
        "/ladders",
        f"/ladders/{ladder}",
        "/ladders/contracts",
        f"/ladders/dry-run?of=ladder:{ladder}",
        "/ladders/new",
    ):
        page.goto(address + path)
        passes_axe(page)
    page.goto(f"{address}/ladders/{ladder}/change")
    page.get_by_label("Minutes after the round began").nth(1).fill("2")
    page.get_by_role("button", name="Look before saving").last.click()
    expect(page.get_by_role("button", name="Save it")).to_be_visible()
    passes_axe(page)
    page.get_by_label("Minutes after the round began").nth(1).fill("soon")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_role("alert")).to_contain_text("One thing to mend")
    passes_axe(page)
    assert [one for one in problems if "422" not in one] == []


def test_a_step_is_added_by_keyboard_looked_at_and_saved(page, address, world, problems):
    ladder = world.ask(lambda op: op.session.scalars(sa.select(Ladder.id)).one())
    sign_in(page, address, world, "cy@example.com")
    page.goto(f"{address}/ladders/{ladder}/change")
    page.get_by_role("button", name="Add a step").press("Enter")
    expect(page.get_by_label("Minutes after the round began").nth(2)).to_be_focused()
    page.keyboard.type("5")
    page.get_by_label("Step 3, ring number 1").select_option(label="Cy Young")
    page.get_by_label("Name").press("Enter")  # the first button looks and changes no step
    expect(page.get_by_role("heading", name="Look before it is saved")).to_be_visible()
    expect(page.locator(".runs").first).to_contain_text("Cy Young")
    page.get_by_role("button", name="Save it").click()
    page.wait_for_url(f"{address}/ladders/{ladder}")
    expect(page.locator(".stair")).to_contain_text("after 5 min")
    assert problems == []
