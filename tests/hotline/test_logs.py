"""Logs carry identifiers: never digits that were typed, bodies or whole numbers."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from hotline.db.models import Message, MessageKind
from hotline.logs import configure_logging, mask_numbers
from tests.hotline.house import BO, DEWI, HANNAH, HANNAHS_LINE, HANNAHS_PIN, MADE, MADES_PIN, House, new_sid


@pytest.fixture
def real_logging() -> Iterator[None]:
    """Whatever is configured in the test is put back."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    ("given", "logged"),
    [
        ("calling +6281220000201 now", "calling +62…01 now"),
        ("+6281220000201,+46701000102", "+62…01,+46…02"),
        ("no number", "no number"),
        (7, 7),
        (None, None),
        ("+12345", "+12345"),
    ],
)
def test_what_looks_like_a_number_is_masked(given: object, logged: object) -> None:
    assert mask_numbers(None, "info", {"field": given}) == {"field": logged}


def test_numbers_inside_lists_and_maps_are_masked_too() -> None:
    event = mask_numbers(None, "info", {"to": [MADE, {"and": (DEWI,)}], MADE: 1})
    assert "0000" not in str(event["to"])


def test_events_are_one_json_object_a_line(real_logging: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    log = structlog.get_logger()
    log.info("swept", count=3, phone=MADE)
    log.debug("not wanted")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert (event["event"], event["count"], event["phone"], event["level"]) == ("swept", 3, "+62…01", "info")
    assert event["timestamp"].endswith("Z")


def test_an_exception_is_logged_without_the_values_it_was_about(
    real_logging: None, capsys: pytest.CaptureFixture[str], lite: House
) -> None:
    """A statement that fails would otherwise print a body, a code or a name into the log."""
    configure_logging("INFO")

    def write_twice(op: object) -> None:
        for _ in range(2):
            row = Message(
                message_sid="SM1", kind=MessageKind.COMMAND, from_phone=MADE, to_phone=DEWI,
                body="ack 7km secret words", created_at=lite.clock.now(),
            )  # fmt: skip
            op.session.add(row)  # type: ignore[attr-defined]
            op.session.flush()  # type: ignore[attr-defined]

    for log in (structlog.get_logger(), logging.getLogger("hotline.app")):
        try:
            lite.do(write_twice)
        except Exception:
            log.exception("voice_failed")
    printed = capsys.readouterr().err
    assert printed.count("UNIQUE constraint failed") >= 2
    assert "secret words" not in printed
    assert MADE not in printed


def test_noisy_libraries_are_kept_quiet(real_logging: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("DEBUG")
    for name in ("twilio.http_client", "urllib3.connectionpool", "werkzeug", "apscheduler.scheduler"):
        logging.getLogger(name).info("POST to %s", MADE)
    assert capsys.readouterr().err == ""


def test_a_whole_journey_leaves_no_digits_pins_bodies_or_numbers_in_the_log(
    real_logging: None, capsys: pytest.CaptureFixture[str], lite: House
) -> None:
    """Two calls, wrong and right PINs, an unsigned request, a page, texts, a recording, a breach."""
    configure_logging("DEBUG")
    call = lite.dial().press("918273").press(MADES_PIN).press("1")
    sid = new_sid("RE")
    call.post(call.url_of("Record"), RecordingSid=sid, RecordingUrl=f"https://api.twilio.com/secret/{sid}")
    lite.dial(HANNAH, HANNAHS_LINE).press(HANNAHS_PIN).press("1")
    lite.worker.tick()
    lite.answer_page().press("2")
    code = lite.pages()[0].code
    lite.post("/twilio/sms", MessageSid=new_sid("SM"), From=DEWI, Body=f"ACK {code} my private words")
    lite.post("/twilio/sms", MessageSid=new_sid("SM"), From="+33140000777", Body="who is this, 555777")
    lite.send("/twilio/voice", {"CallSid": new_sid(), "From": BO, "Digits": "665544"})
    lite.post("/twilio/voice/fallback", CallSid=call.sid, ErrorCode="11200", ErrorUrl=f"https://x/{MADE}")
    lite.clock.advance(1900)
    lite.worker.tick()
    printed = capsys.readouterr().err
    assert printed.count('"event"') >= 3, "something is logged at all"
    secrets = ["918273", MADES_PIN, HANNAHS_PIN, "665544", "555777", code, "private words", "secret/"]
    numbers = [number.lstrip("+") for number in (MADE, HANNAH, DEWI, BO, HANNAHS_LINE, "+33140000777")]
    assert [word for word in [*secrets, *numbers] if word in printed] == []
