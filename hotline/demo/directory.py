"""Who can be named at the console, what can be said there, and what was probably meant."""

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from hotline.demo.cast import BY_PHONE, CALLERS, COLLEAGUES, first_name
from hotline.demo.printer import Printer
from hotline.errors import InvalidInputError
from hotline.phone_numbers import pretty

HELP = (
    ("use made", "take Made's telephone in hand (any name or number; `list` shows them)"),
    ("made dial", "one thing with Made's telephone, keeping yours; `made` alone is `use made`"),
    ("dial [LINE]", "call the hotline on your own line, or on another number"),
    ("press 482913#", "press keys; they are heard while it speaks, too"),
    ("answer", "pick up your telephone, or else the one that rings, and take it in hand"),
    ("hangup", "put down, or decline a ringing call"),
    ("say WORDS", "speak into the telephone"),
    ("sms [LINE] ACK 7KM", "send a text message, to the line that last wrote to you if left out"),
    ("inbox", "read your text messages"),
    ("list", "everybody's number, PIN and what their telephone is doing"),
    ("ring | voicemail | busy | off", "what your telephone does when called from now on"),
    ("auto [SECONDS]", "pick up by itself after so many seconds"),
    ("clock [20 | normal]", "what time it is there; make it pass faster"),
    ("listen", "only listen, until Ctrl-C"),
    ("?, quit", "this list; leave"),
)
_ALIKE = 0.7  # below that, a suggestion is a guess
_NUMBER = re.compile(r"\+?\d{7,15}")
_STATES = {"ringing": "RINGING", "talking": "in a call", "dialling": "dialling"}
_HABITS = {
    "answers": "picks up by itself",
    "voicemail": "voicemail picks up",
    "busy": "is busy",
    "unreachable": "is off",
    "rejects": "declines",
}


def is_number(word: str) -> bool:
    """Whether a word is a whole international number."""
    return bool(_NUMBER.fullmatch(word))


def number_of(word: str) -> str | None:
    """The number behind a first name of the demo world, or the number itself."""
    if is_number(word):
        return "+" + word.removeprefix("+")
    return next((phone for phone, one in BY_PHONE.items() if one.first.lower() == word.lower()), None)


def names() -> list[str]:
    """Everybody who can be named."""
    return [one.first.lower() for one in BY_PHONE.values()]


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """What to say to a word that is not known."""
    close = difflib.get_close_matches(word.lower(), known, n=1, cutoff=_ALIKE)
    hint = f" Did you mean `{close[0]}`?" if close else ""
    return f"I do not know `{word}`.{hint} `?` lists what can be said."


def the_one(phones: Sequence[str], command: str, state: str) -> str:
    """The only telephone in question. Raises :class:`InvalidInputError` when there are none or several."""
    if len(phones) == 1:
        return phones[0]
    if not phones:
        raise InvalidInputError(f"No telephone is {state} just now.")
    examples = " or ".join(f"`{first_name(phone).lower()} {command}`" for phone in phones)
    raise InvalidInputError(f"Several telephones are {state}. Say {examples}.")


def print_help(printer: Printer) -> None:
    """What can be said."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for said, means in HELP:
        table.add_row(said, means)
    printer.console.print(table)


def print_directory(printer: Printer, states: Mapping[str, Mapping[str, Any]]) -> None:
    """Everybody with number and PIN, and what their telephone is doing or would do."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("name", "number", "who", "PIN", "telephone"):
        table.add_column(column, no_wrap=column in {"name", "number"})
    for one in (*CALLERS, *COLLEAGUES):
        state = _state(states.get(one.phone))
        table.add_row(
            one.first.lower(), pretty(one.phone), one.company or "engineer's side", one.pin or "", state
        )
    printer.console.print(table)


def _state(phone: Mapping[str, Any] | None) -> str:
    if phone is None:
        return ""
    return _STATES.get(phone["state"]) or _HABITS.get(phone["policy"]["kind"], "")
