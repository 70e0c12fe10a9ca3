"""Checking a ledger entry against those before it in its chain: each check says what is wrong in words."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hotline.db.chain import FIRST
from hotline.db.models import EntryKind
from hotline.services.ledger import chain
from hotline.services.ledger.accounts import CHARGES

Row = Mapping[Any, Any]
_ADJUSTMENTS = frozenset(EntryKind) - set(CHARGES)
_REFERRING = _ADJUSTMENTS - {EntryKind.PAYMENT}
_STILL = frozenset({EntryKind.DISPUTE, EntryKind.RESOLUTION})
_BELOW_ZERO = frozenset({EntryKind.WAIVER, EntryKind.PAYMENT})


@dataclass(slots=True)
class _Seen:
    """What later entries are compared with of an earlier one; ``owed`` with all that refers to it."""

    sequence: int
    amount: int
    currency: str
    hash: str
    owed: int


@dataclass(slots=True)
class Walk:
    """A walk along one contract's chain: what has been seen, and what the next entry must fit."""

    expected: int = 1
    last: str = FIRST
    sums: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seen: dict[uuid.UUID, _Seen] = field(default_factory=dict)

    def step(self, row: Row) -> list[str]:
        """What is wrong with the next entry. Raises ValueError, TypeError or LookupError if it is none."""
        if not isinstance(row["record"], dict):
            raise TypeError("the record of an entry is an object")
        about = None if row["entry_id"] is None else self.seen.get(row["entry_id"])
        faults = [*self._links(row), *_amounts(row), *_reference(row, about)]
        if row["kind"] in _ADJUSTMENTS:
            faults += [*_approval(row), *self._sums(row, about)]
        if about is not None:
            about.owed += row["amount"]
        self.seen[row["id"]] = _Seen(
            row["sequence"], row["amount"], row["currency"], row["hash"], row["amount"]
        )
        self.sums[row["currency"]] += row["amount"]
        self.expected, self.last = row["sequence"] + 1, row["hash"]
        return faults

    def _links(self, row: Row) -> Iterator[str]:
        missing = row["sequence"] - self.expected
        if missing:
            yield f"{missing} missing before it" if missing > 0 else "its number is taken"
        if row["previous_hash"] != self.last:
            yield "it is not chained to the entry before it"
        if row["hash"] != chain.digest(row["previous_hash"], row):
            yield "it does not say what it said when it was written (its hash differs)"

    def _sums(self, row: Row, about: _Seen | None) -> Iterator[str]:
        record, amount = row["record"], row["amount"]
        balance = self.sums[row["currency"]]
        if not _is_step(record, "balance", balance, amount):
            yield "the balance in its record is not the sum of the entries"
        if about is None:
            return
        if not _is_step(record, "owed", about.owed, amount):
            yield f"what its record says is owed of entry {about.sequence} is not"
        if about.amount >= 0 and about.owed + amount < min(0, about.owed):
            yield f"it takes more from entry {about.sequence} than was owed of it"


def _is_step(record: Mapping[str, Any], name: str, before: int, amount: int) -> bool:
    said = (record.get(f"{name}_before_minor"), record.get(f"{name}_after_minor"))
    return said == (before, before + amount)


def _amounts(row: Row) -> Iterator[str]:
    kind, amount, record = row["kind"], row["amount"], row["record"]
    said = record.get("amount_minor")
    if kind is EntryKind.CREDIT and said is not None:
        said -= record.get("credited_before_minor", 0)
    if said != amount:
        yield "its amount is not that of its record"
    if record.get("currency") != row["currency"]:
        yield "its currency is not that of its record"
    steps = record.get("arithmetic")
    if steps and steps[-1]["amount_minor"] != record.get("amount_minor"):
        yield "the arithmetic in its record does not lead to the amount"
    if (
        (kind is EntryKind.FINE and amount < 0)
        or (kind in _BELOW_ZERO and amount >= 0)
        or (kind in _STILL and amount != 0)
    ):
        yield f"a {kind} never has that amount"


def _reference(row: Row, about: _Seen | None) -> Iterator[str]:
    if row["entry_id"] is None:
        if row["kind"] in _REFERRING:
            yield "it refers to no entry"
        return
    if about is None:
        yield "it refers to no earlier entry of its contract"
        return
    if about.currency != row["currency"]:
        yield f"it is in another currency than entry {about.sequence}, to which it refers"
    if (row["record"].get("entry"), row["record"].get("entry_hash")) != (about.sequence, about.hash):
        yield "it refers to another entry than its record does"


def _approval(row: Row) -> Iterator[str]:
    if row["requested_by_id"] is None or row["approved_by_id"] is None or not row["reason"]:
        yield "nobody is named who asked for it, who approved it, or why"
