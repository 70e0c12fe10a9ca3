"""``hotline phone``: be the telephones of a running demo world, by hand or from a script."""

import sys
import threading
from collections.abc import Iterator

import typer

from hotline.cli.demo import quiet_logs
from hotline.demo.console import Console
from hotline.demo.ear import Ear
from hotline.demo.printer import Printer
from hotline.demo.remote import Remote
from hotline.errors import ConfigurationError, InvalidInputError

try:
    import readline
except ImportError:  # a Python built without it: the line one types is then not redrawn
    readline = None  # type: ignore[assignment]

_QUIET, _PATIENCE = 2.0, 20.0  # real seconds
_CLEAR_LINE = "\r\033[K"
_SPEAKING = {"dial", "press", "answer", "hangup", "say", "sms"}

Words = typer.Argument(None, help="One thing to do, such as: made dial. Without it, a console.")
Url = typer.Option("http://127.0.0.1:8401", help="Where the telephones are (the emulator).")
_FOREVER = threading.Event()


def phone(words: list[str] | None = Words, url: str = Url) -> None:
    """Dial, press keys, pick up and read text messages by hand, in the world of `hotline run`.

    Without words it is a console that tells what is heard as it happens; ? lists what it knows.
    Lines may also be piped into it. With words it does that one thing and tells what comes of it:

    hotline phone list, hotline phone made dial, hotline phone press 482913#,
    hotline phone answer, hotline phone dewi inbox, hotline phone clock 20
    """
    quiet_logs()
    is_typed = not words and sys.stdin.isatty()
    console = Console(Remote(url), Printer())
    ear = Ear(url, _clear_line, lambda: _redraw(console)) if is_typed else Ear(url)
    try:
        if is_typed:
            _talk(console)
        else:
            lines = iter([" ".join(words)]) if words else _piped()
            _read_out(console, ear, lines)
    except KeyboardInterrupt:
        typer.echo()
    finally:
        ear.close()
        console.remote.close()


def _talk(console: Console) -> None:
    typer.echo("The telephones are yours. `made dial` calls the hotline; ? lists what can be said.")
    while not console.is_over:
        try:
            if console.do(input(console.prompt)) == "listen":
                _listen()
        except EOFError:
            typer.echo()
            return
        except KeyboardInterrupt:
            typer.echo("\n`quit` leaves.")
        except (InvalidInputError, ConfigurationError) as error:
            typer.echo(str(error))


def _read_out(console: Console, ear: Ear, lines: Iterator[str]) -> None:
    """Do line after line, each once the one before has been answered; stop at the first that fails."""
    for line in lines:
        command = console.do(line)
        if command == "listen":
            _listen()
        if command in _SPEAKING:
            ear.until_quiet(_QUIET, _PATIENCE)
        if console.is_over:
            return


def _piped() -> Iterator[str]:
    for line in sys.stdin:
        yield line.rstrip("\n")


def _listen() -> None:
    typer.echo("Listening; Ctrl-C ends it.")
    try:
        while True:
            sys.stdout.flush()
            _FOREVER.wait(1)
    except KeyboardInterrupt:
        typer.echo()


def _clear_line() -> None:
    sys.stdout.write(_CLEAR_LINE)
    sys.stdout.flush()


def _redraw(console: Console) -> None:
    """Put the prompt and what was typed so far beneath what was just told."""
    typed = readline.get_line_buffer() if readline is not None else ""
    sys.stdout.write(f"{_CLEAR_LINE}{console.prompt}{typed}")
    sys.stdout.flush()
