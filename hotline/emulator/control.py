"""The control API: what a console or a web page needs to be the telephones, as JSON over HTTP.

==============================================  ===================================================
``GET  /emulator/handsets?texts=N``             every telephone with its policy and present call, and its
                                                latest N texts (all if left out)
``GET  /emulator/handsets/<number>``            one of them, with heard texts and inbox
``POST /emulator/handsets/<number>/policy``     ``{kind, after?, greeting?}``; sms: ``{sms, error_code?}``
``POST /emulator/handsets/<number>/dial``       ``{to}``
``POST /emulator/handsets/<number>/press``      ``{keys}``
``POST /emulator/handsets/<number>/say``        ``{text}``
``POST /emulator/handsets/<number>/answer``     pick up by hand
``POST /emulator/handsets/<number>/hangup``     put down, or decline
``POST /emulator/handsets/<number>/text``       ``{to, body}``
``POST /emulator/handsets/<number>/label``      whose it is: :class:`~hotline.emulator.lab.notes.Label`
``GET  /emulator/log?after=N&wait=S``           entries after index N (-1 for all, but no more than the
                                                latest ``most``), waiting up to 20 s
``GET  /emulator/alerts``                       what the service did wrong
``GET|POST /emulator/clock``                    now, speed, and what it ``can``: POST ``{advance}`` moves a
                                                manual clock; ``{speed}`` changes the pace of one that
                                                can, ``{skip}`` lets so many seconds fly past; else it
                                                is fixed, since the service has to agree on it
``GET|POST /emulator/faults``                   the switches; POST sets those given, DELETE all as they were
``GET|POST /emulator/notes``                    about the service: :class:`~hotline.emulator.lab.notes.Notes`
``GET|POST /emulator/numbers``                  POST ``{phone_number, voice_url, sms_url, …}`` declares one
==============================================  ===================================================

A request that makes no sense is answered with 400 and ``{error}``; one that comes at the wrong
moment (no call to press keys in) with 409. It is meant for this machine and asks for no password,
so a request through a foreign page or name is answered with 403 (:mod:`hotline.emulator.lab.guard`).
"""

import dataclasses
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from hotline.emulator import facts
from hotline.emulator.handset import Handset, Policy
from hotline.emulator.lab.guard import refusal
from hotline.emulator.lab.notes import Label, Notes, read

if TYPE_CHECKING:
    from hotline.emulator.emulator import Emulator

Json = dict[str, Any]
MOST_WAIT = 20.0


class _Nonsense(Exception):  # noqa: N818 - becomes an answer
    """The request is not understood."""


def blueprint(emulator: "Emulator") -> Blueprint:
    """The control API of one emulator."""
    api = Blueprint("emulator_control", __name__)
    api.before_request(_refuse_foreigners)
    _handset_routes(api, emulator)
    _account_routes(api, emulator)
    api.register_error_handler(_Nonsense, lambda error: (jsonify(error=str(error)), 400))
    api.register_error_handler(ValueError, lambda error: (jsonify(error=str(error)), 400))
    api.register_error_handler(RuntimeError, lambda error: (jsonify(error=str(error)), 409))
    return api


def _refuse_foreigners() -> ResponseReturnValue | None:
    why = refusal(request)
    return None if why is None else (jsonify(error=why), 403)


def _handset_routes(api: Blueprint, emulator: "Emulator") -> None:
    @api.get("/handsets")
    def list_handsets() -> Response:
        with emulator.exchange.kernel.lock:
            found = [facts.handset(phone, emulator.gloss) for phone in emulator.handsets.values()]
        if (texts := request.args.get("texts", "")).isdigit():
            for one in found:
                one["inbox"] = one["inbox"][-int(texts) :] if int(texts) else []
        return jsonify(handsets=found)

    @api.get("/handsets/<number>")
    def show_handset(number: str) -> Response:
        phone = emulator.handset(_number(number))
        with emulator.exchange.kernel.lock:
            return jsonify(facts.handset(phone, emulator.gloss))

    @api.post("/handsets/<number>/<action>")
    def act(number: str, action: str) -> Response:
        phone = emulator.handset(_number(number))
        answer = _act(phone, action, _body())
        with emulator.exchange.kernel.lock:
            return jsonify({**facts.handset(phone, emulator.gloss), **answer})


def _act(phone: Handset, action: str, body: Json) -> Json:
    if action == "dial":
        return {"call_sid": phone.dial(_word(body, "to")).sid}
    if action == "text":
        return {"message_sid": phone.text(_word(body, "to"), _word(body, "body"))}
    if action == "press":
        phone.press(_word(body, "keys"))
    elif action == "say":
        phone.say(_word(body, "text"))
    elif action == "answer":
        phone.answer()
    elif action == "hangup":
        phone.hang_up()
    elif action == "policy":
        _set_policy(phone, body)
    elif action == "label":
        phone.label = read(Label, body)
    else:
        raise _Nonsense(f"a telephone cannot {action!r}")
    return {}


def _set_policy(phone: Handset, body: Json) -> None:
    if "sms" in body:
        phone.sms(body["sms"], int(body.get("error_code", 30003)))
    if "kind" not in body:
        return
    kinds = ("rings_out", "answers", "busy", "rejects", "unreachable", "voicemail")
    kind, after = body["kind"], float(body.get("after", 4.0))
    if kind not in kinds:
        raise _Nonsense(f"kind is one of {', '.join(kinds)}")
    greeting = str(body.get("greeting") or "Please leave a message.")
    phone.policy = Policy(kind, after, greeting if kind == "voicemail" else "")


def _account_routes(api: Blueprint, emulator: "Emulator") -> None:
    @api.get("/log")
    def log() -> Response:
        after = int(request.args.get("after", "-1"))
        wait = min(max(float(request.args.get("wait", "0")), 0.0), MOST_WAIT)
        most = max(int(request.args.get("most", "1000000")), 1)
        entries = emulator.log.wait(after + 1, wait)[-most:]
        return jsonify(entries=[facts.entry(entry, emulator.gloss) for entry in entries])

    @api.get("/alerts")
    def alerts() -> Response:
        return jsonify(alerts=[facts.alert(alert) for alert in list(emulator.alerts)])

    @api.route("/clock", methods=["GET", "POST"])
    def clock() -> Response:
        if request.method == "POST":
            _set_clock(emulator, _body())
        return jsonify(facts.clock(emulator.clock))

    @api.route("/faults", methods=["GET", "POST", "DELETE"])
    def faults() -> Response:
        if request.method == "POST":
            emulator.faults.set(**_body())
        elif request.method == "DELETE":
            emulator.faults.clear()
        return jsonify(emulator.faults.as_dict())

    @api.route("/numbers", methods=["GET", "POST"])
    def numbers() -> Response:
        if request.method == "POST":
            body = _body()
            given = {name: str(body[name]) for name in facts.NUMBER_FIELDS if body.get(name)}
            emulator.add_number(_word(body, "phone_number"), **given)
        return jsonify(numbers=[facts.number(number) for number in emulator.numbers.values()])

    @api.route("/notes", methods=["GET", "POST"])
    def notes() -> Response:
        if request.method == "POST":
            emulator.notes = read(Notes, _body())
        return jsonify(dataclasses.asdict(emulator.notes))


def _set_clock(emulator: "Emulator", body: Json) -> None:
    if set(body) == {"speed"} and (set_speed := getattr(emulator.clock, "set_speed", None)):
        set_speed(float(body["speed"]))
        return
    if set(body) == {"skip"} and (skip := getattr(emulator.clock, "skip", None)):
        skip(float(body["skip"]))
        return
    if set(body) != {"advance"}:
        raise _Nonsense("this clock can only be told to advance")
    emulator.advance(float(body["advance"]))


def _body() -> Json:
    body = request.get_json(silent=True)
    if body is None:
        body = dict(request.form)
    if not isinstance(body, dict):
        raise _Nonsense("the body is a JSON object")
    return body


def _word(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise _Nonsense(f"{name} is missing")
    return value


def _number(text: str) -> str:
    return text if text.startswith("+") else f"+{text}"
