"""A telephone network that goes nowhere and remembers what was asked of it."""

import itertools
from collections.abc import Sequence
from datetime import datetime

from hotline.telephony.port import CallOrder, MessageOrder, PlacedCall, TelephonyError


class NullTelephony:
    """Accepts everything. ``failures`` holds errors to raise for the next requests, first in first out."""

    def __init__(self) -> None:
        self.calls: dict[str, CallOrder] = {}
        self.messages: dict[str, MessageOrder] = {}
        self.ended: list[str] = []
        self.redirected: list[tuple[str, str]] = []
        self.failures: list[TelephonyError] = []
        self._numbers = itertools.count(1)

    def place_call(self, order: CallOrder) -> str:
        sid = self._next("CA")
        self.calls[sid] = order
        return sid

    def end_call(self, sid: str, *, ringing: bool) -> None:
        self._may_fail()
        self.ended.append(sid)

    def redirect_call(self, sid: str, url: str) -> None:
        self._may_fail()
        self.redirected.append((sid, url))

    def send_message(self, order: MessageOrder) -> str:
        sid = self._next("SM")
        self.messages[sid] = order
        return sid

    def find_calls(self, to: str, since: datetime) -> Sequence[PlacedCall]:
        return [PlacedCall(sid, "queued", None) for sid, order in self.calls.items() if order.to == to]

    def _next(self, prefix: str) -> str:
        self._may_fail()
        return f"{prefix}{next(self._numbers):032x}"

    def _may_fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)
