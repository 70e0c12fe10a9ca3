"""``hotline on-call``: who answers, now or at any instant, for people and for programs."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
import typer

from hotline.cli.shared import AsJson, operation, print_json, print_table, ready_settings
from hotline.db.models import Team
from hotline.errors import InvalidInputError, NotFoundError
from hotline.services.on_call.rosters import duties
from hotline.services.operation import Operation


def on_call(
    team: str | None = typer.Option(None, "--team", help="Only this team, by its whole name."),
    at: str | None = typer.Option(None, "--at", help="At this instant, such as 2026-11-23T09:00+07:00."),
    as_json: bool = AsJson,
) -> None:
    """Who is on call in every layer of every team, and until when."""
    with operation(ready_settings()) as op:
        rows = as_data(op, team, op.now if at is None else instant(at))
    if as_json:
        print_json(rows)
        return
    if not rows:
        typer.echo("There is no roster yet: nobody is rung when a customer calls.")
        return
    print_table(
        "On call, times in UTC",
        ["team", "layer", "who", "until"],
        [
            [
                row["team"],
                row["layer"],
                (row["name"] or "NOBODY") + (" (override)" if row["is_override"] else ""),
                "-" if row["until"] is None else row["until"][:16].replace("T", " "),
            ]
            for row in rows
        ],
    )


def as_data(op: Operation, team: str | None, at: datetime) -> list[dict[str, Any]]:
    """The same as data. Raises :class:`NotFoundError` for a team that there is not."""
    team_id = None
    if team is not None:
        team_id = op.session.scalars(sa.select(Team.id).where(Team.name == team)).first()
        if team_id is None:
            raise NotFoundError(f"There is no team called {team!r}.")
    return [
        {
            "team": duty.team.name,
            "layer": duty.layer,
            "name": duty.names,
            "since": None if duty.since is None else duty.since.isoformat(),
            "until": None if duty.until is None else duty.until.isoformat(),
            "is_override": duty.is_override,
        }
        for duty in duties(op, team_id, at)
    ]


def instant(text: str) -> datetime:
    """The instant that ``--at`` means, in UTC.

    Raises :class:`InvalidInputError` for what is no instant with its offset within our days.
    """
    wanted = InvalidInputError("--at wants a date, a time and an offset, such as 2026-11-23T09:00+07:00.")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise wanted from None
    if at.tzinfo is None or not 2000 <= at.year < 2200:
        raise wanted
    return at.astimezone(UTC)
