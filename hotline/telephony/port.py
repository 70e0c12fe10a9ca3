"""What the service asks of a telephone network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CallOrder:
    """A call to place; ``answer_url`` says what to do when somebody picks up."""

    to: str
    from_: str
    answer_url: str
    status_url: str
    ring_seconds: int


@dataclass(frozen=True, slots=True)
class MessageOrder:
    """A text message to send; ``valid_seconds`` is how long the network may keep trying."""

    to: str
    from_: str
    body: str
    status_url: str
    valid_seconds: int


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """A call as the network knows it."""

    sid: str
    status: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sound:
    """The audio of a recording."""

    content: bytes
    content_type: str


class TelephonyError(Exception):
    """The network did not do what was asked.

    ``permanent``: asking again is of no use. ``unknown``: it may have been done all the same.
    ``number_is_bad``: this number cannot be reached this way at all. ``alarm``: the operator has to act.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int | None = None,
        permanent: bool = False,
        unknown: bool = False,
        number_is_bad: bool = False,
        alarm: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.permanent = permanent
        self.unknown = unknown
        self.number_is_bad = number_is_bad
        self.alarm = alarm


class Telephony(Protocol):
    """A telephone network. Every method raises :class:`TelephonyError` and nothing else."""

    def place_call(self, order: CallOrder) -> str:
        """Place a call and return its sid."""
        ...

    def end_call(self, sid: str, *, ringing: bool) -> None:
        """End a call; ``ringing`` tells one that was not answered. One that is over already is fine."""
        ...

    def redirect_call(self, sid: str, url: str) -> None:
        """Make a call in progress fetch ``url`` now."""
        ...

    def send_message(self, order: MessageOrder) -> str:
        """Send a text message and return its sid."""
        ...

    def find_calls(self, to: str, since: datetime) -> Sequence[PlacedCall]:
        """Calls from us to a number that were created at or after ``since``."""
        ...
