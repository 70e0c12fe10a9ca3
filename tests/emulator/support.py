"""A scripted service over real HTTP, and the real SDK aimed at an emulator."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from twilio.http.http_client import TwilioHttpClient
from werkzeug import Request, Response

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "f" * 32
LINE = "+622150112233"
CALLER = "+628119000001"
ADA = "+628119000101"
BO = "+628119000102"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Script = str | Response | Callable[["Got"], "str | Response"]


@dataclass
class Got:
    """One request that the service got."""

    path: str
    method: str
    form: dict[str, str]
    query: dict[str, str]
    headers: dict[str, str]
    url: str
    cookies: dict[str, str]


@dataclass
class Service:
    """Answers TwiML by path; what is not scripted gets 204, and every request is kept."""

    url: str = ""
    scripts: dict[str, Script] = field(default_factory=dict)
    requests: list[Got] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, path: str, script: Script) -> str:
        """Script ``path`` and return its URL. A text is wrapped in ``<Response>``."""
        self.scripts[path] = script
        return self.url + path

    def got(self, path: str) -> list[dict[str, str]]:
        return [one.form or one.query for one in self.requests if one.path == path]

    def __call__(self, environ: dict, start_response: Callable) -> object:
        request = Request(environ)
        got = Got(
            request.path, request.method, request.form.to_dict(), request.args.to_dict(),
            dict(request.headers), request.url, request.cookies.to_dict(),
        )  # fmt: skip
        with self.lock:
            self.requests.append(got)
        script = self.scripts.get(request.path, Response(status=204))
        answer = script(got) if callable(script) and not isinstance(script, Response) else script
        if isinstance(answer, str):
            answer = Response(f"<Response>{answer}</Response>", content_type="text/xml")
        return answer(environ, start_response)


class Redirecting(TwilioHttpClient):
    """The SDK's HTTP client, sent to the emulator instead of api.twilio.com."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=10)
        self.base = base
        self.session.trust_env = False

    def request(self, method: str, url: str, *args: object, **kwargs: object) -> object:
        parts = urlsplit(url)
        local = self.base + parts.path + (f"?{parts.query}" if parts.query else "")
        return super().request(method, local, *args, **kwargs)
