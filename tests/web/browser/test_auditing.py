"""Discrepancies and the clock told minute by minute, in a real Chromium, on a phone and on a desk."""

import pytest

from hotline.db.models import ToldBy
from hotline.services.promise.enforcement import sweep_deadlines
from hotline.services.response import incidents
from tests.web.test_discrepancies import PAGE, add

from .browsing import SCREENS, passes_axe, sign_in

pytestmark = pytest.mark.browser


def a_late_incident(world):
    """Reported, missed, fined, taken, told."""
    reference = world.report()
    world.clock.advance(1860)
    world.do(sweep_deadlines)

    def work(op):
        incident = world.found(op, reference)
        incidents.accept(
            op, incident, op.session.get_one(type(world.user("Ada")), world.user("Ada").id), "web"
        )
        incidents.tell(op, incident, ToldBy.SPOKEN)

    world.do(work)
    return reference


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_the_pages_fit_their_screens_and_pass_axe(page, address, world, problems, width, height, scheme):
    reference = a_late_incident(world)
    add(world)
    add(world, field="respond_by", kind="clock", expected="2026-11-23T02:30:00+00:00", found="")
    add(world, explained_at=world.clock.now(), explanation="By hand, after the power cut.")
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world, "cy@example.com")
    for path in (PAGE, "/health", f"/incidents/{reference}/clock"):
        page.goto(address + path)
        passes_axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is wider than the screen by {wide}"
    assert problems == []


def test_a_manager_explains_with_the_keyboard(page, address, world, problems):
    add(world)
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, address, world, "cy@example.com")
    page.goto(address + PAGE)
    page.get_by_text("Explain it").focus()
    page.keyboard.press("Enter")
    page.get_by_label("How this came about").fill("Restored from a backup; corrected in entry 7.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Explained. It stays in this list").wait_for()
    page.get_by_text("Restored from a backup; corrected in entry 7.").wait_for()
    assert problems == []
