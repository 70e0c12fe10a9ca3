"""Statements in a real Chromium, on a phone and on a desk."""

import pytest

from tests.support.statements import add_recipient, enter
from tests.web.test_statements import OCTOBER, contract_number, owe

from .browsing import SCREENS, passes_axe, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_a_statement_is_drawn_up_and_released(page, address, world, problems, width, height, scheme):
    number = owe(world)
    world.do(lambda op: enter(op, number, OCTOBER.date(), 500_000, at=OCTOBER, reason="Agreed."))
    world.do(lambda op: add_recipient(op, number))
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world, "cy@example.com")
    page.goto(f"{address}/statements")
    passes_axe(page)
    page.get_by_text("Draw up statements now").click()
    page.get_by_label("Contract number", exact=True).fill(contract_number(world))
    page.get_by_role("button", name="Draw up").click()
    page.wait_for_url("**/statements/SC-2026-000001")
    passes_axe(page)
    page.get_by_role("button", name="Release and send").click()
    page.get_by_text("It is on its way.").wait_for()
    passes_axe(page)
    page.goto(f"{address}/statements")
    passes_axe(page)
    assert problems == []
