"""Pages that stay true while they are open: a page asks for itself, and is told "nothing new" almost always.

``static/live.js`` asks once a second for the address it stands at, with the version that it shows in
``If-None-Match`` and with :data:`REFRESH`. :func:`answer` compares that with a fingerprint of the very
facts that the page is drawn from, so a page is sent again exactly when a person would see a difference.
Why asking and not pushing: docs/decisions/0008-a-live-page-asks.md.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app, g, make_response, request
from flask.typing import ResponseReturnValue

from hotline.web.pages import assets
from hotline.web.pages.guard import viewer_or_none
from hotline.web.pages.site import now_of_page, the_site
from hotline.web.pages.words import time_zone

REFRESH = "X-Refresh"
NOW, SPEED = "X-Service-Now", "X-Service-Speed"
EVERY_SECONDS = 1.0
HIDDEN_EVERY_SECONDS = 15.0
PATIENCE_SECONDS = 5.0
# Without script the page reloads itself as a whole, which is slower for everybody.
RELOAD_SECONDS = 10
_FRESH_SECONDS = 0.5
_MOST_KEPT = 64
_PAGE_SECONDS = 60.0
_KEY, _PAGES = "hotline-live", "hotline-live-pages"
Facts = TypeVar("Facts")


def install(app: Flask) -> None:
    """Give templates ``live`` and every answer to a refresh the time and pace of the service's clock."""
    app.extensions[_KEY] = Shared(_FRESH_SECONDS)
    app.extensions[_PAGES] = Shared(_PAGE_SECONDS)
    app.context_processor(lambda: {"live": _about_the_page()})
    app.after_request(_tell_the_time)


def answer(
    facts: object, render: Callable[[], str], status: int = 200, is_shared: bool = False
) -> ResponseReturnValue:
    """The page that ``render`` draws from ``facts``, or 304 when the browser shows these facts already.

    ``facts`` is everything that can change on the page, as values whose ``repr`` shows every part of them:
    dataclasses, tuples, instants, enums. It must leave out what changes by itself with every second (the
    instant of drawing): the script counts. Who looks, in which language and zone, is added here. As on
    the page of an incident::

        with the_site().reading() as op:
            page = _read(op, incidents.by_reference(op, reference))
        return live.answer(
            (page.row, page.timeline, page.evidence), lambda: render_template("incident.html", page=page, …)
        )

    Its template begins with ``{% extends live.layout %}``, so that a refresh carries no header and no
    flashed message; it includes ``contact.html``, wraps what is replaced in ``<div id="live">`` and loads
    ``live.js``. What is typed belongs outside of ``#live``. With ``is_shared`` the same facts look alike to
    everybody of one role, language and zone (no token, no name of the viewer in the main part): then it is
    drawn once for all of them.
    """
    version = _version(facts, is_shared)
    is_refresh = bool(request.headers.get(REFRESH))
    if is_refresh and request.if_none_match.contains_weak(version):
        response = Response(status=304)
    else:
        g.hotline_live_version = version
        is_kept = is_refresh and is_shared
        text = current_app.extensions[_PAGES].get(version, render) if is_kept else render()
        response = make_response(text, status)
    response.set_etag(version)
    return response


def shared(key: Hashable, look: Callable[[], Facts]) -> Facts:
    """What ``look`` finds: for refreshes not older than half a second, and then looked for once for all.

    A page that a person opens or reloads is always looked for afresh, for it may follow on what they
    just did. ``key`` names the question; it holds whatever the answer depends on.
    """
    found: Facts = current_app.extensions[_KEY].get(key, look, bool(request.headers.get(REFRESH)))
    return found


class Shared:
    """Answers that many viewers share. One of them looks while the others wait for what it finds."""

    def __init__(self, fresh_seconds: float) -> None:
        self._fresh_seconds = fresh_seconds
        self._lock = threading.Lock()
        self._kept: dict[Hashable, _Kept[Any]] = {}

    def get(self, key: Hashable, look: Callable[[], Facts], may_be_kept: bool = True) -> Facts:
        """The answer; one that is not fresh, or must not be a kept one, is looked for again."""
        with self._lock:
            kept: _Kept[Facts] = self._kept.setdefault(key, _Kept())
            while len(self._kept) > _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
        # It is as old as the instant before looking: what is committed meanwhile may not be in the answer.
        if not may_be_kept:
            at, found = time.monotonic(), look()
            with kept.lock:
                if at > kept.at:
                    kept.at, kept.answer = at, found
            return found
        with kept.lock:
            if time.monotonic() - kept.at >= self._fresh_seconds:
                at = time.monotonic()
                kept.answer = look()
                kept.at = at
            return kept.answer


class _Kept(Generic[Facts]):
    """One answer, and since when it is known."""

    answer: Facts

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.at = float("-inf")


def speed() -> float:
    """Seconds of the service's clock in a second; a clock that stands still counts as its settings say."""
    site = the_site()
    real = site.clock.real_seconds(1)
    return 1 / real if real > 0 else site.settings.clock_speed


def _version(facts: object, is_shared: bool) -> str:
    viewer = viewer_or_none()
    who = None if viewer is None else (viewer.role, viewer.language, viewer.time_zone)
    one = None if viewer is None or is_shared else (viewer.id, viewer.name)
    # Times of another day carry their day, so everything is drawn anew at midnight.
    today = now_of_page().astimezone(ZoneInfo(time_zone())).date()
    text = repr((request.endpoint, facts, who, one, today, assets.build()))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _about_the_page() -> dict[str, Any]:
    return {
        "layout": "refresh.html" if request.headers.get(REFRESH) else "layout.html",
        "version": g.get("hotline_live_version", ""),
        "now": f"{now_of_page().timestamp():.3f}",
        "speed": f"{speed():g}",
        "every": EVERY_SECONDS,
        "hidden_every": HIDDEN_EVERY_SECONDS,
        "patience": PATIENCE_SECONDS,
        "reload": RELOAD_SECONDS,
    }


def _tell_the_time(response: Response) -> Response:
    if request.headers.get(REFRESH):
        response.headers[NOW] = f"{the_site().clock.now().timestamp():.3f}"
        response.headers[SPEED] = f"{speed():g}"
    return response
