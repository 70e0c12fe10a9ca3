"""Entries and recipients for tests of statements."""

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa

import sla
from hotline.db.models import Contract, EntryKind, StatementRecipient
from hotline.services.ledger import book
from hotline.services.operation import Operation


def contract_of(op: Operation, number: str) -> Contract:
    """The contract, locked as whoever writes entries locks it."""
    query = sa.select(Contract).where(Contract.number == number).with_for_update(of=Contract)
    return op.session.scalars(query).one()


def enter(
    op: Operation, number: str, day: date, minor: int, kind: EntryKind = EntryKind.CORRECTION, **changes: Any
) -> uuid.UUID:
    """One entry of a contract, in US dollars unless another ``currency`` is given."""
    currency = changes.pop("currency", "USD")
    draft = book.Draft(
        kind,
        contract_of(op, number).id,
        sla.Money(minor, currency),
        day=day,
        at=changes.pop("at", op.now),
        contract_year=1,
        sentence=f"{sla.Money(minor, currency)} because of a test.",
        record={},
        **changes,
    )
    (entry_id,) = book.append(op, [draft])
    return entry_id


def add_recipient(op: Operation, number: str, **changes: Any) -> StatementRecipient:
    """Somebody at the customer who gets the statements of a contract."""
    values = {"name": "Ratna Dewi", "email": "finance@nusantara.example", "language": "en", **changes}
    row = StatementRecipient(contract_id=contract_of(op, number).id, **values)
    op.session.add(row)
    op.session.flush()
    return row
