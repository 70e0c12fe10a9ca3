"""Connecting to an address that a person typed, and to nothing that is inside.

It could aim at a machine that only this one can reach. Hence the name is resolved here, every address that
it has must be a public one, or in a network that is let in, and the connection goes to exactly the address
that was checked, whatever the name says a moment later.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from urllib.parse import SplitResult

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class UnknownNameError(Exception):
    """The name has no address."""


class InsideError(Exception):
    """One of its addresses is inside, where nothing may be asked."""


def resolve(host: str, port: int, inside: Iterable[Network]) -> tuple[tuple[str, int], bool]:
    """The one address to connect to, and whether it is in one of the networks ``inside`` that are let in.

    Raises :class:`UnknownNameError` and :class:`InsideError`.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnknownNameError from None
    networks = list(inside)
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    is_ours = [any(address in network for network in networks) for address in addresses]
    if not all(ours or is_public(address) for address, ours in zip(addresses, is_ours, strict=True)):
        raise InsideError
    return (str(addresses[0]), port), is_ours[0]


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


def target_of(parts: SplitResult) -> str:
    """What to ask for at the address."""
    target = parts.path or "/"
    return f"{target}?{parts.query}" if parts.query else target


class Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, in the name of the host that was asked for."""

    def __init__(self, host: str, address: tuple[str, int], *, is_tls: bool) -> None:
        super().__init__(host, address[1])
        self._address = address
        # The port belongs into the Host header only where it is not the usual one.
        self.default_port = 443 if is_tls else 80
        self._tls = ssl.create_default_context() if is_tls else None
