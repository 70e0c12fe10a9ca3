"""Hears what happens on the telephones while one types: a background reader of the log."""

import sys
import threading
import time
from collections.abc import Callable

from hotline.demo.printer import Printer
from hotline.demo.remote import Remote
from hotline.demo.transcript import Transcript
from hotline.errors import HotlineError

_WAIT = 5.0
_TOLD = {"status", "said", "spoken", "sms-status", "bridged", "alert", "key", "webhook"}


def _nothing() -> None:
    """Nobody types."""


class Ear:
    """Tells everything that is heard from now on, until closed.

    What is typed meanwhile is out of the way after ``clear`` and there again after ``redraw``.
    """

    def __init__(
        self, url: str, clear: Callable[[], None] = _nothing, redraw: Callable[[], None] = _nothing
    ) -> None:
        self._remote = Remote(url)
        self._transcript = Transcript(self._remote, Printer(clear), tells_repeats=True)
        self._redraw = redraw
        self._stopped = threading.Event()
        self._last = time.monotonic()
        self._index = -1
        for entry in self._remote.log(-1, 0):
            self._index = entry.index
            self._transcript.learn(entry)
        self._thread = threading.Thread(target=self._listen, name="ear", daemon=True)
        self._thread.start()

    def until_quiet(self, seconds: float, at_most: float) -> None:
        """Wait until nothing was heard for ``seconds`` real seconds."""
        end = time.monotonic() + at_most
        self._last = time.monotonic()
        while time.monotonic() < min(end, self._last + seconds):
            time.sleep(0.05)

    def close(self) -> None:
        """Hear no more; what the reader is waiting for is left alone."""
        self._stopped.set()

    def _listen(self) -> None:
        while not self._stopped.is_set():
            try:
                entries = self._remote.log(self._index, _WAIT)
            except HotlineError as error:
                if not self._stopped.is_set():
                    sys.stderr.write(f"\n{error}\n")
                break
            for entry in entries:
                self._index = entry.index
                if not self._stopped.is_set():
                    self._transcript.feed(entry)
                if entry.kind in _TOLD:
                    self._last = time.monotonic()
            if entries:
                self._redraw()
        self._remote.close()
