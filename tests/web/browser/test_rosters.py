"""The rosters in a real Chromium: by pressing, by keyboard, by dragging, on a phone, light and dark."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from hotline.db.models import Override
from tests.web.test_on_call import add_override

from .browsing import SCREENS, passes_axe, sign_in

pytestmark = pytest.mark.browser
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = "/rosters?scale=week&from=2026-11-23"


def spans(world):
    with world.reading() as op:
        rows = op.session.scalars(sa.select(Override).order_by(Override.created_at))
        return [(f"{row.starts_at:%d %H:%M}", f"{row.ends_at:%d %H:%M}") for row in rows]


def put_bo(page):
    """Fill in Bo, look, save."""
    page.get_by_label("Who", exact=True).select_option(label="Bo Diddley")
    page.get_by_role("button", name="See before and after").click()
    expect(page.get_by_text("Bo Diddley +1 night")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved:")).to_be_visible()


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_every_scale_and_form_passes_axe(page, address, world, problems, width, height, scheme):
    add_override(world, "primary", None, 2 * DAY, 2 * DAY + 9 * HOUR)
    made = add_override(world, "backup", "Ada", 3 * DAY, 5 * DAY)
    world.change_user("Cy", time_zone="Asia/Jakarta")
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world, "cy@example.com")
    for path in (
        WEEK,
        "/rosters?scale=day&from=2026-11-24",
        "/rosters?team=all",
        f"/rosters/overrides/{made}",
    ):
        page.goto(address + path)
        passes_axe(page)
    page.goto(f"{address}/rosters")
    page.get_by_text("The same as a list").click()
    passes_axe(page)
    page.get_by_role("link", name="Change the layer: primary").click()
    page.get_by_role("button", name="Restrict the hours").click()
    passes_axe(page)
    assert problems == []


def test_a_manager_presses_thursday_and_puts_bo_there(page, address, world, problems):
    sign_in(page, address, world, "cy@example.com")
    page.goto(address + WEEK)
    page.locator('.cell[data-from^="2026-11-26T08:00"]').first.click()
    put_bo(page)
    assert spans(world) == [("26 08:00", "27 08:00")]
    assert problems == []


def test_the_keyboard_alone_chooses_two_days_and_opens_the_form(page, address, world, problems):
    sign_in(page, address, world, "cy@example.com")
    page.goto(address + WEEK)
    page.locator(".cell").first.focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    assert page.locator(".cell.is-chosen").count() == 2
    page.keyboard.press("Enter")
    expect(page.get_by_label("From")).to_have_value("2026-11-24T08:00")
    expect(page.get_by_label("To", exact=True)).to_have_value("2026-11-26T08:00")
    assert problems == []


def test_dragging_over_several_days_opens_the_form_for_them(page, address, world, problems):
    sign_in(page, address, world, "cy@example.com")
    page.goto(address + WEEK)
    first, last = (page.locator(f'.cell[data-from^="2026-11-{day}T08:00"]').first for day in (25, 27))
    first.hover()
    page.mouse.down()
    box = last.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()
    expect(page.get_by_label("From")).to_have_value("2026-11-25T08:00")
    expect(page.get_by_label("To", exact=True)).to_have_value("2026-11-28T08:00")
    assert problems == []


def test_an_engineer_on_a_phone_sees_their_own_nights(page, address, world, problems):
    add_override(world, "primary", "Bo", 3 * DAY, 4 * DAY)
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, address, world)
    page.goto(f"{address}/rosters")
    page.get_by_role("link", name="Only my shifts").click()
    expect(page.get_by_role("link", name="Show everybody")).to_be_visible()
    expect(page.locator(".roster-list tbody tr").first).to_contain_text("Ada Lovelace")
    assert page.locator(".roster-list tbody tr", has_text="Bo Diddley").count() == 0
    passes_axe(page)
    page.locator(".cell").nth(3).click()
    expect(page.get_by_role("heading", name="Ask for cover")).to_be_visible()
    assert problems == []
