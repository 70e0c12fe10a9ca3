"""The post office of an installation: its mail server, and webhooks wherever they are."""

from hotline.sending.mail import MailServer
from hotline.sending.port import MailOrder, PostOrder, SendingError
from hotline.sending.webhooks import Poster
from hotline.settings import Settings


class InternetPostOffice:
    """What the settings name; without a mail server no e-mail leaves."""

    def __init__(self, settings: Settings) -> None:
        url = settings.smtp_url
        self._mail = None if url is None else MailServer(url.get_secret_value(), settings.mail_from or "")
        self._poster = Poster(settings.webhook_networks)

    def send_mail(self, order: MailOrder) -> None:
        if self._mail is None:
            raise SendingError("no mail server is set", permanent=True)
        self._mail.send(order)

    def post(self, order: PostOrder) -> None:
        self._poster.post(order)
