"""``hotline serve`` against ``hotline emulator``: separate processes, a real call, an orderly end."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from hotline.demo.remote import Remote
from tests.cli.conftest import Hotline
from tests.cli.test_phone import free_port

MADE, LINE = "+6281220000201", "+622150100200"


def start(words: list[str], folder: Path, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    with (folder / f"{words[0]}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "hotline", *words], cwd=folder, env=environment, stdout=log, stderr=log
        )


def eventually(happened: Callable[[], object], what: str) -> None:
    last = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < last, what
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


def stop(process: "subprocess.Popen[bytes]") -> int:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    return process.wait(40)


@pytest.mark.slow
def test_a_call_through_four_processes(hotline: Hotline, environment: dict[str, str], tmp_path: Path) -> None:
    port, telephones = free_port(), free_port()
    environment["HOTLINE_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    environment["TWILIO_API_BASE_URL"] = f"http://127.0.0.1:{telephones}"
    assert hotline("db", "upgrade").returncode == 0
    world = json.loads(hotline("seed", "demo", "--json").stdout)
    number = f"{LINE}=http://127.0.0.1:{port}/twilio"
    with ExitStack() as stack:
        network = start(["emulator", "--port", str(telephones), "--number", number], tmp_path, environment)
        stack.callback(stop, network)
        service = start(["serve", "--workers", "1"], tmp_path, environment)
        stack.callback(stop, service)
        remote = Remote(environment["TWILIO_API_BASE_URL"])
        stack.callback(remote.close)
        eventually(lambda: answers(f"http://127.0.0.1:{port}/sign-in"), "the service does not answer")
        eventually(lambda: answers(remote.url + "/emulator/clock"), "the telephones do not answer")
        remote.act(MADE, "dial", to=LINE)
        eventually(lambda: remote.handset(MADE)["heard"], "nothing was heard")
        remote.act(MADE, "press", keys=world["customers"][0]["contracts"][0]["pin"] + "#")
        rung = world["on_call"][0]["phone"]
        eventually(lambda: remote.handset(rung)["state"] == "ringing", "the engineer is not rung")
        remote.act(MADE, "hangup")
        assert stop(service) == 0, (tmp_path / "serve.log").read_text()
        assert stop(network) == 0
    (incident,) = json.loads(hotline("incidents", "--json").stdout)
    assert (incident["customer"], incident["status"]) == ("Nusantara Securities", "open")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--number", "622150100200"], "should be a number and a URL"),
        (["--number", "+62=http://127.0.0.1/twilio"], "international number"),
        (["--speed", "20"], "HOTLINE_CLOCK_ANCHOR"),
        (["--speed", "20", "--anchor", "noon"], "write an instant"),
    ],
)
def test_a_network_that_makes_no_sense_is_refused(hotline: Hotline, words: list[str], answer: str) -> None:
    result = hotline("emulator", "--port", str(free_port()), *words)
    assert result.returncode == 1
    assert answer in result.stderr


def test_a_network_needs_an_account(hotline: Hotline) -> None:
    result = hotline("emulator", TWILIO_ACCOUNT_SID=None)
    assert result.returncode == 1
    assert "TWILIO_ACCOUNT_SID" in result.stderr
