"""Proving the ledger: every chain is worked out again from the entries, and what does not fit is named.

A chain is unbroken when its entries are numbered without a hole, each carries the hash of the one before and
its own hash is that of what it says; when each refers to an earlier entry of its own contract; and when
amounts and sums are those that the records say. Only cutting off the newest entries leaves a whole chain:
against that, the hash of an entry that somebody else has on paper is asked for (``expected``).
"""

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

import sla
from hotline.db.chain import FIRST
from hotline.db.models import Contract, LedgerEntry
from hotline.services.ledger import chain
from hotline.services.ledger.soundness import Walk
from hotline.services.operation import Operation

_CHUNK = 1000
_TABLE = LedgerEntry.__table__
_UNREADABLE = (ValueError, TypeError, LookupError)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is broken: the entry's number (None for the chain as a whole), and a sentence in English."""

    sequence: int | None
    words: str

    def __str__(self) -> str:
        return self.words if self.sequence is None else f"entry {self.sequence}: {self.words}"


@dataclass(slots=True)
class Chain:
    """One contract's chain as it was found; ``last`` is the hash of its newest entry."""

    contract: str
    entries: int = 0
    last: str = FIRST
    sums: list[sla.Money] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def chains(op: Operation, expected: Mapping[str, Collection[str]] | None = None) -> Iterator[Chain]:
    """Every contract that has entries, or of which a hash is expected, in the order of their numbers.

    ``expected`` are hashes by contract number that have to be in the chain. Entries are streamed; of a
    contract's, only what later ones are compared with is kept.
    """
    wanted = {number: set(hashes) for number, hashes in (expected or {}).items()}
    has_entries = sa.exists().where(LedgerEntry.contract_id == Contract.id)
    query = sa.select(Contract.id, Contract.number).where(has_entries).order_by(Contract.number)
    for contract_id, number in op.session.execute(query).all():
        yield _chain(op, contract_id, number, wanted.pop(number, set()))
    for number, hashes in wanted.items():
        yield Chain(number, faults=_missing(hashes))


def is_sound(op: Operation, entry: LedgerEntry) -> bool:
    """Whether an entry's hash is that of what it says, and its neighbours are chained to it."""
    query = sa.select(LedgerEntry.sequence, LedgerEntry.hash, LedgerEntry.previous_hash).where(
        LedgerEntry.contract_id == entry.contract_id,
        LedgerEntry.sequence.in_((entry.sequence - 1, entry.sequence + 1)),
    )
    before, behind = FIRST if entry.sequence == 1 else None, entry.hash
    for sequence, hashed, previous in op.session.execute(query):
        if sequence < entry.sequence:
            before = hashed
        else:
            behind = previous
    said = {name: getattr(entry, name) for name in chain.COLUMNS}
    is_its_own = entry.hash == chain.digest(entry.previous_hash, said)
    return is_its_own and before == entry.previous_hash and behind == entry.hash


def _chain(op: Operation, contract_id: uuid.UUID, number: str, hashes: set[str]) -> Chain:
    found, walk = Chain(number), Walk()
    query = sa.select(_TABLE).where(_TABLE.c.contract_id == contract_id).order_by(_TABLE.c.sequence)
    try:
        with op.session.execute(query.execution_options(yield_per=_CHUNK)) as rows:
            for row in rows.mappings():
                found.faults += [Fault(row["sequence"], words) for words in walk.step(row)]
                found.entries += 1
                hashes.discard(row["hash"])
    except _UNREADABLE as error:
        words = f"it holds what no entry can hold ({type(error).__name__}); the rest is not checked"
        found.faults.append(Fault(_unreadable(op, contract_id), words))
    found.last = walk.last
    found.sums = [sla.Money(walk.sums[code], code) for code in sorted(walk.sums) if code in sla.EXPONENTS]
    found.faults += _missing(hashes)
    return found


def _unreadable(op: Operation, contract_id: uuid.UUID) -> int | None:
    """The number of the first entry that cannot even be read."""
    its = sa.select(_TABLE.c.sequence).where(_TABLE.c.contract_id == contract_id).order_by(_TABLE.c.sequence)
    for sequence in op.session.scalars(its).all():
        one = sa.select(_TABLE).where(_TABLE.c.contract_id == contract_id, _TABLE.c.sequence == sequence)
        try:
            row = op.session.execute(one).mappings().one()
            Walk(expected=sequence, last=row["previous_hash"]).step(row)
        except _UNREADABLE:
            return int(sequence)
    return None


def _missing(hashes: Collection[str]) -> list[Fault]:
    words = "no entry has the hash {}: entries were cut off, or it is of another ledger"
    return [Fault(None, words.format(one)) for one in sorted(hashes)]
