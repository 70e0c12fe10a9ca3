"""Calendars are read from real servers on this machine: not too much, not too long, and nothing inside."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from hotline.sending import calendars
from hotline.sending.calendars import CalendarUnreadableError, Fetched, InternetCalendars

HERE = ["127.0.0.0/8"]


@dataclass
class Library:
    """A server of calendars: how it answers, and what it was asked."""

    port: int = 0
    status: int = 200
    body: bytes = b"BEGIN:VCALENDAR"
    headers: dict[str, str] = field(default_factory=lambda: {"ETag": '"7"'})
    drip: float = 0.0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, host: str = "localhost", path: str = "/basic.ics?key=x7Qa") -> str:
        return f"https://{host}:{self.port}{path}"


@pytest.fixture
def library(server_tls: ssl.SSLContext, _trusted: None) -> Iterator[Library]:
    shelf = Library()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shelf.asked.append((self.path, dict(self.headers)))
            self.send_response(shelf.status)
            for name, value in shelf.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(shelf.body)))
            self.end_headers()
            try:
                for place in range(0, len(shelf.body), 1 if shelf.drip else len(shelf.body)):
                    self.wfile.write(shelf.body[place : place + 1] if shelf.drip else shelf.body)
                    time.sleep(shelf.drip)
            except OSError:
                return  # whoever read has hung up

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = server_tls.wrap_socket(server.socket, server_side=True)
    shelf.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield shelf
    server.shutdown()
    server.server_close()


def problem(url: str, inside: list[str] = HERE) -> str:
    with pytest.raises(CalendarUnreadableError) as caught:
        InternetCalendars(inside).fetch(url, None)
    return caught.value.problem


def test_a_calendar_is_read_with_what_it_is_known_by(library: Library) -> None:
    assert InternetCalendars(HERE).fetch(library.url(), None) == Fetched(b"BEGIN:VCALENDAR", '"7"')
    ((path, headers),) = library.asked
    assert path == "/basic.ics?key=x7Qa"
    assert "If-None-Match" not in headers
    assert headers["Host"] == f"localhost:{library.port}"


def test_what_has_not_changed_is_not_read_again(library: Library) -> None:
    library.status, library.body = 304, b""
    assert InternetCalendars(HERE).fetch(library.url(), '"7"') == Fetched(None, '"7"')
    assert library.asked[0][1]["If-None-Match"] == '"7"'
    assert problem(library.url()) == "unreachable", "nobody asked for a 304"


@pytest.mark.parametrize(
    ("status", "expected"), [(401, "gone"), (403, "gone"), (404, "gone"), (410, "gone"), (500, "unreachable")]
)
def test_what_is_refused_has_a_reason(library: Library, status: int, expected: str) -> None:
    library.status = status
    assert problem(library.url()) == expected


def test_more_than_a_megabyte_is_not_read(library: Library) -> None:
    library.body = b"x" * calendars.LARGEST
    found = InternetCalendars(HERE).fetch(library.url(), None)
    assert found.data is not None
    assert len(found.data) == calendars.LARGEST
    library.body += b"x"
    assert problem(library.url()) == "too-big"


def test_an_answer_that_trickles_in_is_cut_off(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "TIMEOUT_SECONDS", 1.0)
    library.body, library.drip = b"x" * 200, 0.1
    started = time.monotonic()
    assert problem(library.url()) == "unreachable"
    assert time.monotonic() - started < 15


def test_redirects_are_followed_a_few_times_and_judged_each_time(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.status, library.headers = 302, {"Location": library.url(path="/elsewhere.ics")}
    assert problem(library.url()) == "redirects"
    assert [path for path, _headers in library.asked][1:] == ["/elsewhere.ics"] * 3
    real = socket.getaddrinfo

    def lookup(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        there = [(2, 1, 6, "", ("169.254.169.254", port))]
        return there if host == "metadata.example.com" else real(host, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    library.headers = {"Location": "http://metadata.example.com/latest"}
    assert problem(library.url()) == "inside"


def test_nothing_inside_is_read_unless_it_was_let_in(library: Library) -> None:
    for host in ("localhost", "127.0.0.1"):
        assert problem(library.url(host), []) == "inside"
    assert library.asked == []


def test_a_name_that_leads_inside_by_one_of_its_addresses_is_refused(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lookup(_host: Any, port: Any, **_: Any) -> Any:
        return [(2, 1, 6, "", (address, port)) for address in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    assert problem(library.url("calendar.example.com")) == "inside"


def test_plain_http_is_only_for_networks_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("93.184.216.34", 80))])
    assert problem("http://calendar.example.com/a.ics") == "not-https"


def test_a_certificate_that_is_not_good_is_refused(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert problem(library.url()) == "certificate"


def test_a_name_that_nobody_knows_and_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert problem("https://nowhere.example.com/") == "unknown-name"
    assert problem("https://[") == "address"
    assert problem("https://example.com:99999/") == "address"
