"""Handing an incident over, calling the customer from the page, and listening to a report."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db.models import Call, CallKind, CallOutcome, Handover, HandoverState, Incident, User
from hotline.errors import ConflictError
from hotline.services.operation import Operation
from hotline.services.response import calling, followup, handovers, incidents
from hotline.telephony.recordings import TwilioRecordings
from tests.journeys.stage import BO, DEWI, JAKARTA_LINE, MADE, MADES_PIN, SITI, Stage
from tests.support.threads import at_once

SOMEBODY = "+6281399900001"  # nobody's contracted number


def on_the_page(stage: Stage, work: Callable[..., Any], *phones: str, **values: Any) -> Any:
    """Do what somebody does on the page of the only incident."""

    def do(op: Operation) -> Any:
        incident = op.session.scalars(sa.select(Incident)).one()
        return work(op, incident, *(stage.user(op, phone) for phone in phones), **values)

    with stage.operation() as op:
        found = do(op)
    stage.settle()
    return found


def dewis(stage: Stage) -> None:
    """Dewi has taken it on the telephone and talked to Made; both have hung up."""
    dewi = stage.takes(DEWI, after=4)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    dewi.hang_up()
    stage.wait(10)


def state(stage: Stage) -> HandoverState:
    with stage.database.read() as session:
        return session.scalars(sa.select(Handover)).one().state


def accept(op: Operation, incident: Incident, user: User) -> bool:
    """As the page does."""
    taken = incidents.accept(op, incident, user, "web")
    if taken.won:
        followup.after_acceptance(op, incident, user)
    return taken.won


def test_bo_accepts_with_a_key(stage: Stage) -> None:
    dewis(stage)
    told_at = stage.incident().told_at
    stage.phone(BO).answers(after=4)
    on_the_page(stage, handovers.ask, DEWI, BO)
    stage.wait_until(lambda: stage.phone(BO).calls and stage.heard(stage.latest(BO), "press 1"))
    assert "Dewi asks you to take over Nusantara Securities" in stage.latest(BO).heard[0]
    assert stage.owner() == "Dewi"
    stage.latest(BO).press("1")
    stage.wait_until(lambda: stage.owner() == "Bo")
    stage.wait(30)
    assert (state(stage), stage.incident().told_at) == (HandoverState.ACCEPTED, told_at)
    assert any("Bo Lindqvist" in text for text in stage.texts(MADE))
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference notice", DEWI: "page taken", BO: "hand-over"})


def test_bo_accepts_by_text_and_his_telephone_stops_ringing(stage: Stage) -> None:
    dewis(stage)
    on_the_page(stage, handovers.ask, DEWI, BO)
    stage.wait(4)
    reply = stage.text(BO, f"ack {stage.code_of(BO)}")
    assert reply is not None
    assert reply.startswith("You have")
    stage.wait(40)
    assert stage.owner() == "Bo"
    assert stage.phone(BO).call is None
    stage.only(
        calls={DEWI: 1, BO: 1}, texts={MADE: "reference notice", DEWI: "page taken", BO: "hand-over reply"}
    )


def test_bo_accepts_on_the_page(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    dewis(stage)
    on_the_page(stage, handovers.ask, DEWI, BO)
    stage.wait(3)
    assert on_the_page(stage, accept, BO)
    stage.wait(40)
    assert stage.owner() == "Bo"
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference notice", DEWI: "page taken", BO: "hand-over"})


def test_a_talk_goes_on_when_a_colleague_takes_it_over_meanwhile(stage: Stage) -> None:
    dewi = stage.takes(DEWI, after=4)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    on_the_page(stage, handovers.ask, DEWI, BO)
    stage.wait(3)
    assert on_the_page(stage, accept, BO)
    stage.wait(60)
    assert stage.owner() == "Bo"
    assert call.is_connected_with == DEWI
    with stage.database.read() as session:
        taken = session.scalars(sa.select(Call).where(Call.kind == CallKind.PAGE)).one()
    assert (taken.outcome, taken.ended_at) == (CallOutcome.ACCEPTED, None)
    dewi.hang_up()
    stage.wait(10)
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference notice", DEWI: "page taken", BO: "hand-over"})


def test_bo_declines_with_a_key_and_dewi_keeps_it(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    dewis(stage)
    stage.phone(BO).answers(after=4)
    on_the_page(stage, handovers.ask, DEWI, BO)
    stage.wait_until(lambda: stage.phone(BO).calls and stage.heard(stage.latest(BO), "press 2"))
    stage.latest(BO).press("2")
    stage.wait(30)
    assert (stage.owner(), state(stage)) == ("Dewi", HandoverState.DECLINED)
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference", DEWI: "page taken", BO: "hand-over"})


def test_dewi_withdraws_while_bos_telephone_rings(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    dewis(stage)
    on_the_page(stage, handovers.ask, DEWI, BO)
    stage.wait(5)
    on_the_page(stage, handovers.withdraw, DEWI)
    stage.wait(30)
    assert stage.phone(BO).call is None
    reply = stage.text(BO, f"ack {stage.code_of(BO)}")
    assert reply is not None
    assert reply.startswith("Dewi took")
    assert stage.owner() == "Dewi"
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference", DEWI: "page", BO: "hand-over taken reply"})


def test_bo_does_not_pick_up_and_dewi_learns_it(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    dewis(stage)
    on_the_page(stage, handovers.ask, DEWI, BO)
    stage.wait(60)
    assert "handover-unanswered" in stage.events()
    assert (stage.owner(), state(stage)) == ("Dewi", HandoverState.ASKED)
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference", DEWI: "page taken", BO: "hand-over"})


def test_bo_accepts_and_dewi_withdraws_at_once(stage: Stage) -> None:
    dewis(stage)
    on_the_page(stage, handovers.ask, DEWI, BO)

    def withdraw() -> bool:
        try:
            on_the_page_alone(stage, handovers.withdraw, DEWI)
        except ConflictError:
            return False
        return True

    def take() -> bool:
        return bool(on_the_page_alone(stage, accept, BO))

    withdrawn, taken = at_once(withdraw, take)
    assert withdrawn is not taken
    assert stage.owner() == ("Bo" if taken else "Dewi")
    stage.wait(30)
    kinds = stage.events()
    assert kinds.count("handed-over") + kinds.count("handover-withdrawn") == 1
    stage.only(calls=stage.placed(), texts={number: " ".join(sent) for number, sent in stage.sent().items()})


def on_the_page_alone(stage: Stage, work: Callable[..., Any], *phones: str) -> Any:
    """The same in one transaction and nothing after it, for threads."""

    def do(session: Any) -> Any:
        op = Operation(session, stage.clock.now(), stage.settings)
        incident = op.session.scalars(sa.select(Incident)).one()
        return work(op, incident, *(stage.user(op, phone) for phone in phones))

    return stage.database.run(do)


def test_a_manager_takes_over_and_everybody_learns_it(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    dewis(stage)
    with stage.operation() as op:
        stage.user(op, SITI).role = "manager"  # type: ignore[assignment]
    on_the_page(stage, handovers.take_over, SITI, reason="Dewi does not answer")
    stage.wait(10)
    assert any("Dewi does not answer" in text for text in stage.texts(DEWI))
    stage.only(calls={DEWI: 1}, texts={MADE: "reference notice", DEWI: "page taken"})


def test_dewi_has_made_called_and_they_talk(stage: Stage) -> None:
    dewis(stage)
    stage.phone(DEWI).answers(after=3)
    stage.phone(MADE).answers(after=3)
    assert on_the_page(stage, calling.call_both, DEWI)
    stage.wait_until(lambda: len(stage.phone(DEWI).calls) == 2 and stage.heard(stage.latest(DEWI), "tekan 1"))
    stage.latest(DEWI).press("1")
    stage.wait_until(lambda: stage.kind_of_call(CallKind.CALLBACK) and stage.phone(MADE).call)
    made = stage.picks_up(MADE)
    stage.hear(made, "callback.greeting")
    made.press(MADES_PIN + "#")
    stage.wait_until(lambda: made.is_connected_with == DEWI)
    with stage.operation() as op:
        under_way = calling.under_way(op, op.session.scalars(sa.select(Incident)).one())
    assert under_way is not None
    assert under_way.stage is calling.Stage.CONNECTED
    made.hang_up()
    stage.wait(10)
    stage.only(calls={DEWI: 2, MADE: 1}, texts={MADE: "reference", DEWI: "page"})


def test_whoever_left_a_report_is_called_back_and_the_report_can_be_heard(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    call = stage.dial(SOMEBODY, JAKARTA_LINE)
    stage.hear(call, "greeting.contract")
    call.press("0")
    call.press("#")
    stage.hear(call, "report.ask")
    stage.hear(call, "[beep]")
    call.say("The order book is down", seconds=4)
    stage.wait(5)
    call.press("#")
    stage.wait_until(lambda: stage.incidents() and stage.recordings())
    call.hang_up()
    stage.wait_until(lambda: stage.recordings()[0].status == "completed")
    stage.hush()
    assert on_the_page(stage, accept, DEWI)
    stage.wait(30)
    (recording,) = stage.recordings()
    sound = TwilioRecordings(stage.settings).fetch(recording.recording_sid)
    assert (sound.content[:4], sound.content_type) == (b"RIFF", "audio/x-wav")
    stage.phone(DEWI).answers(after=3)
    stage.phone(SOMEBODY).answers(after=3)
    assert on_the_page(stage, calling.call_both, DEWI)
    stage.wait_until(lambda: stage.phone(DEWI).call and stage.heard(stage.latest(DEWI), "tekan 1"))
    stage.latest(DEWI).press("1")
    theirs = stage.picks_up(SOMEBODY)
    stage.hear(theirs, "callback.report")
    theirs.press("1")
    stage.wait_until(lambda: theirs.is_connected_with == DEWI)
    theirs.hang_up()
    stage.wait(10)
    assert stage.incident().told_at is None
    placed = stage.placed()
    assert placed[SOMEBODY] == 1
    stage.only(calls=placed, texts={number: " ".join(sent) for number, sent in stage.sent().items()})


def test_a_recording_that_the_network_does_not_give_is_an_error_in_words(sqlite_stage: Stage) -> None:
    from hotline.telephony.port import TelephonyError

    stage = sqlite_stage
    recordings = TwilioRecordings(stage.settings)
    with pytest.raises(TelephonyError) as gone:
        recordings.fetch("RE" + "0" * 32)
    assert gone.value.permanent
    with pytest.raises(TelephonyError) as forged:
        recordings.fetch("../Calls")
    assert forged.value.permanent
    wrong = stage.settings.model_copy(update={"api_base_url": "http://127.0.0.1:9"})
    with pytest.raises(TelephonyError) as away:
        TwilioRecordings(wrong).fetch("RE" + "0" * 32)
    assert not away.value.permanent
    stage.only()
