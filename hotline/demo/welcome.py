"""What somebody who just started the demo world needs to know, in a screenful."""

import shlex
from pathlib import Path

from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from hotline.demo.cast import CALLERS
from hotline.demo.house import DemoHouse
from hotline.demo.offers import OUTCOMES
from hotline.demo.pace import in_words
from hotline.demo.people import DEWI, NADIA, OTTO, PASSWORD, SITI
from hotline.demo.printer import Printer
from hotline.phone_numbers import pretty

_DEFAULT_EMULATOR = "http://127.0.0.1:8401"


def write_environment(house: DemoHouse) -> Path:
    """A file that a shell reads, so that `hotline ledger` and the like look at this house."""
    chosen = {
        "HOTLINE_DATABASE_URL": house.settings.database_url,
        "HOTLINE_PUBLIC_URL": house.url,
        "HOTLINE_SECRET_KEY": house.settings.secret_key.get_secret_value(),
        "TWILIO_ACCOUNT_SID": house.settings.account_sid,
        "TWILIO_AUTH_TOKEN": house.settings.auth_token.get_secret_value(),
        "TWILIO_API_BASE_URL": house.emulator_url,
    }
    file = house.folder / "environment"
    file.touch(mode=0o600)
    file.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in chosen.items()))
    return file


def print_lab(house: DemoHouse, printer: Printer) -> None:
    """The one address that a newcomer needs, before anything else."""
    printer.console.print()
    line = Text.assemble(("The phone lab: ", "bold"), (house.emulator_url, "bold cyan"))
    printer.console.print(line)
    printer.console.print("Every telephone of this made-up world on one page, and six things to try.\n")


def print_welcome(
    house: DemoHouse, printer: Printer, command: str, environment: Path, *, is_kept: bool
) -> None:
    """URLs, sign-in, whom to be, and what to type."""
    console = printer.console
    console.print(Rule(Text("Hotline is up", "bold"), align="left", style="dim"))
    console.print(_places(house, environment, is_kept=is_kept))
    console.print(Rule(Text("Who may call", "bold"), align="left", style="dim"))
    console.print(_callers())
    console.print(Rule(Text("Try, in another terminal", "bold"), align="left", style="dim"))
    console.print(_examples(house, command))
    # Whole, however long the path is: it is there to be copied.
    console.print(Text.assemble((f". {environment}", "bold"), "  and then:"), soft_wrap=True)
    console.print(Text.assemble((f"{command} incidents", "bold"), "  every incident; `ledger` for the fines"))
    console.print("Ctrl-C stops everything.", style="dim")


def _places(house: DemoHouse, environment: Path, *, is_kept: bool) -> Table:
    table = _grid()
    table.add_row("phone lab", house.emulator_url)
    table.add_row("pages", f"{house.url}/")
    table.add_row("sign in", f"{DEWI.email} (engineer)")
    table.add_row(
        "", f"{SITI.email} (manager), {NADIA.email} (admin), {OTTO.email} (auditor): these see the ledger"
    )
    table.add_row("password", f"{PASSWORD} (everybody's)")
    table.add_row("database", f"{environment.parent / 'hotline.db'} ({'kept' if is_kept else 'thrown away'})")
    table.add_row("clock", in_words(house.clock.speed))
    return table


def _callers() -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("name", "of", "dials", "PIN", "outcome"):
        table.add_column(column, no_wrap=column != "outcome")
    for one in CALLERS:
        table.add_row(one.first, one.company, pretty(one.line or ""), one.pin, OUTCOMES[one.entitled])
    return table


def _examples(house: DemoHouse, command: str) -> Table:
    phone = f"{command} phone"
    if house.emulator_url != _DEFAULT_EMULATOR:
        phone += f" --url {house.emulator_url}"
    table = _grid()
    table.add_row(phone, "a console; type there, a line each:")
    table.add_row("", "made dial, press 482913#,")
    table.add_row("", "answer, press 1")
    table.add_row(f"{phone} made dial", "the same as single commands")
    return table


def _grid() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    return table
