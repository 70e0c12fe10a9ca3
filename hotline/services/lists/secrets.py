"""What a text message may show on a page: codes, links that open something and whole numbers are hidden."""

import re

from hotline.db.models import MessageKind
from hotline.phone_numbers import mask
from hotline.services import pins
from hotline.services.texting import sms_words

HIDDEN = "•••"
# A reply code such as 7KM, alone or written together with its verb.
_CODE = re.compile(r"\b(ACK|RESOLVED?|DONE|OK)?[2-9][BCDFGHJKMNPQRTVWXYZ]{2,4}(ACK|RESOLVED?|DONE|OK)?\b")
_LINK = re.compile(r"(https?://[^\s/]+/)(?!incidents/)\S+")
_NUMBER = re.compile(r"\+\d{7,15}")
# A verification code, or a PIN that somebody texted.
_DIGITS = re.compile(r"(?<![\d+])\d{4,}(?![\d-])")
_LONG_DIGITS = re.compile(r"(?<![\d+])\d{6,}(?![\d-])")


def shown(kind: MessageKind, body: str) -> str:
    """``body`` as people may read it in a list, whoever sent it."""
    text = _LINK.sub(rf"\1{HIDDEN}", body)
    text = _NUMBER.sub(lambda found: mask(found[0]), text)
    if kind is MessageKind.COMMAND:
        return _incoming(text)
    text = _CODE.sub(_without_code, text)
    return _DIGITS.sub(HIDDEN, text) if "code" in kind.value else text


def _incoming(text: str) -> str:
    """People write codes in any case and with spaces, and some write their PIN."""
    text = re.sub(_CODE.pattern, _without_code, text, flags=re.IGNORECASE)
    text = _LONG_DIGITS.sub(HIDDEN, pins.without_pin(text, HIDDEN))
    return HIDDEN if sms_words.parse(text).code else text


def _without_code(found: "re.Match[str]") -> str:
    verbs = [verb for verb in found.groups() if verb]
    return " ".join([*verbs[:1], HIDDEN])
