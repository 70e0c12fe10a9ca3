"""The phone lab in a real Chromium, against the whole demo world: a story played with the mouse."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from hotline.demo.house import DemoHouse

from .browsing import SCREENS, passes_axe

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PATIENCE = 40_000  # milliseconds for what takes telephones some rings


@pytest.fixture
def house(tmp_path) -> Iterator[DemoHouse]:
    """The demo world, four times as fast as the machine; the service did nothing wrong in it."""
    with DemoHouse(0, 0, 4, tmp_path) as house:
        yield house
    assert house.emulator.alerts == []


@pytest.fixture
def lab(page: Page, house: DemoHouse) -> Page:
    page.set_viewport_size({"width": 1440, "height": 950})
    page.goto(house.emulator_url)
    expect(page.locator(".desk")).to_be_visible()
    return page


def ruth(lab: Page) -> Locator:
    return lab.get_by_role("article", name="Ruth Adler")


def ringing(lab: Page) -> Locator:
    """The first engineer's telephone that rings."""
    phone = lab.locator(".mobile[data-state=ringing]").first
    expect(phone).to_be_visible(timeout=PATIENCE)
    return lab.get_by_role("article", name=phone.get_by_role("heading").inner_text())


def hears(phone: Locator, words: str) -> None:
    expect(phone.get_by_role("log")).to_contain_text(words, timeout=PATIENCE)


def report(lab: Page) -> None:
    """Call as Ruth, who is known by her number and gives her PIN from the card."""
    lab.get_by_role("button", name="Call: Ruth Adler").click()
    hears(ruth(lab), "Please enter your PIN")
    lab.get_by_role("button", name="Type 159260# as Ruth Adler").click()
    hears(ruth(lab), "Your incident number is")


def step(lab: Page, title: str) -> Locator:
    return lab.get_by_role("button", name=f"{title}, done")


def test_a_newcomer_calls_is_answered_and_sees_why_it_matters(lab, house, problems):
    lab.get_by_role("button", name="Call: Ruth Adler").click()
    hears(ruth(lab), "Please enter your PIN")
    ruth(lab).get_by_role("button", name="Key hash").focus()
    lab.keyboard.type("159260#")  # at once: the hotline waits five seconds for the next key, here 1.25
    hears(ruth(lab), "Your incident number is")
    engineer = ringing(lab)
    house.clock.set_speed(1)  # from here on the hotline waits for keys as long as it waits for people
    name = engineer.get_by_role("heading").inner_text()
    engineer.get_by_role("button", name="Answer").click()
    expect(engineer.get_by_role("log")).to_contain_text(re.compile("press 1|tekan 1"), timeout=PATIENCE)
    engineer.get_by_role("button", name="Key 1", exact=True).click()
    expect(step(lab, "Call as a customer")).to_be_visible(timeout=PATIENCE)
    expect(lab.get_by_text("What you just saw.")).to_be_visible()
    expect(ruth(lab)).to_contain_text(f"Connected with {name}", timeout=PATIENCE)
    expect(engineer).to_contain_text("Connected with Ruth Adler")
    expect(step(lab, "Be the engineer, and press 1")).to_be_visible()
    engineer.get_by_role("textbox", name=re.compile("says")).fill("I am looking at it now.")
    engineer.get_by_role("button", name="Say it").click()
    hears(ruth(lab), f"{name}: I am looking at it now.")
    ruth(lab).get_by_role("button", name=re.compile("Messages")).click()
    expect(ruth(lab).locator(".bubble").first).to_contain_text("Your incident is")
    ruth(lab).get_by_role("button", name="Hang up").click()
    expect(ruth(lab)).to_have_attribute("data-state", "idle")
    expect(engineer).to_have_attribute("data-state", "idle", timeout=PATIENCE)
    assert problems == []


def test_a_developer_sees_what_flows_without_the_pin(lab, problems):
    report(lab)
    flow = lab.get_by_role("list", name="What flows")
    webhook = flow.locator(".is-webhook", has_text="POST /twilio/voice").last
    expect(webhook).to_contain_text("200")
    expect(webhook).to_contain_text(" ms")
    webhook.locator("summary").click()
    expect(webhook.get_by_label("TwiML")).to_contain_text("<Gather")
    expect(webhook).to_contain_text("Signed with the account's token")
    expect(webhook).to_contain_text("+1 212 555 0401 (Ruth Adler)")
    typed = flow.locator(".is-webhook", has=lab.get_by_text("Digits", exact=True)).first
    typed.locator("summary").click()
    expect(typed).to_contain_text("•••••• (6 keys, not shown)")
    assert "159260" not in flow.inner_text()
    expect(flow.locator(".is-rest", has_text="POST Messages.json").first).to_contain_text("201")
    lab.get_by_text("Filter", exact=True).click()
    for kind in ("Webhooks and TwiML", "Status callbacks", "REST requests", "Calls"):
        lab.get_by_role("checkbox", name=kind).uncheck()
    expect(flow.locator(".is-webhook")).to_have_count(0)
    expect(flow.locator(".is-sms").first).to_be_visible()
    lab.get_by_role("combobox", name="Of", exact=True).select_option(label="Ruth Adler")
    expect(flow.locator("li").first).to_contain_text("Ruth Adler")
    lab.get_by_role("button", name="Pause").click()
    lab.get_by_role("button", name="Clear").click()
    expect(flow.locator("li")).to_have_count(0)
    ruth(lab).get_by_role("button", name="Hang up").click()
    expect(lab.get_by_role("button", name=re.compile("Go on"))).to_be_visible()
    assert problems == []


def test_an_acknowledgement_is_tapped_and_the_customer_told(lab, house, problems):
    report(lab)
    engineer = ringing(lab)
    ruth(lab).get_by_role("button", name="Hang up").click()
    engineer.get_by_role("button", name="Decline").click()
    engineer.get_by_role("button", name=re.compile("Messages")).click()
    link = engineer.get_by_role("link").first
    expect(link).to_have_attribute("href", re.compile(f"^{house.url}/"))
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    engineer.get_by_role("button", name=re.compile("^ACK ")).click()
    expect(engineer.locator(".bubble.mine")).to_contain_text("ACK")
    expect(step(lab, "Acknowledge by text message")).to_be_visible(timeout=PATIENCE)
    ruth(lab).get_by_role("button", name=re.compile("Messages")).click()
    expect(ruth(lab).locator(".bubble", has_text="is working on it")).to_be_visible(timeout=PATIENCE)
    assert problems == []


def test_voicemail_on_all_lets_the_hunt_climb(lab, problems):
    lab.get_by_role("group", name="All engineers").get_by_role("button", name="voicemail").click()
    report(lab)
    expect(lab.get_by_text("The voicemail answers").first).to_be_visible(timeout=PATIENCE)
    expect(step(lab, "Let voicemail answer")).to_be_visible(timeout=PATIENCE)
    assert problems == []


def test_the_network_goes_and_comes_back_and_nothing_is_lost(lab, house, problems):
    lab.get_by_role("tab", name="Faults").click()
    lab.get_by_label("REST API down").select_option("on")
    expect(lab.get_by_role("tab", name="Faults")).to_contain_text("1 on")
    assert house.emulator.faults.rest_down is True
    report(lab)
    lab.get_by_role("tab", name="What flows").click()
    failed = lab.locator(".is-rest", has_text="dropped").first
    expect(failed).to_be_visible(timeout=PATIENCE)
    lab.get_by_role("tab", name="Faults").press("ArrowRight")
    lab.get_by_role("tab", name="Faults").click()
    lab.get_by_role("button", name="Switch everything off").click()
    expect(lab.get_by_label("REST API down")).to_have_value("false")
    assert house.emulator.faults.rest_down is False
    expect(step(lab, "Take the network away")).to_be_visible(timeout=PATIENCE)
    ringing(lab)
    assert problems == []


def test_lateness_can_be_hurried_to(lab, house, problems):
    report(lab)
    ruth(lab).get_by_role("button", name="Hang up").click()
    lab.get_by_role("button", name="60×").click()
    expect(lab.get_by_role("button", name="60×")).to_have_attribute("aria-pressed", "true")
    expect(step(lab, "Be too late")).to_be_visible(timeout=2 * PATIENCE)
    lab.get_by_role("button", name="1×", exact=True).click()
    expect(lab.get_by_role("button", name="1×", exact=True)).to_have_attribute("aria-pressed", "true")
    assert house.clock.speed == 1
    assert problems == []


def test_ten_minutes_fly_past_and_the_pace_is_as_before(lab, house, problems):
    before = house.clock.now()
    lab.get_by_role("button", name="Skip 10 min").click()
    last = time.monotonic() + 20
    while house.clock.speed != 4 or (house.clock.now() - before).total_seconds() < 600:
        assert time.monotonic() < last
        lab.wait_for_timeout(100)
    assert (house.clock.now() - before).total_seconds() < 900
    assert problems == []


def test_another_customer_is_played_and_other_telephones_come_forward(lab, problems):
    lab.get_by_role("combobox", name="Be").select_option(label="Made Wirawan")
    made = lab.get_by_role("article", name="Made Wirawan")
    expect(made).to_be_visible()
    expect(lab.get_by_role("region", name="Contract card of Made Wirawan")).to_contain_text("482913")
    made.get_by_role("button", name="Call: Made Wirawan").click()
    hears(made, "Silakan masukkan PIN Anda")
    hears(made, "Please enter your PIN")
    expect(made.locator("[lang=id-ID]").first).to_be_visible()
    folded = lab.locator("#back .mobile")
    before = folded.count()
    assert before > 0
    lab.get_by_text("More telephones").click()
    number = folded.first.get_attribute("data-number")
    folded.first.get_by_role("button", name=re.compile("^Call: ")).click()
    expect(lab.locator(f"#front [data-number='{number}']")).to_be_visible()
    lab.get_by_label("Another number").fill("+6281299990000")
    lab.get_by_label("Whose").fill("Zoe")
    lab.get_by_role("button", name="Add this telephone").click()
    expect(lab.get_by_role("article", name="Zoe")).to_be_visible()
    assert problems == []


def test_a_telephone_keeps_the_habit_it_is_given(lab, house, problems):
    phone = lab.locator("#front .mobile").first
    phone.get_by_role("button", name="When called").click()
    phone.get_by_label("A call", exact=True).select_option("busy")
    phone.get_by_label("A text message", exact=True).select_option("undelivered")
    expect(phone.locator(".habit")).to_have_text("busy")
    number = phone.get_attribute("data-number")
    lab.wait_for_timeout(200)
    assert house.emulator.handset(number).policy.kind == "busy"
    assert house.emulator.handset(number).sms_fate == "undelivered"
    assert problems == []


def test_keys_of_the_keyboard_are_keys_of_the_telephone(lab, problems):
    ruth(lab).get_by_role("button", name="Key 5").focus()
    lab.keyboard.type("0100")
    expect(ruth(lab)).to_contain_text("0100")
    expect(ruth(lab)).to_contain_text("Press Call: The shared line")
    ruth(lab).get_by_role("button", name="Call: Ruth Adler").press("Enter")
    hears(ruth(lab), "Please enter your PIN")
    ruth(lab).get_by_role("button", name="Hang up: Ruth Adler").press("Enter")
    expect(ruth(lab)).to_have_attribute("data-state", "idle")
    assert problems == []


def test_silence_is_remembered(lab, problems):
    switch = lab.locator("#sound")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    lab.reload()
    expect(lab.locator("#sound")).to_have_text("Sound off")
    assert problems == []


def test_sentences_are_spoken_one_after_another_for_the_telephone_in_hand(page, house, problems):
    page.add_init_script("""
      window.spoken = [];
      Object.defineProperty(window, "speechSynthesis", { value: {
        speak: (one) => window.spoken.push([one.text, one.lang]), cancel: () => window.spoken.push(["", ""]),
        getVoices: () => [{ lang: "en-US" }, { lang: "id-ID" }],
      } });
      window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    """)
    house.clock.set_speed(1)
    page.goto(house.emulator_url)
    page.get_by_role("combobox", name="Be").select_option(label="Made Wirawan")
    page.get_by_role("button", name="Call: Made Wirawan").click()
    hears(page.get_by_role("article", name="Made Wirawan"), "Silakan masukkan PIN Anda")
    spoken = page.evaluate("window.spoken")
    assert ["Hotline Premier. Silakan masukkan PIN Anda, lalu tekan tanda pagar.", "id-ID"] in spoken
    page.get_by_role("button", name="Type 482913# as Made Wirawan").click()
    assert page.evaluate("window.spoken").count(["", ""]) > spoken.count(["", ""])
    expect(page.locator("#voices")).to_be_hidden()
    assert problems == []


def test_an_alert_is_loud(page, house):
    page.goto(house.emulator_url)
    house.emulator.exchange.alert(12200, "nobody knows <Dance>")
    expect(
        page.get_by_role("alert").filter(has_text="The service did something wrong: 1 alert.")
    ).to_be_visible()
    page.get_by_role("button", name="Show them").click()
    expect(page.locator(".flow-row")).to_have_count(1)
    expect(page.locator(".flow-row")).to_contain_text("nobody knows <Dance>")
    house.emulator.alerts.clear()


def test_lost_contact_is_said(lab, house):
    lab.route("**/emulator/**", lambda route: route.abort())
    house.emulator.handset("+6281110000101").text("+6531590100", "WHO")
    expect(lab.get_by_text("No contact with the telephones")).to_be_visible(timeout=PATIENCE)
    lab.unroute_all()
    expect(lab.get_by_text("No contact with the telephones")).to_be_hidden(timeout=PATIENCE)
    expect(lab.locator(".desk")).to_be_visible()


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_it_fits_every_screen_and_passes_axe(page, house, problems, width, height, scheme):
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    house.clock.set_speed(1)  # so that nobody's telephone stops ringing while axe looks
    page.goto(house.emulator_url)
    expect(page.locator(".desk")).to_be_visible()
    passes_axe(page)
    report(page)
    engineer = ringing(page)
    expect(engineer.get_by_role("button", name="Answer")).to_be_visible()
    expect(step(page, "Call as a customer")).to_be_visible(timeout=PATIENCE)
    page.get_by_text("Pages and sign-in").click()
    page.get_by_text("More telephones").click()
    page.locator("#flow details summary").first.click()
    passes_axe(page)
    engineer.get_by_role("button", name="Answer").click()
    engineer.get_by_role("button", name=re.compile("Messages")).click()
    page.get_by_role("tab", name="Faults").click()
    page.locator("#front .mobile").last.get_by_role("button", name="When called").click()
    passes_axe(page)
    assert problems == []


def test_the_customers_telephone_can_be_reached_on_a_phone_while_an_engineers_rings(page, house, problems):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(house.emulator_url)
    report(page)
    ring = page.locator("#ringbar")
    expect(ring).to_contain_text("telephone rings", timeout=PATIENCE)
    ring.get_by_role("button", name="Show it").first.click()
    answer = page.locator(".mobile[data-state=ringing] .call-button.green").first
    expect(answer).to_be_in_viewport()
    answer.click()
    expect(page.locator(".mobile[data-state=talking]").first).to_be_visible()
    assert problems == []
