"""The list of the ledger: every entry with the sentence that explains it, and what they add up to."""

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
        *fields.days(marked("From"), marked("Until")),
        fields.customer(op),
        fields.choice("kind", marked("Kind"), words.ENTRY_KINDS),
        fields.choice("currency", marked("Currency"), codes),
        fields.choice(
            "dispute",
            marked("Dispute"),
            {entries.DISPUTED: marked("Disputed now"), entries.UNDISPUTED: marked("Not disputed now")},
        ),
    ]


def _sums(op: Operation, question: "lists.Question[Any]") -> Mapping[str, Any]:
    return {
        "sums": entries.sums(op, question),
        "most_contracts": entries.MOST_CONTRACTS,
        "kinds": words.ENTRY_KINDS,
    }


LEDGER = Sheet(lists.LEDGER, "pages.ledger", "pages.ledger_file", "ledger/list.html", _fields, _sums)
