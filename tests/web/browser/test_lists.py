"""The lists in a real Chromium: they fit, pass axe, and are walked, narrowed, sorted and taken away."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from hotline.db.models import Customer
from hotline.services.promise import enforcement

from .browsing import SCREENS, passes_axe, sign_in

pytestmark = pytest.mark.browser
PATHS = [
    "/incidents",
    "/calls",
    "/messages",
    "/people",
    "/customers",
    "/ledger",
    "/search",
    "/search?q=contoso",
]


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_every_list_fits_its_screen_and_passes_axe(page, address, world, problems, width, height, scheme):
    world.report("Contoso")
    world.clock.advance(1801)
    world.do(enforcement.sweep_deadlines)
    world.take(world.report("Fabrikam"))
    world.report(None)
    with world.reading() as op:
        contoso = op.session.scalars(sa.select(Customer.id).where(Customer.name == "Contoso")).one()
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world, "cy@example.com")
    narrowed = "/incidents?promise=missed&q=contoso&sort=deadline&dir=asc"
    for path in [*PATHS, f"/customers/{contoso}", narrowed, "/incidents?q=zebra", "/search?q=zebra"]:
        page.goto(address + path)
        passes_axe(page)
    assert problems == []


def test_an_address_that_cannot_be_used_passes_axe_too(page, address, world):
    sign_in(page, address, world)
    page.goto(f"{address}/incidents?from=soon&status=odd")
    expect(page.get_by_role("alert")).to_contain_text("That is no day")
    expect(page.get_by_label("Reported from")).to_have_value("soon")
    passes_axe(page)


def test_from_the_search_box_to_the_incident(page, address, world, problems):
    reference = world.report()
    sign_in(page, address, world)
    page.get_by_role("searchbox", name="Search").first.fill(reference.replace("-", ""))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/incidents/{reference}")
    assert problems == []


def test_a_list_is_narrowed_sorted_walked_and_widened_by_hand(page, address, world, problems):
    for _ in range(55):
        world.report("Contoso")
    world.report("Fabrikam")
    sign_in(page, address, world)
    page.goto(f"{address}/incidents")
    page.get_by_role("link", name="Older").click()
    expect(page.locator("table.list tbody tr")).to_have_count(6)
    page.get_by_role("link", name="Newer").click()
    expect(page.locator("table.list tbody tr")).to_have_count(50)
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Status").select_option(label="Nobody has it")
    page.locator("#filter-q").fill("FABRI")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(f"{address}/incidents?q=FABRI&status=open")
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Respond by").click()
    expect(page.get_by_role("columnheader", name="Respond by")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("link", name="Search: FABRI").click()
    expect(page.locator("table.list tbody tr")).to_have_count(50)
    assert problems == []


def test_what_is_shown_is_downloaded(page, address, world):
    reference = world.report("Fabrikam")
    world.report("Contoso")
    sign_in(page, address, world)
    page.goto(f"{address}/incidents?q=fabrikam")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download as CSV").click()
    assert waiting.value.suggested_filename == "hotline-incidents-2026-11-22.csv"
    lines = waiting.value.path().read_text("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["reference", reference]


def test_on_a_phone_a_row_is_a_card_that_a_screen_reader_still_takes_for_a_row(page, address, world):
    world.report()
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, address, world)
    page.goto(f"{address}/incidents")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("cell", name="In time")).to_be_visible()
