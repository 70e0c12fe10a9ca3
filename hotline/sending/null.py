"""A post office that sends nothing and remembers what was asked of it."""

from hotline.sending.port import MailOrder, PostOrder, SendingError


class NullPostOffice:
    """Accepts everything. ``failures`` holds errors to raise for the next requests, first in first out."""

    def __init__(self) -> None:
        self.mails: list[MailOrder] = []
        self.posts: list[PostOrder] = []
        self.failures: list[SendingError] = []

    def send_mail(self, order: MailOrder) -> None:
        self._may_fail()
        self.mails.append(order)

    def post(self, order: PostOrder) -> None:
        self._may_fail()
        self.posts.append(order)

    def _may_fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)
