"""``hotline run``: the demo world stays up until stopped, for trying it by hand."""

import signal
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

import typer

from hotline.cli.browser import open_in_browser
from hotline.cli.demo import hotline_command, quiet_logs
from hotline.demo import closing, welcome
from hotline.demo.house import DemoHouse
from hotline.demo.printer import Printer

Port = typer.Option(8400, "--port", min=0, max=65535, help="Where pages and webhooks are.")
EmulatorPort = typer.Option(8401, "--emulator-port", min=0, max=65535, help="Where the telephones are.")
Speed = typer.Option(1.0, min=0.1, max=600, help="Seconds of that world in one second of yours.")
Browser = typer.Option(True, "--browser/--no-browser", help="Open the phone lab in the browser.")
Folder = typer.Option(None, file_okay=False, help="Keep the database here; else it is thrown away.")


def run(
    port: int = Port,
    emulator_port: int = EmulatorPort,
    speed: float = Speed,
    folder: Path | None = Folder,
    browser: bool = Browser,
) -> None:
    """Keep the demo world up: web application, worker, database and telephones, until Ctrl-C.

    Opens the phone lab, a page with every telephone of that world. `hotline phone` does the same in a
    terminal.
    """
    quiet_logs()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    printer = Printer()
    with ExitStack() as stack:
        place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hotline-run-")))
        place.mkdir(parents=True, exist_ok=True)
        house = stack.enter_context(DemoHouse(port, emulator_port, speed, place))
        settings = welcome.write_environment(house)
        welcome.print_lab(house, printer)
        if browser:
            open_in_browser(house.emulator_url)
        closing.print_on_call(house, printer)
        welcome.print_welcome(house, printer, hotline_command(), settings, is_kept=folder is not None)
        while not stopped.wait(1):
            pass
        printer.console.print("Stopping …", style="dim")
