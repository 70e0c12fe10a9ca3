"""Two engineers press 1 at once: one has it, the other hears who, the customer is told once."""

from collections import Counter
from datetime import timedelta

import pytest

from hotline.db.models import CallOutcome, Incident
from tests.journeys.stage import BO, DEWI, MADE, SITI, Stage
from tests.support.threads import at_once


def _ring_both(stage: Stage) -> None:
    """Bo's rung is rung while Dewi's telephone still rings: the second rung's delay is cut short."""
    with stage.operation() as op:
        incident = op.session.get_one(Incident, stage.incident().id)
        incident.next_rung_at = stage.clock.now() + timedelta(seconds=1)


def _asked(stage: Stage, number: str) -> bool:
    return bool(stage.phone(number).calls) and bool(
        stage.heard(stage.latest(number), "ress 1") or stage.heard(stage.latest(number), "tekan 1")
    )


def test_both_press_1_in_the_same_instant_and_one_hears_who_has_it(stage: Stage) -> None:
    stage.phone(DEWI).answers(after=6)
    stage.phone(BO).answers(after=3)
    call = stage.open_incident()
    _ring_both(stage)
    stage.wait_until(lambda: _asked(stage, DEWI) and _asked(stage, BO))
    stage.latest(DEWI).press("1")
    stage.latest(BO).press("1")
    stage.wait_until(lambda: call.is_connected_with, at_most=60)
    winner, loser = (DEWI, BO) if stage.owner() == "Dewi" else (BO, DEWI)
    assert call.is_connected_with == winner
    stage.hear(stage.latest(loser), "took" if loser == BO else "mengambil", at_most=5)
    stage.wait_until(lambda: stage.latest(loser).ended, at_most=15)
    assert any(stage.owner() in text for text in stage.latest(loser).heard)
    outcomes = Counter(each.outcome for each in stage.calls() if each.user_id)
    assert outcomes == {CallOutcome.ACCEPTED: 1, CallOutcome.BEATEN: 1}
    assert stage.events().count("accepted") == stage.events().count("told") == 1
    call.hang_up()
    stage.wait(30)
    stage.only(
        calls={DEWI: 1, BO: 1},
        texts={MADE: "reference", winner: "page", loser: "page taken"},
    )


def test_whoever_is_listening_when_another_takes_it_hears_who_and_whose_phone_rings_stops(
    stage: Stage,
) -> None:
    stage.phone(DEWI).answers(after=6)
    stage.phone(BO).answers(after=3)
    call = stage.open_incident()
    _ring_both(stage)
    stage.wait_until(lambda: _asked(stage, DEWI) and _asked(stage, BO))
    stage.latest(DEWI).press("1")
    stage.hear(stage.latest(BO), "Dewi took", at_most=6)
    stage.wait_until(lambda: stage.latest(BO).ended, at_most=15)
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    call.hang_up()
    stage.wait(5)
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference", DEWI: "page", BO: "page taken"})


def test_a_phone_that_still_rings_stops_at_once(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.takes(DEWI, after=8)
    stage.phone(BO).rings_out()
    call = stage.open_incident()
    _ring_both(stage)
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    assert stage.latest(BO).status == "canceled"
    call.hang_up()
    stage.wait(5)
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference", DEWI: "page", BO: "page taken"})


@pytest.mark.parametrize("attempt", range(3))
def test_two_webhooks_at_the_same_moment_make_one_owner(stage: Stage, attempt: int) -> None:
    stage.phone(DEWI).answers(after=6)
    stage.phone(BO).answers(after=3)
    call = stage.open_incident()
    _ring_both(stage)
    stage.wait_until(lambda: _asked(stage, DEWI) and _asked(stage, BO))
    dewi, bo = stage.latest(DEWI), stage.latest(BO)

    def press(sid: str) -> str:
        return stage.post(
            "/twilio/voice/engineer-key/1", CallSid=sid, Digits="1", CallStatus="in-progress"
        ).text

    # Every key arrives twice as well, all four at the same moment.
    answers = at_once(*(lambda sid=sid: press(sid) for sid in (dewi.sid, bo.sid, dewi.sid, bo.sid)))
    assert answers[0] == answers[2], "a repeat gets the same answer"
    assert answers[1] == answers[3]
    assert sum(_is_won(answer) for answer in answers[:2]) == 1
    assert stage.events().count("accepted") == 1
    call.hang_up()
    dewi.hang_up()
    bo.hang_up()
    stage.wait(30)
    winner, loser = (DEWI, BO) if stage.owner() == "Dewi" else (BO, DEWI)
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference notice", winner: "page", loser: "page taken"})


def _is_won(answer: str) -> bool:
    """Connected, or about to be: the customer is still on the way into the queue."""
    return "<Queue" in answer or "engineer-connect" in answer


def test_one_by_text_and_one_by_key_at_the_same_moment(stage: Stage) -> None:
    stage.phone(DEWI).answers(after=6)
    call = stage.open_incident()
    _ring_both(stage)
    stage.wait_until(lambda: _asked(stage, DEWI) and stage.texts(BO))
    code = stage.code_of(BO)
    sid = stage.latest(DEWI).sid
    answers = at_once(
        lambda: stage.post("/twilio/voice/engineer-key/1", CallSid=sid, Digits="1").text,
        lambda: stage.post("/twilio/sms", MessageSid="SM" + "1" * 32, From=BO, Body=f"ack {code}").text,
    )
    owner = stage.owner()
    assert owner in {"Dewi", "Bo"}
    assert _is_won(answers[0]) == (owner == "Dewi")
    assert ("Dewi took" in answers[1]) == (owner == "Dewi")
    assert stage.events().count("accepted") == 1
    call.hang_up()
    stage.latest(DEWI).hang_up()
    stage.wait(20)
    assert stage.rung(SITI) == 0
    loser = BO if owner == "Dewi" else DEWI
    stage.only(
        calls={DEWI: 1, BO: 1},
        texts={MADE: "reference notice", DEWI: "page", BO: "page"} | {loser: "page taken"},
    )
