"""The ledger: what broken promises cost, contract by contract, with the sentence that explains each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

import sla
from hotline.services import reports
from hotline.services.access import Permission
from hotline.web.pages.guard import needs
from hotline.web.pages.site import the_site


@dataclass(frozen=True, slots=True)
class Line:
    """One entry."""

    at: datetime
    reference: str
    ordinal: int
    contract_year: int
    amount: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Account:
    """The entries of one contract, oldest first, and their sums by currency."""

    customer: str
    contract: str
    lines: list[Line]
    totals: list[sla.Money]


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/ledger")(ledger)


@needs(Permission.SEE_MONEY)
def ledger() -> ResponseReturnValue:
    """The page of all contracts that have entries."""
    with the_site().reading() as op:
        entries = reports.ledger(op)
    return render_template("ledger.html", accounts=_accounts(entries), totals=reports.totals(entries))


def _accounts(entries: Sequence[dict[str, Any]]) -> list[Account]:
    in_order = sorted(entries, key=_owner)  # stable: entries of a contract stay in the order of time
    return [
        Account(*owner, lines=[_line(entry) for entry in group], totals=reports.totals(group))
        for owner, found in groupby(in_order, key=_owner)
        for group in [list(found)]
    ]


def _owner(entry: dict[str, Any]) -> tuple[str, str]:
    return entry["customer"] or "", entry["contract"] or ""


def _line(entry: dict[str, Any]) -> Line:
    return Line(
        datetime.fromisoformat(entry["at"]),
        entry["reference"],
        entry["ordinal"],
        entry["contract_year"],
        entry["amount"],
        entry["sentence"],
    )
