"""Text messages from customers: :mod:`hotline.services.texting.customer_texts`."""

import pytest
import sqlalchemy as sa

from hotline.db.models import Incident, IncidentEvent, MessageKind, ToldBy
from hotline.services.response import incidents
from hotline.services.texting import customer_texts, sms_commands
from tests.hotline.house import (
    DEWI,
    HANNAH,
    HANNAHS_CONTRACT,
    HANNAHS_LINE,
    INTAN,
    MADE,
    STRANGER,
    House,
)


def text(house: House, sender: str, body: str) -> str | None:
    return house.do(lambda op: sms_commands.answer(op, sender, body))


def written(house: House) -> list[tuple[str, str]]:
    """Who wrote what, by the timelines."""
    rows = house.all(IncidentEvent, IncidentEvent.kind == "customer-wrote")
    return [(row.data["writer"], row.data["text"]) for row in rows]


def forwarded(house: House) -> list[str]:
    return [message.body for message in house.messages(DEWI) if message.kind is MessageKind.FORWARDED]


def test_a_customer_is_told_where_it_stands_and_what_they_wrote_is_kept(house: House) -> None:
    incident = house.report(HANNAHS_CONTRACT, HANNAH, HANNAHS_LINE)
    answer = text(house, HANNAH, "  We have rolled\nback the release ")
    assert answer is not None
    assert answer.startswith(f"{incident.reference}: we are ringing our engineers, answer by 10:30.")
    assert "https://hotline.example.com/t/" in answer
    ((who, what),) = written(house)
    assert "Hannah" in who
    assert what == "We have rolled back the release"
    assert house.again(incident).told_at is None, "an answer by text stops no clock"


def test_who_has_it_is_told_and_the_customer_hears_the_name(house: House) -> None:
    incident = house.report()
    house.take(incident)
    answer = text(house, MADE, "Cabang Surabaya juga mati, " * 12)
    assert answer is not None
    assert "Dewi Santoso menangani" in answer
    (body,) = forwarded(house)
    assert "Nusantara Securities menulis: Cabang Surabaya" in body
    assert "..." in body
    assert len(body) <= 306
    assert len(written(house)[0][1]) <= 600


@pytest.mark.parametrize("body", ["PIN 482913, 4821-7 is down", "my pin: 4829 and 4821-7 is down"])
def test_a_pin_that_somebody_texts_is_kept_nowhere_and_told_nobody(lite: House, body: str) -> None:
    lite.take(lite.report())
    text(lite, MADE, body)
    ((_, what),) = written(lite)
    for kept in (what, *forwarded(lite)):
        assert "4829" not in kept
        assert "4821-7 is down" in kept


def test_a_number_to_be_called_at_is_kept(lite: House) -> None:
    lite.report()
    text(lite, MADE, "call 081220000999, not my pinboard at 4829")
    assert written(lite)[0][1] == "call 081220000999, not my pinboard at 4829"


def test_a_late_answer_says_that_it_is_late(lite: House) -> None:
    lite.report(HANNAHS_CONTRACT, HANNAH, HANNAHS_LINE)
    lite.clock.advance(1800)
    answer = text(lite, HANNAH, "hello?")
    assert answer is not None
    assert "we are late, we are sorry" in answer


def test_a_colleague_on_the_same_contract_gets_a_link_of_their_own(lite: House) -> None:
    lite.report()
    made, intan = text(lite, MADE, "halo"), text(lite, INTAN, "halo")
    assert made is not None
    assert intan is not None
    assert made.split("/t/")[1] != intan.split("/t/")[1]


def test_of_several_incidents_the_named_one_is_meant_else_one_that_nobody_has(lite: House) -> None:
    first = lite.report()
    lite.clock.advance(60)
    second = lite.report()
    lite.take(second)
    assert first.reference in (text(lite, MADE, "ada kabar?") or "")
    assert second.reference in (text(lite, MADE, f"soal {second.reference}, ada kabar?") or "")
    assert first.reference in (text(lite, MADE, "soal 0000-0") or "")


def test_a_known_caller_who_only_greets_is_told_how_to_report(lite: House) -> None:
    incident = lite.report()
    lite.take(incident)
    lite.tell(incident, ToldBy.MESSAGE)
    with lite.operation() as op:
        incidents.resolve(op, op.session.get_one(Incident, incident.id), lite.user(op, DEWI))
    lite.clock.advance(15 * 24 * 3600)  # nobody waits for their word on that one any more
    answer = text(lite, MADE, "terima kasih banyak!")
    assert answer is not None
    assert "balas LAPOR dan apa masalahnya, atau telepon nomor ini" in answer
    assert written(lite) == []
    assert lite.count(Incident) == 1, "thanks open nothing"


def test_a_text_about_a_report_that_is_not_verified_is_kept_too(lite: House) -> None:
    report = lite.leave_report(STRANGER)
    answer = text(lite, STRANGER, "It is Contoso, call +33 1 40 00 00 02")
    assert answer is not None
    assert report.reference in answer
    assert "/t/" not in answer, "there is no clock to follow yet"
    assert written(lite) == [("+33…01", "It is Contoso, call +33 1 40 00 00 02")]


def test_a_strangers_text_and_a_carriers_word_are_answered_as_ever(lite: House) -> None:
    lite.report()
    assert text(lite, MADE, "STOP") is None
    assert written(lite) == []
    assert "on-call engineers" in (text(lite, STRANGER, "status") or "")
    assert text(lite, STRANGER, "status") is None
    assert text(lite, "INFOBANK", "promo") is not None, "a name for a number is nobody's telephone"


def test_many_texts_are_answered_forwarded_and_kept_up_to_a_limit(lite: House) -> None:
    incident = lite.report()
    lite.take(incident)
    answers = [text(lite, MADE, f"halo {number}") for number in range(30)]
    assert sum(answer is not None for answer in answers) == 10
    assert answers[-1] is None
    assert len(written(lite)) == 20
    assert len(forwarded(lite)) == 6


@pytest.mark.parametrize("body", ["", "   ", "\u202e\u0007", "🆘" * 200, "{reference} %s <b>&amp;"])
def test_odd_texts_are_kept_as_they_are(lite: House, body: str) -> None:
    incident = lite.report()
    lite.take(incident)
    assert incident.reference in (text(lite, MADE, body) or "")
    assert len(written(lite)) == 1


def test_an_engineer_who_is_on_a_contract_too_is_an_engineer(lite: House) -> None:
    with lite.operation() as op:
        op.session.execute(
            sa.update(customer_texts.Caller).where(customer_texts.Caller.phone == INTAN).values(phone=DEWI)
        )
    lite.report()
    assert "ACK" in (text(lite, DEWI, "?") or "")
    assert written(lite) == []
