"""What the webhooks answer to requests that are signed, yet odd."""

import io
import threading
import wave
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from hotline.db.base import Base
from hotline.db.models import (
    Call,
    CallKind,
    CallOutcome,
    CallStatus,
    Incident,
    Message,
    MessageKind,
    MessageStatus,
    Recording,
    Throttle,
    WebhookReply,
)
from hotline.services import pins
from hotline.services.callflow import authentication
from hotline.services.response import followup, paging
from hotline.speech import Prompt
from hotline.web.twilio.music import SECONDS_A_NOTE, music
from hotline.web.twilio.steps import FIRST_STEPS, STEPS, PinStep, is_fit
from tests.hotline.house import (
    BO,
    DEWI,
    HANNAH,
    HANNAHS_LINE,
    HANNAHS_PIN,
    MADE,
    MADES_PIN,
    NADIA,
    SITI,
    STRANGER,
    House,
    at_once,
    new_sid,
    parse,
)

CALL_HOOKS = ["/twilio/voice", "/twilio/voice/fallback", "/twilio/voice/pin/1", "/twilio/voice/contract/2"]


@pytest.mark.parametrize("path", CALL_HOOKS)
@pytest.mark.parametrize(
    "sid", [None, "", "CA", "CA" + "g" * 32, "SM" + "0" * 32, "CA" + "0" * 33, "CA" + "٣" * 32]
)
def test_a_call_without_a_proper_sid_is_400(lite: House, path: str, sid: str | None) -> None:
    response = lite.post(path, **({} if sid is None else {"CallSid": sid}))
    assert response.status_code == 400
    assert lite.count(Call) == 0


@pytest.mark.parametrize("sid", [None, "CA" + "0" * 32, "SM1"])
def test_a_text_without_a_proper_sid_is_400(lite: House, sid: str | None) -> None:
    response = lite.post("/twilio/sms", Body="STATUS", **({} if sid is None else {"MessageSid": sid}))
    assert response.status_code == 400
    assert lite.count(Message) == 0


@pytest.mark.parametrize(
    "path",
    [
        "/twilio/voice/no-such-step/1",
        "/twilio/voice/pin/x",
        "/twilio/voice/pin/-1",
        "/twilio/voice/pin/1234567890",
        "/twilio/voice/pin/%D9%A1",
        "/twilio/voice/engineer/nobody",
        "/twilio/voice/pin",
        "/twilio/calls/xyz",
        "/twilio/messages/xyz",
        "/twilio/nothing",
    ],
)
def test_what_does_not_exist_is_404(lite: House, path: str) -> None:
    form = {"CallSid": new_sid(), "CallStatus": "completed", "MessageStatus": "sent"}
    assert lite.post(path, **form).status_code == 404


def test_unknown_parameters_are_fine_everywhere(house: House) -> None:
    extra = {"FutureParameter": "42", "StirVerstat": "TN-Validation-Passed-A", "Ünïcode": "✓"}
    call = house.dial()
    call.post(call.url_of("Gather"), Digits=MADES_PIN, **extra)
    house.post("/twilio/sms", MessageSid=new_sid("SM"), From=DEWI, Body="STATUS", **extra)
    house.post("/twilio/calls", CallSid=call.sid, CallStatus="completed", **extra)
    assert house.count(Incident) == 1
    assert call.row.status is CallStatus.COMPLETED


def test_digits_of_absurd_length_are_a_wrong_pin_and_nothing_worse(house: House) -> None:
    call = house.dial().press("4" * 20_000)
    assert "belum cocok" in call.said
    assert call.row.tries == 1
    assert house.count(Incident) == 0


def test_a_contract_number_of_absurd_length_is_asked_for_its_pin_like_any_other(lite: House) -> None:
    call = lite.dial(STRANGER).press("9" * 5000)
    assert "/pin/" in call.url_of("Gather")


@pytest.mark.parametrize(
    "caller", ["anonymous", "unknown", "", "+", "0812", "sip:ada@example.com", "+" + "9" * 200]
)
def test_a_withheld_or_odd_caller_is_asked_for_the_contract(house: House, caller: str) -> None:
    call = house.dial(caller)
    assert "/contract/" in call.url_of("Gather")
    assert call.row.from_phone


def test_a_step_of_an_unknown_call_begins_again_and_loses_nothing(house: House) -> None:
    call = house.dial()
    call.party["CallSid"] = call.sid = new_sid()
    call.press(MADES_PIN)
    assert "begin again" in call.said
    call.follow()
    assert "/pin/" in call.url_of("Gather")
    call.press(MADES_PIN)
    assert house.count(Incident) == 1


def test_a_call_of_ours_that_lost_its_way_goes_on_where_it_was(house: House) -> None:
    house.report()
    house.worker.tick()
    line = house.answer_page()
    line.post("/twilio/voice")
    assert "/engineer-key/" in line.url_of("Gather")
    assert [call.call_sid for call in house.calls_of(CallKind.INBOUND)].count(line.sid) == 0


def test_steps_that_belong_to_others_change_nothing(house: House) -> None:
    """An inbound call cannot press 1 for an engineer, and an engineer's cannot type a PIN."""
    incident = house.report()
    house.worker.tick()
    caller, engineer = house.dial(), house.answer_page()
    caller.post("/twilio/voice/engineer-key/7", Digits="1")
    engineer.post("/twilio/voice/pin/7", Digits=MADES_PIN)
    engineer.post("/twilio/voice/menu/8", Digits="3")
    engineer.post("/twilio/voice/told-waiting/9")
    now = house.again(incident)
    assert (now.owner_id, now.told_at) == (None, None)
    assert house.count(Incident) == 1


def test_a_call_we_placed_is_told_nothing_before_the_pin(house: House) -> None:
    """A redirect that reaches a call back before the PIN asks for it; the clock runs on."""
    incident = house.report()
    house.take(incident)
    house.do(lambda op: followup.call_customer(op, op.session.get_one(Incident, incident.id), MADE))
    house.worker.tick()
    (row,) = house.calls_of(CallKind.CALLBACK)
    assert row.call_sid is not None
    for step in (
        "told",
        "told-done",
        "customer-told",
        "customer-join",
        "joined",
        "wait",
        "told-waiting",
        "left",
    ):
        line = house.post(f"/twilio/voice/{step}/9", CallSid=row.call_sid, Digits="1")
        assert line.status_code == 200
        assert "Dewi" not in line.text
        assert incident.reference not in line.text
    assert house.again(incident).told_at is None


@pytest.mark.parametrize("name", sorted({*STEPS, *FIRST_STEPS}))
def test_every_step_is_for_some_call_and_not_for_every_one(name: str) -> None:
    fit = {kind for kind in CallKind if is_fit(name, _advanced(kind))}
    assert fit
    assert name == "resume" or fit < set(CallKind)


def _advanced(kind: CallKind) -> Call:
    return Call(
        kind=kind, outcome=CallOutcome.IDENTIFIED, incident_id=uuid4(), authenticated_at=datetime.now(UTC)
    )


def test_a_status_about_nothing_we_know_is_no_error(lite: House) -> None:
    lost = "0" * 32
    assert lite.post("/twilio/calls", CallSid=new_sid(), CallStatus="completed").status_code == 204
    assert lite.post(f"/twilio/calls/{lost}", CallSid=new_sid(), CallStatus="completed").status_code == 204
    assert lite.post(f"/twilio/messages/{lost}", MessageStatus="delivered").status_code == 204
    assert lite.post("/twilio/recordings", CallSid=new_sid(), RecordingSid=new_sid("RE")).status_code == 204


def test_a_status_of_a_name_that_does_not_exist_yet_is_no_error(lite: House) -> None:
    call = lite.dial()
    assert lite.post("/twilio/calls", CallSid=call.sid, CallStatus="teleported").status_code == 204
    assert call.row.status is CallStatus.IN_PROGRESS


def test_a_sid_that_is_another_calls_is_not_taken_over(house: House) -> None:
    """A report about a call that was not placed yet, with the sid of another, is nobody's."""
    house.report()
    caller = house.dial(HANNAH, HANNAHS_LINE)
    (page, *_rest) = house.calls_of(CallKind.PAGE)
    assert (
        house.post(f"/twilio/calls/{page.id.hex}", CallSid=caller.sid, CallStatus="busy").status_code == 204
    )
    assert house.one(Call, Call.id == page.id).call_sid is None
    assert caller.row.ended_at is None


def test_a_status_may_come_before_the_answer_to_placing_the_call(house: House) -> None:
    house.report()
    (page, *_rest) = house.calls_of(CallKind.PAGE)
    sid = new_sid()
    assert house.post(f"/twilio/calls/{page.id.hex}", CallSid=sid, CallStatus="ringing").status_code == 204
    assert house.one(Call, Call.id == page.id).call_sid == sid
    house.worker.tick()
    assert len([order for order in house.network.calls.values() if order.to == DEWI]) == 0


@pytest.mark.parametrize(
    "statuses",
    [
        ["initiated", "ringing", "in-progress", "completed"],
        ["completed", "in-progress", "ringing", "initiated"],
        ["ringing", "completed", "completed", "in-progress"],
    ],
)
def test_statuses_in_any_order_and_number_end_the_same(house: House, statuses: list[str]) -> None:
    house.report()
    house.worker.tick()
    (page, *_rest) = house.calls_of(CallKind.PAGE)
    for status in statuses:
        house.post(f"/twilio/calls/{page.id.hex}", CallSid=str(page.call_sid), CallStatus=status)
    row = house.one(Call, Call.id == page.id)
    assert (row.status, row.ended_at is not None) == (CallStatus.COMPLETED, True)
    assert house.events().count("page-ended") == 1


@pytest.mark.parametrize(
    ("statuses", "final"),
    [
        (["sent", "delivered"], MessageStatus.DELIVERED),
        (["delivered", "sent"], MessageStatus.DELIVERED),
        (["undelivered", "delivered", "sent"], MessageStatus.UNDELIVERED),
    ],
)
def test_a_message_never_goes_back(house: House, statuses: list[str], final: MessageStatus) -> None:
    house.report()
    (message,) = house.messages(MADE)
    for status in statuses:
        house.post(f"/twilio/messages/{message.id.hex}", MessageStatus=status, ErrorCode="30003")
    assert house.messages(MADE)[0].status is final


def test_a_recording_is_kept_once_whichever_report_comes_first(house: House) -> None:
    call = house.open_incident()
    call.press("1")
    url = call.url_of("Record")
    sid = new_sid("RE")
    told = {"RecordingSid": sid, "RecordingUrl": f"https://api.twilio.com/{sid}"}
    house.post(
        "/twilio/recordings", CallSid=call.sid, RecordingStatus="completed", RecordingDuration="7", **told
    )
    call.post(url, **told)
    call.post(url, **told)
    recording = house.one(Recording)
    assert (recording.duration, recording.status) == (7, "completed")
    assert recording.incident_id == house.one(Incident).id


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://x.example/\x01", "https://x.example/" + "y" * 400, "ftp://x"]
)
def test_a_recording_address_that_is_none_is_not_kept(lite: House, url: str) -> None:
    call = lite.open_incident()
    call.press("1")
    call.post(call.url_of("Record"), RecordingSid=new_sid("RE"), RecordingUrl=url)
    assert lite.all(Recording) == []
    assert "Enqueue" in call.verbs


@pytest.mark.parametrize("body", ["\x00", "STATUS\x00", "\ud7ff\ufffe\uffff", "\x1b[31mACK"])
def test_a_text_with_characters_that_nothing_can_hold_is_answered(house: House, body: str) -> None:
    response = house.post("/twilio/sms", MessageSid=new_sid("SM"), From=DEWI, Body=body)
    assert response.status_code == 200
    parse(response.text)
    assert house.count(Message) == 1


# Each step once


@pytest.fixture
def checked_pins(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The PINs that are checked, as they are."""
    seen: list[str] = []
    original = pins.matches

    def matches(hashed: str, secret: str) -> bool:
        seen.append(secret)
        return original(hashed, secret)

    monkeypatch.setattr(pins, "matches", matches)
    return seen


def test_every_step_of_a_call_repeated_gives_the_same_words_and_no_second_effect(house: House) -> None:
    """The whole way from the first ring to hold, every request sent three times."""
    call = house.dial()
    steps: list[tuple[str, dict[str, Any]]] = [("/twilio/voice", {"CallStatus": "ringing"})]

    def go(url: str, **form: str) -> None:
        call.post(url, **form)
        steps.append((url, form))

    go(call.url_of("Gather"), Digits="1111")
    go(call.url_of("Gather"), Digits=MADES_PIN)
    go(call.url_of("Gather"), Digits="1")
    sid = new_sid("RE")
    go(call.url_of("Record"), RecordingSid=sid, RecordingUrl=f"https://api.twilio.com/{sid}")
    enqueue = call.document.find("Enqueue")
    assert enqueue is not None
    go(enqueue.attrib["waitUrl"])
    go(call.url_of("Gather"), Digits="2")
    go(enqueue.attrib["action"], QueueResult="leave")
    before = _everything(house)
    answers = [
        house.post(url, **{**call.party, "CallStatus": "in-progress", **form}).data for url, form in steps
    ]
    assert [house.post(url, **{**call.party, **form}).data for url, form in reversed(steps)] == answers[::-1]
    assert call.text.encode() == answers[-1]
    assert _everything(house) == before
    assert call.row.tries == 1


def test_every_step_of_an_engineers_call_repeated_has_no_second_effect(house: House) -> None:
    house.open_incident()
    house.worker.tick()
    line = house.answer_page()
    first, second = (line.text, line.url_of("Gather"))
    line.press("1")
    won, done = line.text, line.url_of("Gather").replace("engineer-connect", "engineer-done")
    before = _everything(house)
    page = house.network.calls[line.sid].answer_url
    assert line.post(page).text == first
    assert line.post(second, Digits="1").text == won
    assert line.post(second, Digits="2").text == won, "the first answer stands, whatever a repeat claims"
    assert _everything(house) == before
    line.post(done, DialCallStatus="completed", DialBridged="true")
    said = line.text
    assert line.post(done, DialCallStatus="completed", DialBridged="false").text == said


def test_a_text_message_repeated_is_one_command_and_one_answer(house: House) -> None:
    incident = house.report()
    (page, *_rest) = house.pages()
    form = {"MessageSid": new_sid("SM"), "From": DEWI, "Body": f"ack {page.code}"}
    first = house.post("/twilio/sms", **form).data
    before = _everything(house)
    house.clock.advance(60)
    assert house.post("/twilio/sms", **form).data == first
    assert house.post("/twilio/sms", **{**form, "Body": "resolve " + page.code}).data == first
    assert _everything(house) == before
    assert house.events(incident).count("accepted") == 1


def test_an_arrival_twice_at_once_is_one_call(house: House) -> None:
    form = {"CallSid": new_sid(), "CallStatus": "ringing"}
    answers = at_once(*[lambda: house.post("/twilio/voice", **form).data] * 4)
    assert len(set(answers)) == 1
    assert house.count(Call) == 1


@pytest.mark.parametrize("digits", ["000000", MADES_PIN])
def test_a_pin_twice_at_once_is_one_try_and_one_answer(
    house: House, digits: str, checked_pins: list[str]
) -> None:
    call = house.dial()
    url = call.url_of("Gather")
    answers = at_once(*[lambda: house.post(url, **call.party, Digits=digits).data] * 2)
    assert len(set(answers)) == 1
    is_right = digits == MADES_PIN
    assert call.row.tries == (0 if is_right else 1)
    assert house.count(Incident) == (1 if is_right else 0)
    assert 1 <= len(checked_pins) <= 2
    counts = {row.count for row in house.all(Throttle)}
    assert counts == ({0} if is_right else {1})


def test_an_accept_twice_at_once_from_one_phone_is_one_acceptance(house: House) -> None:
    house.open_incident()
    house.worker.tick()
    line = house.answer_page()
    url = line.url_of("Gather")
    answers = at_once(*[lambda: house.post(url, **line.party, Digits="1").data] * 3)
    assert len(set(answers)) == 1
    assert house.events().count("accepted") == 1


def test_a_text_twice_at_once_is_one_command(house: House) -> None:
    house.report()
    (page, *_rest) = house.pages()
    form = {"MessageSid": new_sid("SM"), "From": DEWI, "Body": f"ACK {page.code}"}
    answers = at_once(*[lambda: house.post("/twilio/sms", **form).data] * 3)
    assert len(set(answers)) == 1
    assert house.events().count("accepted") == 1


def test_whoever_has_left_takes_nothing_by_text_and_hears_no_alarm(lite: House) -> None:
    lite.report()
    (page, *_rest) = lite.pages()
    with lite.operation() as op:
        for phone in (DEWI, NADIA):
            lite.user(op, phone).disabled_at = op.now
    lite.post("/twilio/sms", MessageSid=new_sid("SM"), From=DEWI, Body=f"ACK {page.code}")
    assert "accepted" not in lite.events()
    with lite.operation() as op:
        incident = op.session.scalars(sa.select(Incident)).one()
        paging.alarm(op, incident, Prompt.of("goodbye"), "test")
    alarms = {message.to_phone for message in lite.all(Message, Message.kind == MessageKind.ALARM)}
    assert alarms == {SITI}


def test_a_pin_is_checked_outside_any_transaction(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is checked another writer gets through, on SQLite with its one gate too."""
    written: list[bool] = []
    original = pins.matches

    def matches(hashed: str, secret: str) -> bool:
        writer = threading.Thread(target=lambda: house.do(lambda op: written.append(True)), daemon=True)
        writer.start()
        writer.join(timeout=5)
        with house.database.read() as session:
            call = session.query(Call).one()
            session.refresh(call)
        return original(hashed, secret)

    monkeypatch.setattr(pins, "matches", matches)
    call = house.dial().press(MADES_PIN)
    assert written == [True]
    assert call.row.authenticated_at is not None


def test_a_pin_whose_checking_died_is_checked_again_and_counted_once(
    house: House, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    call = house.dial()
    url = call.url_of("Gather")
    original = authentication.check

    def die(*_: object) -> bool:
        raise MemoryError("the process is gone")

    with monkeypatch.context() as patch:
        patch.setattr(authentication, "check", die)
        call.post(url, Digits=MADES_PIN)
    assert authentication.check is original
    assert [entry["event"] for entry in logged] == ["voice_failed"]
    assert call.post(url, Digits=MADES_PIN).row.authenticated_at is not None
    assert house.count(Incident) == 1
    pins = [row for row in house.all(Throttle) if row.scope.startswith("pin:")]
    assert {row.count for row in pins} == {0}


# When something breaks


def test_a_handler_that_breaks_takes_the_call_up_again_and_then_goes_to_people(
    house_with: Any, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    house = house_with(fallback_numbers=(DEWI, BO))
    call = house.dial()

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(STEPS, "pin", PinStep(broken))
    monkeypatch.setitem(STEPS, "resume", broken)
    call.press(MADES_PIN)
    for _ in range(2):
        assert call.verbs == ["Say", "Redirect"]
        call.follow()
    call.follow()
    assert [number.text for number in call.document.iter("Number")] == [DEWI, BO]
    assert {entry["event"] for entry in logged} == {"voice_failed"}
    assert all(entry["error"] == "ZeroDivisionError" for entry in logged)


def test_a_call_that_broke_once_resumes_where_it_was(
    house: House, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    call = house.open_incident()
    url = call.url_of("Gather")

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setitem(STEPS, "opened", broken)
        call.post(url, Digits="1")
    call.follow()
    assert "Enqueue" in call.verbs
    assert house.count(Incident) == 1


@pytest.mark.parametrize("numbers", [(), (DEWI, BO)])
def test_without_a_database_a_caller_still_reaches_people(
    house_with: Any, monkeypatch: pytest.MonkeyPatch, logged: list[Any], numbers: tuple[str, ...]
) -> None:
    house = house_with(fallback_numbers=numbers)

    def away(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(house.database, "run", away)
    response = house.post("/twilio/voice", CallSid=new_sid())
    assert response.status_code == 200
    document = parse(response.text)
    if numbers:
        assert [number.text for number in document.iter("Number")] == list(numbers)
    else:
        assert document.find("Record") is not None
    assert [entry["event"] for entry in logged] == ["voice_failed", "database_unreachable"]


def test_the_fallback_webhook_takes_a_known_call_up_and_begins_an_unknown_one(house: House) -> None:
    call = house.open_incident()
    call.post("/twilio/voice/fallback", ErrorCode="11200", ErrorUrl="https://x").follow()
    assert "Enqueue" in call.verbs
    call.party["CallSid"] = new_sid()
    call.post("/twilio/voice/fallback", ErrorCode="11200").follow()
    assert "/pin/" in call.url_of("Gather")


def test_two_covered_products_are_chosen_by_key(house: House) -> None:
    call = house.dial(HANNAH, HANNAHS_LINE).press(HANNAHS_PIN)
    assert "For SQL Server, press 1" in call.said
    call.press("2")
    assert house.one(Incident).product_id is not None
    assert "Your incident number is" in call.said


def test_replies_are_kept_by_call_and_step(house: House) -> None:
    call = house.dial().press("1234")
    kept = {(row.sid, row.step.split("/")[0]) for row in house.all(WebhookReply)}
    assert kept == {(call.sid, "arrive"), (call.sid, "pin")}


def test_the_hold_music_loops_for_twelve_seconds_and_never_clips() -> None:
    with wave.open(io.BytesIO(music())) as file:
        frames = file.readframes(file.getnframes())
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 1, 8000)
        assert file.getnframes() == 16 * SECONDS_A_NOTE * 8000
    assert max(frames) < 160
    assert min(frames) > 96
    assert abs(frames[0] - 128) <= 1
    assert abs(frames[-1] - 128) <= 1


def _everything(house: House) -> dict[str, Any]:
    """What an effect would change: the number of rows of every table, and the calls' own rows."""
    with house.database.read() as session:
        counts = {
            table.name: session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }
        calls = [tuple(row) for row in session.execute(sa.select(Call.__table__).order_by(Call.id))]
    return {"counts": counts, "calls": calls}
