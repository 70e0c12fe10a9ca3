"""The clock of an incident, minute by minute: a page to print, and files for whoever has to prove it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, jsonify, render_template
from flask.typing import ResponseReturnValue

from hotline.services import reports
from hotline.services.access import Permission
from hotline.services.lists import export
from hotline.services.reports.clock import Clock, Step, clock_of
from hotline.services.response import incidents
from hotline.web.pages.guard import needs
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, language, marked

_SILENT = marked("Nothing happened for {span}.")
_COLUMNS = ("at_utc", "at_contract", "after_seconds", "kind", "what", "became", "became_at_utc", "text")


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/incidents/<reference>/clock")(incident_clock)
    blueprint.get("/incidents/<reference>/clock.csv")(incident_clock_file)
    blueprint.get("/incidents/<reference>/clock.json")(incident_clock_data)


@needs(Permission.SEE_INCIDENTS)
def incident_clock(reference: str) -> ResponseReturnValue:
    """Every minute, to read and to print."""
    return render_template("incident/clock.html", clock=_read(reference), length=length, silence=silence)


@needs(Permission.SEE_INCIDENTS)
def incident_clock_file(reference: str) -> ResponseReturnValue:
    """The same as a table (CSV)."""
    clock = _read(reference)
    text = export.table(_COLUMNS, (list(_row(clock, step).values()) for step in clock.steps))
    return _download(Response(text, mimetype="text/csv"), clock, "csv")


@needs(Permission.SEE_INCIDENTS)
def incident_clock_data(reference: str) -> ResponseReturnValue:
    """The same with the terms and the entries of the ledger (JSON)."""
    clock = _read(reference)
    return _download(jsonify(_data(clock)), clock, "json")


def silence(step: Step) -> str:
    """That nothing happened, and for how long, to the second."""
    return gettext(_SILENT).format(span=length(step.span))


def length(span: timedelta) -> str:
    """A length of time to the second: ``12:05``, ``1:02:09``."""
    seconds = int(span.total_seconds())
    minutes, seconds = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    return f"\N{MINUS SIGN}{text}" if span < timedelta(0) else text


def _read(reference: str) -> Clock:
    with the_site().reading() as op:
        incident = incidents.by_reference(op, reference)
        found = clock_of(op, incident, reports.history(op, incident, language()).entries)
    if found is None:
        abort(404)
    return found


def _download(response: Response, clock: Clock, ending: str) -> Response:
    name = f"clock-{clock.reference}.{ending}"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _row(clock: Clock, step: Step) -> dict[str, Any]:
    entry = step.entry
    values: dict[str, Any] = {
        "at_utc": step.at,
        "at_contract": step.at.astimezone(ZoneInfo(clock.time_zone)).isoformat(),
        "after_seconds": int(step.after.total_seconds()),
    }
    if entry is None:
        return {
            **values,
            "kind": "silence",
            "what": silence(step),
            "became": "",
            "became_at_utc": None,
            "text": "",
        }
    return {
        **values,
        "kind": entry.kind,
        "what": entry.text,
        "became": entry.became,
        "became_at_utc": entry.settled_at,
        "text": entry.body or "",
    }


def _data(clock: Clock) -> dict[str, Any]:
    return {
        "reference": clock.reference,
        "customer": clock.customer,
        "contract": clock.contract,
        "product": clock.product,
        "channel": clock.channel.value,
        "terms_version": clock.version,
        "time_zone": clock.time_zone,
        "reported_at": _iso(clock.reported_at),
        "started_at": _iso(clock.started_at),
        "respond_within_seconds": int(clock.respond_within.total_seconds()),
        "respond_by": _iso(clock.respond_by),
        "warnings": [{"at": _iso(at), "share": share} for at, share in clock.warnings],
        "ways_that_stop_it": list(clock.stops),
        "told_at": _iso(clock.stopped_at),
        "told_by": None if clock.told_by is None else clock.told_by.value,
        "breached_at": _iso(clock.breached_at),
        "drawn_at": _iso(clock.drawn_at),
        "steps": [
            {
                key: _iso(value) if isinstance(value, datetime) else value
                for key, value in _row(clock, step).items()
            }
            for step in clock.steps
        ],
        "ledger": list(clock.entries),
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
