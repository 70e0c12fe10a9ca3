"""My numbers and my rules in a real Chromium: on a phone, in the dark, and without script."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from hotline.db.models import ContactMethod, Message, MessageKind, MessageStatus
from hotline.services.reaching import codes, numbers

from .browsing import SCREENS, passes_axe, sign_in

pytestmark = pytest.mark.browser

HOME = "+622155501234"
ROOM = "https://chat.example.com/hooks/T01/x7Qa"
MAILING = {"smtp_url": "smtp://127.0.0.1:25", "mail_from": "hotline@example.com"}


def code_of(world, value=HOME):
    with world.reading() as op:
        method = op.session.scalars(sa.select(ContactMethod).where(ContactMethod.value == value)).one()
        return codes.code_of(op, method)


def enter(world, name, phone, label):
    world.do(
        lambda op: numbers.enter(
            op, op.session.get_one(type(world.user(name)), world.user(name).id), phone, label
        )
    )


def test_a_number_is_added_on_a_phone_and_paged_after_two_minutes(page, address, world, problems):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, address, world)
    page.goto(f"{address}/me/contacts")
    page.get_by_role("link", name="Add a number").click()
    page.get_by_label("Telephone number").fill("+62 21 5550 1234")
    page.get_by_label("Name", exact=True).fill("Home")
    page.get_by_label("By a call").check()
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_text("A call reads six digits to")).to_be_visible()
    page.get_by_label("Code").fill(code_of(world))
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("status").filter(has_text="The number is verified.")).to_be_visible()
    page.get_by_role("link", name="My rules").click()
    page.get_by_role("button", name="Add a rule").click()
    added = page.get_by_role("group", name="Rule 3")
    added.get_by_label("When").select_option("After 2 minutes")
    added.get_by_label("How").select_option("Call to Home")
    page.get_by_role("button", name="Save the rules").click()
    expect(
        page.get_by_text("At once: text and call to Mobile. After 2 minutes: call to Home.")
    ).to_be_visible()
    assert problems == []


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_every_page_of_mine_fits_its_screen_and_passes_axe(
    page, address, world, problems, width, height, scheme
):
    enter(world, "Ada", "+628120000009", "Work mobile with a rather long name of its own")
    world.change_user("Ada", phone_failed_at=world.clock.now())
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world)
    page.goto(f"{address}/me/contacts/add")
    passes_axe(page)
    page.get_by_label("Telephone number").fill(HOME)
    page.get_by_label("Name", exact=True).fill("Home")
    page.get_by_role("button", name="Send the code").click()
    passes_axe(page)
    page.get_by_label("Code").fill("1")
    page.get_by_role("button", name="Verify").click()
    passes_axe(page)
    page.goto(f"{address}/me/contacts")
    page.get_by_role("button", name="Send me a test page").click()
    expect(page.locator("#trial li")).to_have_count(2)
    passes_axe(page)
    page.get_by_label("Remove Home").click()
    passes_axe(page)
    page.goto(f"{address}/me/rules")
    passes_axe(page)
    page.get_by_role("button", name="Add a rule").click()
    passes_axe(page)
    page.get_by_role("button", name="Remove rule 2").click()
    page.get_by_role("group", name="Rule 1").get_by_label("When").select_option("After 5 minutes")
    page.get_by_role("button", name="Save the rules").click()
    expect(page.get_by_role("alert")).to_be_visible()
    passes_axe(page)
    assert [text for text in problems if "422" not in text] == []


def test_somebody_without_a_number_sees_what_to_do(page, address, world, problems):
    sign_in(page, address, world, "cy@example.com")
    for path in ("/me/contacts", "/me/rules"):
        page.goto(address + path)
        passes_axe(page)
    page.get_by_role("link", name="To my numbers").click()
    expect(page.get_by_role("link", name="Add my first number")).to_be_visible()
    assert problems == []


def test_the_result_of_a_test_appears_by_itself(page, address, world, problems):
    sign_in(page, address, world)
    page.goto(f"{address}/me/contacts")
    page.get_by_role("button", name="Send me a test page").click()
    expect(page.get_by_text("being sent")).to_have_count(2)
    delivered = {"status": MessageStatus.DELIVERED}
    world.do(
        lambda op: op.session.execute(
            sa.update(Message).where(Message.kind == MessageKind.TEST).values(**delivered)
        )
    )
    expect(page.locator("#trial").get_by_text("delivered", exact=True)).to_be_visible(timeout=8000)
    assert problems == []


def test_without_script_rules_are_edited_and_a_number_is_renamed(browser, address, world):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address, world)
    page.goto(f"{address}/me/contacts")
    page.get_by_label("Rename Mobile").click()
    page.get_by_label("New name").fill("Pocket")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Pocket")).to_be_visible()
    page.goto(f"{address}/me/rules")
    page.get_by_role("button", name="Remove rule 1").click()
    expect(page.get_by_text("Not saved yet.")).to_be_visible()
    page.get_by_role("button", name="Save the rules").click()
    expect(page.get_by_text("At once: call to Pocket.")).to_be_visible()
    context.close()


@pytest.mark.parametrize("settings", [MAILING], indirect=True)
@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_addresses_and_nights_fit_their_screen_and_pass_axe(
    page, address, world, problems, width, height, scheme
):
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world)
    page.goto(f"{address}/me/contacts")
    page.get_by_role("link", name="Add a chat webhook").click()
    passes_axe(page)
    page.get_by_label("Address of the webhook").fill(ROOM)
    page.get_by_label("Name", exact=True).fill("Team room")
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_text("It is shown this once.")).to_be_visible()
    passes_axe(page)
    page.get_by_role("link", name="Type the code").click()
    passes_axe(page)
    page.get_by_label("Code").fill(code_of(world, ROOM))
    page.get_by_role("button", name="Verify").click()
    page.get_by_role("link", name="Add an e-mail address").click()
    passes_axe(page)
    page.goto(f"{address}/me/contacts")
    expect(page.get_by_role("heading", name="Team room")).to_be_visible()
    passes_axe(page)
    page.get_by_role("link", name="My rules").click()
    page.get_by_role("button", name="Add a rule").click()
    added = page.get_by_role("group", name="Rule 3")
    added.get_by_label("How").select_option("Post to Team room")
    added.get_by_label("Day or night").select_option("By night")
    page.get_by_role("button", name="Save the rules").click()
    expect(page.get_by_text("After 1 minute: post to Team room.")).to_be_visible()
    page.get_by_label("From").fill("23:15")
    page.get_by_role("button", name="Save the night").click()
    expect(page.get_by_text("Your night is from 23:15 to 07:00.")).to_be_visible()
    passes_axe(page)
    assert problems == []
