"""The console of the telephones: one line, one thing that somebody does. ``?`` lists them."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from hotline.demo.cast import BY_PHONE, LINES, first_name
from hotline.demo.directory import (
    did_you_mean,
    is_number,
    names,
    number_of,
    print_directory,
    print_help,
)
from hotline.demo.gloss import gloss
from hotline.demo.hand import Hand
from hotline.demo.pace import in_words
from hotline.demo.printer import Printer
from hotline.demo.remote import Remote
from hotline.errors import InvalidInputError

_POLICIES = {"ring": "rings_out", "voicemail": "voicemail", "busy": "busy", "off": "unreachable"}
_SPOKEN_ALIKE = {
    "hang": "hangup", "help": "?", "exit": "quit", "text": "sms", "who": "list", "call": "dial",
    "pick": "answer",
}  # fmt: skip
_QUOTES = {'"': '"', "'": "'", "“": "”"}


class Console(Hand):
    """Does what a line says, as the telephone that is in hand. Refusals are :class:`InvalidInputError`."""

    def __init__(self, remote: Remote, printer: Printer) -> None:
        super().__init__(remote)
        self._printer = printer
        self.is_over = False
        self._commands: dict[str, Callable[[list[str]], None]] = {
            "dial": self._dial,
            "press": self._press,
            "answer": self._answer,
            "hangup": self._hangup,
            "say": self._say,
            "sms": self._sms,
            "inbox": self._inbox,
            "list": self._list,
            "use": self._use,
            "auto": self._auto,
            "clock": self._clock,
            "listen": lambda _words: None,
            "?": self._help,
            "quit": self._quit,
            **{name: partial(self._policy, kind) for name, kind in _POLICIES.items()},
        }

    def do(self, line: str) -> str:
        """Do one line; returns the command it was, or nothing for an empty line."""
        words = line.split()
        if not words or words[0].startswith("#"):
            return ""
        someone = number_of(words[0].rstrip(":"))
        if someone is None:
            return self._command(words)
        if len(words) == 1:
            self._use(words)
            return "use"
        before, self.phone = self.phone, someone
        try:
            return self._command(words[1:])
        finally:
            if words[1].lower() != "answer":
                self.phone = before or someone

    def _command(self, words: list[str]) -> str:
        name = _SPOKEN_ALIKE.get(words[0].lower(), words[0].lower())
        if name not in self._commands:
            raise InvalidInputError(did_you_mean(name, [*self._commands, *names()]))
        self._commands[name](words[1:])
        return name

    def _use(self, words: list[str]) -> None:
        number = number_of(words[0]) if words else None
        if number is None:
            raise InvalidInputError(did_you_mean(words[0] if words else "nobody", names()))
        self.phone = number

    def _dial(self, words: list[str]) -> None:
        numbers = [number for word in words if (number := number_of(word)) is not None]
        if len(numbers) < len(words) or len(numbers) > 2:
            raise InvalidInputError("Say `dial`, `dial +6221…`, or `dial` and two numbers: from and to.")
        from_ = numbers[0] if len(numbers) == 2 else self.mine("made dial")
        owner = BY_PHONE.get(from_)
        line = numbers[-1] if numbers else None if owner is None else owner.line
        if line is None:
            raise InvalidInputError(f"Which number? Lines of the hotline: {', '.join(LINES)}.")
        if self.remote.act(from_, "dial", to=line)["state"] == "idle":
            raise InvalidInputError(f"{line} is no line of the hotline: {', '.join(LINES)}.")

    def _press(self, words: list[str]) -> None:
        if not words:
            raise InvalidInputError("Which keys? `press 1`, or `press 482913#`.")
        self.remote.act(self.in_state("press", "talking"), "press", keys="".join(words))

    def _answer(self, _words: list[str]) -> None:
        self.phone = self.in_state("answer", "ringing")
        self.remote.act(self.phone, "answer")
        self._printer.aside(f"You answer {first_name(self.phone)}'s telephone.")

    def _hangup(self, _words: list[str]) -> None:
        self.remote.act(self.in_state("hangup", "talking", "dialling", "ringing"), "hangup")

    def _say(self, words: list[str]) -> None:
        self.remote.act(self.in_state("say", "talking"), "say", text=_unquoted(words))

    def _sms(self, words: list[str]) -> None:
        phone = self.mine("dewi sms ACK 7KM")
        to = words.pop(0) if words and is_number(words[0]) else None
        if not words:
            raise InvalidInputError("What shall it say? `sms ACK 7KM`; the code is in `inbox`.")
        inbox = self.remote.handset(phone)["inbox"]
        owner = BY_PHONE.get(phone)
        known = inbox[-1]["from"] if inbox else None if owner is None else owner.line
        self.remote.act(phone, "text", to=to or known or next(iter(LINES)), body=_unquoted(words))

    def _inbox(self, _words: list[str]) -> None:
        phone = self.mine("dewi inbox")
        texts = self.remote.handset(phone)["inbox"]
        for text in texts:
            self._printer.lock_screen(
                phone, datetime.fromisoformat(text["at"]), text["body"], gloss(text["body"])
            )
        if not texts:
            self._printer.aside(f"No messages on {first_name(phone)}'s telephone yet.")

    def _list(self, _words: list[str]) -> None:
        states = {phone["number"]: phone for phone in self.remote.handsets()}
        print_directory(self._printer, states)

    def _policy(self, kind: str, _words: list[str]) -> None:
        phone = self.mine("dewi voicemail")
        greeting = f"This is {first_name(phone)}. I cannot take your call, please leave a message."
        self.remote.act(phone, "policy", kind=kind, greeting=greeting, after=10)

    def _auto(self, words: list[str]) -> None:
        phone, seconds = self.mine("dewi auto 5"), _a_number(words or ["5"], 0, 60)
        self.remote.act(phone, "policy", kind="answers", after=seconds)

    def _clock(self, words: list[str]) -> None:
        wanted = [word for word in words if word != "faster"]
        if wanted and wanted[0] == "normal":
            wanted = ["1"]
        now, speed = self.remote.set_speed(_a_number(wanted, 0.1, 600)) if wanted else self.remote.clock()
        self._printer.aside(f"It is {now:%H:%M:%S} UTC there; {in_words(speed)}")

    def _help(self, _words: list[str]) -> None:
        print_help(self._printer)

    def _quit(self, _words: list[str]) -> None:
        self.is_over = True


def _unquoted(words: list[str]) -> str:
    """What is to be said or sent; quotes around all of it are a shell's habit, not part of it."""
    text = " ".join(words)
    is_quoted = len(text) > 1 and _QUOTES.get(text[0]) == text[-1]
    return text[1:-1] if is_quoted else text


def _a_number(words: list[str], least: float, most: float) -> float:
    try:
        value = float(words[0].removesuffix("x"))
    except ValueError:
        value = -1.0
    if not least <= value <= most:
        raise InvalidInputError(f"{words[0]!r} should be a number from {least:g} to {most:g}.")
    return value
