"""A registered caller who has no open incident texts: reports are opened, thanks are not."""

from datetime import timedelta

import pytest

from hotline.db.models import (
    CallKind,
    Incident,
    IncidentEvent,
    Message,
    MessageKind,
    ReportChannel,
    ToldBy,
)
from hotline.services import reports
from hotline.services.callflow import reports_of_strangers
from hotline.services.response import incidents, verifying
from tests.hotline.house import (
    DEWI,
    HANNAH,
    HANNAHS_CONTRACT,
    HANNAHS_LINE,
    HANNAHS_PIN,
    INTAN,
    MADE,
    MADES_LINE,
    MADES_PIN,
    SITI,
    STRANGER,
    House,
    at_once,
    new_sid,
)


def text(house: House, body: str, sender: str = HANNAH, line: str = HANNAHS_LINE, sid: str = "") -> str:
    """A text arrives at the webhook; what is sent back."""
    answer = house.post("/twilio/sms", MessageSid=sid or new_sid("SM"), From=sender, To=line, Body=body)
    assert answer.status_code == 200
    return answer.text


def reported(house: House) -> Incident:
    found: Incident = house.one(Incident)
    return found


def history(house: House, incident: Incident) -> list[str]:
    with house.operation() as op:
        return [
            entry.text for entry in reports.history(op, op.session.get_one(Incident, incident.id)).entries
        ]


def test_a_text_that_speaks_of_trouble_opens_a_report_that_counts_from_its_arrival(house: House) -> None:
    answer = text(house, "Payment gateway is down, nobody can pay")
    incident = reported(house)
    assert incident.reference in answer
    assert "never by text" in answer
    assert (incident.channel, incident.caller_phone) == (ReportChannel.SMS, HANNAH)
    assert incident.summary == "Payment gateway is down, nobody can pay"
    assert incident.reported_at == house.clock.now()
    assert incident.verified_at is None, "a sender can be forged"
    assert incident.respond_by is None, "so there is no promise yet"
    (page, *_) = [message for message in house.all(Message) if message.kind is MessageKind.PAGE]
    assert "Payment gateway is down" in page.body
    assert "+65..01" in page.body
    assert len(house.calls_of(CallKind.PAGE)) == 1, "somebody is rung at once"
    arrived = house.one(Message, Message.from_phone == HANNAH)
    assert arrived.incident_id == incident.id
    told = [line for line in history(house, incident) if "nobody can pay" in line]
    (said,) = told  # once, and not as a text beside it
    assert said.startswith(
        "A registered number reported it by text message; who wrote is to be verified: Pay"
    )


def test_the_engineer_is_shown_whose_number_it_is_and_verifies_it(house: House) -> None:
    text(house, "REPORT payment gateway")
    incident, arrived = reported(house), house.clock.now()
    house.take(incident)
    house.clock.advance(600)
    with house.operation() as op:
        row = op.session.get_one(Incident, incident.id)
        hint = verifying.hint(op, row)
        assert hint.contract == HANNAHS_CONTRACT
        contract = verifying.contract_of(op, HANNAHS_CONTRACT)
        incidents.verify(op, row, contract, contract.products[0].product, house.user(op, DEWI))
    verified = house.again(incident)
    assert verified.respond_by == arrived + timedelta(minutes=30), "the clock counts from the text"
    assert verified.notify_phone == HANNAH
    (reference,) = [one for one in house.messages(HANNAH) if one.kind is MessageKind.REFERENCE]
    assert incident.reference in reference.body


def test_the_customer_calls_and_the_pin_verifies_what_they_texted(house: House) -> None:
    text(house, "REPORT payment gateway")
    incident, arrived = reported(house), house.clock.now()
    house.clock.advance(240)
    call = house.dial(HANNAH, HANNAHS_LINE)
    call.press(HANNAHS_PIN)
    while "Gather" in call.verbs and "Enqueue" not in call.verbs:
        call.press("1")
    assert house.count(Incident) == 1, "the call is about the same report"
    verified = house.again(incident)
    assert verified.verified_at == house.clock.now()
    assert verified.respond_by == arrived + timedelta(minutes=30)
    assert call.row.incident_id == incident.id
    assert "The caller gave the PIN" in " ".join(history(house, verified))
    assert "Enqueue" in call.verbs


def test_a_call_does_not_take_another_contracts_report(lite: House) -> None:
    text(lite, "REPORT payment gateway")
    lite.open_incident(MADE, MADES_LINE, MADES_PIN)
    texted, called = lite.all(Incident)
    assert (texted.channel, texted.verified_at) == (ReportChannel.SMS, None)
    assert called.channel is ReportChannel.CALL


def test_a_text_that_the_network_repeats_opens_one_report(house: House) -> None:
    sid = new_sid("SM")
    answers = at_once(*[lambda: text(house, "REPORT gateway", sid=sid)] * 4)
    assert house.count(Incident) == 1
    assert {reported(house).reference in answer for answer in answers} == {True}


def test_two_texts_at_once_open_one_report(lite: House) -> None:
    text(lite, "REPORT gateway")
    text(lite, "it is still down")
    incident = reported(lite)
    (kept,) = lite.all(IncidentEvent, IncidentEvent.kind == "customer-wrote")
    assert (kept.incident_id, kept.data["text"]) == (incident.id, "it is still down")


@pytest.mark.parametrize("body", ["ok", "Thanks!", "ack", "STATUS", "hello"])
def test_small_talk_opens_nothing_and_says_how_to_report(lite: House, body: str) -> None:
    assert "reply REPORT and what is wrong, or call this number" in text(lite, body)
    assert lite.count(Incident) == 0


@pytest.mark.parametrize("body", ["STOP", "stop.", "HELP", "Start"])
def test_what_the_carrier_answers_opens_nothing(lite: House, body: str) -> None:
    assert "<Message>" not in text(lite, body)
    assert lite.count(Incident) == 0


def test_an_unclear_text_is_asked_about_and_then_counts_from_its_own_arrival(house: House) -> None:
    asked_at = house.clock.now()
    assert "Reply REPORT to open an incident" in text(house, "Something odd with the nightly settlement")
    assert house.count(Incident) == 0
    house.clock.advance(420)
    text(house, "report")
    incident = reported(house)
    assert incident.reported_at == asked_at
    assert incident.opened_at == house.clock.now()
    assert incident.summary == "Something odd with the nightly settlement"


def test_what_was_unclear_long_ago_is_not_meant_any_more(lite: House) -> None:
    text(lite, "Something odd with the nightly settlement")
    lite.clock.advance(3700)
    text(lite, "REPORT gateway")
    incident = reported(lite)
    assert (incident.reported_at, incident.summary) == (lite.clock.now(), "gateway")


def test_a_text_during_the_last_incident_is_not_part_of_the_next_one(lite: House) -> None:
    text(lite, "REPORT gateway")
    first = reported(lite)
    lite.clock.advance(60)
    text(lite, "Any news about it")
    with lite.operation() as op:
        incidents.cancel(
            op, op.session.get_one(Incident, first.id), lite.user(op, SITI), "their own test environment"
        )
    lite.clock.advance(60)
    text(lite, "REPORT now the database")
    assert lite.all(Incident)[-1].summary == "now the database"


def test_report_is_a_new_problem_even_when_we_asked_whether_the_last_is_solved(lite: House) -> None:
    incident = lite.report(HANNAHS_CONTRACT, HANNAH, HANNAHS_LINE)
    lite.take(incident)
    lite.tell(incident, ToldBy.MESSAGE)
    with lite.operation() as op:
        incidents.resolve(op, op.session.get_one(Incident, incident.id), lite.user(op, DEWI))
    lite.clock.advance(60)
    assert "A new problem? Reply REPORT" in text(lite, "SQL is odd again")
    assert lite.count(Incident) == 1
    text(lite, "REPORT")
    new = lite.all(Incident)[-1]
    assert new.id != incident.id
    assert (new.channel, new.summary) == (ReportChannel.SMS, "SQL is odd again")


def test_a_pin_in_a_report_is_kept_nowhere_on_the_incident(lite: House) -> None:
    text(lite, "REPORT gateway down, our PIN 704158")
    incident = reported(lite)
    shown = " ".join([incident.summary or "", *history(lite, incident)])
    shown += " ".join(message.body for message in lite.messages(DEWI))
    assert "704158" not in shown
    assert "gateway down" in shown


def test_too_many_reports_wake_nobody_but_are_not_lost(lite: House) -> None:
    for _ in range(reports_of_strangers.A_CALLER):
        text(lite, "REPORT gateway")
        latest = lite.all(Incident)[-1]
        with lite.operation() as op:
            incidents.cancel(op, op.session.get_one(Incident, latest.id), lite.user(op, SITI), "a test")
        lite.clock.advance(60)
    answer = text(lite, "REPORT gateway")
    assert "NOBODY is rung" in answer
    assert "+65 3159 0101" in answer
    assert lite.count(Incident) == reports_of_strangers.A_CALLER
    alarms = [message for message in lite.messages(SITI) if message.kind is MessageKind.ALARM]
    assert "NOT put through" in alarms[-1].body or "TIDAK" in alarms[-1].body
    assert lite.all(Message, Message.from_phone == HANNAH)[-1].body == "REPORT gateway"


def test_a_report_is_opened_also_when_no_answer_is_sent_any_more(lite: House) -> None:
    for _ in range(11):
        text(lite, "what is the weather like there")
    assert "<Message>" not in text(lite, "what is the weather like there")
    text(lite, "REPORT gateway")
    assert lite.count(Incident) == 1


def test_a_number_that_nobody_registered_opens_nothing(lite: House) -> None:
    text(lite, "REPORT everything is down", sender=STRANGER)
    assert lite.count(Incident) == 0


def test_an_engineers_own_words_open_nothing(lite: House) -> None:
    text(lite, "REPORT it is down", sender=DEWI)
    assert lite.count(Incident) == 0


def test_a_colleague_adds_to_a_report_that_is_verified(lite: House) -> None:
    """While it is not, nobody knows that they are colleagues: their own text opens a report of its own."""
    text(lite, "LAPOR trading mati", sender=MADE, line=MADES_LINE)
    text(lite, "LAPOR trading mati", sender=INTAN, line=MADES_LINE)
    assert lite.count(Incident) == 2
    first, second = lite.all(Incident)
    assert first.language == second.language == "id"
