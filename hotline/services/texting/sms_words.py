"""Reading a text message: which command it means, however it was typed."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

# A carrier answers these by itself when they are the whole text, and some of them block the sender.
CARRIER_KEYWORDS = frozenset(
    [
        "STOP",
        "STOPALL",
        "UNSUBSCRIBE",
        "CANCEL",
        "END",
        "QUIT",
        "START",
        "YES",
        "UNSTOP",
        "HELP",
        "INFO",
        "REVOKE",
        "OPTOUT",
    ]
)
_CODE = re.compile(r"^[2-9][BCDFGHJKMNPQRTVWXYZ]{2,4}$")
_GLUED = re.compile(
    r"^(ACK|RESOLVE|RESOLVED|DONE|OK)?([2-9][BCDFGHJKMNPQRTVWXYZ]{2,4})(ACK|RESOLVE|RESOLVED|DONE|OK)?$"
)
_VERBS = {
    "ACK": "ack",
    "ACKNOWLEDGE": "ack",
    "ACC": "ack",
    "TAKE": "ack",
    "OK": "ack",
    "RESOLVE": "resolve",
    "RESOLVED": "resolve",
    "DONE": "resolve",
    "STATUS": "status",
    "STAT": "status",
    "WHO": "who",
    "?": "help",
}

# STATUS, then what names the incident if anything does, then words.
_STATUS = re.compile(
    r"^\W*(?:STATUS|STAT)\b[\s:,.-]*"
    r"(?:(?P<reference>\d{4,7}-?\d)\b|(?P<code>[2-9][BCDFGHJKMNPQRTVWXYZ]{2,4})\b)?[\s:,.-]*(?P<text>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ENDS = " \t\r\n?!.,;:"

_REFUSALS = frozenset(
    {"NO", "NOT", "NOPE", "CANNOT", "CANT", "CAN", "DONT", "DON", "WONT", "WON", "UNABLE", "BUSY", "SORRY"}
    | {"PASS", "DECLINE", "REJECT", "CALL", "LATER"}
    | {"TIDAK", "TAK", "BUKAN", "GAK", "NGGAK", "JANGAN", "MAAF", "SIBUK"}
)


@dataclass(frozen=True, slots=True)
class Command:
    """What a text asks for: ``verb`` (None when it was not understood) and the code it carries.

    ``reference`` and ``text`` are of a STATUS that says how it stands: ``STATUS 4821-7 we restart it``.
    """

    verb: str | None
    code: str | None
    reference: str | None = None
    text: str = ""


def parse(body: str) -> Command:
    """Read a text: a STATUS with words, else a command, however it was typed."""
    told = _STATUS.match(body)
    if told is not None and told["text"].strip(_ENDS):
        code = None if told["code"] is None else told["code"].upper()
        return Command("status", code, told["reference"], told["text"].strip())
    return _command(body)


def _command(body: str) -> Command:
    """Read a command, forgivingly: ``ack7km``, ``7KM ack``, ``Ack: 7km.`` and a lone ``7KM`` are ACK 7KM."""
    words = re.findall(r"[A-Z0-9]+|\?", body.upper())
    verb, code = None, None
    for word in words:
        glued = _GLUED.match(word)
        if word in _VERBS:
            verb = verb or _VERBS[word]
        elif glued is not None:
            code = code or glued[2]
            verb = verb or _VERBS.get(glued[1] or glued[3] or "")
    if verb is None and code is None:  # "7 KM" or "A C K 7KM": the spaces went astray
        glued = _GLUED.match("".join(words))
        if glued is not None:
            code, verb = glued[2], _VERBS.get(glued[1] or glued[3] or "")
    if code is None and verb in {"ack", "resolve"}:
        code = _scattered_code(words)
    if verb is None:
        verb = _nearly(words)
    if _REFUSALS.intersection(words) and verb in {None, "ack"}:
        return Command("unclear", code)  # a no that carries a code is not a yes
    return Command(verb or ("ack" if code else None), code)


def _nearly(words: list[str]) -> str | None:
    """The command that a misspelt word means, as in ``RESOLV``."""
    for word in words:
        close = get_close_matches(word, [name for name in _VERBS if len(name) > len("START")], 1, 0.8)
        if close:
            return _VERBS[close[0]]
    return None


def is_carriers(body: str) -> bool:
    """True for a text that is a carrier keyword as a whole."""
    return body.strip().upper().rstrip(".!") in CARRIER_KEYWORDS


def _scattered_code(words: list[str]) -> str | None:
    joined = "".join(word for word in words if word not in _VERBS)
    return joined if _CODE.match(joined) else None
