"""Putting a report down and making a key, in a real Chromium: they fit, pass axe, and work by keyboard."""

import pytest
from playwright.sync_api import expect

from hotline.db.models import Contract

from .browsing import SCREENS, passes_axe, sign_in

pytestmark = pytest.mark.browser
LATE = "2026-11-22T14:00"  # Nadia reads UTC, where it is 15:00


def keys_of(world):
    number = world.ask(lambda op: op.session.query(Contract).filter_by(number="100000").one().id)
    return f"/admin/contracts/{number}/keys"


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_every_page_fits_its_screen_and_passes_axe(page, address, world, problems, width, height, scheme):
    call = world.missed_call()
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world, "nadia@example.com")
    for path in (f"/incidents/record?call={call}", "/calls", "/incidents/record"):
        page.goto(address + path)
        passes_axe(page)
    page.get_by_label("Contract number").fill("100000")
    page.get_by_label("Product").select_option("sql")
    page.get_by_label("When did it reach us?").fill(LATE)
    page.get_by_label("What was reported").fill("Mail to the account manager: nobody can book")
    page.get_by_role("button", name="Look before saving").click()
    expect(page.get_by_text("The deadline is over")).to_be_visible()
    passes_axe(page)
    page.get_by_role("button", name="Save it and ring an engineer").click()
    expect(page.get_by_text("Recorded. Its clock counts from its arrival.")).to_be_visible()
    passes_axe(page)
    page.goto(address + keys_of(world))
    page.get_by_label("Which program is it for?").fill("Monitoring")
    page.get_by_role("button", name="Make a key").click()
    assert page.get_by_label("The new key:").input_value().startswith("hk_")
    passes_axe(page)
    page.goto(address + keys_of(world))
    passes_axe(page)
    assert problems == []


def test_a_missed_call_becomes_a_report_by_keyboard_alone(page, address, world, problems):
    world.missed_call()
    sign_in(page, address, world)
    page.goto(f"{address}/calls")
    page.get_by_role("link", name="Record as report").press("Enter")
    page.get_by_label("What was reported").focus()
    page.keyboard.type("They rang and hung up; their mail says that booking is down")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What saving it means")).to_be_focused()
    page.get_by_role("button", name="Save it and ring an engineer").press("Enter")
    expect(page.get_by_text("Recorded. Its clock counts from its arrival.")).to_be_visible()
    expect(page.get_by_text("A missed call").first).to_be_visible()
    assert problems == []
