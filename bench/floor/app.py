"""The floor's WSGI application: check the signature, parse, answer one of three webhooks."""

import base64
import hmac
import os
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from bench.floor import accept, inbound, pin
from bench.floor.driver import connect

Start = Callable[[str, list[tuple[str, str]]], object]


def create_app() -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    """The application, configured by the same environment as the service."""
    bare = connect(os.environ["HOTLINE_DATABASE_URL"])
    base, account = os.environ["HOTLINE_PUBLIC_URL"], os.environ["TWILIO_ACCOUNT_SID"]
    token = os.environ["TWILIO_AUTH_TOKEN"].encode()
    webhooks = {"/twilio/voice": inbound.answer}

    def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
        form = dict(parse_qsl(body, keep_blank_values=True))
        path = environ["RAW_URI"]
        signed = base + path + "".join(name + form[name] for name in sorted(form))
        expected = base64.b64encode(hmac.digest(token, signed.encode(), "sha1")).decode()
        given = environ.get("HTTP_X_TWILIO_SIGNATURE", "")
        if not hmac.compare_digest(expected, given) or form.get("AccountSid") != account:
            start("403 Forbidden", [("Content-Length", "0")])
            return [b""]
        step = path.removeprefix("/twilio/voice/")
        if path in webhooks:
            text = webhooks[path](bare, base, form)
        elif step.startswith("pin/"):
            text = pin.answer(bare, base, step, form)
        else:
            text = accept.answer(bare, base, step, form)
        answer = text.encode()
        start("200 OK", [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(answer)))])
        return [answer]

    return app
