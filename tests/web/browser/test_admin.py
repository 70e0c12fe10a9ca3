"""The administration in a real browser: a new customer on each screen, and drafts that survive."""

import pytest

from .browsing import SCREENS, passes_axe, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_a_customer_is_set_up_on_any_screen(page, address, world, problems, width, height, scheme):
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world, "nadia@example.com")
    page.goto(f"{address}/admin")
    passes_axe(page)
    page.get_by_role("link", name="New customer").click()
    page.get_by_label("Name").fill("Acme")
    passes_axe(page)
    page.get_by_role("button", name="Look before saving").click()
    passes_axe(page)
    page.get_by_role("button", name="Save it").click()
    page.get_by_role("heading", name="Until they can call").wait_for()
    passes_axe(page)
    page.get_by_role("link", name="New contract").first.click()
    page.get_by_label("Contract number").fill("777001")
    page.get_by_label("The contract begins on").fill("2026-11-01")
    page.get_by_label("SQL Server").fill("1")
    page.get_by_role("button", name="Look before saving").click()
    page.get_by_role("button", name="Save it").click()
    page.get_by_role("heading", name="Contract 777001").wait_for()
    passes_axe(page)
    page.get_by_role("link", name="Issue the PIN letter").click()
    passes_axe(page)
    page.get_by_role("button", name="Make the PIN and show the letter").click()
    page.get_by_role("heading", name="Your PIN for the hotline").wait_for()
    passes_axe(page)
    for path in ("/audit", "/admin/contracts", f"/people/{world.user('Ada').id}"):
        page.goto(f"{address}{path}")
        passes_axe(page)
    assert problems == []


def test_what_was_typed_survives_a_closed_tab_until_it_is_saved_or_discarded(page, address, world, problems):
    sign_in(page, address, world, "nadia@example.com")
    page.goto(f"{address}/admin/customers/new")
    page.get_by_label("Name").fill("Acme")
    context = page.context
    page.close()
    again = context.new_page()
    again.goto(f"{address}/admin/customers/new")
    again.get_by_text("Your draft from").wait_for()
    assert again.get_by_label("Name").input_value() == "Acme"
    again.get_by_role("button", name="Discard it").click()
    assert again.get_by_label("Name").input_value() == ""
    again.reload()
    assert not again.get_by_text("Your draft from").is_visible()

    again.get_by_label("Name").fill("Acme Bank")
    again.get_by_role("button", name="Look before saving").click()
    again.get_by_role("button", name="Save it").click()
    again.get_by_role("heading", name="Acme Bank", exact=True).wait_for()
    assert again.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []
    assert problems == []


def test_a_draft_survives_an_ended_session_and_a_lost_connection_but_not_signing_out(page, address, world):
    sign_in(page, address, world, "nadia@example.com")
    page.goto(f"{address}/admin/teams/new")
    page.get_by_label("Name").fill("Payments")
    page.route("**/admin/teams/new", lambda route: route.abort())
    page.get_by_role("button", name="Look before saving").click()
    page.unroute("**/admin/teams/new")
    page.context.clear_cookies()
    sign_in(page, address, world, "nadia@example.com")
    page.goto(f"{address}/admin/teams/new")
    page.get_by_text("Your draft from").wait_for()
    assert page.get_by_label("Name").input_value() == "Payments"
    page.get_by_label("You: Nadia Noor").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("E-mail").wait_for()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []
