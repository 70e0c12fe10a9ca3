"""What a call is told to do next, in words that are not any provider's.

A use case returns a list of these; :mod:`hotline.web.twilio.twiml` turns it into TwiML. Steps are
the names in :data:`hotline.web.twilio.voice.STEPS`.
"""

import uuid
from dataclasses import dataclass

from hotline.speech import Prompt


@dataclass(frozen=True, slots=True)
class Say:
    """Speak these prompts."""

    prompts: tuple[Prompt, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Speak, take keys while speaking, and go to ``step`` with what was pressed, also if nothing was.

    ``digits`` is how many keys to wait for; None means until the hash key.
    """

    step: str
    prompts: tuple[Prompt, ...]
    digits: int | None = None
    timeout: int = 5
    music: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """Speak, sound a tone, record up to ``seconds`` and go to ``step``."""

    step: str
    prompts: tuple[Prompt, ...]
    seconds: int = 120


@dataclass(frozen=True, slots=True)
class Hold:
    """Wait in ``queue``, hearing what ``wait_step`` says; go to ``left_step`` on leaving it."""

    queue: str
    wait_step: str
    left_step: str


@dataclass(frozen=True, slots=True)
class Connect:
    """Take the waiting call out of ``queue`` and talk; it hears ``joining_step`` first.

    Goes to ``done_step`` afterwards, or after ``timeout`` seconds in which nobody was waiting.
    """

    queue: str
    joining_step: str
    done_step: str
    timeout: int = 10


@dataclass(frozen=True, slots=True)
class Dial:
    """Ring a number from this very call; whoever answers hears ``whisper_step`` of ``call_id`` first."""

    phone: str
    call_id: uuid.UUID
    whisper_step: str
    done_step: str
    timeout: int


@dataclass(frozen=True, slots=True)
class DialPlain:
    """Ring these numbers at once from this very call: the last resort when the database is away."""

    phones: tuple[str, ...]
    timeout: int = 30


@dataclass(frozen=True, slots=True)
class PlayRecording:
    """Play what was recorded."""

    url: str


@dataclass(frozen=True, slots=True)
class GoTo:
    """Go to ``step`` at once."""

    step: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave the queue."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""


Instruction = Say | Ask | Record | Hold | Connect | Dial | DialPlain | PlayRecording | GoTo | Leave | HangUp


@dataclass(frozen=True, slots=True)
class Heard:
    """What the telephone network told us with a step; ``recording_seconds`` is None where it did not say."""

    digits: str = ""
    recording_sid: str | None = None
    recording_url: str | None = None
    recording_seconds: int | None = None
    queue_result: str | None = None
    dial_status: str | None = None
    dial_bridged: bool = False
    dequeuing_sid: str | None = None
    error_code: str | None = None
    hung_up: bool = False
