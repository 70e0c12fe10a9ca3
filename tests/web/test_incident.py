"""One incident: :mod:`hotline.web.pages.incident`."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    Call,
    CallKind,
    CallStatus,
    Customer,
    IncidentEvent,
    Listening,
    Message,
    MessageKind,
    MessageStatus,
    Page,
    Recording,
    ServiceNumber,
    ToldBy,
    User,
)
from hotline.services.promise import enforcement
from hotline.services.response import handovers, incidents, remarks
from hotline.telephony.port import Sound, TelephonyError
from hotline.web.pages.incident import sound

WAV = b"RIFF" + bytes(range(96))


def _shown(browser, reference, show=""):
    return " ".join(browser.get(f"/incidents/{reference}{show}").text.split())


def _record(world, reference, seconds=42, status="completed", sid="RE" + "1" * 32):
    """The caller left a recording; returns its id."""

    def work(op):
        incident = incidents.by_reference(op, reference)
        call = op.session.scalars(
            sa.select(Call).where(Call.incident_id == incident.id, Call.kind == CallKind.INBOUND)
        ).one()
        row = Recording(
            recording_sid=sid,
            call_id=call.id,
            incident_id=incident.id,
            created_at=op.now,
            duration=seconds,
            status=status,
            url="https://api.twilio.com/recording",
        )
        op.session.add(row)
        op.session.flush()
        return row.id

    return world.ask(work)


def test_the_top_says_who_what_which_contract_and_what_is_at_stake(ada, world):
    reference = world.report()
    page = _shown(ada, reference)
    assert "<h1>Contoso</h1>" in page
    assert f'SQL Server <span class="reference">{reference}</span>' in page
    assert "<dd>100000</dd>" in page
    assert "USD 5,000.00" in page
    assert "at stake, miss 1 this year" in page


def test_numbers_are_masked_for_whoever_neither_has_it_nor_manages(ada, bo, otto, world):
    reference = world.report()
    world.take(reference, "Ada")
    for browser in (bo, otto):
        page = _shown(browser, reference)
        assert "+62…11" in page
        for number in ("628111111111", "811-1111-111", "628120000001"):
            assert number not in page.replace(" ", "")
    assert 'href="tel:+628111111111"' in _shown(ada, reference)
    assert "628120000001" not in _shown(ada, reference)


def test_a_manager_sees_the_whole_number(cy, world):
    assert 'href="tel:+628111111111"' in _shown(cy, world.report())


def test_a_withheld_number_is_no_link(cy, world):
    page = _shown(cy, world.report(None, caller="anonymous"))
    assert "withheld" in page
    assert "tel:" not in page


def test_the_bar_says_in_words_what_it_shows(ada, world):
    reference = world.report()
    page = _shown(ada, reference)
    for words in ("Reported", "Warning", "Respond by", "Customer not told yet"):
        assert words in page
    assert "style=" not in page
    world.clock.advance(240)
    world.take(reference, "Ada")
    world.do(lambda op: incidents.tell(op, world.found(op, reference), ToldBy.MESSAGE))
    page = _shown(ada, reference)
    assert re.search(r"Taken <time[^>]*>22:04</time> by Ada Lovelace", page)
    assert re.search(r"Customer told <time[^>]*>22:04</time>: text message that Ada Lovelace has it", page)
    assert "confirmed by delivery report" in page


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (ToldBy.BRIDGE, "connected with Ada"),
        (ToldBy.SPOKEN, "heard while holding"),
        (ToldBy.CALLBACK, "called and told"),
    ],
)
def test_how_the_customer_was_told_is_said(ada, world, by, words):
    reference = world.report()
    world.take(reference, "Ada")
    world.do(lambda op: incidents.tell(op, world.found(op, reference), by))
    assert words in _shown(ada, reference)


def test_a_missed_promise_stays_on_the_bar_and_the_fine_is_explained(ada, world):
    reference = world.report()
    world.clock.advance(1800)
    world.do(enforcement.sweep_deadlines)
    page = _shown(ada, reference)
    assert "bar-mark-breached" in page
    assert re.search(r"Missed <time[^>]*>22:30</time>", page)
    assert "costs USD 5,000.00: step 1 of 3" in page


def test_calls_and_messages_are_told_in_plain_words(ada, world):
    reference = world.report()
    page = _shown(ada, reference)
    assert "The customer called (+62…11)." in page
    assert "Rang Ada Lovelace (+62…01)." in page
    assert "About to be rung." in page
    assert "Page to Ada Lovelace (+62…01)." in page
    assert "Waiting to be sent." in page


@pytest.mark.parametrize(
    ("status", "outcome", "error", "words"),
    [
        (CallStatus.NO_ANSWER, None, None, "Nobody picked up."),
        (CallStatus.BUSY, None, None, "The line was busy."),
        (CallStatus.FAILED, None, "21610: HTTP 400, refused", "they sent STOP"),
        (CallStatus.CANCELED, None, None, "The ringing was stopped; it was not needed any more."),
        (CallStatus.COMPLETED, "accepted", None, "Pressed 1 and took it. It lasted 20 seconds."),
        (CallStatus.COMPLETED, "declined", None, "Pressed 2 and passed it on."),
        (CallStatus.COMPLETED, "beaten", None, "Picked up when it was settled already."),
        (CallStatus.COMPLETED, "unanswered", None, "nobody pressed 1: perhaps voicemail."),
        (
            CallStatus.CANCELED,
            None,
            "calls to that country are not allowed",
            "Not rung: calls to",
        ),
    ],
)
def test_how_a_call_ended_is_said_without_jargon(ada, world, status, outcome, error, words):
    reference = world.report()

    def end(op):
        answered = op.now if outcome else None
        op.session.execute(
            sa.update(Call)
            .where(Call.kind == CallKind.PAGE)
            .values(
                status=status,
                outcome=outcome,
                error=error,
                answered_at=answered,
                ended_at=op.now + timedelta(seconds=20),
            )
        )

    world.do(end)
    page = _shown(ada, reference)
    assert words in page
    assert "no-answer" not in page


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (30003, "the telephone is off or out of reach (error 30003)"),
        (30005, "the number is unknown or no longer in use"),
        (30006, "it is a landline"),
        (30007, "filtered it as unwanted"),
        (21610, "they sent STOP"),
        (39999, "error 39999"),
    ],
)
def test_why_a_message_did_not_arrive_is_said(ada, world, code, words):
    reference = world.report()
    failed = {"status": MessageStatus.UNDELIVERED, "error_code": code}
    world.do(
        lambda op: op.session.execute(
            sa.update(Message).where(Message.kind == MessageKind.PAGE).values(settled_at=op.now, **failed)
        )
    )
    assert words in _shown(ada, reference)


def test_the_reply_codes_of_pages_are_never_shown(ada, world):
    reference = world.report()
    with world.reading() as op:
        codes = list(op.session.scalars(sa.select(Page.code)))
    page = ada.get(f"/incidents/{reference}").text
    assert codes
    assert "Reply ACK •••" in page
    assert not [code for code in codes if code in page]


def test_the_timeline_can_be_filtered_by_kind_with_plain_links(ada, world):
    reference = world.report()
    ada.press(f"/incidents/{reference}/note", text="Disk is full.")
    notes = _shown(ada, reference, "?show=notes").split('id="timeline"')[1]
    assert "Ada Lovelace noted: Disk is full." in notes
    assert "Rang Ada Lovelace" not in notes
    assert "Rang Ada Lovelace" in _shown(ada, reference, "?show=calls")
    assert "Page to Ada Lovelace" in _shown(ada, reference, "?show=messages")
    assert "Rang Ada Lovelace" in _shown(ada, reference, "?show=nonsense")
    assert "Nothing of this kind has happened." in _shown(ada, reference, "?show=money")


def test_the_whole_page_is_in_indonesian_for_who_reads_it(ada, world):
    reference = world.report()
    world.take(reference, "Ada")
    world.change_user("Ada", language="id")
    page = _shown(ada, reference)
    for words in (
        "Pelanggan menelepon",
        "Ada Lovelace menerimanya melalui SMS.",
        "Serahkan",
        "Menunggu dikirim.",
    ):
        assert words in page
    assert "took it" not in page


def test_times_are_the_viewers_own_with_utc_behind(ada, bo, world):
    reference = world.report()
    assert '<time datetime="2026-11-22T15:00:00+00:00" title="2026-11-22 15:00:00 UTC">22:00:00</time>' in (
        ada.get(f"/incidents/{reference}").text
    )
    assert ">16:00:00</time>" in bo.get(f"/incidents/{reference}").text


def test_only_what_can_be_done_now_is_offered(ada, bo, otto, world):
    reference = world.report()
    path = f"/incidents/{reference}"
    assert "Take it" in ada.get(path).text
    assert "Verify who reported" not in ada.get(path).text
    assert "<form" not in otto.get(path).text.split('id="live"')[1]
    world.take(reference, "Bo")
    assert "Take it" not in ada.get(path).text
    assert "Resolve it" not in ada.get(path).text
    assert "Hand over" not in ada.get(path).text
    for offered in (
        "Resolve it",
        "Hand over",
        "Call the customer and me",
        "the clock runs on until they are",
    ):
        assert offered in bo.get(path).text


def test_a_report_offers_to_verify_and_to_cancel_and_not_to_resolve(ada, world):
    reference = world.report(None)
    page = ada.get(f"/incidents/{reference}").text
    for offered in ("Verify who reported", "Exchange", "It cannot be undone"):
        assert offered in page
    world.take(reference, "Ada")
    assert 'id="tap-resolve"' not in ada.get(f"/incidents/{reference}").text


def test_what_the_numbers_say_about_the_caller_is_a_hint_and_is_chosen(ada, world):
    page = _shown(ada, world.report(None, caller="+628111111111"))
    assert "Their number is that of Dewi of Fabrikam of Fabrikam, contract 100001." in page
    assert 'value="100001"' in page


def test_whose_number_was_dialled_is_a_hint_too(ada, world):
    def belongs_to_contoso(op):
        contoso = op.session.scalars(sa.select(Customer).where(Customer.name == "Contoso")).one()
        op.session.execute(sa.update(ServiceNumber).values(customer_id=contoso.id))

    world.do(belongs_to_contoso)
    page = _shown(ada, world.report(None, caller="+33140000001"))
    assert "Our number that it came to belongs to Contoso." in page
    assert 'value="100000"' in page


def test_an_unknown_caller_gets_no_hint_that_leads_astray(ada, world):
    page = _shown(ada, world.report(None, caller="+33140000001"))
    assert "Neither our number nor theirs belongs to a contract." in page


def test_a_finished_incident_is_calm_and_complete(ada, world):
    reference = world.report()
    ada.press(f"/incidents/{reference}/take")
    ada.press(f"/incidents/{reference}/resolve", done="Failed over.")
    page = _shown(ada, reference)
    assert "Ada Lovelace resolved it: Failed over." in page
    assert "<form" not in page.split('id="live"')[1]


def test_a_reference_without_its_dash_leads_to_the_page(ada, world):
    reference = world.report()
    answer = ada.get(f"/incidents/{reference.replace('-', '')}")
    assert (answer.status_code, answer.location) == (302, f"/incidents/{reference}")


def test_a_slip_in_a_reference_is_helped_with(ada, world):
    reference = world.report()
    digits = reference.replace("-", "")
    for slip in (digits[:-1], digits[1] + digits[0] + digits[2:-1] + "-" + digits[-1]):
        answer = ada.get(f"/incidents/{slip}")
        if answer.status_code == 302:
            answer = ada.get(answer.location)
        assert answer.status_code == 404
        assert "Did you mean" in answer.text
        assert f'href="/incidents/{reference}"' in answer.text


@pytest.mark.parametrize("junk", ["x", "1234-0", "<script>", "9" * 300, "12%2F34", "--", "٤٨٢١-٧"])
def test_a_reference_of_nothing_is_not_found_and_says_what_one_looks_like(ada, junk):
    answer = ada.get(f"/incidents/{junk}", follow_redirects=True)
    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_a_page_that_shows_the_facts_already_is_not_sent_again(ada, world):
    reference = world.report()
    first = ada.get(f"/incidents/{reference}")
    again = {"X-Refresh": "1", "If-None-Match": first.headers["ETag"]}
    world.clock.advance(5)
    assert ada.get(f"/incidents/{reference}", headers=again).status_code == 304
    world.take(reference, "Bo")
    assert ada.get(f"/incidents/{reference}", headers=again).status_code == 200


# Recordings ----------------------------------------------------------------------------------------


def test_a_recording_is_played_from_our_own_address_and_each_listener_is_kept_once(app, ada, bo, world):
    sound.install(app, lambda _sid: Sound(WAV, "audio/x-wav"))
    reference = world.report(None)
    recording = _record(world, reference)
    page = _shown(ada, reference)
    assert f'src="/recordings/{recording}"' in page
    assert "42 sec" in page
    assert "https://api" not in page
    for browser in (ada, ada, bo):
        answer = browser.get(f"/recordings/{recording}")
        assert (answer.status_code, answer.data, answer.mimetype) == (200, WAV, "audio/x-wav")
    with world.reading() as op:
        assert len(op.session.scalars(sa.select(Listening)).all()) == 2
        kinds = list(op.session.scalars(sa.select(IncidentEvent.kind)))
    assert kinds.count("listened") == 2
    assert "Ada Lovelace listened to the recording." in _shown(ada, reference)


def test_a_part_of_a_recording_can_be_asked_for(app, ada, world):
    sound.install(app, lambda _sid: Sound(WAV, "audio/x-wav"))
    recording = _record(world, world.report(None))
    answer = ada.get(f"/recordings/{recording}", headers={"Range": "bytes=4-7"})
    assert (answer.status_code, answer.data) == (206, WAV[4:8])
    assert answer.headers["Content-Range"] == f"bytes 4-7/{len(WAV)}"
    assert ada.get(f"/recordings/{recording}", headers={"Range": "bytes=900-"}).status_code == 416


@pytest.mark.parametrize(
    ("permanent", "status", "words"), [(False, 503, "Try again in a minute"), (True, 410, "any more")]
)
def test_a_recording_that_cannot_be_had_says_why(app, ada, world, permanent, status, words):
    def fail(_sid):
        raise TelephonyError("no", permanent=permanent)

    sound.install(app, fail)
    recording = _record(world, world.report(None))
    answer = ada.get(f"/recordings/{recording}")
    assert answer.status_code == status
    assert words in answer.text
    with world.reading() as op:
        assert op.session.scalars(sa.select(Listening)).all() == []


@pytest.mark.parametrize("junk", ["x", "0" * 32, "00000000-0000-0000-0000-000000000000"])
def test_a_recording_that_is_none_is_not_found(ada, junk):
    assert ada.get(f"/recordings/{junk}").status_code == 404


def test_a_caller_who_said_nothing_is_not_said_to_have_left_a_report(ada, world):
    reference = world.report(None)
    _record(world, reference, seconds=1)
    page = _shown(ada, reference)
    assert "left no words" in page
    assert "identified, and left a report" not in page
    assert "<audio" not in page


def test_a_recording_in_the_making_cannot_be_played_yet(ada, world):
    reference = world.report(None)
    _record(world, reference, seconds=None, status="in-progress")
    page = _shown(ada, reference)
    assert "It is being processed" in page
    assert "<audio" not in page


def test_what_is_said_can_be_written_down_and_corrected_by_name(ada, bo, world):
    reference = world.report(None)
    recording = _record(world, reference)
    world.do(lambda op: remarks.keep_machines_transcript(op, "RE" + "1" * 32, "The sauce is down"))
    page = _shown(ada, reference)
    assert "The sauce is down" in page
    assert "Written down by machine" in page
    bo.press(f"/incidents/{reference}/transcript/{recording}", text="The source is down")
    world.do(lambda op: remarks.keep_machines_transcript(op, "RE" + "1" * 32, "Late machine"))
    page = _shown(ada, reference)
    assert "The source is down" in page
    assert "Written down by Bo Diddley" in page
    assert "Late machine" not in page


def test_a_transcript_needs_words_and_the_incidents_own_recording(ada, world):
    reference, other = world.report(None), world.report()
    recording = _record(world, reference)
    answer = ada.press(f"/incidents/{reference}/transcript/{recording}", text="  ")
    assert answer.status_code == 422
    assert "Write down what you hear first." in answer.text
    assert ada.press(f"/incidents/{other}/transcript/{recording}", text="x").status_code == 404
    assert ada.press(f"/incidents/{reference}/transcript/junk", text="x").status_code == 404


def test_a_hand_over_that_waits_is_shown_to_both(ada, bo, world):
    reference = world.report()
    world.take(reference, "Ada")

    def ask(op):
        people = {user.first_name: user for user in op.session.scalars(sa.select(User))}
        handovers.ask(op, world.found(op, reference), people["Ada"], people["Bo"], "Node 3 lags")

    world.do(ask)
    assert "Ada Lovelace has asked Bo Diddley to take it over." in _shown(ada, reference)
    assert "Keep it: withdraw" in _shown(ada, reference)
    page = _shown(bo, reference)
    assert "Ada Lovelace asks you to take it over." in page
    assert "Node 3 lags" in page
    assert "I cannot" in page


@pytest.mark.parametrize(
    ("error", "ended"),
    [
        ("SIP 487", "Nobody picked up."),
        ("SIP 480", "Nobody picked up. (the telephone is off or out of reach)"),
        ("SIP 404", "Nobody picked up. (the number is unknown or no longer in use)"),
        ("SIP 699", "Nobody picked up. (the network gave code 699)"),
        ("SIP x", "Nobody picked up. (the network gave code x)"),
    ],
)
def test_the_networks_last_word_about_a_call_is_said_in_plain_words(ada, world, error, ended):
    reference = world.report()
    values = {"status": CallStatus.NO_ANSWER, "error": error, "ended_at": world.clock.now()}
    world.do(
        lambda op: op.session.execute(sa.update(Call).where(Call.kind == CallKind.PAGE).values(**values))
    )
    page = _shown(ada, reference)
    assert ended in page
    assert ended.endswith(")") or f"{ended} (" not in page
    assert "SIP" not in page


def test_a_call_that_rang_and_was_called_off_was_not_not_rung(ada, world):
    reference = world.report()
    values = {
        "status": CallStatus.CANCELED,
        "error": "SIP 487",
        "call_sid": "CA" + "7" * 32,
        "ended_at": world.clock.now(),
    }
    world.do(
        lambda op: op.session.execute(sa.update(Call).where(Call.kind == CallKind.PAGE).values(**values))
    )
    page = _shown(ada, reference)
    assert "The ringing was stopped; it was not needed any more." in page
    assert "487" not in page
