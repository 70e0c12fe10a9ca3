"""Posting signed JSON to webhooks, and to nothing that is inside.

The address is typed by a person, so it is checked as :mod:`hotline.sending.outside` says. Hence also: https
only; no redirect is followed; of the answer only its status is read. ``HOTLINE_WEBHOOK_NETWORKS`` lets in
networks of one's own.
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

from hotline.sending import outside
from hotline.sending.port import PostOrder, SendingError

TIMEOUT_SECONDS = 10.0
SIGNATURE, ID = "Hotline-Signature", "Hotline-Id"
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
        port = parts.port or (80 if parts.scheme == "http" else 443)
        try:
            address, is_ours = outside.resolve(parts.hostname or "", port, self._inside)
        except outside.UnknownNameError:
            raise SendingError("the webhook's name is not known") from None
        except outside.InsideError:
            raise SendingError("the webhook is inside, where nothing may be posted", permanent=True) from None
        if parts.scheme != "https" and not (parts.scheme == "http" and is_ours):
            raise SendingError("only https may leave the house", permanent=True)
        body = order.document.encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Hotline",
            ID: order.id,
            SIGNATURE: sign(order.secret, int(time.time()), body),
        }
        connection = _Pinned(parts.hostname or "", address, is_tls=parts.scheme == "https")
        try:
            status = connection.ask(outside.target_of(parts), body, headers)
        except ssl.SSLCertVerificationError:
            raise SendingError("the webhook's certificate is not good") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise SendingError("the webhook cannot be reached") from None
        finally:
            connection.close()
        if not 200 <= status < 300:
            raise _refused(status)


class _Pinned(outside.Pinned):
    """It is over after ten seconds, whatever it waits for."""

    def __init__(self, host: str, address: tuple[str, int], *, is_tls: bool) -> None:
        super().__init__(host, address, is_tls=is_tls)
        self._until = time.monotonic() + TIMEOUT_SECONDS

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


def _refused(status: int) -> SendingError:
    is_temporary = status >= 500 or status in _TRY_AGAIN
    return SendingError(
        f"HTTP {status}", code=status, permanent=not is_temporary, number_is_bad=status in _GONE
    )
