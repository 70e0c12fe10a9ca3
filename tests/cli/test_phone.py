"""``hotline phone`` from a script and as single commands, ``hotline run`` and its ports."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.demo.offers import OUTCOMES
from tests.cli.conftest import Hotline


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Run:
    """``hotline run`` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.port, self.telephones = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.telephones}"
        self.folder = folder / "kept"
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "hotline", "run", "--port", str(self.port), "--emulator-port",
                str(self.telephones), "--folder", str(self.folder), "--speed", "4",
            ],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.welcome = ""
        while "Ctrl-C stops" not in self.welcome and (line := self.process.stdout.readline()):
            self.welcome += line

    def stop(self) -> tuple[int, str]:
        """Ask it to end; its exit status and what it had to complain about."""
        self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path)
    yield run
    if run.process.poll() is None:
        run.stop()


def test_a_call_is_made_from_a_script_and_the_world_ends_as_asked(hotline: Hotline, run: Run) -> None:
    assert run.welcome.split("\n")[1] == f"The phone lab: {run.url}"
    assert f"http://127.0.0.1:{run.port}" in run.welcome
    assert f"--url {run.url}" in run.welcome
    assert "dewi@hotline.example" in run.welcome
    assert "\N{HORIZONTAL ELLIPSIS}" not in run.welcome, "nothing is cut off"
    assert all(word in run.welcome for outcome in OUTCOMES.values() for word in outcome.split())
    script = "use made\ndial\npress 482913#\n"
    told = hotline("phone", "--url", run.url, stdin=script)
    assert told.returncode == 0, told.stderr
    assert "Premier hotline. Please enter your PIN" in told.stdout
    assert "Your incident number is" in told.stdout
    assert "482913" not in told.stdout
    shown = hotline("phone", "--url", run.url, "list").stdout
    assert "in a call" in shown
    incidents = hotline("incidents", "--json", HOTLINE_DATABASE_URL=f"sqlite:///{run.folder / 'hotline.db'}")
    assert [row["customer"] for row in json.loads(incidents.stdout)] == ["Nusantara Securities"]
    assert run.stop() == (0, "")


def test_a_port_that_is_taken_is_named(hotline: Hotline, run: Run) -> None:
    result = hotline("run", "--port", str(run.port))
    assert result.returncode == 1
    assert f"Port {run.port} cannot be used" in result.stderr
    assert "--port" in result.stderr


def test_a_mistake_on_the_command_line_is_a_message_and_a_status(hotline: Hotline, run: Run) -> None:
    result = hotline("phone", "--url", run.url, "made", "dail")
    assert (result.returncode, "Did you mean `dial`" in result.stderr) == (1, True)


def test_without_telephones_it_says_how_to_start_them(hotline: Hotline) -> None:
    began = time.monotonic()
    result = hotline("phone", "--url", "http://127.0.0.1:9", "list")
    assert result.returncode == 1
    assert "make run" in result.stderr
    assert time.monotonic() - began < 30
