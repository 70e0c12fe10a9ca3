"""E-mail addresses and webhooks of somebody: added like numbers, verified by a code that is sent there.

A webhook has a secret with which every post is signed. It is shown to its owner once, when it is made,
and kept sealed.
"""

import ipaddress
import re
import secrets
import uuid
from urllib.parse import urlsplit

from hotline.db.models import Channel, ContactKind, ContactMethod, User
from hotline.errors import InvalidInputError
from hotline.services.accounts import events
from hotline.services.accounts.sealing import seal
from hotline.services.operation import Operation
from hotline.services.reaching import contacts, numbers

LONGEST_EMAIL, LONGEST_URL = 254, 500
# What every mail server takes; other letters than ASCII's are of no use before all of them do.
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_PREFIX = "hks_"


def add_email(op: Operation, user: User, label: str, email: str) -> ContactMethod:
    """Add an e-mail address and send its code there; one that waits for its code is sent another.

    Raises :class:`InvalidInputError`, :class:`hotline.errors.ConflictError`,
    :class:`hotline.services.reaching.codes.TooManyCodesError`.
    """
    if not numbers.is_offered(op, ContactKind.EMAIL):
        raise InvalidInputError("No mail server is set up here. Ask an admin.")
    local, _, domain = email.strip().rpartition("@")
    value = f"{local}@{domain.lower()}"
    if len(value) > LONGEST_EMAIL or _EMAIL.fullmatch(value) is None:
        raise InvalidInputError("That is no e-mail address; write it as name@example.com.")
    return contacts.enlist(op, user, ContactKind.EMAIL, label, value, Channel.EMAIL)


def add_webhook(op: Operation, user: User, label: str, url: str) -> tuple[ContactMethod, str | None]:
    """Add a webhook, post its code there, and return it with its secret: None for one that had its own.

    Raises as :func:`add_email` does.
    """
    value = url.strip()
    _must_be_good(op, value)
    method = contacts.enlist(op, user, ContactKind.WEBHOOK, label, value, Channel.WEBHOOK)
    return method, None if method.sealed_secret is not None else _new_secret(op, method)


def new_secret(op: Operation, user: User, method_id: uuid.UUID) -> str:
    """Give a webhook another secret, which holds from the next post on.

    Raises :class:`InvalidInputError` for anything but a webhook, :class:`hotline.errors.NotFoundError`.
    """
    method = contacts.find(op, user, method_id)
    if method.kind is not ContactKind.WEBHOOK:
        raise InvalidInputError("Only a webhook has a signing secret.")
    events.record(op, user.id, "webhook-secret-changed", user.id, label=method.label)
    return _new_secret(op, method)


def _new_secret(op: Operation, method: ContactMethod) -> str:
    secret = _PREFIX + secrets.token_urlsafe(32)
    method.sealed_secret = seal(op, secret)
    op.session.flush()
    return secret


def _must_be_good(op: Operation, url: str) -> None:
    """What can be said without asking anybody; where its name leads is looked at when it is posted to."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or port == 0 or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise InvalidInputError("That is no address of a webhook; copy it from the chat tool.")
    if len(url) > LONGEST_URL:
        raise InvalidInputError("That address is too long to be kept.")
    if parts.username is not None or parts.fragment:
        raise InvalidInputError("An address with a password or a # in it is not taken.")
    if parts.scheme == "https":
        return
    if parts.scheme != "http" or not _is_inside(op, host):
        raise InvalidInputError("The address must begin with https://, so that nobody can read along.")


def _is_inside(op: Operation, host: str) -> bool:
    """Whether it may be in a network that the operator let in: a name is judged when it is posted to."""
    networks = [ipaddress.ip_network(network) for network in op.settings.webhook_networks]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(networks)
    return any(address in network for network in networks)
