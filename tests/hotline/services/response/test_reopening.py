"""A customer who says NO has a human again within minutes, and the promise stays what it was."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    Breach,
    Call,
    CallKind,
    Incident,
    IncidentStatus,
    LedgerEntry,
    MessageKind,
    SolvedAnswer,
    SolvedAsk,
    ToldBy,
    TrackingLink,
)
from hotline.errors import ForbiddenTransitionError
from hotline.services import customers_clock
from hotline.services.reaching import numbers
from hotline.services.response import incidents, reopening
from hotline.services.texting import sms_commands
from hotline.services.texting.solved_texts import Word, read
from tests.hotline.house import BO, DEWI, HANNAH, INTAN, MADE, SITI, STRANGER, House, Line, at_once


def resolved(house: House, *, late: bool = False) -> Incident:
    """Dewi took it, the customer was told (too late, if ``late``), and she resolved it."""
    incident = house.report()
    house.take(incident)
    if late:
        house.clock.advance(31 * 60)
        house.worker.tick()
    house.tell(incident, ToldBy.MESSAGE)
    house.worker.tick()
    resolve(house, incident)
    return house.again(incident)


def resolve(house: House, incident: Incident, phone: str = DEWI) -> None:
    with house.operation() as op:
        incidents.resolve(op, op.session.get_one(Incident, incident.id), house.user(op, phone))
    house.worker.tick()


def text(house: House, phone: str, body: str) -> str | None:
    house.clock.advance(10)
    reply = house.do(lambda op: sms_commands.answer(op, phone, body))
    house.worker.tick()
    return None if reply is None else str(reply)


def chase_call(house: House) -> Line:
    """The owner picks up the call that asks them."""
    call = house.calls_of(CallKind.CHASE)[-1]
    assert call.call_sid is not None
    house.clock.advance(5)
    line = Line(house, call.call_sid, call.from_phone, call.to_phone)
    return line.post(house.network.calls[call.call_sid].answer_url)


def test_a_resolution_asks_the_customer_once(lite: House) -> None:
    incident = resolved(lite)
    asked = [one.body for one in lite.messages(MADE) if "YA atau TIDAK" in one.body]
    assert len(asked) == 1
    row = lite.one(SolvedAsk)
    assert (row.incident_id, row.phone, row.answer) == (incident.id, MADE, None)


def test_yes_is_kept_and_nobody_is_rung(house: House) -> None:
    incident = resolved(house)
    assert (
        text(house, MADE, "Ya, terima kasih!") == f"Terima kasih. Insiden {incident.reference} tetap ditutup."
    )
    text(house, MADE, "ya")
    assert house.one(SolvedAsk).answer is SolvedAnswer.YES
    assert house.events(incident).count("solved-confirmed") == 1
    assert house.again(incident).status is IncidentStatus.RESOLVED
    assert house.calls_of(CallKind.CHASE) == []


def test_a_yes_that_the_carrier_keeps_counts_and_gets_no_second_answer(lite: House) -> None:
    incident = resolved(lite)
    assert text(lite, MADE, "YES") is None
    assert "solved-confirmed" in lite.events(incident)


def test_no_asks_the_owner_by_text_and_call_at_once(house: House) -> None:
    incident = resolved(house)
    reply = text(house, MADE, "TIDAK, masih mati")
    assert reply is not None
    assert reply.startswith("Dewi Santoso")
    now = house.again(incident)
    assert (now.status, now.finished_at, now.owner_id) == (
        IncidentStatus.ACKNOWLEDGED,
        None,
        incident.owner_id,
    )
    (body,) = [one.body for one in house.messages(DEWI) if one.kind is MessageKind.CHASE]
    assert "BELUM beres" in body
    line = chase_call(house)
    assert "belum beres" in line.said
    line.press("1")
    house.worker.tick()
    assert any("kembali menangani" in one.body for one in house.messages(MADE))
    house.clock.advance(reopening.OWNERS_TIME.total_seconds())
    house.worker.tick()
    assert house.again(incident).owner_id == incident.owner_id


def test_an_owner_who_sleeps_gives_it_up_to_the_ladder(house: House) -> None:
    incident = resolved(house)
    text(house, MADE, "tidak")
    house.clock.advance(reopening.OWNERS_TIME.total_seconds() - 1)
    house.worker.tick()
    assert house.again(incident).status is IncidentStatus.ACKNOWLEDGED
    house.clock.advance(1)
    house.worker.tick()
    now = house.again(incident)
    assert (now.status, now.owner_id) == (IncidentStatus.OPEN, None)
    rung = [call for call in house.calls_of(CallKind.PAGE) if call.round == now.round]
    assert rung
    assert all(call.call_sid for call in rung)
    for _ in range(3):
        house.clock.advance(60)
        house.worker.tick()
    bodies = [one.body for one in house.messages(BO) if one.kind is MessageKind.PAGE]
    assert any("TERBUKA LAGI" in body or "OPEN AGAIN" in body for body in bodies)


def test_the_customers_own_page_says_that_engineers_are_rung_again(lite: House) -> None:
    incident = resolved(lite)
    text(lite, MADE, "tidak")
    link = lite.all(TrackingLink, TrackingLink.incident_id == incident.id)[0]

    def shown() -> tuple[str, str | None]:
        found = lite.do(lambda op: customers_clock.behind(op, link.code))
        return found.progress.value, found.engineer

    assert shown() == ("working", "Dewi Santoso")
    chase_call(lite).press("2")
    assert shown() == ("ringing", None)


def test_two_on_the_owners_telephone_rings_somebody_else(lite: House) -> None:
    incident = resolved(lite)
    text(lite, MADE, "belum")
    chase_call(lite).press("2")
    assert lite.again(incident).status is IncidentStatus.OPEN


def test_whoever_takes_it_then_is_named_to_the_customer(lite: House) -> None:
    incident = resolved(lite)
    first = incident.accepted_at
    text(lite, MADE, "tidak")
    lite.clock.advance(reopening.OWNERS_TIME.total_seconds())
    lite.worker.tick()
    assert lite.take(incident, BO).won
    lite.worker.tick()
    assert any("Bo Lindqvist kembali menangani" in one.body for one in lite.messages(MADE))
    assert (lite.again(incident).accepted_at, lite.again(incident).accepted_by) == (first, "sms")


def test_an_owner_who_cannot_be_rung_is_not_waited_for(lite: House) -> None:
    incident = resolved(lite)
    with lite.operation() as op:
        for method in numbers.list_of(op, lite.user(op, DEWI).id):
            method.failed_at = op.now
    reply = text(lite, MADE, "tidak")
    assert reply is not None
    assert "teknisi kami sedang dihubungi" in reply
    assert lite.again(incident).status is IncidentStatus.OPEN


def test_a_call_that_cannot_be_put_through_is_not_waited_for_either(lite: House) -> None:
    incident = resolved(lite)
    text(lite, MADE, "tidak")
    call = lite.calls_of(CallKind.CHASE)[-1]
    lite.post(
        f"/twilio/calls/{call.id.hex}", CallSid=str(call.call_sid), CallStatus="failed", SipResponseCode="404"
    )
    lite.worker.tick()
    assert lite.again(incident).status is IncidentStatus.OPEN


@pytest.mark.parametrize("late", [False, True])
def test_the_promise_and_the_fine_are_not_touched(house: House, late: bool) -> None:
    incident = resolved(house, late=late)
    facts = lambda one: (one.respond_by, one.told_at, one.told_by, one.breached_at, one.terms_id)  # noqa: E731
    before, ledger = facts(incident), [(row.amount, row.ordinal) for row in house.all(LedgerEntry)]
    assert len(ledger) == int(late)
    text(house, MADE, "tidak")
    house.clock.advance(3600)
    house.worker.tick()
    house.take(incident, SITI)
    resolve(house, incident, SITI)
    assert facts(house.again(incident)) == before
    assert [(row.amount, row.ordinal) for row in house.all(LedgerEntry)] == ledger
    assert len(house.all(Breach)) == int(late)


def test_each_resolution_asks_anew(lite: House) -> None:
    incident = resolved(lite)
    text(lite, MADE, "tidak")
    chase_call(lite).press("1")
    lite.clock.advance(60)
    resolve(lite, incident)
    assert len(lite.all(SolvedAsk)) == 2
    assert len([one for one in lite.messages(MADE) if "YA atau TIDAK" in one.body]) == 2
    text(lite, MADE, "ok")
    assert [row.answer for row in lite.all(SolvedAsk)] == [SolvedAnswer.NO, SolvedAnswer.YES]


def test_a_colleague_of_the_customer_may_say_no_but_not_yes(lite: House) -> None:
    incident = resolved(lite)
    reply = text(lite, INTAN, "ya")
    assert reply is not None
    assert "Balas TIDAK" in reply
    assert lite.one(SolvedAsk).answer is None
    text(lite, INTAN, "tidak")
    assert lite.again(incident).status is IncidentStatus.ACKNOWLEDGED


@pytest.mark.parametrize("phone", [STRANGER, HANNAH])
def test_other_numbers_change_nothing(lite: House, phone: str) -> None:
    incident = resolved(lite)
    text(lite, phone, f"no {incident.reference}")
    assert lite.again(incident).status is IncidentStatus.RESOLVED


def test_a_late_no_is_told_to_call(lite: House) -> None:
    incident = resolved(lite)
    lite.clock.advance(timedelta(hours=49).total_seconds())
    reply = text(lite, MADE, "tidak")
    assert reply is not None
    assert "balas LAPOR, atau telepon" in reply
    assert lite.again(incident).status is IncidentStatus.RESOLVED
    assert "customer-wrote" in lite.events(incident)


def test_other_words_are_kept_and_sent_on_and_asked_about(lite: House) -> None:
    incident = resolved(lite)
    reply = text(lite, MADE, "kapan laporan akhirnya dikirim?")
    assert reply is not None
    assert "Sudah beres?" in reply
    assert lite.again(incident).status is IncidentStatus.RESOLVED
    assert [one for one in lite.messages(DEWI) if one.kind is MessageKind.FORWARDED]


def test_two_noes_at_once_reopen_once(house: House) -> None:
    incident = resolved(house)
    say = lambda: house.do(lambda op: sms_commands.answer(op, MADE, "tidak"))  # noqa: E731
    at_once(say, say)
    assert house.events(incident).count("reopened") == 1


def test_who_says_no_again_and_again_is_asked_to_call(lite: House) -> None:
    incident = resolved(lite)
    for _ in range(5):
        text(lite, MADE, "tidak")
        chase_call(lite).press("1")
        with lite.operation() as op:
            op.session.execute(sa.update(Call).values(ended_at=op.now))
        lite.clock.advance(600)
        resolve(lite, incident)
    reply = text(lite, MADE, "tidak")
    assert reply is not None
    assert "Silakan telepon" in reply
    assert lite.again(incident).status is IncidentStatus.RESOLVED


def test_a_cancelled_incident_is_not_reopened(lite: House) -> None:
    incident = lite.leave_report()
    with lite.operation() as op:
        row = op.session.get_one(Incident, incident.id)
        incidents.cancel(op, row, lite.user(op, DEWI), "a test")
        with pytest.raises(ForbiddenTransitionError):
            reopening.by_customer(op, row)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("OK", Word.YES),
        ("ok thanks!", Word.YES),
        ("Ya", Word.YES),
        ("sudah beres, terima kasih", Word.YES),
        ("YES 4821-7", Word.YES),
        ("NO", Word.NO),
        ("no, it is down again", Word.NO),
        ("Belum", Word.NO),
        ("masih mati!", Word.NO),
        ("not solved", Word.NO),
        ("no problem, thank you", Word.UNCLEAR),
        ("yes but the report is missing", Word.UNCLEAR),
        ("thanks", Word.UNCLEAR),
        ("", Word.UNCLEAR),
        ("\x00", Word.UNCLEAR),
    ],
)
def test_what_a_customer_says(body: str, word: Word) -> None:
    assert read(body) is word
