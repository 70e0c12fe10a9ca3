"""The list of statements, as a page and as a file."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

import sla
from hotline.services import lists
from hotline.services.access import Permission
from hotline.services.lists import ledger as entries
from hotline.services.lists import statements as rows
from hotline.services.operation import Operation
from hotline.services.statements import words as said
from hotline.web.pages.guard import needs
from hotline.web.pages.lists import fields
from hotline.web.pages.lists.sheet import Sheet
from hotline.web.pages.words import marked

STATES: Mapping[str, str] = {
    rows.WAITING: marked("Waits to be released"),
    rows.RELEASED: marked("Released"),
    rows.FAILED: marked("An e-mail failed"),
}


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/statements")(statements)
    blueprint.get("/statements.csv")(statements_file)


@needs(Permission.SEE_MONEY)
def statements() -> ResponseReturnValue:
    """Every statement, the latest first."""
    return STATEMENTS.show()


@needs(Permission.SEE_MONEY)
def statements_file() -> ResponseReturnValue:
    """The same as a file."""
    return STATEMENTS.file()


def _fields(op: Operation) -> list[fields.Field]:
    codes = {code: code for code in entries.currencies(op) if code in sla.EXPONENTS}
    return [
        fields.text(marked("Number of the statement, customer, or contract number")),
        *fields.days(marked("Period from"), marked("Period until")),
        fields.customer(op),
        fields.choice("kind", marked("Kind"), said.KINDS),
        fields.choice("state", marked("State"), STATES),
        fields.choice("currency", marked("Currency"), codes),
    ]


def _more(op: Operation, _question: "lists.Question[Any]") -> Mapping[str, Any]:
    return {"kinds": said.KINDS, "states": STATES, "unreleased": rows.waiting(op)}


STATEMENTS = Sheet(
    lists.STATEMENTS, "pages.statements", "pages.statements_file", "statements/list.html", _fields, _more
)
