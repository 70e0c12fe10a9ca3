"""``hotline serve``, ``hotline web`` and ``hotline worker``: the processes of an installation."""

import signal
import subprocess
import sys
import time
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import typer
from gunicorn.app.base import BaseApplication

from hotline.app import create_app, create_clock, create_database, create_worker
from hotline.cli.shared import ready_settings
from hotline.logs import configure_logging
from hotline.scheduler import create_scheduler
from hotline.settings import Settings

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_DEFAULT_PORT = 8000
_GRACE_SECONDS = 20
_POLL_SECONDS = 0.2

Host = typer.Option("127.0.0.1", help="The address to listen on; put a TLS proxy in front.")
Port = typer.Option(None, help="The port; by default that of HOTLINE_PUBLIC_URL if it is on this machine.")
Workers = typer.Option(2, min=1, max=32, help="How many web processes.")


def web(host: str = Host, port: int | None = Port, workers: int = Workers) -> None:
    """Answer webhooks and pages. Any number may run on any number of machines."""
    settings = ready_settings()
    _Gunicorn(settings, f"{host}:{port or default_port(settings)}", workers).run()


def worker() -> None:
    """Enforce the promise and send what is to be sent. Any number may run at once."""
    settings = ready_settings()
    configure_logging(settings.log_level)
    clock, database = create_clock(settings), create_database(settings)
    at_work = create_worker(settings, clock, database)
    scheduler = create_scheduler(at_work, database, clock, blocking=True)
    signal.signal(signal.SIGTERM, lambda _number, _frame: scheduler.shutdown(wait=False))
    try:
        scheduler.start()
    except KeyboardInterrupt:
        scheduler.shutdown(wait=False)
    scheduler.pool.shutdown(wait=True)
    at_work.close()
    database.close()


def serve(host: str = Host, port: int | None = Port, workers: int = Workers) -> None:
    """Run web and worker together; when one dies the other is stopped and the exit status says so."""
    settings = ready_settings()
    address = ["--host", host, "--port", str(port or default_port(settings)), "--workers", str(workers)]
    children = [_start("web", *address), _start("worker")]
    typer.echo(f"Hotline answers on http://{host}:{address[3]} (public: {settings.public_url})", err=True)
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping and all(child.poll() is None for child in children):
        time.sleep(_POLL_SECONDS)
    sys.exit(0 if _stop_all(children) and stopping else 1)


def default_port(settings: Settings) -> int:
    """The port of the public URL when that is this very machine, else 8000 behind a proxy."""
    parts = urlsplit(settings.public_url)
    return parts.port if parts.hostname in _LOOPBACK and parts.port else _DEFAULT_PORT


def _start(*arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "hotline", *arguments])  # noqa: S603 - our own command


def _stop_all(children: "list[subprocess.Popen[bytes]]") -> bool:
    """Ask all to finish what they are at; True when each ended as asked."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    try:
        statuses = [child.wait(_GRACE_SECONDS) for child in children]
        return not any(statuses)
    except subprocess.TimeoutExpired:
        for child in children:
            child.kill()
        return False


class _Gunicorn(BaseApplication):  # type: ignore[misc]
    """gunicorn with threads: on SIGTERM it lets the requests in hand finish."""

    def __init__(self, settings: Settings, bind: str, workers: int) -> None:
        self._settings = settings
        self._chosen = {
            "bind": bind,
            "workers": workers,
            "worker_class": "gthread",
            "threads": settings.web_threads,
            "graceful_timeout": 15,
            "timeout": 30,
            "keepalive": 15,
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._chosen.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        configure_logging(self._settings.log_level)
        return create_app(self._settings)
