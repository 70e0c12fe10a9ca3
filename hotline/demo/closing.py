"""After the play: the ledger, the timeline of the broken promise, and where to look next."""

import itertools
from zoneinfo import ZoneInfo

from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from hotline.demo.house import DemoHouse
from hotline.demo.people import DEWI, PASSWORD, SITI
from hotline.demo.play import DemoFailedError
from hotline.demo.printer import Printer
from hotline.services import reports
from hotline.services.on_call.rosters import duties
from hotline.services.response import incidents

_EVERY_RING = {"ringing", "not-accepted", "page-ended"}


def print_on_call(house: DemoHouse, printer: Printer) -> None:
    """Who is on call today, as the rosters say."""
    with house.operation() as op:
        found = duties(op)
        teams = {duty.team.name: [each for each in found if each.team is duty.team] for duty in found}
        ladders = {
            team: ", then ".join(f"{each.names} ({each.layer})" for each in layers if each.users)
            for team, layers in teams.items()
        }
    for team, people in ladders.items():
        printer.console.print(f"On call for {team}: {people}.")


def print_ledger(house: DemoHouse, printer: Printer) -> None:
    """The ledger, which holds exactly one fine, else :class:`DemoFailedError`."""
    with house.operation() as op:
        entries = reports.ledger(op)
    if len(entries) != 1:
        raise DemoFailedError(f"The ledger has {len(entries)} entries instead of the one fine.")
    printer.console.print()
    printer.console.print(Rule(Text("The ledger", "bold"), align="left", style="dim"))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("Customer", "Incident", "Amount"):
        table.add_column(column, no_wrap=True, justify="right" if column == "Amount" else "left")
    table.add_column("How it came to be")
    for entry in entries:
        table.add_row(entry["customer"], entry["reference"], entry["amount"], entry["sentence"])
    printer.console.print(table)


def print_timeline(house: DemoHouse, printer: Printer, reference: str) -> None:
    """What happened to the incident, the ladder's later rounds left out and counted."""
    with house.operation() as op:
        lines = reports.timeline(op, incidents.by_reference(op, reference))
    printer.console.print()
    title = f"The timeline of incident {reference}, as its page shows it"
    printer.console.print(Rule(Text(title, "bold"), align="left", style="dim"))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    seen: dict[str, int] = {}
    for is_shown, group in itertools.groupby(lines, key=lambda line: _is_shown(line, seen)):
        found = list(group)
        rings = sum(line.kind == "ringing" for line in found)
        if rings and not is_shown:
            table.add_row("…", Text(f"{rings} more ring{'s' * (rings > 1)}, and nobody pressed 1", "dim"))
        for line in found if is_shown else []:
            style = "bold red" if line.kind == "breached" else "yellow" if line.kind == "warning" else ""
            at = line.at.astimezone(ZoneInfo(printer.time_zone))
            table.add_row(f"{at:%H:%M:%S}", Text(line.text, style))
    printer.console.print(table)


def print_where_to_look(printer: Printer, command: str) -> None:
    """What a newcomer may do next."""
    printer.console.print()
    printer.console.print(Rule(Text("Where to look next", "bold"), align="left", style="dim"))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for name, what in _places(command):
        table.add_row(name, what)
    printer.console.print(table)


def _is_shown(line: reports.TimelineLine, seen: dict[str, int]) -> bool:
    if line.kind not in _EVERY_RING:
        return True
    seen[line.text] = seen.get(line.text, 0) + 1
    return seen[line.text] == 1 and line.kind == "ringing"


def _places(command: str) -> list[tuple[str, str]]:
    return [
        ("make run", "keep this world up, and be the telephones yourself"),
        ("http://127.0.0.1:8401", "then: the phone lab, every telephone on one page"),
        ("http://127.0.0.1:8400", "and: the board, timelines, who is on call; the ledger, for managers"),
        ("", f"sign in as {DEWI.email} (engineer) or {SITI.email} (manager), password {PASSWORD}"),
        (f"{command} phone", "then: dial, press keys, read text messages (? lists what it knows)"),
        (f"{command} prompts", "every sentence that callers and engineers can hear, in each language"),
        ("README.md", "what this is, and how to install it for real"),
        ("docs/settings.md", "every setting; point TWILIO_API_BASE_URL away from here and it is Twilio"),
        ("make test", "the same stories, and the ones that go wrong"),
    ]
