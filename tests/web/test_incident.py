"""One incident: :mod:`hotline.web.pages.incident` and :mod:`hotline.web.pages.evidence`."""

from hotline.db.models import Recording
from hotline.services import enforcement, incidents


def test_numbers_are_masked_wherever_they_are_shown(ada, world):
    page = ada.get(f"/incidents/{world.report()}").text
    assert "+62…11" in page
    assert "+62…01" in page
    for number in ("628111111111", "628120000001", "8120000001"):
        assert number not in page


def test_calls_and_messages_are_listed_with_their_state(ada, world):
    page = " ".join(ada.get(f"/incidents/{world.report()}").text.split())
    assert "from the customer" in page
    assert "to ring <strong>Ada Lovelace</strong>" in page
    assert "page to <strong>Ada Lovelace</strong>" in page
    assert "reference to <strong>the customer</strong>" in page
    assert "queued" in page


def test_a_recording_shows_its_length_and_state(ada, world):
    reference = world.report(None)
    world.do(lambda op: op.session.add(_recording(op, reference)))
    page = ada.get(f"/incidents/{reference}").text
    assert "Recordings" in page
    assert "42s, completed" in page
    assert "https://api" not in page


def test_the_fine_is_explained(ada, world):
    reference = world.report()
    world.clock.advance(1800)
    world.do(enforcement.sweep_deadlines)
    page = ada.get(f"/incidents/{reference}").text
    assert "costs USD 5,000.00: step 1 of 3" in page


def test_times_are_the_viewers_own_with_utc_behind(ada, bo, world):
    reference = world.report()
    assert '<time datetime="2026-11-22T15:00:00+00:00" title="2026-11-22 15:00:00 UTC">22:00:00</time>' in (
        ada.get(f"/incidents/{reference}").text
    )
    assert ">16:00:00</time>" in bo.get(f"/incidents/{reference}").text


def test_only_what_can_be_done_now_is_offered(ada, bo, world):
    reference = world.report()
    path = f"/incidents/{reference}"
    assert "Take it" in ada.get(path).text
    assert "Who called?" not in ada.get(path).text
    world.take(reference, "Bo")
    assert "Take it" not in ada.get(path).text
    assert "Resolve it" not in ada.get(path).text
    assert "Resolve it" in bo.get(path).text
    assert "the clock runs on until they are" in bo.get(path).text


def test_a_report_offers_to_verify_and_to_cancel(ada, world):
    page = ada.get(f"/incidents/{world.report(None)}").text
    assert "Who called?" in page
    assert "Exchange" in page
    assert "It cannot be undone" in page


def _recording(op, reference):
    incident = incidents.by_reference(op, reference)
    call = incidents.customer_calls(op, incident) or op.session.query(incidents.Call).all()
    return Recording(
        recording_sid="RE" + "1" * 32,
        call_id=call[0].id,
        incident_id=incident.id,
        created_at=op.now,
        duration=42,
        status="completed",
        url="https://api.twilio.com/recording",
    )
