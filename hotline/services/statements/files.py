"""A statement as files: the letter as PDF, and everything it says as CSV."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sla
from hotline.db.models import Statement
from hotline.services.lists.export import table
from hotline.services.lists.listing import Cell
from hotline.services.statements import letter, pdf

COLUMNS = (
    "statement", "line", "sequence", "day", "kind", "incident", "product", "reported_by", "reported_at",
    "respond_by", "told_at", "told_by", "about", "disputed", "amount_minor", "amount", "currency",
    "sentence", "reason", "requested_by", "approved_by", "hash",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """A file to be kept, sent or shown."""

    name: str
    media_type: str
    data: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes."""
        return hashlib.sha256(self.data).hexdigest()


def as_pdf(statement: Statement) -> File:
    """The letter: the same bytes whenever it is made by the same version of this program."""
    return File(f"{statement.number}.pdf", "application/pdf", pdf.render(letter.compose(statement)))


def as_csv(statement: Statement) -> File:
    """Opening balance, every entry with its evidence, closing balance with the ledger's last hash. In UTC."""
    return File(f"{statement.number}.csv", "text/csv", table(COLUMNS, _rows(statement)).encode())


def _rows(statement: Statement) -> Iterator[list[Cell]]:
    yield _row(statement, {"line": "opening", "day": statement.starts_on.isoformat()}, statement.opening)
    for line in statement.content["lines"]:
        yield _row(statement, {"line": "entry", **_flat(line)}, line["amount"])
    end = {
        "day": statement.ends_on.isoformat(),
        "sequence": statement.last_sequence,
        "hash": statement.last_hash,
    }
    yield _row(statement, {"line": "closing", **end}, statement.closing)


def _flat(line: Mapping[str, Any]) -> dict[str, Any]:
    incident = line.get("incident") or {}
    return {
        **line,
        "incident": incident.get("reference"),
        "product": incident.get("product"),
        "reported_by": incident.get("channel"),
        **{name: incident.get(name) for name in ("reported_at", "respond_by", "told_at", "told_by")},
        "disputed": "disputed" if line.get("disputed") else None,
    }


def _row(statement: Statement, values: Mapping[str, Any], minor: int) -> list[Cell]:
    known: dict[str, Cell | Decimal] = {
        **values,
        "statement": statement.number,
        "amount_minor": minor,
        "amount": sla.Money(minor, statement.currency).to_decimal(),
        "currency": statement.currency,
    }
    return [known.get(column) for column in COLUMNS]
