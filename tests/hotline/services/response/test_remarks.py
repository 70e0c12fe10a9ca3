"""Notes, transcripts and listening: once for two taps, a person's words before a machine's."""

from typing import Any

import pytest

from hotline.db.models import Call, Incident, IncidentEvent, Listening, Recording
from hotline.errors import InvalidInputError, NotFoundError
from hotline.services.operation import Operation
from hotline.services.response import remarks
from tests.hotline.house import BO, DEWI, MADES_LINE, SHARED_LINE, STRANGER, House, at_once

SID = "RE" + "1" * 32


@pytest.fixture
def recorded(house: House) -> Incident:
    """A report with a recording."""
    incident = house.leave_report()

    def record(op: Operation) -> None:
        call = next(call for call in op.session.query(Call) if call.kind == "inbound")
        op.session.add(
            Recording(
                recording_sid=SID,
                call_id=call.id,
                incident_id=incident.id,
                created_at=op.now,
                duration=9,
                status="completed",
                url="https://api.twilio.com/x",
            )
        )

    house.do(record)
    return incident


def use(house: House, work: Any, phone: str, *arguments: Any) -> Any:
    def do(op: Operation) -> Any:
        found = op.session.query(Recording).one()
        return work(op, found, house.user(op, phone), *arguments)

    return house.do(do)


def test_each_listener_is_kept_once_however_many_parts_are_fetched_at_once(
    house: House, recorded: Incident
) -> None:
    at_once(*[lambda: use(house, remarks.listened, DEWI)] * 4)
    use(house, remarks.listened, BO)
    assert house.count(Listening) == 2
    assert house.events(recorded).count("listened") == 2


def test_a_machine_never_replaces_a_persons_words_and_every_version_stays(
    house: House, recorded: Incident
) -> None:
    house.do(lambda op: remarks.keep_machines_transcript(op, SID, " Hello word "))
    assert house.one(Recording).transcript == "Hello word"
    assert house.one(Recording).transcriber_id is None
    assert use(house, remarks.write_transcript, DEWI, "Hello world")
    assert not use(house, remarks.write_transcript, BO, " Hello world ")
    house.do(lambda op: remarks.keep_machines_transcript(op, SID, "Late"))
    assert house.one(Recording).transcript == "Hello world"
    kept = [row.data["text"] for row in house.all(IncidentEvent, IncidentEvent.kind == "transcribed")]
    assert kept == ["Hello word", "Hello world"]


def test_a_transcript_of_nothing_is_nobodys(house: House) -> None:
    house.do(lambda op: remarks.keep_machines_transcript(op, SID, "words"))
    assert house.count(IncidentEvent) == 0


def test_words_are_needed(house: House, recorded: Incident) -> None:
    with pytest.raises(InvalidInputError):
        use(house, remarks.write_transcript, DEWI, "   ")


def test_a_recording_that_no_incident_has_is_not_found(house: House, recorded: Incident) -> None:
    house.set(house.one(Recording), incident_id=None)
    with pytest.raises(NotFoundError):
        use(house, lambda op, found, _user: remarks.recording(op, found.id), DEWI)


def test_the_network_writes_down_by_webhook(lite: House) -> None:
    incident = lite.leave_report()

    def record(op: Operation) -> None:
        call = op.session.query(Call).filter_by(kind="inbound").one()
        op.session.add(
            Recording(recording_sid=SID, call_id=call.id, incident_id=incident.id, created_at=op.now, url="x")
        )

    lite.do(record)
    for status, text in (("failed", "no"), ("completed", "The order book is down"), ("completed", "again")):
        form = {"RecordingSid": SID, "TranscriptionStatus": status, "TranscriptionText": text}
        assert lite.post("/twilio/transcriptions", **form).status_code == 204
    assert lite.one(Recording).transcript == "The order book is down"
    assert lite.post("/twilio/transcriptions", RecordingSid="junk").status_code == 204
    assert lite.send("/twilio/transcriptions", {"RecordingSid": SID}).status_code == 403


@pytest.mark.parametrize(
    ("is_on", "line", "is_asked"),
    [(True, SHARED_LINE, True), (True, MADES_LINE, False), (False, SHARED_LINE, False)],
)
def test_recordings_are_written_down_only_in_english_and_when_that_is_switched_on(
    house_with: Any, is_on: bool, line: str, is_asked: bool
) -> None:
    call = house_with(transcribe=is_on).dial(STRANGER, line)
    call.press("0")
    assert ('transcribe="true"' in call.text) is is_asked
    assert ("/twilio/transcriptions" in call.text) is is_asked
