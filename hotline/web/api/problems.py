"""Errors for programs: ``application/problem+json`` (RFC 9457), and nothing internal in them."""

import json
import traceback
from http import HTTPStatus

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from hotline.errors import HotlineError

log = structlog.get_logger(__name__)


class ProblemError(Exception):
    """The request is answered with ``status`` and a sentence; ``parameter`` is the one that is wrong.

    ``reason`` is a word for programs where the sentence is one of several for the same status.
    """

    def __init__(
        self, status: int, detail: str, parameter: str | None = None, reason: str | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.parameter = parameter
        self.reason = reason


def install(blueprint: Blueprint) -> None:
    """Every error of the blueprint becomes a problem document."""
    blueprint.register_error_handler(ProblemError, _problem)
    blueprint.register_error_handler(HotlineError, _hotline_error)
    blueprint.register_error_handler(HTTPException, _http_error)
    blueprint.register_error_handler(Exception, _unexpected)


def answer(status: int, detail: str, parameter: str | None = None, reason: str | None = None) -> Response:
    """A problem document."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    if parameter is not None:
        body["parameter"] = parameter
    if reason is not None:
        body["reason"] = reason
    response = Response(json.dumps(body), status, mimetype="application/problem+json")
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="hotline"'
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = "60"
    return response


def _problem(error: ProblemError) -> Response:
    return answer(error.status, error.detail, error.parameter, error.reason)


def _hotline_error(error: HotlineError) -> Response:
    if error.http_status >= 500:
        log.error("api.failed", endpoint=request.endpoint, code=error.code)
        return answer(error.http_status, "Something broke on our side.")
    return answer(error.http_status, str(error))


def _http_error(error: HTTPException) -> Response:
    return answer(error.code or 500, error.description or "That did not work.")


def _unexpected(error: Exception) -> Response:
    # Only the type and the place: messages of database errors carry values.
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = [f"{frame.filename}:{frame.lineno}" for frame in frames]
    log.error("api.failed", endpoint=request.endpoint, error=type(error).__name__, where=where)
    return answer(500, "Something broke on our side.")
