"""ACK by text message: the customer is told by itself, and only then does the clock stop."""

from datetime import timedelta

import pytest

from hotline.db.models import CallKind, CallOutcome, IncidentStatus, ToldBy
from tests.journeys.stage import BO, DEWI, INTAN, JAKARTA_LINE, MADE, MADES_PIN, NADIA, SITI, Stage
from tests.support.threads import at_once

HALF_AN_HOUR = timedelta(minutes=30)
ALARMED = {SITI: "alarm", NADIA: "alarm"}


def only_two_rounds_of_the_customers_numbers(stage: Stage) -> None:
    """Dewi has it, both contracted numbers were rung twice for nothing, and everybody heard of the miss."""
    stage.only(
        calls={DEWI: 1, MADE: 2, INTAN: 2},
        texts={
            MADE: "notice reference",
            DEWI: "alarm breach page reply warning warning",
            SITI: "alarm breach",
            NADIA: "alarm",
            BO: "breach warning",
        },
    )


def test_a_delivered_notice_that_names_dewi_stops_the_clock(stage: Stage) -> None:
    stage.open_incident().hang_up()
    stage.wait(4)
    answer = stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    assert answer is not None
    assert "Nusantara" in answer
    assert stage.owner() == "Dewi"
    assert stage.incident().told_at is None, "her word alone tells nobody"
    stage.wait(3)
    (notice,) = stage.bodies(MADE, "notice")
    assert "Dewi Santoso" in notice
    assert stage.incident().reference in notice
    assert stage.incident().told_by is ToldBy.MESSAGE
    assert stage.latest(DEWI).ended, "her telephone stops ringing"
    stage.wait(3600)
    assert stage.ledger() == []
    stage.only(calls={DEWI: 1}, texts={MADE: "reference notice", DEWI: "page reply"})


@pytest.mark.parametrize("fate", ["undelivered", "failed", "silent"])
def test_without_a_delivery_report_the_customer_is_called_and_identified_and_told(
    stage: Stage, fate: str
) -> None:
    call = stage.open_incident()
    stage.wait(4)
    call.hang_up()
    stage.phone(MADE).sms(fate).answers(after=3)  # type: ignore[arg-type]
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    made = stage.picks_up(MADE, at_most=150 if fate == "silent" else 15)
    stage.hear(made, "callback.greeting")
    assert not any("Dewi" in text or "Nusantara" in text for text in made.heard), "nothing is disclosed yet"
    assert stage.incident().told_at is None
    made.press(MADES_PIN + "#")
    stage.hear(made, "Dewi Santoso")
    stage.wait_until(lambda: stage.incident().told_at)
    assert stage.incident().told_by is ToldBy.CALLBACK
    made.hang_up()
    stage.wait(3600)
    assert stage.ledger() == []
    stage.only(calls={DEWI: 1, MADE: 1}, texts={MADE: "reference notice", DEWI: "page reply"})


def test_a_caller_who_still_holds_is_told_at_once_and_dewis_phone_rings_to_join(stage: Stage) -> None:
    call = stage.open_incident()
    stage.wait(40)  # her telephone has rung out, and Bo's rings
    stage.takes(DEWI, after=5)
    acknowledged = stage.clock.now()
    answer = stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    assert answer is not None
    stage.hear(call, "Dewi Santoso menangani insiden Anda dan segera bergabung", at_most=5)
    stage.wait_until(lambda: stage.incident().told_at, at_most=8)
    assert stage.incident().told_by is ToldBy.SPOKEN
    assert stage.incident().told_at - acknowledged <= timedelta(seconds=8)
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    stage.phone(DEWI).hang_up()
    stage.wait(5)
    stage.only(calls={DEWI: 2, BO: 1}, texts={MADE: "reference", DEWI: "page reply", BO: "page taken"})


def test_dewi_acknowledges_while_her_phone_rings_and_is_connected_when_she_picks_it_up(
    sqlite_stage: Stage,
) -> None:
    stage = sqlite_stage
    stage.takes(DEWI, after=22)
    call = stage.open_incident()
    stage.wait(12)
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    call.hang_up()
    stage.wait(5)
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page reply"})


def test_dewi_took_it_but_does_not_pick_up_while_made_holds(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    call = stage.open_incident()
    stage.wait(20)
    stage.phone(DEWI).voicemail(after=10)
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    stage.wait_until(lambda: stage.bodies(NADIA, "alarm"), at_most=300)
    assert not call.ended
    rings = stage.rung(DEWI)
    assert 3 <= rings <= 5
    call.hang_up()
    stage.wait(60)
    stage.only(
        calls={DEWI: rings}, texts={MADE: "reference", DEWI: "page reply", SITI: "alarm", NADIA: "alarm"}
    )


@pytest.mark.parametrize(
    "shape",
    [
        "ACK {c}",
        "ack {l}",
        "Ack: {l}.",
        "{c} ack",
        "ack{l}",
        "{c}",
        "  {l}  ",
        "ACK  {s}",
        "ok {c}",
        "A C K {c}",
    ],
)
def test_an_acknowledgement_is_read_forgivingly(sqlite_stage: Stage, shape: str) -> None:
    stage = sqlite_stage
    stage.open_incident().hang_up()
    stage.wait(4)
    code = stage.code_of(DEWI)
    stage.text(DEWI, shape.format(c=code, l=code.lower(), s=" ".join(code)))
    assert stage.owner() == "Dewi", shape
    stage.wait(4)
    stage.only(calls={DEWI: 1}, texts={MADE: "reference notice", DEWI: "page reply"})


def test_wrong_repeated_and_late_replies_get_a_useful_answer(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.open_incident().hang_up()
    stage.wait_until(lambda: stage.texts(BO), at_most=90)
    dewis, bos = stage.code_of(DEWI), stage.code_of(BO)
    stage.wait(3)
    assert "WHO" in (stage.text(BO, "ACK") or "") or bos in (stage.text(BO, "ACK") or "")
    assert bos in (stage.text(BO, "ACK 9ZZ") or ""), "the answer to a wrong code names the right ones"
    assert stage.owner() is None
    assert dewis == bos or stage.text(BO, f"ACK {dewis}") is not None
    assert stage.owner() is None or dewis == bos, "somebody else's code is of no use"
    assert "first" in (stage.text(BO, f"RESOLVE {bos}") or "")
    stage.text(BO, f"ACK {bos}")
    assert stage.owner() == "Bo"
    assert "already" in (stage.text(BO, f"ACK {bos}") or "")
    assert "Bo" in (stage.text(DEWI, f"ACK {dewis}") or ""), "who was beaten learns who has it"
    assert stage.owner() == "Bo"
    assert "Bo" in (stage.text(DEWI, f"RESOLVE {dewis}") or "")
    assert stage.incident().status is IncidentStatus.ACKNOWLEDGED
    assert "Nusantara" in (stage.text(BO, "STATUS") or "")
    assert "Data Platform" in (stage.text(BO, "who") or "")
    assert "RESOLVE" in (stage.text(BO, "?") or "")
    assert "RESOLVE" in (stage.text(BO, "sorry, driving") or "")
    stage.wait(5)
    assert "resolved" in (stage.text(BO, f"{bos} resolve") or "").lower()
    assert stage.incident().status is IncidentStatus.RESOLVED
    assert stage.text(BO, f"RESOLVE {bos}") is not None
    stage.wait(30)
    stage.only(
        calls={DEWI: 1, BO: 1},
        texts={
            MADE: "notice notice reference",
            DEWI: "page reply taken taken",
            BO: "page" + " reply" * 13,
        },
    )
    assert stage.sent()[MADE] == ["notice", "notice", "reference"], "taken, and resolved"


@pytest.mark.parametrize("word", ["STOP", "cancel", "End", "QUIT", "YES", "HELP", "info", "START"])
def test_the_carriers_own_words_get_no_second_reply(sqlite_stage: Stage, word: str) -> None:
    stage = sqlite_stage
    stage.open_incident().hang_up()
    stage.wait(4)
    assert stage.text(BO, word) is None
    assert stage.owner() is None
    stage.wait(4)
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})


def test_a_stranger_is_told_once_what_this_number_is(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.open_incident().hang_up()
    stage.wait(4)
    code, stranger = stage.code_of(DEWI), "+6281399900009"
    assert "call" in (stage.text(stranger, f"ACK {code}") or "")
    assert stage.text(stranger, f"ACK {code}") is None
    assert stage.owner() is None
    stage.wait(5)
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page", stranger: "reply"})


def test_answers_are_capped_but_a_good_acknowledgement_still_counts(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.open_incident().hang_up()
    stage.wait(4)
    answers = [stage.text(DEWI, "what?") for _ in range(40)]
    assert answers[0] is not None
    assert answers[-1] is None
    assert sum(answer is not None for answer in answers) <= 30
    assert stage.text(DEWI, f"ACK {stage.code_of(DEWI)}") is None
    assert stage.owner() == "Dewi"
    stage.wait(60)
    stage.only(
        calls={DEWI: 1},
        texts={
            MADE: "notice reference",
            DEWI: "page" + " reply" * 30,
        },
    )


def test_codes_cannot_be_guessed(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.open_incident().hang_up()
    stage.wait(4)
    code = stage.code_of(DEWI)
    for letters in ("ZZ", "ZX", "ZW", "ZV", "ZT", "ZR"):
        stage.text(DEWI, f"ACK 9{letters}")
    stage.text(DEWI, f"ACK {code}")
    assert stage.owner() is None, "after six wrong codes even the right one waits"
    stage.wait(30)
    stage.only(
        calls={DEWI: 1, BO: 1},
        texts={MADE: "reference", DEWI: "page reply reply reply reply reply reply reply", BO: "page"},
    )


def test_the_same_text_delivered_twice_is_one_acknowledgement_and_one_answer(stage: Stage) -> None:
    stage.open_incident().hang_up()
    stage.wait(4)
    code = stage.code_of(DEWI)
    form = {"MessageSid": "SM" + "a" * 32, "From": DEWI, "Body": f"ACK {code}"}
    answers = at_once(*(lambda: stage.post("/twilio/sms", **form).text for _ in range(3)))
    assert len(set(answers)) == 1
    assert stage.events().count("accepted") == 1
    stage.wait(5)
    stage.only(calls={DEWI: 1}, texts={MADE: "reference notice", DEWI: "page"})


def test_acknowledged_at_29_59_but_the_notice_fails_is_a_miss(stage: Stage) -> None:
    reported = stage.clock.now()
    stage.open_incident().hang_up()
    stage.hush()
    stage.phone(MADE).sms("undelivered")
    stage.wait_for(reported + HALF_AN_HOUR - timedelta(seconds=1))
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    stage.wait(60)
    (fine,), (breach,) = stage.ledger(), stage.breaches()
    assert fine.at == breach.at == reported + HALF_AN_HOUR
    assert stage.incident().told_at is None
    stage.phone(MADE).answers(after=2)
    stage.wait_until(
        lambda: stage.phone(MADE).call and stage.heard(stage.latest(MADE), "callback.greeting"), 240
    )
    stage.latest(MADE).press(MADES_PIN + "#")
    stage.wait_until(lambda: stage.incident().told_at)
    assert stage.incident().told_by is ToldBy.CALLBACK
    assert stage.incident().told_at > fine.at
    stage.latest(MADE).hang_up()
    stage.wait(3600)
    assert len(stage.ledger()) == 1
    stage.only(
        calls={DEWI: 1, MADE: 2, INTAN: 1},
        texts={
            MADE: "notice reference",
            DEWI: "breach page reply warning warning",
            BO: "breach page taken warning",
            SITI: "breach",
        },
    )


def test_a_warning_goes_out_while_dewi_has_it_and_the_customer_is_not_told(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    reported = stage.clock.now()
    stage.open_incident().hang_up()
    stage.phone(MADE).sms("undelivered")
    stage.wait(10)
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    stage.wait_for(reported + timedelta(minutes=15, seconds=3))
    (warning,) = stage.bodies(DEWI, "warning")
    assert stage.rung(MADE) == stage.rung(INTAN) == 2, "twice round the contracted numbers"
    assert "Dewi" in warning
    assert any("Dewi" in text and "mnt" in text for text in stage.texts(DEWI)[1:])
    assert stage.bodies(NADIA, "alarm"), "a person has to find another way"
    stage.wait_for(reported + HALF_AN_HOUR)
    assert len(stage.ledger()) == 1
    stage.wait(30)
    only_two_rounds_of_the_customers_numbers(stage)


def test_voicemail_on_the_callback_is_told_nothing_and_stops_no_clock(stage: Stage) -> None:
    reported = stage.clock.now()
    stage.open_incident().hang_up()
    stage.phone(MADE).sms("undelivered").voicemail(after=5)
    stage.phone(INTAN).voicemail(after=5)
    stage.wait(10)
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    stage.wait_for(reported + HALF_AN_HOUR)
    for number in (MADE, INTAN):
        heard = " ".join(text for call in stage.phone(number).calls if call.incoming for text in call.heard)
        assert "Dewi" not in heard
        assert "Nusantara" not in heard
    assert stage.incident().told_at is None
    assert len(stage.ledger()) == 1
    assert {call.outcome for call in stage.kind_of_call(CallKind.CALLBACK)} == {CallOutcome.UNANSWERED}
    stage.wait(30)
    only_two_rounds_of_the_customers_numbers(stage)
    assert stage.placed()[MADE] == stage.placed()[INTAN] == 2


def test_a_wrong_pin_on_the_callback_discloses_nothing(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.open_incident().hang_up()
    stage.phone(MADE).sms("undelivered").answers(after=2)
    stage.wait(10)
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    stage.hear(stage.picks_up(MADE), "callback.greeting")
    for _ in range(3):
        stage.latest(MADE).press("000000#")
        stage.wait(8)
    made = stage.latest(MADE)
    stage.hear(made, "callback.unconfirmed")
    stage.wait_until(lambda: made.ended, 20)
    assert not any("Dewi" in text for text in made.heard)
    assert stage.incident().told_at is None
    stage.phone(MADE).sms("delivered")
    stage.wait(1)
    stage.only(calls={DEWI: 1, MADE: 1}, texts={MADE: "notice reference", DEWI: "page reply"})


def test_the_number_that_was_called_is_never_the_shared_secret(sqlite_stage: Stage) -> None:
    """Somebody else's telephone reported it: the callback goes to contracted numbers only."""
    stage = sqlite_stage
    somebody = "+6281399900001"
    call = stage.dial(somebody, JAKARTA_LINE)
    stage.hear(call, "greeting.contract")
    call.press("200417#")
    stage.hear(call, "pin.ask")
    call.press(MADES_PIN + "#")
    stage.wait_until(stage.incidents)
    call.hang_up()
    stage.phone(somebody).sms("undelivered")
    stage.wait(10)
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    stage.wait_until(lambda: stage.rung(MADE), 20)
    assert stage.rung(somebody) == 0
    stage.wait(1)
    stage.only(calls={DEWI: 1, MADE: 1}, texts={"+6281399900001": "notice reference", DEWI: "page reply"})
