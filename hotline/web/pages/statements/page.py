"""One statement on the screen, in the viewer's words, and the files that the customer gets."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

import sla
from hotline.db.models import Customer, Statement
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.services.statements import files, letter, pdf, sending, words
from hotline.services.statements.locales import Writing
from hotline.web.pages.guard import needs
from hotline.web.pages.lists.words import DELIVERIES, PLANS, day
from hotline.web.pages.site import now_of_page, the_site
from hotline.web.pages.statements.forms import AgainForm
from hotline.web.pages.words import gettext, language


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/statements/<number>")(statement)
    blueprint.get("/statements/<number>.pdf")(statement_pdf)
    blueprint.get("/statements/<number>.csv")(statement_csv)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the page shows it."""

    sequence: int
    day: str
    name: str
    details: list[str]
    amount: sla.Money
    disputed: bool
    reference: str | None


@needs(Permission.SEE_MONEY)
def statement(number: str) -> ResponseReturnValue:
    """A statement: balances, entries with their evidence, and what became of its e-mails."""
    return show(number, AgainForm()), 200


@needs(Permission.SEE_MONEY)
def statement_pdf(number: str) -> ResponseReturnValue:
    """The letter, as it is sent."""
    with the_site().reading() as op:
        found = letter.compose(sending.find(op, number))
    return _download(files.File(f"{found.number}.pdf", "application/pdf", pdf.render(found)))


@needs(Permission.SEE_MONEY)
def statement_csv(number: str) -> ResponseReturnValue:
    """Everything it says, as a file."""
    with the_site().reading() as op:
        return _download(files.as_csv(sending.find(op, number)))


def show(number: str, form: AgainForm) -> str:
    """The page, with what was typed into the form."""
    with the_site().reading() as op:
        found = sending.find(op, number)
        context = _context(op, found)
    form.seen.data = str(len(context["sendings"]))
    return render_template(
        "statements/statement.html",
        form=form,
        now=now_of_page(),
        day=day,
        plans=PLANS,
        deliveries=DELIVERIES,
        sends_mail=the_site().settings.sends_mail,
        outgoing=the_site().settings.outgoing,
        **context,
    )


def _context(op: Operation, row: Statement) -> dict[str, Any]:
    writing = Writing(language(), language(), row.content["zone"])
    code = row.currency
    by_round: dict[int, list[Any]] = {}
    for mail, message, error in sending.mails_of(op, row):
        by_round.setdefault(mail.round, []).append((mail, message, error))
    return {
        "row": row,
        "customer": op.session.get_one(Customer, row.contract.customer_id),
        "title": gettext(words.KINDS[row.kind]),
        "opening": sla.Money(row.opening, code),
        "closing": sla.Money(row.closing, code),
        "disputed": sla.Money(row.content["disputed"], code),
        "groups": [
            (gettext(name), [_line(line, code, writing) for line in own], sla.Money(total, code))
            for name, own, total in words.groups(row.content["lines"])
        ],
        "months": [
            {
                **month,
                "name": writing.month(date.fromisoformat(month["starts_on"])),
                "share": writing.share(month["kept"], month["kept"] + month["missed"]),
                "charged": sla.Money(month["charged"], code),
                "other": sla.Money(month["other"], code),
            }
            for month in row.content.get("months", ())
        ],
        "share": writing.share(
            row.content["attainment"]["kept"],
            row.content["attainment"]["kept"] + row.content["attainment"]["missed"],
        ),
        "sendings": sending.sendings_of(op, row),
        "mails": by_round,
        "recipients": sending.recipients_of(op, row.contract_id),
        "is_automatic": row.contract.sends_statements,
        "neighbours": _neighbours(op, row),
        "drawn_by": None if row.drawn_by is None else row.drawn_by.name,
    }


def _line(line: dict[str, Any], code: str, writing: Writing) -> Line:
    incident = line.get("incident")
    return Line(
        line["sequence"],
        writing.day(date.fromisoformat(line["day"])),
        letter.name_of(line, writing),
        list(letter.details_of(line, writing)),
        sla.Money(line["amount"], code),
        line.get("disputed", False),
        None if incident is None else incident["reference"],
    )


def _neighbours(op: Operation, row: Statement) -> tuple[str | None, str | None]:
    """The numbers of the statement before and of the one after, of the same account."""
    same = (
        Statement.contract_id == row.contract_id,
        Statement.currency == row.currency,
        Statement.kind == row.kind,
    )
    before = sa.select(Statement.number).where(*same, Statement.starts_on < row.starts_on)
    after = sa.select(Statement.number).where(*same, Statement.starts_on > row.starts_on)
    return (
        op.session.scalar(before.order_by(Statement.starts_on.desc()).limit(1)),
        op.session.scalar(after.order_by(Statement.starts_on).limit(1)),
    )


def _download(file: files.File) -> Response:
    answer = Response(file.data, mimetype=file.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    answer.set_etag(file.digest)
    return answer
