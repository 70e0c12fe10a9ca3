"""Posts to webhooks, to a real server on this machine: signed, and to nothing that is inside."""

import hashlib
import hmac
import ipaddress
import socket
import threading
import time
from typing import Any

import pytest

from hotline.sending import webhooks
from hotline.sending.outside import is_public
from hotline.sending.port import PostOrder, SendingError
from hotline.sending.webhooks import Poster, sign

from .conftest import Receiver

HERE = ["127.0.0.0/8"]


def order(url: str) -> PostOrder:
    return PostOrder("0192", url, "hks_secret", '{"text": "Pagi, Dewi – 29 menit"}')


def refusal(poster: Poster, url: str) -> SendingError:
    with pytest.raises(SendingError) as caught:
        poster.post(order(url))
    return caught.value


def test_a_post_is_signed_over_its_time_and_its_bytes(chat: Receiver) -> None:
    Poster(HERE).post(order(chat.url()))
    ((path, headers, body),) = chat.heard
    assert path == "/hooks/x7Qa?room=1"
    assert headers["Host"] == f"localhost:{chat.port}"
    assert headers["Content-Type"] == "application/json"
    assert headers["Hotline-Id"] == "0192"
    assert chat.document == {"text": "Pagi, Dewi – 29 menit"}
    stamp, signature = (part.partition("=")[2] for part in headers["Hotline-Signature"].split(","))
    assert abs(time.time() - int(stamp)) < 60
    assert signature == hmac.new(b"hks_secret", stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def test_another_time_or_another_body_has_another_signature() -> None:
    signed = sign("secret", 1_700_000_000, b"{}")
    assert sign("secret", 1_700_000_001, b"{}") != signed
    assert sign("secret", 1_700_000_000, b"[]") != signed
    assert sign("other", 1_700_000_000, b"{}") != signed


def test_nothing_inside_is_posted_to_unless_it_was_let_in(chat: Receiver, plain_chat: Receiver) -> None:
    for url in (chat.url(), chat.url("127.0.0.1"), plain_chat.url()):
        error = refusal(Poster(), url)
        assert error.permanent
        assert "inside" in str(error)
    assert chat.heard == plain_chat.heard == []
    Poster(HERE).post(order(plain_chat.url("127.0.0.1")))
    assert len(plain_chat.heard) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
        "224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::1",
    ],
)  # fmt: skip
def test_what_is_not_everybodys_is_inside(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8"])
def test_public_addresses_are(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def named(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """``chat.example.com`` has these addresses; returns who asked."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def lookup(host: Any, port: Any, *rest: Any, **named_too: Any) -> Any:
        if host != "chat.example.com":
            return real(host, port, *rest, **named_too)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


def test_a_name_that_leads_inside_by_one_of_its_addresses_is_refused(
    chat: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(monkeypatch, "93.184.216.34", "169.254.169.254")
    assert "inside" in str(refusal(Poster(HERE), chat.url("chat.example.com")))
    assert chat.heard == []


def test_the_address_that_was_checked_is_the_one_that_is_posted_to(
    chat: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The certificate is still judged by the name."""
    asked = named(monkeypatch, "127.0.0.1")
    Poster(HERE).post(order(chat.url("chat.example.com")))
    assert len(asked) == 1
    assert chat.heard[0][1]["Host"] == f"chat.example.com:{chat.port}"


def test_a_name_that_nobody_knows_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert not refusal(Poster(), "https://nowhere.example.com/").permanent


def test_no_redirect_is_followed(chat: Receiver) -> None:
    chat.status = 302
    assert refusal(Poster(HERE), chat.url()).permanent
    assert len(chat.heard) == 1


@pytest.mark.parametrize(
    ("status", "permanent", "is_bad"),
    [(400, True, False), (403, True, False), (404, True, True), (410, True, True), (408, False, False),
     (429, False, False), (500, False, False), (503, False, False)],
)  # fmt: skip
def test_refusals_are_sorted_by_what_they_ask_for(
    plain_chat: Receiver, status: int, permanent: bool, is_bad: bool
) -> None:
    plain_chat.status = status
    error = refusal(Poster(HERE), plain_chat.url())
    assert (error.code, error.permanent, error.number_is_bad) == (status, permanent, is_bad)


def test_a_certificate_of_somebody_else_is_not_taken(chat: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "certificate" in str(refusal(Poster(HERE), chat.url()))
    assert chat.heard == []


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0\r\n", b"HTTP/1.1\r\n", b"HTTP/1.1 2xx\r\n", b"x" * 9000])
def test_what_answers_nonsense_is_tried_again(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            talk, _ = server.accept()
            with talk:
                talk.recv(4096)
                talk.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        error = refusal(Poster(HERE), f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()
    assert not error.permanent


def test_an_answer_that_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then must not keep a sender of pages busy."""
    monkeypatch.setattr(webhooks, "TIMEOUT_SECONDS", 0.3)
    given_up = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            talk, _ = server.accept()
            with talk:
                while not given_up.wait(0.05):
                    talk.sendall(b"H")

        thread = threading.Thread(target=serve)
        thread.start()
        error = refusal(Poster(HERE), f"http://127.0.0.1:{server.getsockname()[1]}/")
        given_up.set()
        thread.join()
    assert not error.permanent


def test_a_closed_port_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert not refusal(Poster(HERE), f"http://127.0.0.1:{port}/").permanent
