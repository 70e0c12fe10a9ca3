"""The load: a process of its own that keeps a bounded number of requests under way.

It reads a job from standard input, sends the requests that only warm up, says ``ready``, and at
``go`` sends the others; then it prints the wall time and every latency. Each connection is kept
alive and carries one request at a time, so that the number of connections bounds what is under way.
"""

import base64
import json
import selectors
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench.helpers import helper


@dataclass(frozen=True, slots=True)
class Load:
    """What a burst of requests met: seconds, all of them, and each."""

    seconds: float
    latencies: list[float]


def send(
    port: int,
    connections: int,
    warm_up: Sequence[str],
    counted: Sequence[str],
    marker: str,
    on_ready: Callable[[], None],
) -> Load:
    """Have the requests sent by another process; ``on_ready`` runs just before those that count."""
    job = {
        "port": port,
        "connections": connections,
        "warm_up": list(warm_up),
        "counted": list(counted),
        "marker": marker,
    }
    with helper("bench.load", job, "the load could not be prepared") as load:
        on_ready()
        load.orders.write("go\n")
        load.orders.flush()
        answer = load.answers.readline()
    if load.process.returncode or not answer:
        raise RuntimeError("a webhook was answered wrongly")
    return Load(**json.loads(answer))


class _Connection:
    """A kept-alive connection, with the answer that is arriving on it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.since = 0.0

    def send(self, request: bytes) -> None:
        self.received = b""
        self.since = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bytes | None:
        """The whole answer once it is there."""
        part = self.socket.recv(65536)
        if not part:
            raise RuntimeError("the server closed the connection")
        self.received += part
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        return self.received if len(body) >= length else None


def _burst(connections: list[_Connection], requests: list[bytes], marker: bytes) -> Iterator[float]:
    """Send every request, one at a time on each connection; give the latencies."""
    waiting = iter(requests)
    with selectors.DefaultSelector() as selector:
        busy = 0
        for connection, request in zip(connections, waiting, strict=False):
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(request)
            busy += 1
        while busy:
            for key, _events in selector.select(60):
                answer = key.data.receive()
                if answer is None:
                    continue
                yield time.perf_counter() - key.data.since
                if not answer.startswith(b"HTTP/1.1 200") or marker not in answer:
                    raise RuntimeError(f"unexpected answer: {answer[:1000]!r}")
                following = next(waiting, None)
                if following is None:
                    selector.unregister(key.data.socket)
                    busy -= 1
                else:
                    key.data.send(following)


def main() -> None:
    job: dict[str, Any] = json.loads(sys.stdin.readline())
    warm_up, counted = ([base64.b64decode(text) for text in job[name]] for name in ("warm_up", "counted"))
    marker = job["marker"].encode()
    connections = [_Connection(job["port"]) for _ in range(job["connections"])]
    list(_burst(connections, warm_up, marker))
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    latencies = list(_burst(connections, counted, marker))
    print(json.dumps({"seconds": time.perf_counter() - began, "latencies": latencies}), flush=True)
    for connection in connections:
        connection.socket.close()


if __name__ == "__main__":
    main()
