"""The pictures of the documentation, taken as a test: of every page, in the state that its caption claims.

``make screenshots`` keeps them in ``docs/pictures``; the everyday run takes them into a temporary
folder, which proves that they can be taken. What they show of is written down beside them, so that a
page which changed afterwards is noticed.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

import hotline
from hotline.db import migrate
from hotline.demo.house import DemoHouse
from hotline.services.response import references

from .browsing import sign_in
from .night import Night, a_night

HOUSE = Path(hotline.__file__).parent
KEPT = HOUSE.parent / "docs" / "pictures"
WANTED = os.environ.get("HOTLINE_PICTURES")
SEEN_OF = KEPT / "seen-of.txt"
MOST_BYTES = 1_500_000
PATIENCE = 40_000  # milliseconds for what takes telephones some rings
pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def looks() -> str:
    """A digest of everything that decides how the pages and the phone lab look."""
    places = [
        part / name
        for part in (HOUSE / "web", HOUSE / "emulator" / "lab")
        for name in ("templates", "static")
    ]
    files = sorted(path for place in places for path in place.rglob("*.*"))
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


@pytest.fixture(scope="session")
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the pictures go. What they show of is written down only when every one could be taken."""
    if not WANTED:
        yield tmp_path_factory.mktemp("pictures")
        return
    KEPT.mkdir(exist_ok=True)
    seen = looks()
    yield KEPT
    if not request.session.testsfailed:
        SEEN_OF.write_text(seen + "\n")


@pytest.fixture
def take(page: Page, folder: Path) -> Callable[..., None]:
    """Keep what the page shows under a name; ``whole`` also what is below the fold."""
    page.emulate_media(reduced_motion="reduce")

    def keep(name: str, whole: bool = False) -> None:
        page.screenshot(path=folder / f"{name}.png", full_page=whole, animations="disabled")
        assert (folder / f"{name}.png").stat().st_size > 5_000

    return keep


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """Five incidents of one night, as real calls left them."""
    url = f"sqlite:///{tmp_path_factory.mktemp('night') / 'hotline.db'}"
    migrate.upgrade(url)
    with a_night(url) as night:
        yield night


@pytest.fixture
def enter(page: Page, night: Night) -> Callable[..., None]:
    """Sign somebody of the demo world in, on a screen of that size, and open a page."""

    def sign_in_there(first_name: str, path: str, width: int = 1280, height: int = 800) -> None:
        page.set_viewport_size({"width": width, "height": height})
        sign_in(page, night.stage.url, night, f"{first_name}@hotline.example")
        assert page.goto(night.stage.url + path).ok

    return sign_in_there


def test_the_board(page, enter, take):
    enter("siti", "/", height=720)
    expect(page.locator(".incident")).to_have_count(5)
    expect(page.get_by_role("alert")).to_have_count(0)
    take("board")


def test_the_wall(enter, page, take):
    enter("otto", "/wall", 1600, 900)
    expect(page.locator(".incident").first).to_be_visible()
    take("wall")


def test_an_incident(page, enter, night, take):
    enter("bo", f"/incidents/{night.at_risk}", height=1000)
    expect(page.get_by_role("heading", name="Nusantara Securities")).to_be_visible()
    take("incident")


def test_an_incident_on_a_telephone_at_night(page, enter, night, take):
    page.emulate_media(color_scheme="dark")
    enter("joost", f"/incidents/{night.fresh}", 390, 844)
    expect(page.get_by_role("button", name="Take it")).to_be_visible()
    take("incident-phone")


@pytest.mark.parametrize("name", ["me", "shifts", "rules"])
def test_my_own_pages(enter, take, name):
    enter("joost" if name == "me" else "mei", "/me" if name == "me" else f"/me/{name}", 390, 844)
    take(f"{name}-phone")


@pytest.mark.parametrize("name", ["on-call", "incidents", "ledger"])
def test_what_a_manager_looks_up(enter, take, name):
    enter("siti", f"/{name}")
    take(name)


def test_the_clock_of_a_customer(page, night, take):
    page.set_viewport_size({"width": 390, "height": 720})
    page.goto(night.clock_of_the_customer())
    expect(page.get_by_text(night.fresh)).to_be_visible()
    take("customers-clock")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoHouse]:
    """The demo world at two in the morning in Jakarta, four times as fast as the machine."""
    monkeypatch.setattr(references, "secrets", SimpleNamespace(choice=Random(4821).choice))  # noqa: S311
    with DemoHouse(0, 0, 4, tmp_path, datetime(2026, 11, 23, 19, 10, tzinfo=UTC)) as house:
        yield house
    assert house.emulator.alerts == []


def test_the_phone_lab_in_the_middle_of_a_call(page, house, take):
    """The customer holds, an engineer's telephone rings, and what the service answered is open."""
    page.set_viewport_size({"width": 1360, "height": 860})
    page.goto(house.emulator_url)
    page.get_by_role("button", name="Call: Ruth Adler").click()
    ruth = page.get_by_role("article", name="Ruth Adler")
    expect(ruth.get_by_role("log")).to_contain_text("Please enter your PIN", timeout=PATIENCE)
    page.get_by_role("button", name="Type 159260# as Ruth Adler").click()
    expect(ruth.get_by_role("log")).to_contain_text("Your incident number is", timeout=PATIENCE)
    expect(page.locator(".mobile[data-state=ringing]").first).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="1×", exact=True).click()  # it rings on while the picture is taken
    webhook = page.locator("#flow .is-webhook", has_text="POST /twilio/voice/pin").first
    webhook.locator("summary").click()
    webhook.get_by_label("TwiML").evaluate("(shown) => shown.scrollIntoView({ block: 'end' })")
    take("lab")


def test_the_kept_pictures_show_the_pages_as_they_are():
    """Fails when a template or style sheet changed since: run ``make screenshots``."""
    if WANTED:
        pytest.skip("the pictures are being taken")
    assert SEEN_OF.read_text().strip() == looks()


def test_every_picture_is_shown_and_every_shown_picture_is_there():
    documents = [HOUSE.parent / "README.md", *(HOUSE.parent / "docs").rglob("*.md")]
    text = "\n".join(path.read_text() for path in documents)
    kept = {path.name for path in KEPT.glob("*.png")}
    assert kept
    assert sorted(name for name in kept if f"pictures/{name}" not in text) == []


def test_the_pictures_are_no_burden_to_whoever_clones():
    assert sum(path.stat().st_size for path in KEPT.glob("*.png")) < MOST_BYTES
