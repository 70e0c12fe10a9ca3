"""A statement reaches a mailbox on this machine, by real SMTP, with its files whole."""

import hashlib
import io
from collections.abc import Callable
from datetime import UTC, date, datetime

from pypdf import PdfReader

from hotline.app import create_post_office
from hotline.db.models import Statement, StatementKind
from hotline.services.statements import drawing, files, sending
from hotline.worker import Worker
from tests.hotline.house import MADES_CONTRACT, House
from tests.support.statements import add_recipient, contract_of, enter

from .conftest import Inbox


def test_the_files_arrive_as_they_were_made(
    house_with: Callable[..., House], serve: Callable[..., int]
) -> None:
    inbox = Inbox()
    house = house_with(
        smtp_url=f"smtp://127.0.0.1:{serve(inbox)}", mail_from="Hotline <hotline@hotline.example>"
    )
    house.do(lambda op: enter(op, MADES_CONTRACT, date(2026, 11, 23), 1_234_567))
    house.do(lambda op: add_recipient(op, MADES_CONTRACT))
    house.clock.move_to(datetime(2026, 12, 3, tzinfo=UTC))
    house.do(lambda op: drawing.draw(op, contract_of(op, MADES_CONTRACT)))
    statement = house.one(Statement, Statement.kind == StatementKind.MONTH)
    house.do(
        lambda op: sending.release(op, sending.find(op, statement.number), house.user(op, "+6281110000107"))
    )
    office = create_post_office(house.settings)
    Worker(house.database, house.network, house.clock, house.settings, post_office=office).send()
    ((_session, mail),) = inbox.mails
    assert mail["To"] == "finance@nusantara.example"
    assert statement.number in mail["Subject"]
    paper, sheet = mail.iter_attachments()
    assert (paper.get_content_type(), paper.get_filename()) == ("application/pdf", f"{statement.number}.pdf")
    digest = hashlib.sha256(paper.get_content()).hexdigest()
    assert digest == files.as_pdf(statement).digest
    assert "12,345.67" in PdfReader(io.BytesIO(paper.get_content())).pages[0].extract_text()
    assert sheet.get_filename() == f"{statement.number}.csv"
    assert sheet.get_payload(decode=True) == files.as_csv(statement).data
