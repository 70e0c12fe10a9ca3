"""E-mails over real SMTP, to a server on this machine."""

import socket
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from hotline.sending.mail import MailServer, compose
from hotline.sending.port import MailOrder, SendingError

from .conftest import Inbox

ORDER = MailOrder(
    "0192ab", "dewi@hotline.example", "HOTLINE 4821-7 Pó", "29 minutes left – https://x.example/i"
)
SENDER = "Hotline <hotline@hotline.example>"


def check_password(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.password == b"p@ss/word"
    return AuthResult(success=good, handled=False)


def test_a_mail_arrives_as_it_was_written(serve: Callable[..., int]) -> None:
    inbox = Inbox()
    MailServer(f"smtp://127.0.0.1:{serve(inbox)}", SENDER).send(ORDER)
    ((_session, mail),) = inbox.mails
    assert mail["From"] == SENDER
    assert mail["To"] == ORDER.to
    assert mail["Subject"] == ORDER.subject
    assert mail["Message-ID"] == "<0192ab@hotline.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().strip() == ORDER.body


def test_a_repeat_carries_the_same_message_id() -> None:
    assert compose(ORDER, SENDER)["Message-ID"] == compose(ORDER, SENDER)["Message-ID"]


def test_a_subject_cannot_add_a_header() -> None:
    order = MailOrder("1", ORDER.to, "Hotline\r\nBcc: everybody@example.com", "x")
    assert compose(order, SENDER)["Bcc"] is None


@pytest.mark.usefixtures("_trusted")
def test_starttls_and_a_password_with_signs_in_it(
    serve: Callable[..., int], server_tls: ssl.SSLContext
) -> None:
    inbox = Inbox()
    port = serve(
        inbox, tls_context=server_tls, require_starttls=True, authenticator=check_password, auth_required=True
    )
    MailServer(f"smtp://hotline:p%40ss%2Fword@localhost:{port}", SENDER).send(ORDER)
    assert len(inbox.mails) == 1
    assert inbox.mails[0][0].ssl is not None


@pytest.mark.usefixtures("_trusted")
def test_a_wrong_password_alarms_the_operator_and_is_tried_on(
    serve: Callable[..., int], server_tls: ssl.SSLContext
) -> None:
    port = serve(Inbox(), tls_context=server_tls, require_starttls=True, authenticator=check_password)
    error = refusal(f"smtp://hotline:wrong@localhost:{port}")
    assert (error.alarm, error.permanent) == (True, False)


@pytest.mark.usefixtures("_trusted")
def test_tls_from_the_start(serve: Callable[..., int], server_tls: ssl.SSLContext) -> None:
    inbox = Inbox()
    port = serve(inbox, ssl_context=server_tls)
    MailServer(f"smtps://localhost:{port}", SENDER).send(ORDER)
    assert len(inbox.mails) == 1


def test_a_certificate_of_somebody_else_is_not_taken(
    serve: Callable[..., int], server_tls: ssl.SSLContext
) -> None:
    inbox = Inbox()
    error = refusal(f"smtp://localhost:{serve(inbox, tls_context=server_tls)}")
    assert error.alarm
    assert inbox.mails == []


def test_no_mail_goes_in_the_clear_to_another_machine(
    serve: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox()
    port = serve(inbox)
    real = socket.create_connection
    monkeypatch.setattr(
        socket,
        "create_connection",
        lambda _address, *rest, **named: real(("127.0.0.1", port), *rest, **named),
    )
    assert "STARTTLS" in str(refusal(f"smtp://mail.example.com:{port}"))
    assert inbox.mails == []


@pytest.mark.parametrize(
    ("said", "permanent", "is_bad"),
    [("550 no such mailbox", True, True), ("552 full", True, False), ("450 try later", False, False)],
)
def test_refused_recipients_are_sorted(
    serve: Callable[..., int], said: str, permanent: bool, is_bad: bool
) -> None:
    inbox = Inbox()
    inbox.to_recipient = said
    error = refusal(f"smtp://127.0.0.1:{serve(inbox)}")
    assert (error.permanent, error.number_is_bad, error.code) == (permanent, is_bad, int(said[:3]))


@pytest.mark.parametrize(("said", "permanent"), [("554 not here", True), ("451 try later", False)])
def test_refused_mails_are_sorted_and_the_address_stays_good(
    serve: Callable[..., int], said: str, permanent: bool
) -> None:
    inbox = Inbox()
    inbox.answer = said
    error = refusal(f"smtp://127.0.0.1:{serve(inbox)}")
    assert (error.permanent, error.number_is_bad) == (permanent, False)


def test_a_server_that_is_away_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = refusal(f"smtp://127.0.0.1:{port}")
    assert (error.permanent, error.alarm) == (False, False)


def refusal(url: str) -> SendingError:
    with pytest.raises(SendingError) as caught:
        MailServer(url, SENDER).send(ORDER)
    return caught.value
