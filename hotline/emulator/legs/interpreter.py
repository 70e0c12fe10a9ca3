"""Fetch TwiML and carry it out verb by verb, until the document or the call ends."""

from collections.abc import Callable
from urllib.parse import urljoin

from hotline.emulator.exchange import Exchange
from hotline.emulator.legs.leg import Goto, Leg, Redirected
from hotline.emulator.story import Fetch, Sleep, Story
from hotline.emulator.twiml import Document, Element, Problem, read
from hotline.emulator.twiml.grammar import MODE_VERBS
from hotline.emulator.webhooks import Answer

APOLOGY = "We are sorry, an application error has occurred. Goodbye."
_SILENT_BEFORE_ANSWER = ("Reject", "Redirect", "Pause", "Hangup", "Sms")


class DocumentFailed(Exception):  # noqa: N818 - a turn of the story that callers handle
    """No usable TwiML came for a document that is not the call's own."""


Verb = Callable[["Interpreter", Element, Document], Story[Goto | None]]


class Interpreter:
    """Plays documents on a leg. ``mode`` says whose document it is: ``call``, ``wait``, ``whisper``…"""

    def __init__(self, leg: Leg, verbs: dict[str, Verb], mode: str = "call") -> None:
        self.leg = leg
        self.verbs = verbs
        self.mode = mode

    @property
    def exchange(self) -> Exchange:
        return self.leg.exchange

    def within(self, mode: str) -> "Interpreter":
        """An interpreter on the same leg for a document of another kind."""
        return Interpreter(self.leg, self.verbs, mode)

    def life(self, start: Goto) -> Story[None]:
        """Play the call's own TwiML from ``start`` to the end, through every redirect by REST."""
        following = start
        while True:
            try:
                yield from self.play(following)
                break
            except Redirected as redirect:
                following = redirect.goto
        raise self.leg.hang_up("the TwiML ended")

    def play(self, goto: Goto | None) -> Story[None]:
        """Play a document and those it leads to."""
        while goto is not None:
            document = yield from self.fetch(goto)
            goto = yield from self._execute(document)

    def fetch(self, goto: Goto) -> Story[Document]:
        """Get TwiML, from the fallback URL if need be; a call without any hears an apology and ends."""
        if goto.document is not None:
            self._report(goto.document.problems, "")
            return goto.document
        document, code = yield from self._request(goto)
        if document is None and self.leg.fallback[0]:
            url, method = self.leg.fallback
            told = {"ErrorCode": str(code), "ErrorUrl": goto.url}
            document, code = yield from self._request(Goto(url, method, told))
        if document is None and self.mode == "call":
            self.leg.hear(APOLOGY, 4.0)
            self.exchange.note("said", self.leg.call.sid, APOLOGY, to=self.leg.party, language="en-US")
            yield Sleep(4.0)
            raise self.leg.hang_up(f"error {code}")
        if document is None:
            raise DocumentFailed(str(code))
        return document

    def _request(self, goto: Goto) -> Story[tuple[Document | None, int]]:
        webhook = self.leg.webhook(goto)
        answer: Answer = yield Fetch(lambda: self.exchange.client.deliver(webhook))
        if answer.delay:
            yield Sleep(answer.delay)
        if answer.error is not None:
            return None, answer.error
        document = read(answer.body, answer.content_type, answer.url)
        self._report(document.problems, goto.url)
        if document.fatal is not None:
            return None, document.fatal.code
        return document, 0

    def _report(self, problems: list[Problem], url: str) -> None:
        for problem in problems:
            self.exchange.alert(problem.code, problem.message, self.leg.call.sid, url)

    def _execute(self, document: Document) -> Story[Goto | None]:
        for verb in document.verbs:
            allowed = MODE_VERBS.get(self.mode)
            if allowed is not None and verb.name not in allowed:
                self.alert(12200, f"<{verb.name}> is not allowed in a {self.mode} document", document)
                continue
            if verb.name not in _SILENT_BEFORE_ANSWER and not verb.flag("answerOnBridge"):
                self.leg.pick_up()
            goto = yield from self.verbs[verb.name](self, verb, document)
            if goto is not None:
                return goto
        return None

    def alert(self, code: int, message: str, document: Document) -> None:
        self.exchange.alert(code, message, self.leg.call.sid, document.url)

    def target(self, document: Document, url: str, method: str, params: dict[str, str] | None = None) -> Goto:
        """A place to go to from ``document``; an empty ``url`` is the document's own."""
        base = document.url.split("?")[0] if method.upper() == "GET" and not url else document.url
        return Goto(urljoin(document.url, url) if url else base, method or "POST", params or {})

    def say(self, text: str, seconds: float, kind: str = "said", language: str = "") -> None:
        """Put ``text`` on the wire now; waiting for its end is the caller's business."""
        self.exchange.note(
            kind, self.leg.call.sid, text, to=self.leg.party, language=language, seconds=f"{seconds:g}"
        )
        self.leg.hear(text, seconds)
