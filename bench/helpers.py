"""A helper process: it is given a job, says that it is ready, and then does it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any


@dataclass(frozen=True, slots=True)
class Helper:
    """A process that is ready: ``orders`` is its standard input, ``answers`` its output."""

    process: "subprocess.Popen[str]"
    orders: IO[str]
    answers: IO[str]


@contextmanager
def helper(module: str, job: Mapping[str, Any], trouble: str) -> Iterator[Helper]:
    """``python -m module`` with its job, once it is ready; it has ended when this block has.

    Raises RuntimeError, saying ``trouble``, when it does not become ready.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()
        if process.stdout.readline() != "ready\n":
            raise RuntimeError(trouble)
        yield Helper(process, process.stdin, process.stdout)
