"""Telephone numbers: E.164 inside, masked wherever a person or a log reads them."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

import phonenumbers

from hotline.errors import HotlineError

_LONGEST_HOST = 50
# An e-mail address, a webhook, or either once it is masked; not "sip:somebody@somewhere".
_ADDRESS = re.compile(r"https?://|[^@:/\s]+@[^@:/\s]+$|[^@:/\s]+/…")


class InvalidPhoneNumberError(HotlineError):
    """Not a number that can be dialled from anywhere in the world."""

    code = "phone-number"
    http_status = 422


def normalise(text: str) -> str:
    """Return ``text`` in E.164. Raises :class:`InvalidPhoneNumberError` unless it is a possible number."""
    number = _parse(text)
    if number is None or not phonenumbers.is_possible_number(number):
        raise InvalidPhoneNumberError("That is no complete international number; write it as +62215550100.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def country_of(e164: str) -> str | None:
    """The two-letter country of a number, or None when it belongs to none."""
    number = _parse(e164)
    return None if number is None else phonenumbers.region_code_for_number(number)


@lru_cache(maxsize=4096)  # a list masks the same numbers over and over, and parsing one is slow
def mask(text: str | None) -> str:
    """Only enough of a number to recognise it: the country code and the last two digits.

    Of an e-mail address the first letter and the domain, of a webhook the host and the last four letters,
    for its path is its secret. What is masked already stays as it is.
    """
    if not text:
        return "unknown"
    if _ADDRESS.match(text):
        return _masked_address(text)
    number = _parse(text)
    if number is None:
        return "…" + text[-2:] if len(text) > 4 and text.lstrip("+").isdigit() else "withheld"
    return f"+{number.country_code}…{text[-2:]}"


def _masked_address(text: str) -> str:
    if "…" in text:
        return text
    if "://" in text:
        parts = urlsplit(text)
        return f"{(parts.hostname or '')[:_LONGEST_HOST]}/…{text[-4:]}"
    local, _, domain = text.rpartition("@")
    return f"{local[:1]}…@{domain[:_LONGEST_HOST]}"


def pretty(e164: str) -> str:
    """The number as people of its country write it for the rest of the world."""
    number = _parse(e164)
    if number is None:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _parse(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return None
