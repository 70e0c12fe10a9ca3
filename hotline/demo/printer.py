"""Puts a play on the terminal: time, who, what; text messages as on a lock screen. Width 80 or less."""

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from hotline.demo.cast import BY_PHONE

_LINK = re.compile(r"\s*https?://\S+")
_WIDTH = 80
_INDENT = 10
_NAME_WIDTH = 8


class Printer:
    """Prints lines of a play; without colours, or into a pipe, it reads the same.

    ``before`` is called ahead of everything that is told, for whoever has something else on the line.
    """

    def __init__(self, before: Callable[[], None] = lambda: None) -> None:
        self.console = Console(highlight=False)
        self._before = before
        self.console.width = min(_WIDTH, self.console.width)
        self.time_zone = "UTC"

    def act(self, title: str, scene: str, time_zone: str) -> None:
        """A new act; its times are those of ``time_zone``."""
        self.time_zone = time_zone
        self.console.print()
        self.console.print(Rule(Text(title, "bold"), align="left", style="dim"))
        self.console.print(Text(scene, "italic"))
        self.console.print()

    def line(
        self, at: datetime, who: str, what: str, style: str = "", gloss: str | None = None, quote: str = ""
    ) -> None:
        """Somebody does something, or hears or says ``quote``, which means ``gloss`` in English."""
        self._before()
        text = Text(what, "")
        if quote:
            text.append(f" “{quote}”", style)
        else:
            text.stylize(style)
        if gloss is not None:
            text.append(f"\n({gloss})", "dim italic")
        time = f"{at.astimezone(ZoneInfo(self.time_zone)):%H:%M:%S}"
        head = Text.assemble((time, "dim"), " ", (f"{who:<{_NAME_WIDTH}.{_NAME_WIDTH}}", "bold"), " ")
        for line in text.wrap(self.console, self.console.width - len(head)):
            line.rstrip()
            self.console.print(head + line)
            head = Text(" " * len(head))

    def lock_screen(self, phone: str, at: datetime, body: str, gloss: str | None = None) -> None:
        """A text message that arrives on somebody's telephone."""
        self._before()
        owner = BY_PHONE.get(phone)
        title = f"{phone}" if owner is None else f"{owner.first}'s phone · {owner.local(at)} {owner.city}"
        text = Text(body)
        if gloss is not None:
            text.append(f"\n({_LINK.sub('', gloss)})", "dim italic")
        panel = Panel(text, title=title, title_align="left", border_style="magenta")
        self.console.print(Padding(panel, (0, 0, 0, _INDENT)))

    def aside(self, text: str, style: str = "dim") -> None:
        """Something that nobody in the play says."""
        indent = " " * (_INDENT - 1)
        for line in Text(text, style).wrap(self.console, self.console.width - len(indent)):
            line.rstrip()
            self.console.print(Text(indent) + line)

    def verdict(self, text: str, *, kept: bool) -> None:
        """What the act came to."""
        sign, style = ("✓", "bold green") if kept else ("✗", "bold red")
        self.console.print()
        self.console.print(Text(f"{sign} {text}", style))
