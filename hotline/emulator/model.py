"""The records that Twilio keeps: calls, messages, queues, conferences, recordings, numbers."""

import random
import threading
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

API_VERSION = "2010-04-01"


class CallStatus(StrEnum):
    """Twilio's call statuses, as the REST API spells them."""

    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"


ENDED = frozenset(
    {CallStatus.COMPLETED, CallStatus.BUSY, CallStatus.FAILED, CallStatus.NO_ANSWER, CallStatus.CANCELED}
)


class Sids:
    """Makes Twilio-shaped identifiers, the same sequence for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - identifiers of an emulator, not secrets
        self._lock = threading.Lock()

    def new(self, prefix: str) -> str:
        with self._lock:
            return f"{prefix}{self._random.getrandbits(128):032x}"

    def shuffle_delay(self, most: float) -> float:
        with self._lock:
            return self._random.uniform(0.0, most)


@dataclass
class Call:
    """One leg. ``status`` never leaves an ended state."""

    sid: str
    from_: str
    to: str
    direction: str
    created: datetime
    status: CallStatus = CallStatus.QUEUED
    parent_sid: str | None = None
    phone_number_sid: str | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    updated: datetime | None = None
    answered_by: str | None = None
    forwarded_from: str | None = None
    caller_name: str | None = None
    queue_time_ms: int = 0
    sip_code: str | None = None

    @property
    def duration(self) -> int:
        """Whole seconds from answer to end, rounded up; 0 when it was never answered."""
        if self.answered is None or self.ended is None:
            return 0
        seconds = (self.ended - self.answered).total_seconds()
        return int(-(-seconds // 1))

    @property
    def over(self) -> bool:
        return self.status in ENDED


@dataclass
class Message:
    sid: str
    from_: str
    to: str
    body: str
    direction: str
    status: str
    created: datetime
    segments: int = 1
    media: list[str] = field(default_factory=list)
    messaging_service_sid: str | None = None
    sent: datetime | None = None
    updated: datetime | None = None
    error_code: int | None = None
    status_callback: str | None = None


@dataclass
class Member:
    """A call that waits in a queue."""

    call_sid: str
    since: datetime


@dataclass
class Queue:
    sid: str
    name: str
    created: datetime
    updated: datetime
    max_size: int = 1000
    members: list[Member] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    @property
    def average_wait(self) -> int:
        return int(sum(self.waits) / len(self.waits)) if self.waits else 0


@dataclass
class Participant:
    call_sid: str
    joined: datetime
    updated: datetime
    label: str | None = None
    muted: bool = False
    hold: bool = False
    coaching: bool = False
    coach_sid: str | None = None
    start_on_enter: bool = True
    end_on_exit: bool = False
    status: str = "connected"


@dataclass
class Conference:
    sid: str
    name: str
    created: datetime
    updated: datetime
    status: str = "init"
    region: str = "us1"
    max_participants: int = 250
    participants: dict[str, Participant] = field(default_factory=dict)
    reason_ended: str | None = None
    ended_by: str | None = None
    callback_url: str | None = None
    callback_method: str = "POST"
    callback_events: frozenset[str] = frozenset()
    sequence: int = 0
    recording: "Recording | None" = None


@dataclass
class Recording:
    sid: str
    call_sid: str | None
    conference_sid: str | None
    source: str
    started: datetime
    created: datetime
    updated: datetime
    status: str = "in-progress"
    channels: int = 1
    track: str = "both"
    duration: int | None = None
    callback_url: str | None = None
    callback_method: str = "POST"
    callback_events: frozenset[str] = frozenset({"completed"})
    words: list[str] = field(default_factory=list)
    paused_at: datetime | None = None
    paused_seconds: float = 0.0
    error_code: int | None = None


@dataclass
class Number:
    """A number of the account and where its calls and messages go."""

    sid: str
    phone_number: str
    created: datetime
    updated: datetime
    friendly_name: str = ""
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    voice_caller_id_lookup: bool = False


@dataclass(frozen=True)
class Text:
    """An SMS as its recipient sees it."""

    at: datetime
    from_: str
    to: str
    body: str
    sid: str
    status: str
