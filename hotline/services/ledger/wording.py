"""What an adjustment's entry says: the plain sentence, and the record from which it can be checked."""

from typing import Any

import sla
from hotline.db.models import Adjustment, DisputeOutcome, EntryKind, LedgerEntry

_OUTCOMES = {
    DisputeOutcome.UPHELD: "upheld: the customer was right",
    DisputeOutcome.REJECTED: "rejected: the entry stands",
}


def sentence(row: Adjustment, entry: LedgerEntry | None, before: sla.Money, after: sla.Money) -> str:
    """One sentence in English that anybody can check. It names no person, for a customer may read it.

    ``before`` and ``after`` are what is owed of the entry, for a payment what is owed of the contract.
    """
    number = "" if entry is None else f"entry {entry.sequence}"
    size = sla.Money(abs(row.amount), row.currency)
    if row.kind is EntryKind.WAIVER:
        return f"{size} of {number} is waived: {before} was owed of it, now {after}."
    if row.kind is EntryKind.CORRECTION:
        way = "raised" if row.amount > 0 else "lowered"
        return (
            f"{number.capitalize()} is {way} by {size}, to correct it: it stood at {before}, now at {after}."
        )
    if row.kind is EntryKind.PAYMENT:
        return f"{size} is paid, payment reference {row.reference}: {before} was owed, now {after}."
    if row.kind is EntryKind.DISPUTE:
        return f"{number.capitalize()}, of which {before} is owed, is disputed."
    if row.kind is EntryKind.RESOLUTION and row.outcome is not None:
        return f"The dispute of {number} is over. It is {_OUTCOMES[row.outcome]}."
    raise ValueError(f"no adjustment is a {row.kind}")


def record(
    row: Adjustment,
    entry: LedgerEntry | None,
    owed: tuple[sla.Money, sla.Money] | None,
    balance: tuple[sla.Money, sla.Money],
) -> dict[str, Any]:
    """The same for machines: before and after, of the entry (if there is one) and of the whole account."""
    found: dict[str, Any] = {
        "kind": row.kind.value,
        "adjustment": str(row.id),
        "amount_minor": row.amount,
        "currency": row.currency,
        "balance_before_minor": balance[0].minor,
        "balance_after_minor": balance[1].minor,
    }
    if entry is not None and owed is not None:
        found |= {
            "entry": entry.sequence,
            "entry_hash": entry.hash,
            "owed_before_minor": owed[0].minor,
            "owed_after_minor": owed[1].minor,
        }
    if row.reference is not None:
        found["payment_reference"] = row.reference
    if row.outcome is not None:
        found["outcome"] = row.outcome.value
    return found
