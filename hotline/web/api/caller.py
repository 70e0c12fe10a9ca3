"""Who asks: the person whose token the request shows, as often as is reasonable and as far as they may."""

import re
from datetime import timedelta

from flask import request

from hotline.db.models import ApiToken
from hotline.services import throttles
from hotline.services.access import Permission, may
from hotline.services.accounts import api_tokens
from hotline.services.operation import Operation
from hotline.services.throttles import Limit
from hotline.web.api.problems import ProblemError
from hotline.web.pages.site import the_site

PER_MINUTE = 120
WRONG_PER_QUARTER = 60
_BEARER = re.compile(r"Bearer +([\x21-\x7e]{1,200})", re.IGNORECASE)


def admit(permission: Permission) -> None:
    """Let the request in, or raise :class:`ProblemError`: 401, 403 or 429."""
    found = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        raise ProblemError(401, "Show a token: Authorization: Bearer hl_…")
    token = found[1]
    status = the_site().write(lambda op: _judge(op, token, permission))
    if status == 401:
        raise ProblemError(401, "This token is not good: it was revoked, or is mistyped.")
    if status == 403:
        raise ProblemError(403, "The role of whoever this token belongs to does not allow this.")
    if status == 429:
        raise ProblemError(429, f"At most {PER_MINUTE} requests a minute.")


def count_wrong(op: Operation) -> bool:
    """Count somebody who guesses, by where they come from; False once it is too often."""
    scope = throttles.scope("api-wrong", request.remote_addr or "")
    return throttles.reserve(op, [Limit(scope, WRONG_PER_QUARTER)])


def _judge(op: Operation, token: str, permission: Permission) -> int:
    """The status to answer with; what is counted is kept whatever it is."""
    row = api_tokens.find(op, token)
    if row is None:
        return 401 if count_wrong(op) else 429
    if not throttles.reserve(op, [_limit(row)]):
        return 429
    api_tokens.touch(op, row)
    return 200 if may(row.user.role, permission) else 403


def _limit(row: ApiToken) -> Limit:
    return Limit(throttles.scope("api", str(row.id)), PER_MINUTE, timedelta(minutes=1))
