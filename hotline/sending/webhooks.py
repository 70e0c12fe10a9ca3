"""Posting signed JSON to webhooks, and to nothing that is inside.

The address is typed by a person, so it could aim at a machine that only this one can reach. Hence: https
only; the name is resolved here, every address that it has must be a public one, and the connection goes
to exactly the address that was checked, whatever the name says a moment later; no redirect is followed;
of the answer only its status is read. ``HOTLINE_WEBHOOK_NETWORKS`` lets in networks of one's own.
"""

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from hotline.sending.port import PostOrder, SendingError

TIMEOUT_SECONDS = 10.0
SIGNATURE, ID = "Hotline-Signature", "Hotline-Id"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LONGEST_STATUS_LINE = 1024
_TRY_AGAIN = {408, 425, 429}
_GONE = {404, 410}


class Poster:
    """Posts to webhooks; ``inside`` are networks that are allowed although they are not public."""

    def __init__(self, inside: Sequence[str] = ()) -> None:
        self._inside = [ipaddress.ip_network(network) for network in inside]

    def post(self, order: PostOrder) -> None:
        """Post it within ten seconds. Raises :class:`SendingError` unless the answer is 2xx."""
        parts = urlsplit(order.url)
        address, is_ours = self._resolve(parts.hostname or "", parts.port or _port(parts.scheme))
        if parts.scheme != "https" and not (parts.scheme == "http" and is_ours):
            raise SendingError("only https may leave the house", permanent=True)
        body = order.document.encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Hotline",
            ID: order.id,
            SIGNATURE: sign(order.secret, int(time.time()), body),
        }
        target = parts.path or "/"
        connection = _Pinned(parts.hostname or "", address, is_tls=parts.scheme == "https")
        try:
            status = connection.ask(f"{target}?{parts.query}" if parts.query else target, body, headers)
        except ssl.SSLCertVerificationError:
            raise SendingError("the webhook's certificate is not good") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise SendingError("the webhook cannot be reached") from None
        finally:
            connection.close()
        if not 200 <= status < 300:
            raise _refused(status)

    def _resolve(self, host: str, port: int) -> tuple[tuple[str, int], bool]:
        """The one address to connect to, and whether it is in a network of ours."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise SendingError("the webhook's name is not known") from None
        addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
        inside = [any(address in network for network in self._inside) for address in addresses]
        if not all(ours or is_public(address) for address, ours in zip(addresses, inside, strict=True)):
            raise SendingError("the webhook is inside, where nothing may be posted", permanent=True)
        return (str(addresses[0]), port), inside[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, in the name of the host that was asked for."""

    def __init__(self, host: str, address: tuple[str, int], *, is_tls: bool) -> None:
        super().__init__(host, address[1])
        self._address = address
        self._until = time.monotonic() + TIMEOUT_SECONDS
        # The port belongs into the Host header only where it is not the usual one.
        self.default_port = 443 if is_tls else 80
        self._tls = ssl.create_default_context() if is_tls else None

    def connect(self) -> None:
        self.sock = socket.create_connection(self._address, self._left())
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)

    def ask(self, target: str, body: bytes, headers: dict[str, str]) -> int:
        """Post and return the status; nothing else of the answer is read, however slowly it comes."""
        self.request("POST", target, body, headers)
        line = b""
        while b"\n" not in line:
            self.sock.settimeout(self._left())
            piece = self.sock.recv(_LONGEST_STATUS_LINE)
            line += piece
            if not piece or len(line) > _LONGEST_STATUS_LINE * 8:
                raise http.client.BadStatusLine("no answer")
        words = line.partition(b"\n")[0].split()
        if len(words) < 2 or not words[0].startswith(b"HTTP/") or len(words[1]) != 3:
            raise http.client.BadStatusLine("no HTTP")
        return int(words[1])

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """``t=…,v1=…``: HMAC-SHA256 of the timestamp, a dot and the body, so that neither can be changed."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def is_public(address: Address) -> bool:
    """Whether everybody can reach it; an address that wraps another is judged by that one."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(wrapped)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _port(scheme: str) -> int:
    return 80 if scheme == "http" else 443


def _refused(status: int) -> SendingError:
    is_temporary = status >= 500 or status in _TRY_AGAIN
    return SendingError(
        f"HTTP {status}", code=status, permanent=not is_temporary, number_is_bad=status in _GONE
    )
