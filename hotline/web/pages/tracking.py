"""The customer's own clock, which needs no sign-in, and the links to it, which engineers look after."""

import ipaddress
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable

from babel.dates import get_timezone_location
from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from hotline.db.models import Incident, User
from hotline.services import customers_clock, tracking
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.services.response import incidents
from hotline.speech import LANGUAGES
from hotline.web.pages import live, words
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.site import now_of_page, the_site
from hotline.web.pages.words import gettext, marked

REFRESH_SECONDS = 2
GUESSES, GUESSES_WITHIN = 30, 15 * 60.0
RING = 339.292  # the circumference of the ring in the picture, whose radius is 54
_KEY = "hotline-tracking-guesses"
_ADDRESSES_KEPT = 10_000
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
_CALL = marked(
    "Do you need us? Call the hotline: the number is on your contract card. "
    "With your PIN you hear how far we are."
)
GONE = (
    marked("This link does not work"),
    marked(
        "It may have ended, or a part of it was lost on the way. Open it from our text message once more."
    ),
    _CALL,
)
TROUBLE = (
    marked("We cannot show this right now"),
    marked("Your report is safe, and our engineers are being rung all the same. Try again in a minute."),
    _CALL,
)
_REFUSALS = {
    tracking.LinkRefusal.NOT_IN_FORCE: marked("That link had stopped working before. Nothing was changed."),
    tracking.LinkRefusal.IN_FORCE: marked("There is a link that works already. Nothing was sent."),
    tracking.LinkRefusal.NO_NUMBER: marked("There is no customer's number to send a link to."),
    tracking.LinkRefusal.TOO_MANY: marked("Too many new links within an hour. Nothing was changed."),
    tracking.LinkRefusal.LONG_OVER: marked(
        "This incident was finished more than 7 days ago: links to it have ended."
    ),
}
_Work = Callable[[Operation, Incident, User], None]


class Guesses:
    """Counts made-up links by the address that asks, so that hammering costs us next to nothing.

    Each process counts for itself. Nobody can hit upon seventy bits, and a link that we signed is no
    guess: it is always shown, so colleagues behind the same address lock nobody out.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def count(self, address: str) -> bool:
        """Count one; True while there are few enough from this address (for IPv6, from its network)."""
        name, now = _network(address), time.monotonic()
        with self._lock:
            since, count = self._seen.pop(name, (now, 0))
            if now - since >= GUESSES_WITHIN:
                since, count = now, 0
            self._seen[name] = since, count + 1
            if len(self._seen) > _ADDRESSES_KEPT:
                self._seen.popitem(last=False)
        return count < GUESSES


def add_routes(blueprint: Blueprint) -> None:
    blueprint.record_once(lambda state: state.app.extensions.update({_KEY: Guesses()}))
    blueprint.get("/t/<token>", endpoint="customers_clock")(clock)
    blueprint.post("/incidents/<reference>/tracking/renew")(renew_link)
    blueprint.post("/incidents/<reference>/tracking/revoke")(revoke_link)


def clock(token: str) -> ResponseReturnValue:
    """The page behind a link. A revoked, an expired and a made-up link all look the same."""
    code = tracking.signed_code(the_site().settings, token)
    if code is None:
        is_bearable = current_app.extensions[_KEY].count(request.remote_addr or "")
        return _sorry(GONE, 404) if is_bearable else _hardened(Response(status=429))
    try:
        with the_site().reading() as op:
            found = customers_clock.behind(op, code)
    except SQLAlchemyError:
        return _sorry(TROUBLE, 503)
    if found is None:
        return _sorry(GONE, 404)
    words.speak_to(found.language, found.time_zone)
    return _hardened(make_response(live.answer(found, lambda: _draw(found))))


@needs(Permission.WORK_ON_INCIDENTS)
def renew_link(reference: str) -> ResponseReturnValue:
    """Send the customer a new link; the one that the page showed stops working."""

    def work(op: Operation, incident: Incident, user: User) -> None:
        tracking.renew(op, incident, _link_id(), user)

    return _change(reference, work, gettext("A new link is on its way. The earlier one no longer works."))


@needs(Permission.WORK_ON_INCIDENTS)
def revoke_link(reference: str) -> ResponseReturnValue:
    """The link stops working, and none is sent until the next text message to the customer."""

    def work(op: Operation, incident: Incident, user: User) -> None:
        link_id = _link_id()
        if link_id is None:
            raise tracking.LinkRefusedError(tracking.LinkRefusal.NOT_IN_FORCE)
        tracking.revoke(op, incident, link_id, user)

    return _change(reference, work, gettext("The link no longer works."))


def _change(reference: str, work: _Work, done: str) -> ResponseReturnValue:
    me = viewer().id

    def in_transaction(op: Operation) -> None:
        incident = incidents.by_reference(op, reference)
        op.session.refresh(incident, with_for_update=True)
        work(op, incident, op.session.get_one(User, me))

    try:
        the_site().write(in_transaction)
        flash(done, "success")
    except tracking.LinkRefusedError as refusal:
        flash(gettext(_REFUSALS[refusal.why]), "warning")
    return redirect(url_for("pages.incident", reference=reference), 303)


def _link_id() -> uuid.UUID | None:
    """The link that the form was about; None when it named none. A mangled one is one that is not there."""
    text = request.form.get("link", "")
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return uuid.UUID(int=0)


def _draw(found: customers_clock.CustomersClock) -> str:
    now = now_of_page()
    left = (found.promised_by - now).total_seconds()
    whole = max((found.promised_by - found.reported_at).total_seconds(), 1)
    return render_template(
        "tracking/clock.html",
        clock=found,
        seconds_left=left,
        ring=RING,
        ring_gone=round(RING * (1 - min(max(left / whole, 0), 1)), 1),
        place=get_timezone_location(found.time_zone, locale=found.language, return_city=True),
        every=REFRESH_SECONDS,
    )


def _sorry(texts: tuple[str, ...], status: int) -> Response:
    """The same words in every language, for nobody can know whose link it was meant to be."""
    said = []
    for language in LANGUAGES:
        words.speak_to(language, "UTC")
        said.append((language, [gettext(text) for text in texts]))
    return _hardened(make_response(render_template("tracking/gone.html", said=said), status))


def _hardened(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else address
