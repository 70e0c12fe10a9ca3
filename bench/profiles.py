"""``python -m bench.profiles inbound``: where one webhook's time goes, by function and by statement.

In one process and one thread, on SQLite, without a server: the application is called as WSGI.
"""

import argparse
import cProfile
import io
import pstats
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from bench.floor.app import create_app as create_floor
from bench.plan import FULL, PUBLIC_URL, TOKEN, WEBHOOKS
from bench.seed import Prepared, seed_calls, settings_for
from bench.served import create_service
from bench.stores import SqliteStore
from bench.webhooks import MARKERS, PATHS, form, signature

Wsgi = Callable[[dict[str, Any], Callable[..., object]], Any]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.profiles", description=__doc__)
    parser.add_argument("webhook", choices=WEBHOOKS)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--lines", type=int, default=45)
    parser.add_argument("--sort", choices=("tottime", "cumulative"), default="cumulative")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hotline-profile-") as directory:
        profile(arguments.webhook, arguments.calls, arguments.lines, arguments.sort, Path(directory))


def profile(webhook: str, calls: int, lines: int, sort: str, directory: Path) -> None:
    """Time a third of the calls, profile another, and count the statements of the rest."""
    store = SqliteStore(directory)
    scale = replace(FULL, rounds=1, requests=dict.fromkeys(WEBHOOKS, calls), warm_up=30)

    def seed(database: Any, url: str) -> list[Prepared]:
        return seed_calls(database, url, scale)[webhook]

    prepared = store.seeded("calls", seed)
    third = calls // 3
    for name, create in (("floor", create_floor), ("service", create_service)):
        with _environment(store.copy("calls", name)):
            app = create()
        _timed(app, webhook, prepared[:30])
        wall, cpu = _timed(app, webhook, prepared[30 : 30 + third])
        print(f"{webhook}, {name}: {wall * 1e6:.0f} us wall, {cpu * 1e6:.0f} us of a processor")
    profiler = cProfile.Profile()
    profiler.enable()
    _timed(app, webhook, prepared[30 + third : 30 + 2 * third])
    profiler.disable()
    _by_package(profiler)
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).strip_dirs().sort_stats(sort).print_stats(lines)
    print(text.getvalue())
    _statements(app, webhook, prepared[30 + 2 * third :])


def _timed(app: Wsgi, webhook: str, calls: list[Prepared]) -> tuple[float, float]:
    """Median wall time and mean processor time of a request."""
    environs = [_environ(webhook, call) for call in calls]
    walls, cpu = [], time.process_time()
    for environ in environs:
        began = time.perf_counter()
        with closing(_Body(app(environ, lambda *_: None))) as body:
            answer = body.read()
        walls.append(time.perf_counter() - began)
        assert MARKERS[webhook].encode() in answer, answer
    return statistics.median(walls), (time.process_time() - cpu) / len(calls)


class _Body:
    def __init__(self, parts: Any) -> None:
        self._parts = parts

    def read(self) -> bytes:
        return b"".join(self._parts)

    def close(self) -> None:
        if hasattr(self._parts, "close"):
            self._parts.close()


def _environ(webhook: str, call: Prepared) -> dict[str, Any]:
    fields = form(webhook, call)
    body = urlencode(fields).encode()
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": PATHS[webhook],
        "RAW_URI": PATHS[webhook],
        "QUERY_STRING": "",
        "SERVER_NAME": "hotline.example.com",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "hotline.example.com",
        "HTTP_X_TWILIO_SIGNATURE": signature(webhook, fields),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "https",
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _environment(url: str) -> Any:
    from unittest import mock

    account = settings_for(url).account_sid
    return mock.patch.dict(
        "os.environ",
        {
            "HOTLINE_DATABASE_URL": url,
            "HOTLINE_PUBLIC_URL": PUBLIC_URL,
            "TWILIO_ACCOUNT_SID": account,
            "TWILIO_AUTH_TOKEN": TOKEN,
        },
    )


_PACKAGES = (  # where a function lies, and what that is called; the first that fits
    ("sqlalchemy/orm", "SQLAlchemy ORM"),
    ("sqlalchemy", "SQLAlchemy Core and engine"),
    ("commit' of 'sqlite3", "commit"),
    ("sqlite3", "SQLite driver"),
    ("flask", "Flask, Werkzeug"),
    ("werkzeug", "Flask, Werkzeug"),
    ("request_validator", "signature"),
    ("twilio/twiml", "TwiML"),
    ("ElementTree", "TwiML"),
    ("phonenumbers", "phone numbers"),
    ("babel", "Babel, gettext"),
    ("gettext", "Babel, gettext"),
    ("/routing/", "routing"),
    ("/sla/", "sla"),
    ("/hotline/", "hotline"),
)


def _by_package(profiler: cProfile.Profile) -> None:
    """Own time by package; what built-in functions take counts for whoever called them."""
    shares: Counter[str] = Counter()
    for (file, _line, name), (*_counts, own, _all, callers) in pstats.Stats(profiler).stats.items():
        if file != "~" or "sqlite3" in name:
            shares[_package(f"{file} {name}")] += own
            continue
        for (caller, _number, called_from), (*_each, spent, _total) in callers.items():
            shares[_package(f"{caller} {called_from}")] += spent
    total = sum(shares.values())
    print("Own time: " + ", ".join(f"{name} {part / total:.0%}" for name, part in shares.most_common()))


def _package(place: str) -> str:
    return next((name for part, name in _PACKAGES if part in place), "other")


def _statements(app: Wsgi, webhook: str, calls: list[Prepared]) -> None:
    """How many statements of which kind one request executes."""
    seen: Counter[str] = Counter()

    @sa.event.listens_for(sa.Engine, "before_cursor_execute")
    def _count(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        words = statement.split()
        seen[words[0] if words[0] != "UPDATE" else " ".join(words[:2])] += 1

    _timed(app, webhook, calls)
    sa.event.remove(sa.Engine, "before_cursor_execute", _count)
    each = ", ".join(f"{kind} {count / len(calls):.1f}" for kind, count in seen.most_common())
    print(f"Statements of one request: {sum(seen.values()) / len(calls):.1f} ({each})")


if __name__ == "__main__":
    main()
