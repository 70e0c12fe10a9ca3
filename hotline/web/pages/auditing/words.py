"""What discrepancies are about, in words."""

from hotline.services.auditing.differences import Kind
from hotline.web.pages.words import gettext, marked

KINDS = {
    Kind.EVENTS: marked("The timeline contradicts itself"),
    Kind.CLOCK: marked("The clock"),
    Kind.TOLD: marked("When the customer was told"),
    Kind.OVERDUE: marked("Nobody recorded the miss"),
    Kind.BREACH: marked("A recorded miss"),
    Kind.FINE: marked("A fine"),
    Kind.CREDIT: marked("A credit for attainment"),
    Kind.CHAIN: marked("The chain of the ledger"),
    Kind.UNREADABLE: marked("Something cannot be read"),
}
_FIELDS = {
    "amount": marked("amount"),
    "at": marked("instant"),
    "breach": marked("record of the miss"),
    "breached": marked("line of the timeline"),
    "breached_at": marked("deadline that was missed"),
    "breached_fine": marked("fine in the timeline"),
    "breached_ordinal": marked("number in the timeline"),
    "clock-started": marked("start of the clock"),
    "contract": marked("contract"),
    "contract_year": marked("contract year"),
    "day": marked("day"),
    "due_on": marked("day of the deadline"),
    "entry": marked("entry"),
    "incident": marked("incident"),
    "missed_on": marked("day of the miss"),
    "ordinal": marked("number of the miss"),
    "period_ends_on": marked("end of the period"),
    "period_starts_on": marked("start of the period"),
    "reported": marked("arrival of the report"),
    "reported_at": marked("arrival of the report"),
    "respond_by": marked("deadline"),
    "sentence": marked("sentence"),
    "terms": marked("version of the terms"),
    "terms_id": marked("version of the terms"),
    "told-retracted": marked("tellings that were taken back"),
    "told_at": marked("instant"),
    "told_by": marked("way of telling"),
}


def kind(name: str) -> str:
    """What a difference is about, in the viewer's language."""
    return gettext(KINDS[Kind(name)])


def field(name: str) -> str:
    """The part that differs, in the viewer's language; the name of a field of an entry's record as it is."""
    if name.startswith("record."):
        return gettext("{field} in the record").format(field=name.removeprefix("record."))
    known = _FIELDS.get(name)
    return name if known is None else gettext(known)
