"""The e-mail with a statement: made when it leaves, in the language of whoever reads it."""

import sqlalchemy as sa

from hotline.db.models import Message, OutboxItem, Statement, StatementMail, StatementRecipient
from hotline.sending.port import Attachment, MailOrder, PostOffice
from hotline.services.operation import Operation
from hotline.services.outgoing.orders import Parcel
from hotline.services.reports.words import marked, said
from hotline.services.statements import files, letter, pdf, words
from hotline.services.statements.locales import Writing
from hotline.speech.render import language_or_default


def parcel(op: Operation, row: OutboxItem, message: Message) -> Parcel | str:
    """The e-mail to be handed over now, or why it is not sent any more.

    The letter is set outside of the transaction: that takes a while.
    """
    found = op.session.scalars(sa.select(StatementMail).where(StatementMail.message_id == message.id))
    mail = found.one_or_none()
    if mail is None:
        return "nobody keeps the address"
    if op.session.get_one(StatementRecipient, mail.recipient_id).ended_at is not None:
        return "the address was removed"
    statement = op.session.get_one(Statement, mail.statement_id)
    words_of_letter, sheet = letter.compose(statement), files.as_csv(statement)
    order = MailOrder(message.id.hex, mail.email, row.payload["subject"], body(statement, mail))

    def send(office: PostOffice) -> None:
        paper = Attachment(f"{words_of_letter.number}.pdf", "application/pdf", pdf.render(words_of_letter))
        attached = (paper, Attachment(sheet.name, sheet.media_type, sheet.data))
        office.send_mail(MailOrder(order.id, order.to, order.subject, order.body, attached))

    return Parcel(send)


def subject(statement: Statement, language: str) -> str:
    """What the e-mail is called."""
    writing = _writing(statement, language)
    title = said(words.TITLES[statement.kind], writing.language)
    return f"{title} {statement.number} ({_period(statement, writing)})"


def body(statement: Statement, mail: StatementMail) -> str:
    """What the e-mail says."""
    writing = _writing(statement, mail.language)
    code = statement.currency

    def say(text: str, **values: object) -> str:
        return said(text, writing.language, **values)

    return "\n\n".join(
        (
            say(marked("Dear {name},"), name=mail.name),
            say(
                marked("attached is the statement {number} for contract {contract}, {period}."),
                number=statement.number,
                contract=statement.content["contract"],
                period=_period(statement, writing),
            ),
            "\n".join(
                f"{say(text)}: {writing.money(minor, code)}"
                for text, minor in (
                    (marked("Opening balance"), statement.opening),
                    (marked("Moved in this period"), statement.moved),
                    (marked("Closing balance"), statement.closing),
                )
            ),
            letter.result(statement, writing),
            say(
                marked(
                    "The PDF file is for reading. The CSV file holds the same entries with their evidence "
                    "for your books."
                )
            ),
            statement.content["vendor"]["name"],
        )
    )


def _period(statement: Statement, writing: Writing) -> str:
    return f"{writing.day(statement.starts_on)} \N{EN DASH} {writing.day(statement.ends_on)}"


def _writing(statement: Statement, language: str) -> Writing:
    content = statement.content
    return Writing(language_or_default(language), content["locale"], content["zone"])
