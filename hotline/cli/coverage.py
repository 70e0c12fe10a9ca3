"""``hotline coverage``: what is wrong with the rosters of the next 30 days, for people and for monitoring."""

from typing import Any

import typer

from hotline.cli.shared import AsJson, operation, print_json, print_table, ready_settings
from hotline.services.coverage import coverage as services
from hotline.services.coverage.coverage import Kind, Problem

_HOLES = {Kind.NO_ANSWER, Kind.GAP}


def coverage(as_json: bool = AsJson) -> None:
    """What is wrong with the rosters of the next 30 days. Status 1 when somewhere nobody would answer."""
    with operation(ready_settings()) as op:
        rows = [_as_data(problem) for problem in services.read(op).problems]
    if as_json:
        print_json(rows)
    elif rows:
        print_table(
            "Coverage of 30 days, times in UTC",
            ["what", "team", "layer or ladder", "who", "from", "times"],
            [
                [
                    row["kind"],
                    row["team"],
                    row["layer"] or row["ladder"] or "-",
                    row["name"] or "-",
                    row["spans"][0][0][:16].replace("T", " ") if row["spans"] else "always",
                    str(len(row["spans"])) if row["spans"] else "-",
                ]
                for row in rows
            ],
        )
    else:
        typer.echo("Nothing is wrong within 30 days.")
    if any(row["kind"] in _HOLES for row in rows):
        raise typer.Exit(1)


def _as_data(problem: Problem) -> dict[str, Any]:
    return {
        "kind": problem.kind.value,
        "team": problem.team.name,
        "layer": None if problem.rotation is None else problem.rotation.layer,
        "ladder": None if problem.ladder is None else problem.ladder.name,
        "name": None if problem.user is None else problem.user.name,
        "spans": [[starts_at.isoformat(), ends_at.isoformat()] for starts_at, ends_at in problem.spans],
    }
