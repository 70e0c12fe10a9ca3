"""Silence, the customer's answer, who was reached, and the health of it all, in a real Chromium."""

import pytest
from playwright.sync_api import expect

from hotline.db.models import SelfTest, TestResult
from hotline.services.promise import heartbeat
from hotline.services.reaching import flags, self_tests
from hotline.services.response import chasing
from tests.web.test_follow_up import adas, resolved, says, silent

from .browsing import SCREENS, passes_axe, sign_in

pytestmark = pytest.mark.browser


def furnish(world):
    """A test that passed, one that did not, a volunteer and a flagged number."""

    def work(op):
        ada = world.user("Ada")
        for result in (TestResult.UNANSWERED, TestResult.PASSED):
            op.session.add(
                SelfTest(
                    user_id=ada.id, started_at=op.now, answer_by=op.now, finished_at=op.now, result=result
                )
            )
        self_tests.take_part(op, op.session.get_one(type(ada), ada.id), wanted=True)
        for _ in range(2):
            flags.missed(op, world.user("Bo").id, "+628120000002", 30005)
        heartbeat.beat(op)

    world.do(work)


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_pages_of_follow_up_fit_their_screen_and_pass_axe(
    page, address, world, problems, width, height, scheme
):
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    reference = silent(world)
    furnish(world)
    sign_in(page, address, world)
    for path in ("/health", "/me/contacts", f"/incidents/{reference}", "/"):
        page.goto(address + path)
        page.locator("main").wait_for()
        passes_axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    assert problems == []


def test_one_tap_at_night_says_i_am_on_it(page, address, world, problems):
    page.set_viewport_size({"width": 390, "height": 844})
    reference = silent(world)
    sign_in(page, address, world)
    page.goto(f"{address}/incidents/{reference}")
    expect(page.get_by_text("Nobody has heard from you.")).to_be_visible()
    page.get_by_role("button", name="I am on it").click()
    expect(page.get_by_role("status").filter(has_text="Noted.")).to_be_visible()
    expect(page.get_by_text("Nobody has heard from you.")).to_have_count(0)
    assert problems == []


def test_a_no_appears_on_the_open_page_by_itself(page, address, world, problems):
    reference = resolved(world)
    sign_in(page, address, world)
    page.goto(f"{address}/incidents/{reference}")
    expect(page.get_by_text("no answer yet")).to_be_visible()
    says(world, "NO")
    expect(page.get_by_text("The customer says that it is not solved.").first).to_be_visible(timeout=30_000)
    chased = world.ask(lambda op: chasing.is_awaited(op, world.found(op, reference)))
    assert chased
    assert problems == []


def test_who_was_reached_is_read_at_a_glance(page, address, world, problems):
    reference = adas(world)
    sign_in(page, address, world)
    page.goto(f"{address}/incidents/{reference}")
    panel = page.locator(".paged")
    expect(panel.get_by_text("Ada Lovelace").first).to_be_visible()
    panel.locator("summary").first.click()
    expect(panel.get_by_text("Waiting to be sent.").first).to_be_visible()
    assert problems == []
