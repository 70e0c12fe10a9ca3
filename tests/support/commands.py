"""The ``hotline`` command in processes of its own that share one import: a command costs what it does.

``python -m tests.support.commands FD`` imports the command once. Whatever is asked through that socket
it then does in a fork with the words, settings, folder and files of the one who asks.
"""

import json
import os
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
_LONGEST_SECONDS = 60


class Commands:
    """Runs commands, one at a time."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(_LONGEST_SECONDS)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                cwd=_ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self._answers = self._socket.makefile("r")

    def run(
        self, words: Sequence[str], environment: Mapping[str, str], folder: Path, stdin: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run ``hotline`` with these words in ``folder``; what it printed and its exit status."""
        files = {name: folder / f"command.{name}" for name in ("in", "out", "err")}
        files["in"].write_text(stdin)
        asked = {
            "words": list(words),
            "environment": dict(environment),
            "folder": str(folder),
            "files": [str(file) for file in files.values()],
        }
        self._socket.sendall(json.dumps(asked).encode() + b"\n")
        status = int(self._answers.readline())
        said = [files[name].read_text() for name in ("out", "err")]
        for file in files.values():
            file.unlink()
        return subprocess.CompletedProcess(["hotline", *words], status, *said)

    def close(self) -> None:
        """Stop waiting for commands."""
        self._answers.close()
        self._socket.close()
        self._process.wait(timeout=_LONGEST_SECONDS)


def _serve(connection: socket.socket) -> None:
    from hotline.cli.main import main  # here, for whoever asks must not pay for it

    with connection, connection.makefile("r") as orders:
        for order in orders:
            child = os.fork()
            if child == 0:
                connection.close()
                _become(json.loads(order))
                os._exit(_status_of(main))
            _, status = os.waitpid(child, 0)
            connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _become(asked: Mapping[str, Any]) -> None:
    """Be a fresh process with the words, settings, folder and files that are asked for."""
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    modes = (os.O_RDONLY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number, (path, mode) in enumerate(zip(asked["files"], modes, strict=True)):
        opened = os.open(path, mode, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - it lasts as long as the process
    sys.argv = ["hotline", *asked["words"]]


def _status_of(main: Callable[[], None]) -> int:
    """The exit status of the command, everything it printed written out."""
    try:
        main()
        status = 0
    except SystemExit as stop:
        if isinstance(stop.code, str):
            sys.stderr.write(f"{stop.code}\n")
        status = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return status


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
