"""A real HTTP server on this machine for the REST API, the control API and the lab."""

import threading
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from hotline.emulator import control
from hotline.emulator.lab import pages
from hotline.emulator.rest import app as rest

if TYPE_CHECKING:
    from hotline.emulator.emulator import Emulator

_POLL = 0.02
"""Real seconds between two looks whether the server is to close."""


def create_app(emulator: "Emulator") -> Flask:
    """The WSGI application of an emulator."""
    app = Flask("hotline_emulator", static_folder=None, template_folder=None)
    app.register_blueprint(rest.blueprint(emulator.exchange))
    app.register_blueprint(control.blueprint(emulator), url_prefix="/emulator")
    app.register_blueprint(pages.blueprint())
    app.register_error_handler(HTTPException, rest.answer_http_error)
    app.wsgi_app = _Dropping(app.wsgi_app)  # type: ignore[method-assign]
    return app


class _Dropping:
    """Drops the connection without a byte of answer where a fault says so."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        held: list[tuple[Any, ...]] = []

        def hold(*arguments: Any) -> None:
            held.append(arguments)

        body: Iterable[bytes] = self._inner(environ, hold)
        if environ.get(rest.DROP):
            raise ConnectionAbortedError
        start_response(*held[0])
        return body


class _Handler(WSGIRequestHandler):
    """Speaks HTTP/1.1 and says nothing on the terminal."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The event log tells more than a line here would."""

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """A connection that was to drop is closed, not kept for the next request."""
        self.close_connection = True


class Server:
    """Serves from a thread until closed; ``url`` has no slash at its end."""

    def __init__(self, emulator: "Emulator", host: str, port: int) -> None:
        self._server: BaseWSGIServer = make_server(
            host, port, create_app(emulator), threaded=True, request_handler=_Handler
        )
        self.url = f"http://{host}:{self._server.server_port}"
        emulator.exchange.base_url = self.url
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), name="twilio-rest", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
