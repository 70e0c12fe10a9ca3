"""The addresses for programs."""

from flask import Blueprint, Response

from hotline.web.api import feeds, on_call, problems, reports

_EVERY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_blueprint() -> Blueprint:
    """Everything below ``/api`` and ``/calendar``; errors are problem documents."""
    blueprint = Blueprint("api", __name__)
    problems.install(blueprint)
    blueprint.add_url_rule("/api/v1/on-call", "on_call", on_call.on_call)
    blueprint.add_url_rule("/api/v1/shifts", "shifts", on_call.shifts_between)
    blueprint.add_url_rule("/api/v1/reports", "report", reports.report, methods=["POST"])
    blueprint.add_url_rule("/api/v1/reports/<reference>", "report_state", reports.state)
    blueprint.add_url_rule("/calendar/<token>.ics", "calendar", feeds.calendar)
    blueprint.add_url_rule("/api/<path:rest>", "unknown", _unknown, methods=_EVERY_METHOD)
    return blueprint


def _unknown(rest: str) -> Response:
    """Whatever it is, it is not there."""
    return problems.answer(404, "There is nothing at this address; docs/guides/api.md names what there is.")
