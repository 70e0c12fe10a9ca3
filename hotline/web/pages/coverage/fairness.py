"""``/coverage/fairness``: hours, nights, weekends and pages at night of everybody in a team."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.services.access import Permission
from hotline.services.coverage import fairness
from hotline.services.lists import export
from hotline.web.pages.guard import needs
from hotline.web.pages.site import now_of_page, the_site
from hotline.web.pages.words import marked

PAST, AHEAD = "past", "ahead"
_NAMES = (
    ("hours", marked("Hours on call")),
    ("nights", marked("Nights")),
    ("weekend_days", marked("Weekend days")),
    ("shifts", marked("Shifts")),
    ("night_pages", marked("Pages at night, past 90 days")),
)


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/coverage/fairness", endpoint="fairness")(fairness_page)
    blueprint.get("/coverage/fairness.csv", endpoint="fairness_file")(fairness_file)


@needs(Permission.SEE_INCIDENTS)
def fairness_page() -> ResponseReturnValue:
    """A table for each team."""
    period = request.args.get("period", AHEAD)
    if period not in (PAST, AHEAD):
        return redirect(url_for("pages.fairness"))
    with the_site().reading() as op:
        teams = fairness.read(op, is_past=period == PAST)
        return render_template("coverage/fairness.html", teams=teams, period=period, measures=_NAMES)


@needs(Permission.SEE_INCIDENTS)
def fairness_file() -> ResponseReturnValue:
    """The same as a file."""
    period = PAST if request.args.get("period") == PAST else AHEAD
    with the_site().reading() as op:
        text = export.table(
            ["team", "name", *fairness.MEASURES, "far_from_the_mean"],
            (
                [
                    team.team.name,
                    share.user.name,
                    *(round(share.values[measure]) for measure in fairness.MEASURES),
                    " ".join(f"{measure}{'+' if way > 0 else '-'}" for measure, way in share.far.items()),
                ]
                for team in fairness.read(op, is_past=period == PAST)
                for share in team.shares
            ),
        )
    answer = Response(text, mimetype="text/csv")
    name = f"hotline-fairness-{period}-{now_of_page():%Y-%m-%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
