"""A hundred open boards: how long until each shows what was committed, and what asking costs.

``python -m bench.boards`` is the boards: a process that keeps a connection for each and asks once a
second, as ``live.js`` does, with the version that it has. It prints when which change was first seen.
"""

import asyncio
import itertools
import json
import random
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from bench.helpers import helper
from bench.measure import Say
from bench.plan import Scale
from bench.seed import seed_clocks
from bench.servers import Server, serving
from bench.stores import Store
from hotline.db.models import Contract, Customer, Incident
from hotline.db.session import Database
from hotline.demo.people import PASSWORD

ADDRESSES = ("/", "/", "/?state=untaken", "/wall")
_EVERY_SECONDS = 1.0
_LAST_LOOK_SECONDS = 5.0
_MARK = re.compile(rb"Changed (\d+)")


@dataclass(frozen=True, slots=True)
class Boards:
    """What some boards met: seconds from commit to answer, and the shares of one processor that it took."""

    backend: str
    boards: int
    incidents: int
    changes: int
    median_seconds: float
    p95_seconds: float
    slowest_seconds: float
    asked_per_second: float
    unchanged_share: float
    ask_p95_ms: float
    cpu_share: float
    database_cpu_share: float

    def figures(self) -> dict[str, Any]:
        """Everything, for programs."""
        values = asdict(self)
        return {"database": values.pop("backend"), **values}


def boards(store: Store, scale: Scale, say: Say) -> Boards:
    """Open the boards, change what they show again and again, and see when each shows it."""
    say(f"{store.backend}: {scale.boards} boards")
    store.seeded("boards", partial(seed_clocks, count=scale.shown, due=0))
    url = store.copy("boards", "boards_open")
    with serving("bench.served:create_service", url) as server, closing(Database(url)) as database:
        return _watch(store, scale, server, database)


def _watch(store: Store, scale: Scale, server: Server, database: Database) -> Boards:
    job = {"port": server.port, "boards": scale.boards, "cookie": _sign_in(server.port)}
    with helper("bench.boards", job, "the boards did not open") as open_boards:
        shown = _one_that_is_shown(database)
        before, began = (server.cpu_seconds(), store.cpu_seconds()), time.monotonic()
        committed = [_change(database, shown, number) for number in range(scale.changes)]
        time.sleep(_LAST_LOOK_SECONDS)
        spent = server.cpu_seconds() - before[0], store.cpu_seconds() - before[1]
        seconds = time.monotonic() - began
        open_boards.orders.close()
        seen = json.loads(open_boards.answers.read())
    if any(len(at) < scale.changes for at in seen["arrivals"]):
        raise RuntimeError("a board did not show what was committed")
    waited = sorted(
        max(0.0, at[str(number)] - when) for at in seen["arrivals"] for number, when in enumerate(committed)
    )
    return Boards(
        store.backend,
        scale.boards,
        scale.shown,
        scale.changes,
        _share(waited, 0.5),
        _share(waited, 0.95),
        waited[-1],
        seen["asked"] / seen["seconds"],
        seen["unchanged"] / seen["asked"],
        _share(sorted(seen["latencies"]), 0.95) * 1000,
        spent[0] / seconds,
        spent[1] / seconds,
    )


def _one_that_is_shown(database: Database) -> uuid.UUID:
    """A customer whose incident stands on every board."""
    with database.read() as session:
        query = sa.select(Contract.customer_id).join(Incident, Incident.contract_id == Contract.id)
        return session.scalars(query.order_by(Incident.respond_by).limit(1)).one()


def _change(database: Database, customer_id: uuid.UUID, number: int) -> float:
    """Commit a change that every board shows, some time after the last; when it was committed."""
    time.sleep(random.uniform(1.6, 2.6))  # noqa: S311 - when, not what
    with database.write() as session:
        session.execute(
            sa.update(Customer).where(Customer.id == customer_id).values(name=f"Changed {number}")
        )
    return time.time()


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _sign_in(port: int) -> str:
    """The cookie of an engineer's session."""
    address = f"http://127.0.0.1:{port}/sign-in"
    with urllib.request.urlopen(address) as page:
        cookie, text = page.headers["Set-Cookie"].split(";")[0], page.read().decode()
    token = text.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    form = {"csrf_token": token, "email": "dewi@hotline.example", "password": PASSWORD}
    request = urllib.request.Request(address, urllib.parse.urlencode(form).encode(), {"Cookie": cookie})
    opener = urllib.request.build_opener(_Stay)
    try:
        opener.open(request)
    except urllib.error.HTTPError as answer:
        if answer.code == 303:
            return str(answer.headers["Set-Cookie"]).split(";")[0]
    raise RuntimeError("the sign-in was refused")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class _Board:
    """One open board."""

    def __init__(self, port: int, cookie: str, address: str) -> None:
        self._port = port
        self._ask = f"GET {address} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nX-Refresh: 1\r\n".encode()
        self._version = b""
        self.arrivals: dict[int, float] = {}
        self.latencies: list[float] = []
        self.unchanged = 0

    async def stay_open(self, first_after: float, closing_time: asyncio.Event) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.sleep(first_after)
        while not closing_time.is_set():
            asked = time.perf_counter()
            writer.write(self._ask + self._version + b"\r\n")
            self._read(*await _answer(reader))
            self.latencies.append(time.perf_counter() - asked)
            await asyncio.sleep(_EVERY_SECONDS)  # from the answer on, as the script does
        writer.close()

    def _read(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"HTTP/1.1 304"):
            self.unchanged += 1
            return
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"unexpected answer: {head!r}")
        version = re.search(rb"(?i)\r\netag: ([^\r]+)", head)
        self._version = b"If-None-Match: " + version[1] + b"\r\n" if version else b""
        mark = _MARK.search(body)
        for number in range(int(mark[1]) + 1 if mark else 0):
            self.arrivals.setdefault(number, time.time())


async def _answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    has_body = length is not None and not head.startswith(b"HTTP/1.1 304")
    return head, await reader.readexactly(int(length[1])) if has_body and length else b""


async def _open(job: dict[str, Any]) -> None:
    opened = [
        _Board(job["port"], job["cookie"], address)
        for address in itertools.islice(itertools.cycle(ADDRESSES), job["boards"])
    ]
    closing_time = asyncio.Event()
    tasks = [
        asyncio.create_task(board.stay_open(_EVERY_SECONDS * place / len(opened), closing_time))
        for place, board in enumerate(opened)
    ]
    await asyncio.sleep(3)  # every board is drawn once, and asks
    for board in opened:
        board.latencies.clear()
        board.unchanged = 0
    began = time.monotonic()
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    seconds = time.monotonic() - began
    closing_time.set()
    await asyncio.gather(*tasks)
    print(
        json.dumps(
            {
                "seconds": seconds,
                "asked": sum(len(board.latencies) for board in opened),
                "unchanged": sum(board.unchanged for board in opened),
                "latencies": [each for board in opened for each in board.latencies],
                "arrivals": [board.arrivals for board in opened],
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    asyncio.run(_open(json.loads(sys.stdin.readline())))
