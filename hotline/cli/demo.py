"""``hotline demo``: three stories on one machine, told in the terminal."""

import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import typer

from hotline.demo import closing, story
from hotline.demo.house import DemoHouse
from hotline.demo.pace import in_words
from hotline.demo.play import Play
from hotline.demo.printer import Printer
from hotline.logs import configure_logging

_TERMINATED = 128 + signal.SIGTERM  # what a shell reports for it

Speed = typer.Option(5.0, min=1, max=100, help="Seconds of the demo in one second of yours.")


def demo(speed: float = Speed) -> None:
    """Play three calls: one accepted, one that climbs past a voicemail, one that nobody answers.

    Everything runs on this machine: web application, worker, database and a telephone network of
    its own. Takes a minute and a half. The exit status is 0 only if all three went as told.
    """
    quiet_logs()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(_TERMINATED))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hotline-demo-") as folder:
        printer = Printer()
        printer.console.print(
            "[bold]Hotline[/bold]: a premier customer calls; within thirty minutes an engineer"
        )
        printer.console.print(
            "answers, or it costs money. Setting up a database, the service and telephones …"
        )
        with DemoHouse(0, 0, speed, Path(folder)) as house:
            _perform(house, printer, speed)
    command = hotline_command()
    closing.print_where_to_look(printer, command)
    printer.console.print(
        f"\nAll three went as told, in {time.monotonic() - began:.0f} seconds.", style="dim"
    )


def _perform(house: DemoHouse, printer: Printer, speed: float) -> None:
    play = Play(house, printer)
    closing.print_on_call(house, printer)
    printer.console.print(f"The clock of this demo is faster: {in_words(speed)}", style="bold magenta")
    story.promise_kept(play)
    story.ladder_climbed(play)
    reference = story.promise_broken(play)
    play.check_network()
    closing.print_ledger(house, printer)
    closing.print_timeline(house, printer, reference)


def quiet_logs() -> None:
    """Leave the terminal to people: only errors are logged."""
    configure_logging("ERROR")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")


def hotline_command() -> str:
    """How this command is called from here."""
    if shutil.which("hotline"):
        return "hotline"
    return os.path.relpath(sys.argv[0]) if Path(sys.argv[0]).name == "hotline" else "python -m hotline"
