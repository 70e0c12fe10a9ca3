"""The customer's own clock in a real Chromium: it counts, follows, admits a loss, and passes axe."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from hotline.db.models import Customer, ToldBy, TrackingLink
from hotline.services import tracking
from hotline.services.promise import enforcement
from hotline.services.response import incidents

from .browsing import SCREENS, passes_axe

pytestmark = pytest.mark.browser


def link(world, address, reference):
    """The link that was sent about an incident, at the address where the pages are served."""

    def find(op):
        incident = incidents.by_reference(op, reference)
        return tracking.link(op, incident, incident.notify_phone)

    return world.ask(find).replace(world.settings.public_url, address)


def tell(world, reference):
    world.do(lambda op: incidents.tell(op, incidents.by_reference(op, reference), ToldBy.MESSAGE))


def come_back(page):
    """As when a person returns to the page: it asks at once."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_every_state_fits_its_screen_and_passes_axe(page, address, world, problems, width, height, scheme):
    running = world.report()
    late = world.report("Fabrikam")
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.goto(link(world, address, running))
    expect(page.locator("#countdown")).to_have_text("30:00")
    passes_axe(page)
    world.take(running)
    tell(world, running)
    page.reload()
    expect(page.get_by_role("heading")).to_contain_text("Bo Diddley has been working on it")
    passes_axe(page)
    world.clock.advance(1900)
    world.do(enforcement.sweep_deadlines)
    page.goto(link(world, address, late))
    expect(page.locator("#countdown")).to_have_text("01:40")
    passes_axe(page)
    world.take(late)
    tell(world, late)
    world.do(lambda op: op.session.execute(sa.update(Customer).values(language="id")))
    page.reload()
    expect(page.get_by_text("Kami tidak menjawab sesuai janji")).to_be_visible()
    passes_axe(page)
    assert problems == []


def test_the_page_behind_a_dead_link_passes_axe(page, address):
    page.goto(f"{address}/t/made-up")
    expect(page.get_by_role("heading", name="This link does not work")).to_be_visible()
    passes_axe(page)


def test_it_ticks_and_follows_by_itself(page, address, world, problems):
    reference = world.report()
    page.goto(link(world, address, reference))
    before = page.locator("#countdown").inner_text()
    page.wait_for_function(
        "before => document.querySelector('#countdown').textContent !== before", arg=before
    )
    world.take(reference)
    headline = page.get_by_role("heading")
    expect(headline).to_contain_text("Bo Diddley has it and is getting in touch with you.", timeout=3500)
    expect(page.locator("#announcer")).to_contain_text("Bo Diddley has it")
    tell(world, reference)
    expect(headline).to_contain_text("Bo Diddley has been working on it", timeout=3500)
    assert problems == []


def test_a_screen_reader_hears_thresholds_and_the_miss_appears_by_itself(page, address, world):
    reference = world.report()
    world.clock.advance(20 * 60 - 1)
    page.goto(link(world, address, reference))
    announcer = page.locator("#announcer")
    expect(announcer).to_be_empty()
    world.clock.advance(3)
    come_back(page)
    expect(announcer).to_have_text("10 minutes left until we have promised to answer")
    world.clock.advance(600)
    come_back(page)
    expect(page.get_by_text("We did not answer within the promise.")).to_be_visible()
    expect(page.locator("#label")).to_have_text("Late by")


def test_lost_contact_is_said_and_taken_back(page, address, world):
    page.goto(link(world, address, world.report()))
    lost = page.get_by_role("alert")
    expect(lost).to_be_hidden()
    page.route("**/t/*", lambda route: route.abort())
    expect(lost).to_contain_text("lost contact", timeout=15_000)
    page.unroute_all()
    come_back(page)
    expect(lost).to_be_hidden(timeout=6000)


def test_a_link_that_is_taken_back_ends_on_the_open_page_too(page, address, world):
    page.goto(link(world, address, world.report()))
    world.do(lambda op: op.session.execute(sa.update(TrackingLink).values(revoked_at=op.now)))
    expect(page.get_by_role("heading", name="This link does not work")).to_be_visible(timeout=6000)


def test_without_a_script_the_minutes_are_there(browser, address, world):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(link(world, address, world.report()))
    expect(page.locator("#countdown")).to_have_text("30 min")
    expect(page.get_by_role("heading")).to_have_text("We have your report. We are ringing our engineers.")
    context.close()


def test_nothing_is_kept_in_the_browser(page, address, world):
    page.goto(link(world, address, world.report()))
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_an_answer_of_another_day_stays_inside_the_ring(page, address, world):
    reference = world.report()
    world.take(reference)
    tell(world, reference)
    world.clock.advance(2 * 24 * 3600)
    page.set_viewport_size({"width": 320, "height": 568})
    page.goto(link(world, address, reference))
    ring, time = page.locator(".dial svg").bounding_box(), page.locator(".big").bounding_box()
    assert "22 Nov" in page.locator(".big").inner_text()
    assert ring["x"] < time["x"]
    assert time["x"] + time["width"] < ring["x"] + ring["width"]
    assert time["y"] + time["height"] < ring["y"] + ring["height"]
