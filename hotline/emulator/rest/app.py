"""The REST API as routes: authentication, misfortunes, the lock, and errors as Twilio words them."""

import hmac
import json
import time
from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from hotline.emulator.exchange import Exchange
from hotline.emulator.rest import calls, conferences, messages, numbers, queues, recordings
from hotline.emulator.rest.context import Context, Reply
from hotline.emulator.rest.errors import RestError, not_found

Handler = Callable[..., Reply]
DROP = "emulator.drop_connection"
_PREFIX = "/2010-04-01/Accounts/<account_sid>"

ROUTES: dict[str, dict[str, Handler]] = {
    "/Calls.json": {"GET": calls.list_all, "POST": calls.create},
    "/Calls/<sid>.json": {"GET": calls.fetch, "POST": calls.update, "DELETE": calls.delete},
    "/Calls/<call_sid>/Recordings.json": {"GET": recordings.list_of_call, "POST": recordings.start},
    "/Calls/<call_sid>/Recordings/<sid>.json": {
        "GET": recordings.of_call,
        "POST": recordings.update,
        "DELETE": recordings.delete_of_call,
    },
    "/Messages.json": {"GET": messages.list_all, "POST": messages.create},
    "/Messages/<sid>.json": {"GET": messages.fetch, "POST": messages.update, "DELETE": messages.delete},
    "/Queues.json": {"GET": queues.list_all, "POST": queues.create},
    "/Queues/<sid>.json": {"GET": queues.fetch, "POST": queues.update, "DELETE": queues.delete},
    "/Queues/<queue_sid>/Members.json": {"GET": queues.list_members},
    "/Queues/<queue_sid>/Members/<call_sid>.json": {
        "GET": queues.fetch_member,
        "POST": queues.dequeue_member,
    },
    "/Conferences.json": {"GET": conferences.list_all},
    "/Conferences/<sid>.json": {"GET": conferences.fetch, "POST": conferences.update},
    "/Conferences/<conference_sid>/Recordings.json": {"GET": recordings.list_of_conference},
    "/Conferences/<conference_sid>/Participants.json": {
        "GET": conferences.list_participants,
        "POST": conferences.create_participant,
    },
    "/Conferences/<conference_sid>/Participants/<call_sid>.json": {
        "GET": conferences.fetch_participant,
        "POST": conferences.update_participant,
        "DELETE": conferences.kick_participant,
    },
    "/Recordings.json": {"GET": recordings.list_all},
    "/Recordings/<sid>.json": {"GET": recordings.fetch, "DELETE": recordings.delete},
    "/IncomingPhoneNumbers.json": {"GET": numbers.list_all, "POST": numbers.create},
    "/IncomingPhoneNumbers/<sid>.json": {
        "GET": numbers.fetch,
        "POST": numbers.update,
        "DELETE": numbers.delete,
    },
}


def blueprint(exchange: Exchange) -> Blueprint:
    """The REST API of one account."""
    api = Blueprint("twilio_rest", __name__)
    for path, handlers in ROUTES.items():
        for method, handler in handlers.items():
            name = f"{method} {path}".replace(".", "_")
            api.add_url_rule(_PREFIX + path, name, _view(exchange, handler), methods=[method])
    api.add_url_rule(
        _PREFIX + "/Recordings/<sid>.<any(wav, mp3):kind>", "media", _media_view(exchange), methods=["GET"]
    )
    api.add_url_rule(_PREFIX + "/Recordings/<sid>", "media_plain", _media_view(exchange), methods=["GET"])
    api.register_error_handler(RestError, _refused)
    return api


def _refused(error: RestError) -> Response:
    response = jsonify(error.body())
    response.status_code = error.status
    return response


def answer_http_error(error: HTTPException) -> Response:
    """What Flask refuses before a handler sees it, in Twilio's shape."""
    if error.code == 405:
        return _refused(RestError(405, 20004, "Method not allowed"))
    if error.code == 404:
        return _refused(not_found(request.path))
    return _refused(RestError(error.code or 500, 20500, error.name))


def _authenticate(exchange: Exchange, account_sid: str) -> None:
    given = request.authorization
    right = (
        given is not None
        and given.type == "basic"
        and given.username == exchange.account_sid
        and hmac.compare_digest((given.password or "").encode(), exchange.auth_token.encode())
    )
    if not right:
        raise RestError(401, 20003, "Authentication Error - invalid username")
    if account_sid != exchange.account_sid:
        raise not_found(request.path)


def _misfortune(exchange: Exchange) -> None:
    faults = exchange.faults
    if faults.take("rest_down"):
        request.environ[DROP] = True
        raise RestError(503, 20503, "the connection drops")
    if faults.take("rest_401"):
        raise RestError(401, 20003, "Authentication Error - the account is suspended")
    if faults.take("rest_503"):
        raise RestError(503, 20503, "Service Unavailable")
    if faults.take("rest_429"):
        raise RestError(429, 20429, "Too Many Requests")
    if faults.take("rest_500"):
        raise RestError(500, 20500, "Internal Server Error")


def _view(exchange: Exchange, handler: Handler) -> Callable[..., Response]:
    def view(account_sid: str, **path: str) -> Response:
        began = time.monotonic()
        try:
            response = answer(account_sid, **path)
        except RestError as error:
            _note(exchange, error.status, str(error.body()["message"]), path.get("sid", ""), began)
            raise
        sid = (response.get_json(silent=True) or {}).get("sid", "") or path.get("sid", "")
        _note(exchange, response.status_code, "", sid, began)
        return response

    def answer(account_sid: str, **path: str) -> Response:
        _authenticate(exchange, account_sid)
        _misfortune(exchange)
        context = Context(exchange)
        with exchange.kernel.lock:
            status, body = handler(context, **path)
        for action in context.before_answer:
            action()
        _misfortune_afterwards(exchange, handler)
        response = jsonify(body) if body is not None else Response()
        response.status_code = status
        return response

    return view


def _note(exchange: Exchange, status: int, why: str, sid: str, began: float) -> None:
    """Log a request as it was answered, or that the connection dropped."""
    outcome = "dropped" if request.environ.get(DROP) else f"{status} {why}".strip()
    resource = request.path.partition(f"{exchange.account_sid}/")[2] or request.path
    asked = request.form if request.method == "POST" else request.args
    exchange.note_request(
        "rest",
        sid,
        f"{request.method} {resource} → {outcome}",
        {"params": json.dumps(asked.to_dict()), "status": outcome.split(" ")[0]},
        round((time.monotonic() - began) * 1000),
    )


def _misfortune_afterwards(exchange: Exchange, handler: Handler) -> None:
    """It is done, but nobody will hear of it."""
    faults = exchange.faults
    if handler is calls.create and faults.take("calls_done_then_500"):
        raise RestError(500, 20500, "Internal Server Error")
    dropped = (handler is calls.create and faults.take("calls_done_then_dropped")) or (
        handler is messages.create and faults.take("messages_done_then_dropped")
    )
    if dropped:
        request.environ[DROP] = True


def _media_view(exchange: Exchange) -> Callable[..., Response]:
    def view(account_sid: str, sid: str, kind: str = "wav") -> Response:
        _authenticate(exchange, account_sid)
        with exchange.kernel.lock:
            body, content_type = recordings.media(Context(exchange), sid, kind)
        return Response(body, content_type=content_type)

    return view
