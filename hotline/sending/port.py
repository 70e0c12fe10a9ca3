"""What the service asks of a mail server and of chat tools."""

from dataclasses import dataclass
from typing import Protocol

from hotline.telephony.port import TelephonyError


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with an e-mail; ``media_type`` such as ``application/pdf``."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class MailOrder:
    """An e-mail in plain text. ``id`` is the same for every attempt, so that a repeat can be told."""

    id: str
    to: str
    subject: str
    body: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class PostOrder:
    """A JSON document for a webhook, signed with ``secret``. ``id`` is the same for every attempt."""

    id: str
    url: str
    secret: str
    document: str


class SendingError(TelephonyError):
    """A mail server or a chat tool did not do what was asked. ``number_is_bad``: this address is."""


class PostOffice(Protocol):
    """Sends e-mails and posts. Every method raises :class:`SendingError` and nothing else."""

    def send_mail(self, order: MailOrder) -> None:
        """Hand an e-mail to the mail server."""
        ...

    def post(self, order: PostOrder) -> None:
        """Post a document to a webhook, which answers that it has it."""
        ...
