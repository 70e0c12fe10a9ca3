"""The words of the lists: what states and kinds are called, and what is wrong with an address."""

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date

from hotline.db.models import CallKind, EntryKind, IncidentStatus, MessageKind, MessageStatus, Role
from hotline.services.lists import Fault, calls, incidents, people
from hotline.services.lists.covers import Cover
from hotline.web.pages.words import language, marked

STATUSES: Mapping[str, str] = {
    IncidentStatus.OPEN: marked("Nobody has it"),
    IncidentStatus.ACKNOWLEDGED: marked("Somebody has it"),
    IncidentStatus.RESOLVED: marked("Resolved"),
    IncidentStatus.CANCELLED: marked("Cancelled"),
}
PROMISES: Mapping[str, str] = {
    incidents.MISSED: marked("Missed"),
    incidents.KEPT: marked("Told in time"),
    incidents.RUNNING: marked("Clock running"),
    incidents.NONE: marked("No promise yet: not verified"),
}
CALL_KINDS: Mapping[str, str] = {
    CallKind.INBOUND: marked("Somebody called us"),
    CallKind.PAGE: marked("We rang somebody to take it"),
    CallKind.JOIN: marked("We rang somebody to connect them"),
    CallKind.CALLBACK: marked("We called the customer"),
    CallKind.HANDOVER: marked("We rang somebody to hand it over"),
    CallKind.CHASE: marked("We asked the owner for a word"),
    CallKind.SELF_TEST: marked("Weekly test"),
    CallKind.CODE: marked("We read a code to a number of a colleague"),
    CallKind.TEST: marked("A colleague tried out their number"),
}
CALL_ENDS: Mapping[str, str] = {
    calls.TALKED: marked("Picked up"),
    calls.UNANSWERED: marked("Not picked up"),
    calls.LIVE: marked("Not over yet"),
    calls.NO_REPORT: marked("Left no report"),
}
MESSAGE_KINDS: Mapping[str, str] = {
    MessageKind.PAGE: marked("Page"),
    MessageKind.HANDOVER: marked("Hand-over"),
    MessageKind.CHASE: marked("The owner is asked for a word"),
    MessageKind.SELF_TEST: marked("Announcement of the weekly test"),
    MessageKind.TAKEN: marked("Who took it"),
    MessageKind.WARNING: marked("Warning"),
    MessageKind.BREACH: marked("News of a miss"),
    MessageKind.ALARM: marked("Alarm"),
    MessageKind.REFERENCE: marked("Reference for the customer"),
    MessageKind.NOTICE: marked("News for the customer"),
    MessageKind.FORWARDED: marked("What a customer wrote, sent on"),
    MessageKind.REPLY: marked("Reply to a text message"),
    MessageKind.ROSTER: marked("News of somebody's shifts"),
    MessageKind.STATEMENT: marked("Statement for a customer"),
    MessageKind.CODE: marked("Code for a number of a colleague"),
    MessageKind.TEST: marked("A colleague's test"),
    MessageKind.ACCOUNT: marked("News of somebody's own account"),
    MessageKind.COMMAND: marked("Text message to us"),
}
DELIVERIES: Mapping[str, str] = {
    MessageStatus.QUEUED: marked("Waiting to be sent"),
    MessageStatus.SENT: marked("Sent, no report yet"),
    MessageStatus.DELIVERED: marked("Delivered"),
    MessageStatus.UNDELIVERED: marked("Not delivered"),
    MessageStatus.FAILED: marked("Could not be sent"),
    MessageStatus.RECEIVED: marked("Received"),
}
ROLES: Mapping[str, str] = {
    Role.ENGINEER: marked("Engineer"),
    Role.MANAGER: marked("Manager"),
    Role.ADMIN: marked("Admin"),
    Role.AUDITOR: marked("Auditor"),
}
ACCOUNTS: Mapping[str, str] = {
    people.ACTIVE: marked("May sign in"),
    people.DISABLED: marked("Disabled"),
}
PLANS: Mapping[str, str] = {
    "premier": "Premier",
    "premier_plus": "Premier Plus",
    "premier_ultimate": "Premier Ultimate",
}
COVERS: Mapping[str, str] = {
    Cover.OPEN: marked("In force"),
    Cover.ENDING: marked("Ends soon"),
    Cover.OVER: marked("Ended"),
    Cover.FUTURE: marked("Not yet begun"),
    Cover.NONE: marked("Never bought"),
    Cover.WRONG_PLAN: marked("The plan does not allow it"),
}
LANGUAGES: Mapping[str, str] = {"en": marked("English"), "id": marked("Indonesian")}
ENTRY_KINDS: Mapping[str, str] = {
    EntryKind.FINE: marked("Fine"),
    EntryKind.CREDIT: marked("Service credit"),
    EntryKind.WAIVER: marked("Waiver"),
    EntryKind.CORRECTION: marked("Correction"),
    EntryKind.DISPUTE: marked("Dispute"),
    EntryKind.RESOLUTION: marked("End of a dispute"),
    EntryKind.PAYMENT: marked("Payment"),
}
FAULTS: Mapping[Fault, str] = {
    Fault.TOO_LONG: marked("That is too long; use 200 characters at most."),
    Fault.UNPRINTABLE: marked("That holds characters that nobody can type."),
    Fault.NO_DAY: marked("That is no day; write it as 2026-11-22."),
    Fault.NO_CHOICE: marked("There is no such choice."),
    Fault.NO_SORT: marked("This list cannot be sorted like that."),
    Fault.NO_PLACE: marked("The link to this page of the list is damaged or of another list. Start again."),
    Fault.BACKWARDS: marked("The last day is before the first."),
}


def day(value: date) -> str:
    """A calendar day in the viewer's language."""
    return format_date(value, format="medium", locale=language())
