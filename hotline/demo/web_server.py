"""A threaded HTTP server on this machine, whose address is known before the application is."""

import socket
import threading
from types import TracebackType
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

from hotline.errors import ConfigurationError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HOST = "127.0.0.1"
_POLL = 0.05


class WebServer:
    """Listens on ``port`` (0: any that is free) from the start, answers from :meth:`serve` on."""

    def __init__(self, port: int) -> None:
        self._server = make_server(HOST, port, _nobody_yet, threaded=True, request_handler=_Quiet)
        self._thread: threading.Thread | None = None
        self.port = self._server.server_port

    def serve(self, app: "WSGIApplication") -> None:
        """Answer with ``app`` from now on, in a thread of its own."""
        self._server.app = app
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), name="web", daemon=True
        )
        self._thread.start()

    def __enter__(self) -> "WebServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


def _nobody_yet(_environ: object, _start: object) -> list[bytes]:
    raise RuntimeError("the application is not there yet")


class _Quiet(WSGIRequestHandler):
    """Keeps connections open, as production does, and leaves the terminal to the story."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def free_port(port: int, option: str) -> None:
    """Raise :class:`ConfigurationError` naming ``option`` when ``port`` cannot be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ConfigurationError(
                f"Port {port} cannot be used ({(error.strerror or 'in use').lower()}). "
                f"Choose another with {option}."
            ) from None
