"""A certificate of this machine, and receivers that are real servers on it."""

import email
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PEM file with a key and a certificate for ``localhost`` and ``chat.example.com``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.DNSName("chat.example.com")]
    names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    """What a server of this machine encrypts with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def _trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate counts as good."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@dataclass
class Receiver:
    """A chat tool: what it was posted, and how it answers."""

    port: int
    scheme: str = "https"
    status: int = 200
    heard: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def url(self, host: str = "localhost", path: str = "/hooks/x7Qa?room=1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    @property
    def document(self) -> Any:
        return json.loads(self.heard[-1][2])


def _serve(receiver: Receiver, context: ssl.SSLContext | None) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.heard.append((self.path, dict(self.headers), body))
            self.send_response(receiver.status)
            if receiver.status == 302:
                self.send_header("Location", receiver.url(path="/elsewhere"))
            self.send_header("Content-Length", "7")
            self.end_headers()
            self.wfile.write(b"private")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_port
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


@pytest.fixture
def chat(server_tls: ssl.SSLContext, _trusted: None) -> Iterator[Receiver]:
    """A chat tool behind https on this machine."""
    receiver = Receiver(0)
    server = _serve(receiver, server_tls)
    yield receiver
    server.shutdown()
    server.server_close()


@pytest.fixture
def plain_chat() -> Iterator[Receiver]:
    """The same without https."""
    receiver = Receiver(0, "http")
    server = _serve(receiver, None)
    yield receiver
    server.shutdown()
    server.server_close()


class Inbox:
    """What a mail server does with what it gets; ``answer`` is what it says to a mail."""

    def __init__(self) -> None:
        self.mails: list[tuple[Any, EmailMessage]] = []
        self.to_recipient, self.answer = "250 OK", "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.to_recipient.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("2"):
            message = email.message_from_bytes(envelope.content, policy=default)
            assert isinstance(message, EmailMessage)
            self.mails.append((session, message))
        return self.answer


@pytest.fixture
def serve() -> Iterator[Callable[..., int]]:
    """Starts a mail server and gives its port."""
    with ExitStack() as stack:

        def start(inbox: Inbox, **options: Any) -> int:
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
            controller.start()
            stack.callback(controller.stop)
            return int(port)

        yield start
