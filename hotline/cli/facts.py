"""``hotline incidents`` and ``hotline ledger``: the facts, for people and for programs."""

import typer

from hotline.cli.shared import AsJson, operation, print_json, print_table, ready_settings
from hotline.services import incidents as incident_service
from hotline.services import reports


def incidents(
    reference: str | None = typer.Argument(None, help="Show the timeline of this one, such as 4821-7."),
    as_json: bool = AsJson,
) -> None:
    """Every incident with its clock; with a reference, its timeline."""
    with operation(ready_settings()) as op:
        if reference is not None:
            lines = reports.timeline(op, incident_service.by_reference(op, reference))
            if as_json:
                print_json(
                    [{"at": line.at.isoformat(), "kind": line.kind, "text": line.text} for line in lines]
                )
            for line in [] if as_json else lines:
                typer.echo(f"{line.at:%Y-%m-%d %H:%M:%S} UTC  {line.text}")
            return
        rows = reports.incidents(op)
    if as_json:
        print_json(rows)
        return
    if not rows:
        typer.echo("No incidents yet. Dial a service number: the first call that is reported shows up here.")
        return
    print_table(
        "Incidents, times in UTC",
        ["incident", "customer", "status", "respond by", "told", "fine"],
        [
            [
                row["reference"],
                f"{row['customer'] or 'not identified'}\n{row['product'] or ''}".rstrip(),
                f"{row['status']}\n{row['owner'] or 'nobody'}",
                _short(row["respond_by"]),
                "-" if row["told_at"] is None else f"{_short(row['told_at'])}\nby {row['told_by']}",
                "-" if row["fine"] is None else row["fine"]["amount"],
            ]
            for row in rows
        ],
    )


def ledger(as_json: bool = AsJson) -> None:
    """Every fine, and how it came to be."""
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
        ["at (UTC)", "customer", "incident", "amount", "how it came to be"],
        [
            [_short(row["at"]), row["customer"], row["reference"], row["amount"], row["sentence"]]
            for row in rows
        ],
    )


def _short(instant: str | None) -> str:
    return "-" if instant is None else instant[5:19].replace("T", " ")
