"""The page of an incident in a real Chromium: two at once, double taps, stale pages, typing and playing."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from hotline.db.models import Call, CallKind, Recording, ToldBy, User
from hotline.emulator import audio
from hotline.services import reports
from hotline.services.promise import enforcement
from hotline.services.response import handovers, incidents
from hotline.telephony.port import Sound, TelephonyError
from hotline.web.pages.incident import sound

from .browsing import SCREENS, come_back, passes_axe, sign_in

pytestmark = pytest.mark.browser


def _record(world, reference):
    """The caller left a recording of five seconds; returns its id."""

    def work(op):
        incident = world.found(op, reference)
        call = op.session.scalars(
            sa.select(Call).where(Call.incident_id == incident.id, Call.kind == CallKind.INBOUND)
        ).one()
        row = Recording(
            recording_sid="RE" + "1" * 32,
            call_id=call.id,
            incident_id=incident.id,
            created_at=op.now,
            duration=5,
            status="completed",
            url="https://api.twilio.com/recording",
        )
        op.session.add(row)
        op.session.flush()
        return row.id

    return world.ask(work)


def _ask(world, reference, note=""):
    """Ada, who has it, asks Bo to take it over."""

    def work(op):
        people = {user.first_name: user for user in op.session.scalars(sa.select(User))}
        handovers.ask(op, world.found(op, reference), people["Ada"], people["Bo"], note)

    world.do(work)


def _kinds(world, reference):
    with world.reading() as op:
        return [line.kind for line in reports.timeline(op, world.found(op, reference))]


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_every_state_fits_its_screen_and_passes_axe(
    page, app, address, world, problems, width, height, scheme
):
    sound.install(app, lambda _sid: Sound(audio.wav(5), "audio/x-wav"))
    missed = world.report()
    world.clock.advance(1800)
    world.do(enforcement.sweep_deadlines)
    asked, report, done = world.report("Fabrikam"), world.report(None), world.report()
    world.take(asked, "Ada")
    _ask(world, asked, "Node 3 lags")
    world.take(report, "Ada")
    _record(world, report)
    world.take(done, "Ada")
    world.do(lambda op: incidents.tell(op, world.found(op, done), ToldBy.SPOKEN))
    world.do(lambda op: incidents.resolve(op, world.found(op, done), world.found(op, done).owner, "Done."))
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    sign_in(page, address, world)
    for reference in (missed, asked, report, done):
        page.goto(f"{address}/incidents/{reference}")
        for folded in page.locator("main details").all():
            folded.evaluate("each => { each.open = true; }")
        passes_axe(page)
    assert problems == []


def test_of_two_browsers_that_take_it_at_once_one_has_it_and_the_other_reads_who(
    page, browser, address, world
):
    reference = world.report()
    sign_in(page, address, world)
    page.goto(f"{address}/incidents/{reference}")
    context = browser.new_context(java_script_enabled=False)  # so that it does not learn by itself
    other = context.new_page()
    sign_in(other, address, world, "bo@example.com")
    other.goto(f"{address}/incidents/{reference}")
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("status").filter(has_text="It is yours")).to_be_visible()
    other.get_by_role("button", name="Take it").click()
    said = other.get_by_role("status").filter(has_text="Somebody was first")
    expect(said).to_contain_text("Ada Lovelace took it on this board.")
    assert _kinds(world, reference).count("accepted") == 1
    context.close()


def test_a_double_tap_takes_it_once(page, address, world, problems):
    reference = world.report()
    sign_in(page, address, world)
    page.goto(f"{address}/incidents/{reference}")
    page.get_by_role("button", name="Take it").dblclick()
    expect(page.get_by_role("button", name="Resolve it")).to_be_visible()
    assert _kinds(world, reference).count("accepted") == 1
    assert problems == []


def test_a_stale_page_says_what_happened_meanwhile_and_does_nothing(page, address, world):
    reference = world.report(None)
    sign_in(page, address, world)
    page.goto(f"{address}/incidents/{reference}")
    page.locator("#work-cancel summary").click()
    page.get_by_label("Reason").fill("A test call")
    page.route("**/incidents/*", lambda route: route.abort())
    world.take(reference, "Bo")
    page.unroute_all()
    # Sent at once, as from a page that had lost contact.
    page.evaluate("document.querySelector('#work-cancel [name=seen]').value = ''")
    page.get_by_role("button", name="Cancel the incident").click()
    expect(page.get_by_role("status").filter(has_text="Nothing was done, for this happened")).to_be_visible()
    assert world.incident(reference).status == "acknowledged"


def test_what_is_typed_and_what_is_open_survive_a_change(page, address, world, problems):
    reference = world.report()
    sign_in(page, address, world)
    page.goto(f"{address}/incidents/{reference}")
    page.get_by_text("Add a note").click()
    note = page.get_by_label("Note")
    note.press_sequentially("Half a sent")
    world.take(reference, "Bo")
    come_back(page)
    expect(page.get_by_text("Bo Diddley took it by text message.").first).to_be_visible()
    expect(note).to_have_value("Half a sent")
    expect(note).to_be_visible()
    expect(note).to_be_focused()
    note.press_sequentially("ence")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("Ada Lovelace noted: Half a sentence")).to_be_visible()
    assert problems == []


def test_a_recording_is_played_and_plays_on_when_the_page_changes(page, app, address, world, problems):
    sound.install(app, lambda _sid: Sound(audio.wav(5), "audio/x-wav"))
    reference = world.report(None)
    recording = _record(world, reference)
    sign_in(page, address, world)
    page.goto(f"{address}/incidents/{reference}")
    playing = f"document.getElementById('audio-{recording}')"
    page.evaluate(f"{playing}.muted = true; {playing}.play()")
    page.wait_for_function(f"() => {playing}.currentTime > 0.2")
    world.take(reference, "Bo")
    come_back(page)
    expect(page.get_by_text("Bo Diddley took it by text message.").first).to_be_visible()
    assert page.evaluate(f"!{playing}.paused || {playing}.ended")
    assert page.evaluate(f"{playing}.currentTime > 0.2")
    assert "listened" in _kinds(world, reference)
    assert problems == []


def test_a_recording_that_cannot_be_had_is_said(page, app, address, world):
    def fail(_sid):
        raise TelephonyError("no")

    sound.install(app, fail)
    recording = _record(world, reference := world.report(None))
    sign_in(page, address, world)
    page.goto(f"{address}/incidents/{reference}")
    page.evaluate(f"document.getElementById('audio-{recording}').play().catch(() => {{}})")
    expect(page.get_by_text("The telephone network does not give us the recording now.")).to_be_visible()


def test_a_hand_over_on_a_telephone_from_one_to_the_other(page, browser, address, world, problems):
    reference = world.report()
    world.take(reference, "Ada")
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, address, world)
    page.goto(f"{address}/incidents/{reference}")
    page.locator("#work-hand-over summary").click()
    page.get_by_label("Colleague").select_option("Bo Diddley (on call)")
    page.get_by_role("button", name="Ask them to take it").click()
    expect(page.get_by_text("Ada Lovelace has asked Bo Diddley to take it over.")).to_be_visible()
    context = browser.new_context(viewport={"width": 390, "height": 844})
    other = context.new_page()
    sign_in(other, address, world, "bo@example.com")
    other.goto(f"{address}/incidents/{reference}")
    other.get_by_role("button", name="Take it over").click()
    expect(other.get_by_role("button", name="Resolve it")).to_be_visible()
    come_back(page)
    expect(page.get_by_text("Bo Diddley took it over from Ada Lovelace on this board.").first).to_be_visible()
    context.close()
    assert problems == []


def test_without_script_everything_can_be_done(browser, address, world):
    reference = world.report()
    world.take(reference, "Ada")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address, world)
    page.goto(f"{address}/incidents/{reference}")
    page.get_by_text("Add a note").click()
    page.get_by_label("Note").fill("By hand")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("Ada Lovelace noted: By hand")).to_be_visible()
    page.get_by_role("link", name="Notes").click()
    expect(page.get_by_text("Ada Lovelace noted: By hand")).to_be_visible()
    context.close()
