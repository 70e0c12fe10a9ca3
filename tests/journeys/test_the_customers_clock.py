"""The link in the text message: opened by the customer as the story goes on, taken back, and run out."""

import re

import requests

from hotline.db.models import MessageKind, TrackingLink
from hotline.services import tracking
from hotline.services.response import incidents
from tests.journeys.stage import (
    BO,
    DEWI,
    HANNAH,
    HANNAHS_PIN,
    JAKARTA_LINE,
    MADE,
    NADIA,
    RIZKY,
    SINGAPORE_LINE,
    SITI,
    Stage,
)

DAY = 24 * 3600


def link(stage: Stage, number: str = MADE) -> str:
    """The address in the latest text message to a telephone."""
    return re.findall(r"http\S+/t/\S+", stage.texts(number)[-1])[0]


def opened(address: str) -> tuple[int, str]:
    """What somebody's telephone shows at an address."""
    answer = requests.get(address, timeout=30)
    assert "Set-Cookie" not in answer.headers
    return answer.status_code, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_link_tells_the_story_as_it_goes_on(stage: Stage) -> None:
    stage.open_incident().hang_up()
    stage.wait(4)
    address = link(stage)
    assert address.startswith(stage.url + "/t/")
    status, said = opened(address)
    assert status == 200
    assert "Kami sedang menghubungi teknisi kami." in said
    assert stage.incident().reference in said
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    assert "Dewi Santoso" in opened(address)[1]
    stage.wait(10)
    assert link(stage) == address, "the same one in every message"
    assert "Dewi Santoso mengerjakannya sejak pukul 09.00" in opened(address)[1].replace("09:00", "09.00")
    stage.text(DEWI, f"RESOLVE {stage.code_of(DEWI)}")
    stage.wait(5)
    assert link(stage) == address
    assert "Dewi Santoso sudah menyelesaikannya." in opened(address)[1]
    stage.clock.advance(7 * DAY)
    assert opened(address)[0] == 404
    stage.only(calls={DEWI: 1}, texts={MADE: "reference notice notice", DEWI: "page reply reply"})


def test_after_a_miss_it_says_so(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    call = stage.dial(HANNAH, SINGAPORE_LINE)
    stage.wait(2)
    call.press(HANNAHS_PIN + "#")
    stage.hear(call, "For SQL Server, press 1")
    call.press("1")
    stage.wait_until(stage.incidents)
    call.hang_up()
    stage.hush()
    stage.wait(1800)
    said = opened(link(stage, HANNAH))[1]
    assert "We did not answer within the promise. It is on record" in said
    assert "Late by" in said
    assert len(stage.ledger()) == 1
    assert "USD" not in said
    assert "Meridian" not in said
    stage.wait(5)
    stage.only(
        calls={RIZKY: 1},
        texts={
            HANNAH: "reference",
            RIZKY: "breach page warning warning",
            BO: "breach page warning",
            SITI: "breach",
        },
    )


def test_a_link_that_is_taken_back_is_replaced_by_text(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.open_incident().hang_up()
    stage.hush()
    stage.wait(3)
    address = link(stage)
    with stage.operation() as op:
        row = op.session.query(TrackingLink).one()
        incident = incidents.by_reference(op, stage.incident().reference)
        tracking.renew(op, incident, row.id, stage.user(op, DEWI))
    stage.wait(3)
    assert opened(address)[0] == 404
    assert link(stage) != address
    assert opened(link(stage))[0] == 200
    stage.only(calls={DEWI: 1}, texts={MADE: "reference reference", DEWI: "page"})


def test_a_link_runs_out_after_thirty_days(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.open_incident().hang_up()
    stage.hush()
    stage.wait(3)
    address = link(stage)
    stage.clock.advance(30 * DAY - 30)
    assert opened(address)[0] == 200
    stage.clock.advance(60)
    assert opened(address)[0] == 404
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})


def test_a_customer_who_texts_gets_an_answer_and_dewi_reads_it(stage: Stage) -> None:
    stage.open_incident().hang_up()
    stage.wait(4)
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    stage.wait(3)
    answer = stage.text(MADE, "Surabaya mati juga. Telepon Intan.")
    assert answer is not None
    assert "Dewi Santoso menangani" in answer
    assert link(stage) in answer
    stage.wait(2)
    assert any("Surabaya mati juga" in text for text in stage.texts(DEWI))
    assert stage.bodies(DEWI, MessageKind.FORWARDED)
    assert "customer-wrote" in stage.events()
    assert stage.text(MADE, "STOP") is None
    stage.only(calls={DEWI: 1}, texts={MADE: "reference notice reply", DEWI: "page reply forwarded"})


def test_a_known_caller_may_report_by_text_and_is_asked_to_confirm(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    answer = stage.text(MADE, "The order book is down!")
    (incident,) = stage.incidents()
    assert answer is not None
    assert answer.startswith(f"Laporan {incident.reference}:")
    assert "berikan PIN di sana, jangan lewat SMS" in answer
    assert incident.verified_at is None
    stage.only(calls={DEWI: 1}, texts={MADE: "reply", DEWI: "page"})


def test_a_star_on_hold_says_the_last_thing_again_and_a_menu_never_takes_it_for_silence(
    sqlite_stage: Stage,
) -> None:
    stage = sqlite_stage
    call = stage.dial(HANNAH, SINGAPORE_LINE)
    stage.wait(2)
    call.press(HANNAHS_PIN + "#")
    stage.hear(call, "For SQL Server, press 1")
    for _ in range(4):
        call.press("*")
        stage.wait(6)
    assert stage.incidents() == [], "nothing was chosen for her"
    call.press("1")
    stage.wait_until(stage.incidents)
    stage.hush()
    stage.wait_until(lambda: stage.calls()[0].held_since)
    stage.wait(3)
    before = [text for text in call.heard if not text.startswith("[")][-1]
    said = stage.heard(call, before)
    call.press("*")
    stage.wait(3)
    assert stage.heard(call, before) == said + 1
    assert not stage.heard(call, "offer"), "no choices that were not asked for"
    stage.hear(call, "offer", at_most=200)
    offered = stage.heard(call, "offer")
    call.press("*")
    stage.wait(2)
    assert stage.heard(call, "offer") == offered + 1
    call.hang_up()
    stage.wait(2)
    stage.only(calls={RIZKY: 1}, texts={HANNAH: "reference", RIZKY: "page"})


def test_what_is_offered_and_thanked_for_is_true_once_somebody_has_it(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    call = stage.open_incident()
    stage.wait_until(lambda: stage.calls()[0].held_since)
    stage.phone(DEWI).voicemail(after=10)
    stage.text(DEWI, f"ACK {stage.code_of(DEWI)}")
    stage.wait_until(lambda: stage.incident().told_at)
    call.press("0")
    stage.hear(call, "offer.taken")
    assert not stage.heard(call, "offer")
    call.press("3")
    stage.hear(call, "[beep]")
    call.say("We have rolled back", seconds=3)
    stage.wait(4)
    call.press("#")
    stage.hear(call, "message.thanks_taken")
    assert not stage.heard(call, "message.thanks")
    stage.wait_until(lambda: call.ended)
    stage.wait(10)
    stage.only(calls={DEWI: 2}, texts={MADE: "reference", DEWI: "page reply"})


def test_after_the_status_a_star_says_the_status_again(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.open_incident().hang_up()
    stage.hush()
    stage.wait(3)
    again = stage.dial(MADE, JAKARTA_LINE)
    stage.wait(2)
    again.press("482913#")
    stage.hear(again, "menu.choices")
    for _ in range(3):
        again.press("*")
        stage.wait(8)
    assert not stage.calls()[-1].held_since, "three stars are not three silences"
    again.press("1")
    stage.hear(again, "status.hunting")
    again.press("*")
    stage.wait_until(lambda: stage.heard(again, "status.hunting") == 2)
    again.hang_up()
    stage.wait(2)
    assert {BO, SITI, NADIA}.isdisjoint(stage.placed())
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})
