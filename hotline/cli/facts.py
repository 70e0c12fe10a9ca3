"""``hotline incidents``: the facts, for people and for programs."""

from datetime import datetime

import typer

from hotline.cli.shared import AsJson, operation, print_json, print_table, ready_settings
from hotline.db.models import Incident
from hotline.errors import NotFoundError
from hotline.services import reports
from hotline.services.operation import Operation
from hotline.services.response import incidents as incident_service
from hotline.services.response import references


def incidents(
    reference: str | None = typer.Argument(
        None, help="Show this one with its timeline, such as 4821-7 or 48217."
    ),
    as_json: bool = AsJson,
) -> None:
    """Every incident with its clock; with a reference, its timeline."""
    with operation(ready_settings()) as op:
        if reference is not None:
            _one(op, reference, as_json=as_json)
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


def _one(op: Operation, given: str, *, as_json: bool) -> None:
    """One incident: what it is, where it stands, and everything that happened."""
    incident = _find(op, given)
    row, entries = reports.row_of(op, incident), reports.history(op, incident).entries
    if as_json:
        print_json([_line(entry) for entry in entries])
        return
    typer.echo(f"{row.reference}  {row.customer or 'not identified'}  {row.product or ''}".rstrip())
    typer.echo(f"{row.status.value}, {'nobody has it' if row.owner is None else f'{row.owner} has it'}")
    if row.respond_by is not None:
        told = "not told yet" if row.told_at is None else f"told {_at(row.told_at)} by {row.told_by}"
        typer.echo(f"respond by {_at(row.respond_by)}, customer {told}")
    if row.cost is not None:
        typer.echo(f"{'fine' if row.is_fined else 'at stake'}: {row.cost} (miss {row.ordinal} this year)")
    typer.echo("")
    for entry in entries:
        typer.echo(f"{_at(entry.at)}  {entry.text} {entry.became}".rstrip())
        if entry.body is not None:
            typer.echo(f"{'':25}{entry.body}")


def _find(op: Operation, given: str) -> Incident:
    """The incident that is meant: the dash may be missing. Raises :class:`NotFoundError` that helps."""
    try:
        return incident_service.by_reference(op, references.dashed(given) or given)
    except NotFoundError:
        meant = references.nearly(op, given)
        if meant:
            raise NotFoundError(f"There is no incident {given}. Did you mean {' or '.join(meant)}?") from None
        if references.dashed(given) is not None and not references.is_valid(given):
            raise NotFoundError(
                f"{given} is misread: its last digit is a check digit that is wrong."
            ) from None
        raise


def _line(entry: reports.Entry) -> dict[str, object]:
    return {
        "at": entry.at.isoformat(),
        "group": entry.group.value,
        "kind": entry.kind,
        "text": entry.text,
        "became": entry.became,
        "settled_at": None if entry.settled_at is None else entry.settled_at.isoformat(),
        "body": entry.body,
    }


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"


def _short(instant: str | None) -> str:
    return "-" if instant is None else instant[5:19].replace("T", " ")
