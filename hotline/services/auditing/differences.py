"""Differences between what the events say and what was recorded."""

import enum
import hashlib
import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sla


class Kind(enum.StrEnum):
    """What a difference is about."""

    EVENTS = "events"  # the events of an incident contradict each other
    CLOCK = "clock"  # the deadline, its day or its terms
    TOLD = "told"  # when and how the customer was told
    OVERDUE = "overdue"  # a deadline was missed, or a period ended, and nobody recorded it
    BREACH = "breach"  # a miss that is none, or one that was recorded in part
    FINE = "fine"
    CREDIT = "credit"
    ENTRY = "entry"  # any other entry of the ledger
    CHAIN = "chain"  # the hashes or the numbers of the ledger's entries
    UNREADABLE = "unreadable"  # nothing can be worked out, because terms cannot be read


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. ``field`` is the name of what differs; an empty side means that there is nothing.

    ``subject`` names the incident, the entry or the period; ``incident_id`` and ``sequence`` lead there.
    """

    kind: Kind
    field: str
    subject: str
    expected: str
    found: str
    incident_id: uuid.UUID | None = None
    sequence: int | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same difference, whenever it is found."""
        whole = f"{self.kind}\x1f{self.field}\x1f{self.subject}\x1f{self.expected}\x1f{self.found}"
        return hashlib.sha256(whole.encode()).hexdigest()


def plain(value: object) -> str:
    """A value as it stands in a difference: instants and days in ISO 8601, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return str(value.value)
    return str(value)


def money(minor: int, currency: str) -> str:
    """An amount in words; as it was found when the currency is none that exists."""
    try:
        return str(sla.Money(minor, currency))
    except (TypeError, ValueError):
        return f"{currency} {minor} (minor units)"
