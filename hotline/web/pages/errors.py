"""Errors as pages: what happened, what was kept, what to do next. Nothing internal is ever shown."""

import traceback

import structlog
from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from hotline.errors import HotlineError
from hotline.web.pages.guard import viewer_or_none
from hotline.web.pages.words import marked

log = structlog.get_logger(__name__)

_TITLES = {
    401: marked("Not signed in"),
    403: marked("Not allowed"),
    404: marked("Not found"),
    405: marked("Not found"),
    409: marked("Somebody was first"),
    422: marked("That cannot be used"),
    429: marked("Too many tries"),
}
_ADVICE = {
    403: marked("Your role does not allow this. Nothing was changed. Ask an admin if you need it."),
    404: marked("There is nothing at this address. Check the reference, or start from the board."),
    405: marked("There is nothing at this address. Check the reference, or start from the board."),
}


def install(app: Flask, blueprint: Blueprint) -> None:
    """Errors of the pages, and of addresses that belong to nobody, become pages."""
    blueprint.register_error_handler(CSRFError, _old_page)
    blueprint.register_error_handler(HotlineError, _hotline_error)
    blueprint.register_error_handler(HTTPException, _http_error)
    blueprint.register_error_handler(Exception, _unexpected)
    for status in (404, 405):
        app.register_error_handler(status, _http_error)


def _old_page(_error: CSRFError) -> ResponseReturnValue:
    if viewer_or_none() is None and request.endpoint != "pages.sign_in":
        return redirect(url_for("pages.sign_in"))
    return _page(
        400,
        marked("This page was too old"),
        marked("Nothing was changed. Go back, reload the page and do it once more."),
    )


def _hotline_error(error: HotlineError) -> ResponseReturnValue:
    if error.http_status >= 500:
        log.error("page.failed", endpoint=request.endpoint, code=error.code)
        return _sorry(error.http_status)
    return _page(error.http_status, _TITLES.get(error.http_status, marked("That did not work")), str(error))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or 300 <= status < 400:
        return error.get_response()
    advice = _ADVICE.get(
        status, marked("Nothing was changed. Go back and try again, or start from the board.")
    )
    return _page(status, _TITLES.get(status, marked("That did not work")), advice)


def _unexpected(error: Exception) -> ResponseReturnValue:
    # Only the type and the place: messages of database errors carry the values, numbers among them.
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = [f"{frame.filename}:{frame.lineno}" for frame in frames]
    log.error("page.failed", endpoint=request.endpoint, error=type(error).__name__, where=where)
    return _sorry(500)


def _sorry(status: int) -> ResponseReturnValue:
    return _page(
        status,
        marked("Something broke on our side"),
        marked(
            "Nothing of this request was kept. The telephone line is not affected by this page. "
            "Try again; if it happens twice, tell whoever runs this service the time it happened."
        ),
    )


def _page(status: int, title: str, message: str) -> ResponseReturnValue:
    return render_template("error.html", status=status, title=title, message=message), status
