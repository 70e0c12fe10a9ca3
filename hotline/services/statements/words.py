"""The words of statements: marked here, said in the language of the letter or of whoever sees the page."""

from collections.abc import Mapping
from typing import Any

from hotline.db.models import EntryKind, ReportChannel, StatementKind, ToldBy
from hotline.services.reports.words import marked

TITLES: Mapping[str, str] = {
    StatementKind.MONTH: marked("Statement of service credits"),
    StatementKind.YEAR: marked("Contract-year statement of service credits"),
}
KINDS: Mapping[str, str] = {
    StatementKind.MONTH: marked("Monthly statement"),
    StatementKind.YEAR: marked("Contract-year statement"),
}
CHANNELS: Mapping[str, str] = {
    ReportChannel.CALL: marked("by a call"),
    ReportChannel.SMS: marked("by text message"),
    ReportChannel.WEB: marked("in writing"),
    ReportChannel.API: marked("by a program"),
    ReportChannel.MISSED_CALL: marked("by a call that was cut off"),
}
WAYS: Mapping[str, str] = {
    ToldBy.BRIDGE: marked("connected to the engineer"),
    ToldBy.SPOKEN: marked("told while holding the line"),
    ToldBy.CALLBACK: marked("told in a call from us"),
    ToldBy.MESSAGE: marked("told by a text message that was delivered"),
}
# Entries in groups with a subtotal each, in the order in which a statement shows them.
GROUPS: tuple[tuple[str, frozenset[str]], ...] = (
    (marked("Service credits"), frozenset({EntryKind.FINE, EntryKind.CREDIT})),
    (marked("Waivers and corrections"), frozenset({EntryKind.WAIVER, EntryKind.CORRECTION})),
    (marked("Payments"), frozenset({EntryKind.PAYMENT})),
    (marked("Disputes"), frozenset({EntryKind.DISPUTE, EntryKind.RESOLUTION})),
)
_ENTRIES: Mapping[str, str] = {
    EntryKind.FINE: marked("Missed promise, incident {reference}"),
    EntryKind.CREDIT: marked("Attainment from {first} to {last}"),
    EntryKind.WAIVER: marked("Waiver of entry {about}"),
    EntryKind.CORRECTION: marked("Correction of entry {about}"),
    EntryKind.PAYMENT: marked("Payment"),
    EntryKind.DISPUTE: marked("Dispute of entry {about}"),
    EntryKind.RESOLUTION: marked("End of the dispute of entry {about}"),
}
REVISED = marked("Attainment from {first} to {last}, settled again")


def groups(lines: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]], int]]:
    """Each group that has lines: its marked name, the lines in their order, and what they come to."""
    found = []
    for name, kinds in GROUPS:
        own = [line for line in lines if line["kind"] in kinds]
        if own:
            found.append((name, own, sum(line["amount"] for line in own)))
    return found


def entry(line: Mapping[str, Any]) -> str:
    """The marked name of a line; its placeholders are ``reference``, ``first``, ``last`` and ``about``."""
    period = line.get("period")
    if period is not None and (period["revision"] or 1) > 1:
        return REVISED
    return _ENTRIES[line["kind"]]
