"""A released statement leaves once, with its files; a second press or a retry sends nothing twice."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from hotline.db.models import (
    AuditEntry,
    Contract,
    Message,
    MessageStatus,
    OutboxItem,
    OutboxStatus,
    Statement,
    StatementKind,
    StatementMail,
    StatementRecipient,
    StatementSending,
)
from hotline.errors import ConflictError, InvalidInputError
from hotline.sending.port import SendingError
from hotline.services.operation import Operation
from hotline.services.statements import drawing, sending
from tests.hotline.house import MADES_CONTRACT, SITI, House, at_once
from tests.support.statements import add_recipient, contract_of, enter

TODAY = date(2026, 11, 23)
DECEMBER = datetime(2026, 12, 3, tzinfo=UTC)


def drawn(house: House, *recipients: dict[str, Any]) -> Statement:
    def work(op: Operation) -> None:
        enter(op, MADES_CONTRACT, TODAY, 500_000)
        for recipient in recipients:
            add_recipient(op, MADES_CONTRACT, **recipient)

    house.do(work)
    house.clock.move_to(DECEMBER)
    house.do(lambda op: drawing.draw(op, contract_of(op, MADES_CONTRACT)))
    return house.one(Statement, Statement.kind == StatementKind.MONTH)


def release(house: House, statement: Statement) -> bool:
    def work(op: Operation) -> bool:
        return sending.release(op, sending.find(op, statement.number), house.user(op, SITI))

    return bool(house.do(work))


def again(house: House, statement: Statement, reason: str = "They lost it.", seen: int = 1) -> bool:
    def work(op: Operation) -> bool:
        row = sending.find(op, statement.number)
        return sending.send_again(op, row, house.user(op, SITI), reason, seen)

    return bool(house.do(work))


def test_nothing_leaves_before_somebody_releases_it(house: House) -> None:
    statement = drawn(house, {})
    house.worker.tick()
    assert house.post_office.mails == []
    assert release(house, statement)
    house.worker.send()
    (mail,) = house.post_office.mails
    assert mail.to == "finance@nusantara.example"
    assert statement.number in mail.subject
    assert [file.name for file in mail.attachments] == [f"{statement.number}.pdf", f"{statement.number}.csv"]
    assert mail.attachments[0].data.startswith(b"%PDF")
    assert "5.000,00" in mail.body, "in the customer's numbers"
    assert house.one(Message).status is MessageStatus.SENT


def test_the_list_of_messages_tells_no_amount_and_no_whole_address(house: House) -> None:
    release(house, drawn(house, {}))
    message = house.one(Message)
    assert "5.000" not in message.body
    assert message.to_phone == "f…@nusantara.example"


def test_each_recipient_reads_their_language(lite: House) -> None:
    statement = drawn(lite, {}, {"name": "Agus", "email": "agus@nusantara.example", "language": "id"})
    release(lite, statement)
    lite.worker.send()
    by_address = {mail.to: mail for mail in lite.post_office.mails}
    assert by_address["finance@nusantara.example"].subject.startswith("Statement of service credits")
    assert by_address["agus@nusantara.example"].subject.startswith("Laporan kredit layanan")
    assert "Yth. Agus," in by_address["agus@nusantara.example"].body


def test_two_who_release_at_once_send_it_once(house: House) -> None:
    statement = drawn(house, {})
    assert sorted(at_once(*[lambda: release(house, statement)] * 3)) == [False, False, True]
    house.worker.send()
    assert len(house.post_office.mails) == 1
    assert house.count(StatementMail) == 1


def test_it_is_sent_again_once_a_round_with_a_reason(house: House) -> None:
    statement = drawn(house, {})
    with pytest.raises(ConflictError):
        again(house, statement, seen=0)
    with pytest.raises(ConflictError):
        again(house, statement, seen=1)
    release(house, statement)
    for reason in ("", "   ", "x" * 501):
        with pytest.raises(InvalidInputError):
            again(house, statement, reason)
    assert again(house, statement)
    assert not again(house, statement), "a second tap on the same page"
    house.worker.send()
    assert len(house.post_office.mails) == 2
    assert len({mail.id for mail in house.post_office.mails}) == 2
    assert [row.reason for row in house.all(StatementSending)].count("They lost it.") == 1
    actions = {row.action for row in house.all(AuditEntry) if row.kind == "statement"}
    assert actions == {"released", "sent again"}


def test_without_a_recipient_it_says_so_and_stays(house: House) -> None:
    statement = drawn(house)
    with pytest.raises(ConflictError, match="recipient"):
        release(house, statement)
    assert house.count(StatementSending) == 0


def test_whoever_is_a_recipient_no_more_gets_nothing(house: House) -> None:
    statement = drawn(house, {})
    release(house, statement)
    house.set(house.one(StatementRecipient), ended_at=house.clock.now())
    house.worker.send()
    assert house.post_office.mails == []
    assert house.one(OutboxItem).last_error == "the address was removed"
    assert house.one(Message).status is MessageStatus.FAILED


def test_a_mail_server_that_is_away_is_tried_again(lite: House) -> None:
    release(lite, drawn(lite, {}))
    lite.post_office.failures.append(SendingError("the mail server cannot be reached"))
    lite.worker.send()
    assert lite.one(OutboxItem).status is OutboxStatus.PENDING
    lite.clock.advance(2)
    lite.worker.send()
    assert len(lite.post_office.mails) == 1


def test_an_address_that_does_not_exist_is_shown(lite: House) -> None:
    statement = drawn(lite, {})
    release(lite, statement)
    lite.post_office.failures.append(
        SendingError("SMTP 550, refused", code=550, permanent=True, number_is_bad=True)
    )
    lite.worker.send()
    ((_mail, message, error),) = lite.do(lambda op: sending.mails_of(op, sending.find(op, statement.number)))
    assert (message.status, error) == (MessageStatus.FAILED, "SMTP 550, refused")


def test_a_contract_may_send_its_statements_by_itself(house: House) -> None:
    house.do(lambda op: setattr(contract_of(op, MADES_CONTRACT), "sends_statements", True))
    house.do(lambda op: enter(op, MADES_CONTRACT, TODAY, 500_000))
    house.do(lambda op: add_recipient(op, MADES_CONTRACT))
    house.clock.move_to(DECEMBER)
    for _ in range(2):
        house.worker.tick()
    assert len(house.post_office.mails) == 1
    assert house.one(StatementSending).sent_by_id is None
    assert house.one(Contract, Contract.number == MADES_CONTRACT).sends_statements
