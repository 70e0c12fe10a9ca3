"""``hotline ledger``: every entry, and the proof that none was changed, for people and for programs."""

import re
from collections import defaultdict
from typing import Any

import typer

from hotline.cli.shared import AsJson, operation, print_json, print_table, ready_settings
from hotline.errors import InvalidInputError
from hotline.services import reports
from hotline.services.ledger.verify import Chain, chains

Expect = typer.Option(
    [], help="CONTRACT:HASH, as on a statement: that entry has to be there still. May be repeated."
)
ledger = typer.Typer(invoke_without_command=True, help="Every entry of the ledger, and how it came to be.")


@ledger.callback()
def show(context: typer.Context, as_json: bool = AsJson) -> None:
    """Every entry of the ledger, and how it came to be."""
    if context.invoked_subcommand is not None:
        return
    with operation(ready_settings()) as op:
        rows = reports.ledger(op)
    if as_json:
        print_json(rows)
        return
    if not rows:
        typer.echo("The ledger is empty: every promise was kept so far.")
        return
    print_table(
        "Ledger",
        ["at (UTC)", "customer", "entry", "kind", "incident", "amount", "how it came to be"],
        [
            [
                row["at"][5:19].replace("T", " "),
                row["customer"],
                f"{row['contract']}/{row['sequence']}",
                row["kind"],
                row["reference"] or "-",
                row["amount"],
                row["sentence"],
            ]
            for row in rows
        ],
    )


@ledger.command()
def verify(
    expect: list[str] = Expect,
    as_json: bool = AsJson,
) -> None:
    """Work every chain out again, a line for each contract. Status 1 when one is broken."""
    expected = _expected(expect)
    found, is_broken, count = [], False, 0
    with operation(ready_settings()) as op:
        for chain in chains(op, expected):
            is_broken, count = is_broken or bool(chain.faults), count + 1
            if as_json:
                found.append(_as_data(chain))
            else:
                typer.echo(_line(chain))
                for fault in chain.faults:
                    typer.echo(f"  {fault}")
    if as_json:
        print_json(found)
    elif not count:
        typer.echo("The ledger is empty: there is nothing to verify.")
    if is_broken:
        raise typer.Exit(1)


def _expected(given: list[str]) -> dict[str, set[str]]:
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for text in given:
        match = re.fullmatch(r"\s*([^:\s]+)\s*:\s*([0-9a-fA-F]{64})\s*", text)
        if match is None:
            raise InvalidInputError(f"{text!r} is no CONTRACT:HASH; a hash has 64 hexadecimal digits.")
        wanted[match[1]].add(match[2].lower())
    return wanted


def _line(chain: Chain) -> str:
    sums = ", ".join(str(amount) for amount in chain.sums) or "no entries"
    state = "BROKEN" if chain.faults else "whole"
    return f"{chain.contract}  {state}  {chain.entries} entries  {sums}  {chain.last}"


def _as_data(chain: Chain) -> dict[str, Any]:
    return {
        "contract": chain.contract,
        "is_whole": not chain.faults,
        "entries": chain.entries,
        "sums": [{"amount_minor": amount.minor, "currency": amount.currency} for amount in chain.sums],
        "last_hash": chain.last,
        "faults": [{"sequence": fault.sequence, "fault": fault.words} for fault in chain.faults],
    }
