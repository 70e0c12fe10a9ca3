"""Sending e-mails by SMTP, one connection each: a page is rare, and a connection kept open goes stale.

A connection is always encrypted, by TLS from the start (``smtps``) or by STARTTLS (``smtp``), except to
this very machine. Errors are sorted as those of the telephone network are: retry, give the address up,
alarm the operator.
"""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime, parseaddr
from urllib.parse import unquote, urlsplit

from hotline.sending.port import MailOrder, SendingError

TIMEOUT_SECONDS = 10.0
_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_PERMANENT = 500
_BAD_ADDRESS = {550, 551, 553}


class MailServer:
    """One mail server: ``smtp://user:password@host:port`` or ``smtps://…``, and who mails come from."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._is_tls = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender

    def send(self, order: MailOrder) -> None:
        """Send it. Raises :class:`SendingError`."""
        message = compose(order, self._sender)
        is_sent = False
        try:
            with self._connected() as server:
                server.send_message(message, to_addrs=[order.to])
                is_sent = True
        except smtplib.SMTPRecipientsRefused as error:
            code, _words = next(iter(error.recipients.values()))
            raise _refused(code) from None
        except smtplib.SMTPAuthenticationError as error:
            code = error.smtp_code
            raise SendingError("the mail server refused our sign-in", code=code, alarm=True) from None
        except smtplib.SMTPSenderRefused as error:
            raise SendingError(
                "the mail server refused our sender", code=error.smtp_code, alarm=True
            ) from None
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, is_address=False) from None
        except ssl.SSLCertVerificationError:
            raise SendingError("the mail server's certificate is not good", alarm=True) from None
        except (smtplib.SMTPException, OSError):
            if is_sent:  # it has the mail, and hung up before the goodbye
                return
            raise SendingError("the mail server cannot be reached") from None

    def _connected(self) -> smtplib.SMTP:
        """A connection on which mail may be sent; nothing was said in the clear but hello."""
        context = ssl.create_default_context()
        if self._is_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
        try:
            server.ehlo_or_helo_if_needed()
            if not self._is_tls:
                self._encrypt(server, context)
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _encrypt(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif self._host not in _LOOPBACK:
            raise SendingError("the mail server offers no STARTTLS", alarm=True)


def compose(order: MailOrder, sender: str) -> EmailMessage:
    """The e-mail as it goes out; its Message-ID is the same for every attempt."""
    name, address = parseaddr(sender)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(addr_spec=order.to)
    message["Subject"] = " ".join(order.subject.split())
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = f"<{order.id}@{address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # no holiday notice answers it
    message.set_content(order.body)
    for file in order.attachments:
        kind, _slash, detail = file.media_type.partition("/")
        message.add_attachment(file.data, maintype=kind, subtype=detail, filename=file.name)
    return message


def _refused(code: int, *, is_address: bool = True) -> SendingError:
    return SendingError(
        f"SMTP {code}, refused",
        code=code,
        permanent=code >= _PERMANENT,
        number_is_bad=is_address and code in _BAD_ADDRESS,
    )
