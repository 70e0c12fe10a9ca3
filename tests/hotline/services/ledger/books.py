"""Ways to fill a ledger and to ask for changes of it, shared by the tests of this folder."""

import uuid
from typing import Any

import sqlalchemy as sa

import sla
from hotline.db.base import new_id
from hotline.db.models import Contract, EntryKind, LedgerEntry
from hotline.services.ledger import adjustments, verify
from hotline.services.ledger.checks import Wanted
from hotline.services.operation import Operation
from hotline.services.promise.enforcement import sweep_deadlines
from hotline.settings import Settings
from tests.hotline.house import MADES_CONTRACT, NADIA, SITI, House

LIMITS = (sla.Money(1_000_000, "USD"),)  # of the fines of 50,000, 100,000 and 200,000 dollars


def miss(house: House, times: int = 1) -> list[LedgerEntry]:
    """So many misses of Made's contract, each with its fine; all entries of the ledger."""
    for _ in range(times):
        house.report()
        house.clock.advance(60)
    house.clock.advance(1800)
    house.do(sweep_deadlines)
    return entries(house)


def entries(house: House) -> list[LedgerEntry]:
    return sorted(house.all(LedgerEntry), key=lambda entry: (str(entry.contract_id), entry.sequence))


def limited(house: House, limits: tuple[sla.Money, ...] = LIMITS) -> House:
    """The same house, in which one person may move so much alone."""
    settings: Settings = house.settings.model_copy(update={"approval_limits": limits})
    house.settings = settings
    return house


def wanted(entry: LedgerEntry, kind: EntryKind, minor: int = 0, **values: Any) -> Wanted:
    """A request about an entry; for a payment, about its contract."""
    about = None if kind is EntryKind.PAYMENT else entry.id
    if kind is EntryKind.PAYMENT:
        values = {"reference": f"BANK-{uuid.uuid4()}", **values}
    amount = sla.Money(minor, values.pop("currency", entry.currency))
    values = {"reason": "They were told by letter.", "entry_id": about, **values}
    return Wanted(
        id=values.pop("id", new_id()), kind=kind, contract_id=entry.contract_id, amount=amount, **values
    )


def ask(house: House, what: Wanted, phone: str = SITI) -> Any:
    return house.do(lambda op: adjustments.ask(op, house.user(op, phone), what))


def approve(house: House, row: Any, phone: str = NADIA) -> Any:
    return house.do(lambda op: adjustments.approve(op, house.user(op, phone), row.id))


def faults(house: House, **expected: Any) -> list[str]:
    """Everything that is broken in the ledger, with the contract's number before it."""
    with house.operation() as op:
        found = list(verify.chains(op, **expected))
    return [f"{chain.contract}: {fault}" for chain in found for fault in chain.faults]


def contract(house: House) -> Contract:
    found: Contract = house.one(Contract, Contract.number == MADES_CONTRACT)
    return found


def tamper(house: House, *statements: str) -> None:
    """Change the ledger as only somebody can who takes the triggers away first."""
    with house.operation() as op:
        _tamper(op, *statements)


def faults_after(house: House, *statements: str) -> list[str]:
    """What would be broken after such a change, which is taken back."""
    with house.operation() as op:
        _tamper(op, *statements)
        found = [str(fault) for chain in verify.chains(op) for fault in chain.faults]
        op.session.rollback()
    return found


def _tamper(op: Operation, *statements: str) -> None:
    connection = op.session.connection()
    if connection.dialect.name == "sqlite":
        for name in ("update", "delete", "replace"):
            connection.execute(sa.text(f"DROP TRIGGER IF EXISTS ledger_entries_no_{name}"))
    else:
        connection.execute(sa.text("ALTER TABLE ledger_entries DISABLE TRIGGER USER"))
    for statement in statements:
        connection.execute(sa.text(statement))
