"""The lab's page and its files. Its scripts speak to the control API and to nothing else."""

from flask import Blueprint, Response, abort, render_template, request

from hotline.emulator.lab.guard import refusal
from hotline.emulator.lab.misfortunes import MISFORTUNES

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def blueprint() -> Blueprint:
    """``/`` and ``/lab``, and ``/lab/static``."""
    pages = Blueprint(
        "lab", __name__, static_folder="static", static_url_path="/lab/static", template_folder="templates"
    )
    pages.add_url_rule("/", "home", _lab)
    pages.add_url_rule("/lab", "lab", _lab)
    pages.before_request(_refuse_foreigners)
    pages.after_request(_protect)
    return pages


def _lab() -> str:
    return render_template("lab/lab.html", misfortunes=MISFORTUNES)


def _refuse_foreigners() -> None:
    if refusal(request) is not None:
        abort(403)


def _protect(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response
