"""What changed, in words: the kinds of things, what was done, their fields and values."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hotline.db.models import Role
from hotline.services.directory import Sentence
from hotline.speech.render import VOICES
from hotline.web.pages.account.forms import ROLE_NAMES
from hotline.web.pages.admin.forms import LEAVING
from hotline.web.pages.lists.words import ENTRY_KINDS, PLANS, day
from hotline.web.pages.terms.words import PERIODS, STOPS
from hotline.web.pages.words import gettext, local, marked

KINDS: Mapping[str, str] = {
    "team": marked("Team"),
    "product": marked("Product"),
    "service number": marked("Service number"),
    "customer": marked("Customer"),
    "contract": marked("Contract"),
    "terms": marked("Promise"),
    "rate card": marked("Rate card"),
    "caller": marked("Caller"),
    "statement recipient": marked("Recipient of statements"),
    "statement": marked("Statement"),
    "person": marked("Person"),
    "ladder": marked("Ladder"),
    "rotation": marked("Rotation"),
    "override": marked("Override"),
    "cover request": marked("Request for cover"),
    "leave": marked("Leave"),
    "holiday calendar": marked("Holiday calendar"),
    "report": marked("Report"),
    "adjustment": marked("Adjustment of the ledger"),
}
ACTIONS: Mapping[str, str] = {
    "created": marked("created"),
    "changed": marked("changed"),
    "ended": marked("ended"),
    "withdrawn": marked("withdrawn"),
    "brought back": marked("brought back"),
    "PIN issued": marked("PIN letter issued"),
    "key made": marked("key for a program made"),
    "key ended": marked("key for a program ended"),
    "recorded": marked("put down by hand"),
    "drew up": marked("drawn up"),
    "released": marked("released"),
    "sent again": marked("sent again"),
    "requested": marked("asked for"),
    "approved": marked("approved"),
    "approved alone": marked("written by one person"),
    "rejected": marked("rejected"),
    "disabled": marked("account disabled"),
    "enabled": marked("account enabled"),
    "password set": marked("new password given"),
    "factors reset": marked("second factor reset"),
    "number entered": marked("number entered by an admin"),
    "number added": marked("number added, not verified yet"),
    "number verified": marked("number verified"),
    "number first": marked("number made the first"),
    "number removed": marked("number removed"),
}
FIELDS: Mapping[str, str] = {
    "name": marked("Name"),
    "code": marked("Code"),
    "position": marked("Place in the menu"),
    "time_zone": marked("Time zone"),
    "language": marked("Language"),
    "phone": marked("Telephone number"),
    "label": marked("Label"),
    "customer": marked("Customer"),
    "support_number": marked("Support number"),
    "ladder": marked("Ladder"),
    "number": marked("Number"),
    "plan": marked("Plan"),
    "starts_on": marked("The contract begins on"),
    "cover_from": marked("First day of the cover"),
    "cover_until": marked("Last day of the cover"),
    "products": marked("Products"),
    "contract": marked("Contract"),
    "minutes": marked("Minutes until the customer is told"),
    "warn_at": marked("Warnings at shares of the time"),
    "fines": marked("What a miss costs"),
    "fines_period": marked("Misses are counted by the contract's"),
    "stops": marked("What stops the clock"),
    "year_starts_on": marked("Contract years begin on"),
    "currency": marked("Currency"),
    "annual_fee": marked("Annual fee"),
    "attainment": marked("Credit by attainment"),
    "attainment_period": marked("Attainment is measured by the contract's"),
    "floor": marked("The least a miss or a credit comes to"),
    "cap_incident": marked("The most an incident costs"),
    "cap_period": marked("The most a period costs"),
    "note": marked("Note"),
    "effective_from": marked("In force from"),
    "key": marked("Key"),
    "channel": marked("How it reached us"),
    "arrived_at": marked("Reached us"),
    "email": marked("E-mail"),
    "locale": marked("Locale of amounts"),
    "statements": marked("Statements leave"),
    "to": marked("To"),
    "role": marked("Role"),
    "ended": marked("Ended"),
    "letter": marked("Letter"),
    "addressee": marked("Addressed to"),
    "team": marked("Team"),
    "layer": marked("Layer"),
    "managers_layer": marked("Layer of the duty manager"),
    "on_call": marked("On call"),
    "instead_of": marked("Instead of"),
    "override": marked("Override"),
    "starts_at": marked("Begins"),
    "ends_at": marked("Ends"),
    "holds_from": marked("Holds from"),
    "parts": marked("Who takes turns"),
    "reason": marked("Reason"),
    "adjustment": marked("Adjustment of the ledger"),
    "amount": marked("Amount"),
    "payment_reference": marked("Reference of the payment"),
    "rungs": marked("Rungs"),
    "repeat_after": marked("Starts again after"),
    "rounds": marked("Rounds"),
    "fallback": marked("Then goes on with"),
    "ladders_of_products": marked("Ladders of single products"),
}
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "stops": STOPS,
    **dict.fromkeys(("fines_period", "attainment_period", "cap_period"), PERIODS),
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\S+")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field, what it was and what it is, in words; None where there is nothing."""

    name: str
    before: str | None
    after: str | None


def said(sentence: Sentence) -> str:
    """A sentence of the directory in the viewer's language."""
    return gettext(sentence.text).format(**sentence.values)


def kind(name: str) -> str:
    """What kind of thing."""
    return gettext(KINDS[name]) if name in KINDS else name


def action(name: str) -> str:
    """What was done."""
    return gettext(ACTIONS[name]) if name in ACTIONS else name


def field(name: str) -> str:
    """The name of a field; one that a later version wrote is shown as it is."""
    if name.startswith("rate "):
        return gettext(marked("Prices of {product}")).format(product=name.removeprefix("rate "))
    return gettext(FIELDS[name]) if name in FIELDS else name.replace("_", " ")


def value(name: str, found: Any) -> str | None:
    """A value; None for none."""
    if found is None or found == []:
        return None
    if isinstance(found, bool):
        return gettext(marked("yes")) if found else gettext(marked("no"))
    if isinstance(found, list):
        return ", ".join(value(name, one) or "" for one in found)
    if isinstance(found, dict):
        return ", ".join(f"{field(str(key))}: {value(str(key), one)}" for key, one in found.items())
    return _text(name, str(found))


def differences(fields: Iterable[tuple[str, Any, Any]]) -> list[Difference]:
    """Field by field."""
    return [Difference(field(name), value(name, was), value(name, now)) for name, was, now in fields]


def between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """The same for two sides."""
    return differences((name, before.get(name), after.get(name)) for name in {**before, **after})


def _text(name: str, text: str) -> str:
    if name == "language" and text in VOICES:
        return VOICES[text].name
    if name in _CHOICES and text in _CHOICES[name]:
        return gettext(_CHOICES[name][text])
    if name == "statements" and text in LEAVING:
        return gettext(LEAVING[text])
    if name == "adjustment":
        return gettext(ENTRY_KINDS.get(text, text))
    if name == "plan":
        return PLANS.get(text, text)
    if name == "role" and text in set(Role):
        return gettext(ROLE_NAMES[Role(text)])
    if _DAY.fullmatch(text):
        return day(date.fromisoformat(text))
    if _INSTANT.fullmatch(text):
        return _instant(text)
    return text


def _instant(text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if at.tzinfo is None else local(at, dated=True)
