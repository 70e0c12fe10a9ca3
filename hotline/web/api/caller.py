"""Who asks: the person whose token a request shows, or the contract whose key, as often as is reasonable."""

import re
import uuid
from datetime import timedelta

from flask import request

from hotline.services import throttles
from hotline.services.access import Permission, may
from hotline.services.accounts import api_tokens
from hotline.services.arrivals import keys
from hotline.services.operation import Operation
from hotline.services.throttles import Limit
from hotline.web.api.problems import ProblemError
from hotline.web.pages.site import the_site

PER_MINUTE = 120
WRONG_PER_QUARTER = 60
_BEARER = re.compile(r"Bearer +([\x21-\x7e]{1,200})", re.IGNORECASE)


def admit(permission: Permission) -> None:
    """Let the request in, or raise :class:`ProblemError`: 401, 403 or 429."""
    token = _shown("Show a token: Authorization: Bearer hl_…")
    status = the_site().write(lambda op: _judge(op, token, permission))
    if status == 401:
        raise ProblemError(401, "This token is not good: it was revoked, or is mistyped.")
    if status == 403:
        raise ProblemError(403, "The role of whoever this token belongs to does not allow this.")
    if status == 429:
        raise ProblemError(429, f"At most {PER_MINUTE} requests a minute.")


def admit_contract() -> uuid.UUID:
    """The key of a contract that the request shows, by its id, or :class:`ProblemError`: 401 or 429."""
    key = _shown("Show a key of the contract: Authorization: Bearer hk_…")
    found = the_site().write(lambda op: _judge_key(op, key))
    if found == 401:
        raise ProblemError(401, "This key is not good: it has ended, or is mistyped.")
    if isinstance(found, int):
        raise ProblemError(429, f"At most {PER_MINUTE} requests a minute.")
    return found


def _shown(missing: str) -> str:
    found = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        raise ProblemError(401, missing)
    return found[1]


def count_wrong(op: Operation) -> bool:
    """Count somebody who guesses, by where they come from; False once it is too often."""
    scope = throttles.scope("api-wrong", request.remote_addr or "")
    return throttles.reserve(op, [Limit(scope, WRONG_PER_QUARTER)])


def _judge(op: Operation, token: str, permission: Permission) -> int:
    """The status to answer with; what is counted is kept whatever it is."""
    row = api_tokens.find(op, token)
    if row is None:
        return 401 if count_wrong(op) else 429
    if not throttles.reserve(op, [_limit(row.id)]):
        return 429
    api_tokens.touch(op, row)
    return 200 if may(row.user.role, permission) else 403


def _judge_key(op: Operation, key: str) -> uuid.UUID | int:
    """The id of a good key, else the status to answer with; what is counted is kept in any case."""
    row = keys.find(op, key)
    if row is None:
        return 401 if count_wrong(op) else 429
    if not throttles.reserve(op, [_limit(row.id)]):
        return 429
    keys.touch(op, row)
    return row.id


def _limit(of: uuid.UUID) -> Limit:
    return Limit(throttles.scope("api", str(of)), PER_MINUTE, timedelta(minutes=1))
