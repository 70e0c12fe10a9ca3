"""Recordings played in the page: fetched from the network with our credentials, never by a public address."""

from collections.abc import Callable

import structlog
from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from hotline.db.models import User
from hotline.errors import NotFoundError
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.services.response import remarks
from hotline.telephony.port import Sound, TelephonyError
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.incident.forms import identifier
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext

Fetch = Callable[[str], Sound]
log = structlog.get_logger(__name__)
_KEY = "hotline-recordings"


def install(app: Flask, fetch: Fetch) -> None:
    """``fetch`` gives the audio of a recording by its sid, or raises :class:`TelephonyError`."""
    app.extensions[_KEY] = fetch


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/recordings/<recording>")(play_recording)


@needs(Permission.SEE_INCIDENTS)
def play_recording(recording: str) -> ResponseReturnValue:
    """The audio of a recording, whole or in parts; that somebody listened is kept, once for each."""
    chosen = identifier(recording)
    if chosen is None:
        raise NotFoundError("There is no such recording.")
    site, me = the_site(), viewer().id
    with site.reading() as op:
        sid = remarks.recording(op, chosen).recording_sid
    try:
        sound = current_app.extensions[_KEY](sid)
    except TelephonyError as error:
        log.warning("recording_unavailable", code=error.code, permanent=error.permanent)
        return _unavailable(error)

    def keep(op: Operation) -> None:
        remarks.listened(op, remarks.recording(op, chosen), op.session.get_one(User, me))

    site.write(keep)
    return _audio(sound)


def _audio(sound: Sound) -> Response:
    response = make_response(sound.content)
    response.content_type = sound.content_type
    response.headers["Content-Disposition"] = "inline"
    response.make_conditional(request, accept_ranges=True, complete_length=len(sound.content))
    return response


def _unavailable(error: TelephonyError) -> ResponseReturnValue:
    if error.permanent:
        status, message = 410, gettext("The telephone network does not have this recording any more.")
    else:
        status = 503
        message = gettext("The telephone network does not give us the recording now. Try again in a minute.")
    title = gettext("The recording cannot be played")
    return render_template("error.html", status=status, title=title, message=message), status
