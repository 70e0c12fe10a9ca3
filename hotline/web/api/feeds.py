"""``/calendar/<token>.ics``: shifts for calendar programs, which show nothing but the address."""

import hashlib
import uuid

from flask import Response, request
from flask.typing import ResponseReturnValue

from hotline.services.calendars import feeds, ical
from hotline.services.operation import Operation
from hotline.web.api.caller import count_wrong
from hotline.web.api.problems import ProblemError
from hotline.web.pages.site import the_site


def calendar(token: str) -> ResponseReturnValue:
    """The feed of a token; 304 while nothing in it has changed."""
    site = the_site()
    with site.reading() as op:
        found = _look(op, token)
    if found is None:
        is_few = site.write(count_wrong)
        raise ProblemError(404 if is_few else 429, "There is no such calendar: its address was replaced.")
    data, feed_id = found
    if feed_id is not None:
        site.write(lambda op: feeds.touch(op, feed_id))
    response = Response(data, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="on-call.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(data).hexdigest()[:32])
    return response.make_conditional(request)


def _look(op: Operation, token: str) -> tuple[bytes, uuid.UUID | None] | None:
    """The file, and the feed that is to be marked as read."""
    found = feeds.find(op, token)
    if found is None:
        return None
    feed, user, team = found
    data = ical.of_person(op, user) if team is None else ical.of_team(op, team, user)
    return data, feed.id if feeds.needs_touch(op, feed) else None
