"""What goes wrong, on request: the switchboard of misfortunes that journeys use."""

import threading
from dataclasses import dataclass, field, fields

Switch = bool | int


@dataclass
class Faults:
    """Each switch is off (``False``/0), on (``True``), or on for the next *n* occasions.

    ``action_after_hangup`` is no fault but a point on which Twilio's documentation is silent: it
    says whether a ``<Dial>`` action is still requested after the caller hung up.
    """

    webhook_twice: Switch = False
    """Every webhook is delivered again, after the first was answered."""
    webhook_twice_at_once: Switch = False
    """Every webhook is delivered by two connections at the same moment; the first answer counts."""
    webhook_lost: Switch = False
    """A voice or message webhook never reaches the service: Twilio sees a read timeout (11200)."""
    webhook_answer_lost: Switch = False
    """The service gets the webhook, yet its answer never reaches Twilio."""
    extra_parameters: Switch = False
    """Webhooks carry parameters that the documentation does not name."""
    callbacks_shuffled: Switch = False
    """Status callbacks arrive late and out of order."""
    callbacks_duplicated: Switch = False
    """Each status callback arrives twice."""
    callback_before_answer: Switch = False
    """A status callback is delivered before the REST answer that creates the call."""
    completed_dropped: Switch = False
    """The last status callback of a call is never sent."""
    sms_silent: Switch = False
    """A message stays at ``sent`` for ever."""
    sms_undelivered: Switch = False
    """A message ends as ``undelivered`` with ``sms_error_code``."""
    sms_failed: Switch = False
    """A message ends as ``failed`` with ``sms_error_code``."""
    sms_callbacks_dropped: Switch = False
    """No status callback of a message is sent."""
    rest_down: Switch = False
    """The REST API drops the connection before it does anything."""
    rest_401: Switch = False
    """The REST API refuses the account with 401/20003 before it does anything."""
    rest_503: Switch = False
    """The REST API answers 503 before it does anything."""
    rest_429: Switch = False
    """The REST API answers 429/20429 before it does anything."""
    rest_500: Switch = False
    """The REST API answers 500/20500 before it does anything."""
    calls_done_then_dropped: Switch = False
    """A call is created, then the connection drops before the answer."""
    messages_done_then_dropped: Switch = False
    """A message is created, then the connection drops before the answer."""
    calls_done_then_500: Switch = False
    """A call is created, then the answer is 500."""
    queue_full: Switch = False
    """``<Enqueue>`` finds the queue full."""
    queue_system_error: Switch = False
    """``<Enqueue>`` fails inside Twilio."""
    action_after_hangup: bool = True
    sms_error_code: int = 30003
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def take(self, name: str) -> bool:
        """Whether the switch ``name`` is on for this occasion; a count goes down by one."""
        with self._lock:
            value = getattr(self, name)
            if value is True or not value:
                return bool(value)
            setattr(self, name, value - 1)
            return True

    def as_dict(self) -> dict[str, Switch]:
        return {f.name: getattr(self, f.name) for f in fields(self) if not f.name.startswith("_")}

    def set(self, **values: Switch) -> None:
        """Set switches by name. Raises ``ValueError`` for one that does not exist or a wrong value."""
        known = self.as_dict()
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"there is no fault named {name!r}")
            if not isinstance(value, int) or value < 0:
                raise ValueError(f"{name} is true, false or a count")
            setattr(self, name, value)

    def clear(self) -> None:
        """Switch everything off."""
        for f in fields(self):
            if not f.name.startswith("_"):
                setattr(self, f.name, f.default)
