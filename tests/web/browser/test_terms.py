"""Terms, rate cards and quotes in a real browser: agreed on each screen, and drafts with their boxes."""

import pytest

from .browsing import SCREENS, passes_axe, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_a_price_is_entered_quoted_and_agreed_on_any_screen(
    page, address, world, problems, width, height, scheme
):
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world, "nadia@example.com")
    page.goto(f"{address}/admin/rate-cards/new")
    page.get_by_label("SQL Server: prices").fill("1: 200,000\n3: 150,000")
    page.get_by_label("SQL Server: the most").fill("1,000,000")
    page.get_by_label("In force from").fill("2026-01-01")
    passes_axe(page)
    page.get_by_role("button", name="Look before saving").click()
    passes_axe(page)
    page.get_by_role("button", name="Save it").click()
    page.get_by_role("heading", name="USD 2026-01-01").wait_for()
    page.goto(f"{address}/quote")
    page.get_by_label("SQL Server").fill("3")
    page.get_by_role("button", name="Quote").click()
    page.get_by_role("heading", name="USD 550,000.00 a year").wait_for()
    assert "count.sql=3" in page.url
    passes_axe(page)

    page.goto(f"{address}/contracts/100000/terms/new")
    page.get_by_label("Annual fee").fill("500,000")
    page.get_by_label("In force from").fill("2026-12-15")
    page.get_by_label("Credit by attainment").fill("90 %: 5,000\n75 %: 2.5 %")
    page.get_by_role("button", name="Look before saving").last.click()
    page.get_by_text("Attainment is settled by the period").first.wait_for()
    passes_axe(page)
    page.get_by_role("button", name="Jan 1, 2027").click()
    page.get_by_role("heading", name="In the customer's words").wait_for()
    passes_axe(page)
    page.get_by_role("button", name="Save it").click()
    page.get_by_role("heading", name="Version 2").wait_for()
    passes_axe(page)
    assert [one for one in problems if "422" not in one] == []  # the day that was refused


def test_a_draft_of_terms_keeps_its_boxes(page, address, world, problems):
    sign_in(page, address, world, "nadia@example.com")
    page.goto(f"{address}/contracts/100000/terms/new")
    page.get_by_label("a text message that was delivered").uncheck()
    page.get_by_label("What each miss costs").fill("7,000")
    page.reload()
    page.get_by_text("Your draft from").wait_for()
    assert not page.get_by_label("a text message that was delivered").is_checked()
    assert page.get_by_label("being connected to the engineer").is_checked()
    assert page.get_by_label("What each miss costs").input_value() == "7,000"
    page.get_by_role("button", name="Discard it").click()
    assert page.get_by_label("a text message that was delivered").is_checked()
    assert problems == []
