"""Reading a calendar from an address that a person typed, and nothing that is inside.

The same care as with webhooks (:mod:`hotline.sending.outside`): https only, and the address is checked, also
at each redirect. At most a megabyte is read, within twenty seconds. ``HOTLINE_WEBHOOK_NETWORKS`` lets in
networks of one's own.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, urljoin, urlsplit

from hotline.sending import outside

LARGEST = 1_000_000
TIMEOUT_SECONDS = 20.0
_MOST_REDIRECTS = 3
_REDIRECTS = {301, 302, 303, 307, 308}
_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: ``data`` is None when it is as it was at ``etag``."""

    data: bytes | None
    etag: str | None


class CalendarUnreadableError(Exception):
    """An address gave no calendar; ``problem`` says why in a word."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Calendars(Protocol):
    """Reads calendars."""

    def fetch(self, url: str, etag: str | None) -> Fetched:
        """What is at ``url``, unless it is still ``etag``. Raises :class:`CalendarUnreadableError`."""
        ...


class InternetCalendars:
    """Reads them from the internet; ``inside`` are networks that are allowed although not public."""

    def __init__(self, inside: Sequence[str] = ()) -> None:
        self._inside = [ipaddress.ip_network(network) for network in inside]

    def fetch(self, url: str, etag: str | None) -> Fetched:
        """See :class:`Calendars`."""
        for _hop in range(_MOST_REDIRECTS + 1):
            answer = self._ask(url, etag)
            if isinstance(answer, Fetched):
                return answer
            url = answer
        raise CalendarUnreadableError("redirects")

    def _ask(self, url: str, etag: str | None) -> "Fetched | str":
        try:
            parts = urlsplit(url)
            port = parts.port or (80 if parts.scheme == "http" else 443)
        except ValueError:
            raise CalendarUnreadableError("address") from None
        try:
            address, is_ours = outside.resolve(parts.hostname or "", port, self._inside)
        except outside.UnknownNameError:
            raise CalendarUnreadableError("unknown-name") from None
        except outside.InsideError:
            raise CalendarUnreadableError("inside") from None
        if parts.scheme != "https" and not (parts.scheme == "http" and is_ours):
            raise CalendarUnreadableError("not-https")
        connection = _Pinned(parts.hostname or "", address, is_tls=parts.scheme == "https")
        watchdog = threading.Timer(TIMEOUT_SECONDS, connection.cut)
        watchdog.daemon = True
        watchdog.start()
        try:
            return _read(connection, parts, url, etag)
        except ssl.SSLCertVerificationError:
            raise CalendarUnreadableError("certificate") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise CalendarUnreadableError("unreachable") from None
        finally:
            watchdog.cancel()
            connection.close()


class _Pinned(outside.Pinned):
    """It can be cut from outside."""

    def __init__(self, host: str, address: tuple[str, int], *, is_tls: bool) -> None:
        super().__init__(host, address, is_tls=is_tls)
        self.was_cut = False
        self._kept: socket.socket | None = None

    def connect(self) -> None:
        self.sock = socket.create_connection(self._address, TIMEOUT_SECONDS)
        if self._tls is not None:
            plain = self.sock
            try:
                self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
            except OSError:
                plain.close()
                raise
        self._kept = self.sock

    def cut(self) -> None:
        """End it from outside, whatever it waits for: an answer that trickles in is no answer."""
        self.was_cut = True
        if self._kept is not None:  # not self.sock: that is gone once the answer's head has been read
            try:
                socket.socket.shutdown(self._kept, socket.SHUT_RDWR)
            except OSError:
                return


def _read(connection: _Pinned, parts: SplitResult, url: str, etag: str | None) -> Fetched | str:
    headers = {"User-Agent": "Hotline", "Accept": "text/calendar"}
    if etag is not None:
        headers["If-None-Match"] = etag
    connection.request("GET", outside.target_of(parts), headers=headers)
    with connection.getresponse() as answer:
        if answer.status in _REDIRECTS:
            return urljoin(url, answer.getheader("Location", ""))
        if answer.status == 304 and etag is not None:
            return Fetched(None, etag)
        if answer.status in {401, 403, 404, 410}:
            raise CalendarUnreadableError("gone")
        if answer.status != 200:
            raise CalendarUnreadableError("unreachable")
        data = b""
        while piece := answer.read(min(_PIECE, LARGEST + 1 - len(data))):
            data += piece
            if len(data) > LARGEST:
                raise CalendarUnreadableError("too-big")
        if answer.length or connection.was_cut:
            raise CalendarUnreadableError("unreachable")  # half a calendar would forget half of the leave
        tag = answer.getheader("ETag")
    return Fetched(data, tag if tag and len(tag) <= 200 and tag.isascii() and tag.isprintable() else None)
