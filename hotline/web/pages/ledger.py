"""The ledger: what broken promises cost, with the sentence that explains each, and what it adds up to."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

import sla
from hotline.services import lists
from hotline.services.access import Permission
from hotline.services.lists import ledger as entries
from hotline.services.operation import Operation
from hotline.web.pages.guard import needs
from hotline.web.pages.lists import fields, words
from hotline.web.pages.lists.sheet import Sheet
from hotline.web.pages.words import marked


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/ledger")(ledger)
    blueprint.get("/ledger.csv")(ledger_file)


@needs(Permission.SEE_MONEY)
def ledger() -> ResponseReturnValue:
    """Entries, newest first, with the sums of all that fit."""
    return LEDGER.show()


@needs(Permission.SEE_MONEY)
def ledger_file() -> ResponseReturnValue:
    """The same as a file."""
    return LEDGER.file()


def _fields(op: Operation) -> list[fields.Field]:
    codes = {code: code for code in entries.currencies(op) if code in sla.EXPONENTS}
    return [
        fields.text(marked("Reference, customer, or contract number")),
        *fields.days(marked("Deadline missed from"), marked("Deadline missed until")),
        fields.customer(op),
        fields.choice("kind", marked("Kind"), words.ENTRY_KINDS),
        fields.choice("currency", marked("Currency"), codes),
    ]


def _sums(op: Operation, question: "lists.Question[Any]") -> Mapping[str, Any]:
    return {"sums": entries.sums(op, question), "most_contracts": entries.MOST_CONTRACTS}


LEDGER = Sheet(lists.LEDGER, "pages.ledger", "pages.ledger_file", "ledger.html", _fields, _sums)
