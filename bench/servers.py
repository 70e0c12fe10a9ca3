"""A web server as ``hotline web`` starts it, and what its processes have cost so far."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.plan import ACCOUNT, PUBLIC_URL, THREADS, TOKEN, WORKERS

_PATIENCE_SECONDS = 60
_QUIET_SECONDS = 0.02
_OPTIONS = (  # the same as in hotline.cli.serving
    *("--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)),
    *("--keep-alive", "15", "--log-level", "warning", "--no-control-socket"),
)


@dataclass(frozen=True, slots=True)
class Server:
    """A running web server."""

    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """What the server and its workers have used of the processors."""
        return cpu_seconds(self.pid)


@contextmanager
def serving(what: str, database_url: str) -> Iterator[Server]:
    """Serve the application that ``what`` creates (as ``module:function``) until the block ends."""
    port = _free_port()
    environment = {
        **os.environ,
        "HOTLINE_DATABASE_URL": database_url,
        "HOTLINE_PUBLIC_URL": PUBLIC_URL,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
    }
    command = [sys.executable, "-m", "gunicorn", f"{what}()", "--bind", f"127.0.0.1:{port}"]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen([*command, *_OPTIONS], env=environment, stdout=log, stderr=log)
        try:
            _wait_until_ready(process, port)
            yield Server(process.pid, port)
        except BaseException:
            log.seek(0)
            print(log.read()[-4000:], file=sys.stderr)
            raise
        finally:
            process.terminate()
            process.wait(_PATIENCE_SECONDS)


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and of those it started, to the nanosecond where Linux counts it."""
    return sum(_own_cpu_seconds(each) for each in _family(pid))


def _family(pid: int) -> list[int]:
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").glob("*/children")
        for child in task.read_text().split()
    ]
    return [pid, *(member for child in children for member in _family(child))]


def _own_cpu_seconds(pid: int) -> float:
    """The sum over the threads; those of our servers never end before the process does."""
    try:
        tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9
    except OSError:
        return 0.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Until one worker answers and none is at work any more: the slower ones have loaded by then too."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the web server ended by itself")
        before = cpu_seconds(process.pid)
        time.sleep(0.25)
        is_quiet = cpu_seconds(process.pid) - before < _QUIET_SECONDS
        if is_quiet and len(_family(process.pid)) > WORKERS and _answers(port):
            return
    raise RuntimeError("the web server did not start")


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
            probe.sendall(
                b"POST /twilio/voice HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            return probe.recv(100).startswith(b"HTTP/1.1")
    except OSError:
        return False
