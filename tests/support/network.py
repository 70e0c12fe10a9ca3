"""The tests talk to nobody outside this machine; what tries is stopped and remembered."""

import ipaddress
import socket
from typing import Any

import pytest

_LOCAL_NAMES = {"", "localhost", "0.0.0.0", "::"}  # noqa: S104 - compared with, never bound to


class Guard:
    """Replaces the ways out of Python's sockets. ``attempts`` are the addresses that were refused."""

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Guard every socket until ``patch`` is undone."""
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, self._checked(getattr(socket.socket, name)))
        patch.setattr(socket.socket, "sendto", self._checked_send(socket.socket.sendto))
        patch.setattr(socket, "getaddrinfo", self._checked_lookup(socket.getaddrinfo))

    def _checked(self, original: Any) -> Any:
        def connect(sock: socket.socket, address: Any) -> Any:
            self._refuse_outside(sock.family, address)
            return original(sock, address)

        return connect

    def _checked_send(self, original: Any) -> Any:
        def sendto(sock: socket.socket, data: Any, *rest: Any) -> Any:
            self._refuse_outside(sock.family, rest[-1])
            return original(sock, data, *rest)

        return sendto

    def _checked_lookup(self, original: Any) -> Any:
        def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
            self._refuse_outside(socket.AF_INET, (host,))
            return original(host, *rest, **named)

        return getaddrinfo

    def _refuse_outside(self, family: int, address: Any) -> None:
        if family not in {socket.AF_INET, socket.AF_INET6} or is_local(address[0]):
            return
        self.attempts.append(str(address[0]))
        pytest.fail(f"a test reached for the outside network: {address[0]!r}")


def is_local(host: str | bytes | None) -> bool:
    """True for this machine: no name, its names, loopback addresses."""
    name = host.decode() if isinstance(host, bytes) else host or ""
    try:
        return name in _LOCAL_NAMES or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
