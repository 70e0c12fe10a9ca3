"""Reports in a real Chromium: pictures for the scheme and the width, and their tables."""

import pytest

from hotline.db.models import ToldBy
from hotline.services.promise import enforcement
from hotline.services.response import incidents

from .browsing import SCREENS, passes_axe, sign_in

pytestmark = pytest.mark.browser
PAGES = ("/reports", "/reports/response", "/reports/misses", "/reports/load", "/reports/money")


@pytest.fixture
def busy(world):
    """Kept, missed and running."""
    reference = world.report("Contoso")
    world.take(reference)
    world.do(lambda op: incidents.tell(op, world.found(op, reference), ToldBy.BRIDGE))
    world.report("Fabrikam")
    world.clock.advance(1801)
    world.do(enforcement.sweep_deadlines)
    world.report("Contoso")
    return world


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_every_report_fits_its_screen_and_passes_axe(page, address, busy, problems, width, height, scheme):
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, busy, "cy@example.com")
    look = f"look={scheme}-{'narrow' if width < 768 else 'wide'}"
    for path in PAGES:
        page.goto(address + path)
        for picture in page.locator("picture img").all():
            picture.scroll_into_view_if_needed()
            picture.evaluate("image => image.decode()")  # it is there, and it is a picture
        shown = page.eval_on_selector_all("picture img", "images => images.map(image => image.currentSrc)")
        assert shown
        assert all(look in source for source in shown)
        passes_axe(page)
    assert problems == []


def test_a_filter_is_chosen_and_the_picture_opened_by_itself_has_its_style(page, address, busy, problems):
    sign_in(page, address, busy, "cy@example.com")
    page.goto(f"{address}/reports")
    page.get_by_label("Customer", exact=True).select_option("Fabrikam")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("Lowest: Fabrikam").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV: Attainment by customer").click()
    assert download.value.suggested_filename.startswith("hotline-customer-")
    source = page.get_by_alt_text("Chart: Attainment by customer").evaluate("image => image.src")
    page.goto(source)
    assert page.locator("text.promise-words").evaluate("words => getComputedStyle(words).fontWeight") == "600"
    assert problems == []
