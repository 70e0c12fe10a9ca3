"""The board: what is about to go wrong, first thing first."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hotline.services import heartbeat, reports
from hotline.services.access import Permission
from hotline.web.pages.guard import needs
from hotline.web.pages.site import the_site

REFRESH_SECONDS = 10


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/")(board)


@needs(Permission.SEE_INCIDENTS)
def board() -> ResponseReturnValue:
    """Everything that needs somebody, then what was finished within the last day."""
    site = the_site()
    with site.reading() as op:
        rows, finished = reports.board(op), reports.recently_finished(op)
        silent = heartbeat.silent_since(op) is not None
    return render_template(
        "board.html",
        rows=rows,
        finished=finished,
        drawn_at=op.now,
        nobody_enforces=silent,
        refresh_seconds=REFRESH_SECONDS,
        clock_speed=site.settings.clock_speed,
    )
