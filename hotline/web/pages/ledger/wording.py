"""How an amount came to be, step by step, in the viewer's words: read from the record of an entry."""

from collections.abc import Iterator, Mapping
from typing import Any

import sla
from hotline.db.models import DisputeOutcome, EntryKind, LedgerEntry
from hotline.services.directory import Sentence
from hotline.services.ledger.accounts import DisputeState
from hotline.web.pages.words import amount, gettext, marked

OUTCOMES: Mapping[str, str] = {
    DisputeOutcome.UPHELD: marked("Upheld: the customer was right"),
    DisputeOutcome.REJECTED: marked("Rejected: the entry stands"),
}
DISPUTES: Mapping[str, str] = {
    DisputeState.OPEN: marked("Disputed"),
    DisputeState.UPHELD: marked("Dispute upheld"),
    DisputeState.REJECTED: marked("Dispute rejected"),
}
_RULES: Mapping[str, str] = {
    "floor": marked("Raised to the least that is charged"),
    "cap_incident": marked("Limited to the most that one incident costs"),
    "cap_period": marked("Limited to what the period still has room for"),
}
Step = tuple[str, str]


def said(sentence: Sentence) -> str:
    """A refusal of the services in the viewer's language, with amounts as the viewer writes them."""
    values = {name: _localised(text) for name, text in sentence.values.items()}
    return gettext(sentence.text).format(**values)


def _localised(text: str) -> str:
    code, _, major = text.partition(" ")
    try:
        return amount(sla.money_from_text(major, code))
    except ValueError:
        return text


def steps(entry: LedgerEntry) -> list[Step]:
    """Each step with the amount that it led to; the last is what the entry says."""
    if entry.kind in {EntryKind.FINE, EntryKind.CREDIT}:
        return list(_charge(entry))
    return list(_adjustment(entry))


def _charge(entry: LedgerEntry) -> Iterator[Step]:
    record = entry.record
    fee = record.get("annual_fee_minor")
    if fee is not None:
        yield gettext(marked("Annual fee")), _money(fee, entry)
    if entry.kind is EntryKind.CREDIT and "kept" in record:
        counted = gettext(marked("Answered in time"))
        yield counted, f"{record['kept']} / {record['kept'] + record['missed']}"
    for step in record.get("arithmetic") or [{"rule": "step", "amount_minor": record.get("amount_minor", 0)}]:
        yield _rule(str(step["rule"]), record), _money(step["amount_minor"], entry)
    before = record.get("charged_before_minor")
    if before:
        yield gettext(marked("Charged before in the period of the cap")), _money(before, entry)
    credited = record.get("credited_before_minor")
    if credited:
        yield gettext(marked("Credited before for this period")), _money(-credited, entry)


def _rule(rule: str, record: Mapping[str, Any]) -> str:
    if rule == "step":
        text = marked("Miss {ordinal} of the period: step {step} of {steps}")
        values = {name: record.get(name, "?") for name in ("ordinal", "step", "steps")}
        return gettext(text).format(**values)
    if rule == "band":
        below = record.get("below_basis_points")
        if below is None:
            return gettext(marked("No band of the attainment applies"))
        return gettext(marked("Attainment below {share}")).format(share=sla.percent(below))
    return gettext(_RULES[rule]) if rule in _RULES else rule


def _adjustment(entry: LedgerEntry) -> Iterator[Step]:
    record = entry.record
    of_entry = "owed_before_minor" in record
    name = "owed" if of_entry else "balance"
    if f"{name}_before_minor" not in record:
        return
    before = marked("Owed of entry {number} before") if of_entry else marked("Owed of the contract before")
    after = (
        marked("Owed of entry {number} afterwards") if of_entry else marked("Owed of the contract afterwards")
    )
    number = record.get("entry")
    yield gettext(before).format(number=number), _money(record[f"{name}_before_minor"], entry)
    yield gettext(marked("This entry")), _money(entry.amount, entry)
    yield gettext(after).format(number=number), _money(record[f"{name}_after_minor"], entry)


def _money(minor: int, entry: LedgerEntry) -> str:
    return amount(sla.Money(minor, entry.currency))
