"""Where an entry and a contract's account stand: what is still owed, and whether it is disputed."""

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

import sla
from hotline.db.models import Contract, DisputeOutcome, EntryKind, LedgerEntry
from hotline.errors import NotFoundError
from hotline.services.operation import Operation
from hotline.speech.marking import marked

CHARGES = (EntryKind.FINE, EntryKind.CREDIT)  # what is owed at first, and may be waived or disputed
CORRECTABLE = (*CHARGES, EntryKind.PAYMENT)


class DisputeState(enum.StrEnum):
    """What is to be said of the latest dispute of an entry."""

    NONE = "none"
    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Standing:
    """What an entry comes to with everything that refers to it (``owed``), and its latest dispute."""

    owed: sla.Money
    dispute: DisputeState
    disputed_by: LedgerEntry | None


def contract_by(op: Operation, number: str) -> Contract:
    """The contract of a number, ended or not. Raises :class:`NotFoundError`."""
    found = op.session.scalars(sa.select(Contract).where(Contract.number == number)).one_or_none()
    if found is None:
        raise NotFoundError(marked("There is no such contract."))
    return found


def entry_by(op: Operation, number: str, sequence: int) -> LedgerEntry:
    """An entry by its contract's number and its own. Raises :class:`NotFoundError`."""
    found = None
    if sequence < 2**31:  # no more fits into the column
        query = sa.select(LedgerEntry).join(Contract, Contract.id == LedgerEntry.contract_id)
        is_it = sa.and_(Contract.number == number, LedgerEntry.sequence == sequence)
        found = op.session.scalars(query.where(is_it)).one_or_none()
    if found is None:
        raise NotFoundError(marked("There is no such entry in the ledger."))
    return found


def about(op: Operation, entry: LedgerEntry) -> Sequence[LedgerEntry]:
    """Everything that refers to an entry, in its order."""
    query = sa.select(LedgerEntry).where(LedgerEntry.entry_id == entry.id)
    return op.session.scalars(query.order_by(LedgerEntry.sequence)).all()


def standing(op: Operation, entry: LedgerEntry) -> Standing:
    """Where an entry stands; exact for as long as its contract is locked."""
    referring = about(op, entry)
    owed = sla.Money(entry.amount + sum(one.amount for one in referring), entry.currency)
    state, disputed_by = DisputeState.NONE, None
    for one in referring:
        if one.kind is EntryKind.DISPUTE:
            state, disputed_by = DisputeState.OPEN, one
        elif one.kind is EntryKind.RESOLUTION:
            state = DisputeState(DisputeOutcome(one.record["outcome"]).value)
    return Standing(owed, state, disputed_by)


def balance(op: Operation, contract_id: uuid.UUID, currency: str) -> sla.Money:
    """What all entries of a contract in a currency come to: above zero is owed to the customer."""
    return dict(balances(op, contract_id)).get(currency, sla.Money(0, currency))


def balances(op: Operation, contract_id: uuid.UUID) -> list[tuple[str, sla.Money]]:
    """The same in every currency in which the contract has entries, by its code."""
    query = (
        sa.select(LedgerEntry.currency, sa.func.sum(LedgerEntry.amount))
        .where(LedgerEntry.contract_id == contract_id)
        .group_by(LedgerEntry.currency)
        .order_by(LedgerEntry.currency)
    )
    return [(code, sla.Money(int(minor), code)) for code, minor in op.session.execute(query)]


def is_disputed() -> "sa.ColumnElement[bool]":
    """A condition on entries: a dispute of it has not been resolved."""
    opened, ended = aliased(LedgerEntry), aliased(LedgerEntry)
    is_over = sa.exists().where(
        ended.entry_id == opened.entry_id,
        ended.kind == EntryKind.RESOLUTION,
        ended.sequence > opened.sequence,
    )
    return sa.exists().where(
        opened.entry_id == LedgerEntry.id, opened.kind == EntryKind.DISPUTE, sa.not_(is_over)
    )
